import { runService } from '@app/service-host';
import { CertificationModule } from './certification.module.js';

await runService({ name: 'certification', modules: [CertificationModule] });
