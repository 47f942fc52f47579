import { runService } from '@app/service-host';
import { EmploymentModule } from './employment.module.js';

await runService({ name: 'employment', modules: [EmploymentModule] });
