import { BakeryModule } from '../../bakery/src/bakery.module.js';
import { bakery } from '../../bakery/src/migrations.js';
import { bread } from '../../bakery/src/domain/bread.js';
export const all = [BakeryModule, bakery, bread];
