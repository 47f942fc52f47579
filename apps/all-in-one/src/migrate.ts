import { migrateServices } from '@app/service-host';
import { allMigrations } from './services.js';

await migrateServices(allMigrations);
