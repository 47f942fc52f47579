import { migrateServices } from '@app/service-host';
import { workbench } from './migrations.js';

await migrateServices([workbench]);
