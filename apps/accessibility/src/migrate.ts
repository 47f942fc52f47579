import { migrateServices } from '@app/service-host';
import { accessibility } from './migrations.js';

await migrateServices([accessibility]);
