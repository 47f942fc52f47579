import type { MigratedService } from '@app/service-host';
import { encryptedColumns } from './adapters/postgres/encrypted-columns.js';
import { identityMigrations } from './adapters/postgres/identity-migrations.js';
import { messageMigrations } from './adapters/postgres/message-migrations.js';
import { registryMigrations } from './adapters/postgres/migrations.js';

/** The registry's schema. */
export const registry: MigratedService = {
  service: 'registry',
  migrations: [...registryMigrations, ...messageMigrations, ...identityMigrations],
  encrypted: encryptedColumns,
};
