import { migrateServices } from '@app/service-host';
import { rehabilitation } from './migrations.js';

await migrateServices([rehabilitation]);
