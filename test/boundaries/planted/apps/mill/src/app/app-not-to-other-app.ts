import { bread } from '../../../bakery/src/domain/bread.js';
export const stolen = bread;
