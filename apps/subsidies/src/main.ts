import { runService } from '@app/service-host';
import { SubsidiesModule } from './subsidies.module.js';

await runService({ name: 'subsidies', modules: [SubsidiesModule] });
