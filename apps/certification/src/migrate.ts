import { migrateServices } from '@app/service-host';
import { certification } from './migrations.js';

await migrateServices([certification]);
