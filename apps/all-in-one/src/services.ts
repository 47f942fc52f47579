import type { DynamicModule, Type } from '@nestjs/common';
import type { MigratedService } from '@app/service-host';
import { AccessibilityModule } from '../../accessibility/src/accessibility.module.js';
import { accessibility } from '../../accessibility/src/migrations.js';
import { CertificationModule } from '../../certification/src/certification.module.js';
import { certification } from '../../certification/src/migrations.js';
import { CommunityModule } from '../../community/src/community.module.js';
import { community } from '../../community/src/migrations.js';
import { EmploymentModule } from '../../employment/src/employment.module.js';
import { employment } from '../../employment/src/migrations.js';
import { LegalAidModule } from '../../legal-aid/src/legal-aid.module.js';
import { legalAid } from '../../legal-aid/src/migrations.js';
import { LifecycleModule } from '../../lifecycle/src/lifecycle.module.js';
import { lifecycle } from '../../lifecycle/src/migrations.js';
import { RegistryModule } from '../../registry/src/registry.module.js';
import { registry } from '../../registry/src/migrations.js';
import { RehabilitationModule } from '../../rehabilitation/src/rehabilitation.module.js';
import { rehabilitation } from '../../rehabilitation/src/migrations.js';
import { SubsidiesModule } from '../../subsidies/src/subsidies.module.js';
import { subsidies } from '../../subsidies/src/migrations.js';
import { WorkbenchModule } from '../../workbench/src/workbench.module.js';
import { workbench } from '../../workbench/src/migrations.js';

/** Every service as a module of one process, in the order of the chain. */
export const allModules: readonly (Type | DynamicModule)[] = [
  RegistryModule,
  CertificationModule,
  LifecycleModule,
  SubsidiesModule,
  RehabilitationModule,
  EmploymentModule,
  LegalAidModule,
  AccessibilityModule,
  CommunityModule,
  WorkbenchModule,
];

/** Every service's schema. */
export const allMigrations: readonly MigratedService[] = [
  registry,
  certification,
  lifecycle,
  subsidies,
  rehabilitation,
  employment,
  legalAid,
  accessibility,
  community,
  workbench,
];
