/** Brings up PostgreSQL, Redis and Kafka for one installation, privately, each from the first source that can be had. */
export {
  BackingUnavailable,
  startBacking,
  type Backing,
  type BackingName,
  type BackingOptions,
} from './start-backing.js';
export type { BackingService, BackingState, Source } from './backing-service.js';
export { DirectoryInUse, ownerOf } from './directory-lock.js';
export { freePort, isPortFree } from './ports.js';
export { PrivateProcess, StartFailed, type ProcessSpec } from './private-process.js';
export { endLeftovers, isAlive, type Program } from './processes.js';
export { homeDirectory, packageRoot, toolsDirectory } from './places.js';
export { lastLines, runCommand, type CommandResult } from './run-command.js';
export {
  postgresCanReach,
  postgresDataIn,
  postgresPlace,
  withPrivatePostgres,
  type PostgresPlace,
} from './postgres/private-postgres.js';
export { inspectMachine, type Finding, type Machine } from './machine.js';
