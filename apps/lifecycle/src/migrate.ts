import { migrateServices } from '@app/service-host';
import { lifecycle } from './migrations.js';

await migrateServices([lifecycle]);
