import { migrateServices } from '@app/service-host';
import { community } from './migrations.js';

await migrateServices([community]);
