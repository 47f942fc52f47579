import { runService } from '@app/service-host';
import { CommunityModule } from './community.module.js';

await runService({ name: 'community', modules: [CommunityModule] });
