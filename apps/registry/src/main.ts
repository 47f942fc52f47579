import { runService } from '@app/service-host';
import { RegistryModule } from './registry.module.js';

await runService({ name: 'registry', modules: [RegistryModule] });
