import { caseworkEncrypted, caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';
import { encryptedColumns } from './adapters/postgres/encrypted-columns.js';
import { benefitMigrations } from './adapters/postgres/migrations.js';
import { payeeMigrations } from './adapters/postgres/payee-migrations.js';

/** The schema of subsidies. */
export const subsidies: MigratedService = {
  service: 'subsidies',
  migrations: [...caseworkMigrations, ...benefitMigrations, ...payeeMigrations],
  encrypted: [...caseworkEncrypted, ...encryptedColumns],
};
