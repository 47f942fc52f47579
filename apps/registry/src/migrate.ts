import { migrateServices } from '@app/service-host';
import { registry } from './migrations.js';

await migrateServices([registry]);
