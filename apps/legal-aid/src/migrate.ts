import { migrateServices } from '@app/service-host';
import { legalAid } from './migrations.js';

await migrateServices([legalAid]);
