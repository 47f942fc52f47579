import { runService } from '@app/service-host';
import { allModules } from './services.js';

await runService({ name: 'all-in-one', modules: allModules });
