import type { MigratedService } from '@app/service-host';
import { registryMigrations } from './adapters/postgres/migrations.js';

/** The registry's schema. */
export const registry: MigratedService = { service: 'registry', migrations: registryMigrations };
