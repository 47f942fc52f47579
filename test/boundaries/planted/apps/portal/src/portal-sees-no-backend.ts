import { inside } from '@app/oven';
export const seen = inside;
