import { inside } from '@app/oven';
export const contract = inside;
