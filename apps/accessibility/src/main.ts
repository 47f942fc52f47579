import { runService } from '@app/service-host';
import { AccessibilityModule } from './accessibility.module.js';

await runService({ name: 'accessibility', modules: [AccessibilityModule] });
