import { runService } from '@app/service-host';
import { LifecycleModule } from './lifecycle.module.js';

await runService({ name: 'lifecycle', modules: [LifecycleModule] });
