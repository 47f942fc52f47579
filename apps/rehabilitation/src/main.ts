import { runService } from '@app/service-host';
import { RehabilitationModule } from './rehabilitation.module.js';

await runService({ name: 'rehabilitation', modules: [RehabilitationModule] });
