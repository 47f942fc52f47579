import { runService } from '@app/service-host';
import { LegalAidModule } from './legal-aid.module.js';

await runService({ name: 'legal-aid', modules: [LegalAidModule] });
