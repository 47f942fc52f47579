import { bread } from '../../../apps/bakery/src/domain/bread.js';
export const baked = bread;
