import { caseworkEncrypted, caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';
import { encryptedColumns } from './adapters/postgres/encrypted-columns.js';
import { identityMigrations } from './adapters/postgres/identity-migrations.js';
import { certificationMigrations } from './adapters/postgres/migrations.js';
import { numberMigrations } from './adapters/postgres/number-migrations.js';

/** Everything that this service's schema needs. */
export const certification: MigratedService = {
  service: 'certification',
  migrations: [...caseworkMigrations, ...certificationMigrations, ...identityMigrations, ...numberMigrations],
  encrypted: [...caseworkEncrypted, ...encryptedColumns],
};
