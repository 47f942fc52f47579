import type { MigratedService } from '@app/service-host';
import { deathMatchMigrations } from './adapters/postgres/death-match-migrations.js';
import { encryptedColumns } from './adapters/postgres/encrypted-columns.js';
import { identityMigrations } from './adapters/postgres/identity-migrations.js';
import { messageMigrations } from './adapters/postgres/message-migrations.js';
import { registryMigrations } from './adapters/postgres/migrations.js';
import { numberMigrations } from './adapters/postgres/number-migrations.js';
import { representativeMigrations } from './adapters/postgres/representative-migrations.js';

/** The registry's schema. */
export const registry: MigratedService = {
  service: 'registry',
  migrations: [
    ...registryMigrations,
    ...messageMigrations,
    ...identityMigrations,
    ...numberMigrations,
    ...deathMatchMigrations,
    ...representativeMigrations,
  ],
  encrypted: encryptedColumns,
};
