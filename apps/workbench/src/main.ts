import { runService } from '@app/service-host';
import { WorkbenchModule } from './workbench.module.js';

await runService({ name: 'workbench', modules: [WorkbenchModule] });
