/** What a process has once (guard, filter, probes, operations, event log) and a service has for itself (database, outbox, identity). */
export { EXIT_STUCK, ProcessModule, type ProcessOverrides } from './process.module.js';
export { InjectServiceActor, SERVICE_ACTOR, SERVICE_NAME, ServiceModule } from './service.module.js';
export { createServiceApp, runService, type ServiceProcess } from './run-service.js';
export { migrateServices, migrationsOf, type MigratedService } from './migrate-service.js';
export { keysOfServices, type KeyReport } from './keys-of-services.js';
export type { StatusOfService } from './ops/ops.controller.js';
export { parkedMessage, replay } from './ops/parked-schemas.js';
export { ServiceNotHere } from './ops/service-not-here.js';
export { AuditOfServices } from './audit/audit-of-services.js';
export { RemindingOfServices, WATCHER_ID, type Reminding, type WatchedReminding } from './ops/reminding.js';
export { SendingOfServices, type Sending } from './ops/sending.js';
