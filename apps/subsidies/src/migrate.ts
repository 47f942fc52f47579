import { migrateServices } from '@app/service-host';
import { subsidies } from './migrations.js';

await migrateServices([subsidies]);
