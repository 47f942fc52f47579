import { migrateServices } from '@app/service-host';
import { employment } from './migrations.js';

await migrateServices([employment]);
