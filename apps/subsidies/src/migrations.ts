import { caseworkEncrypted, caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';
import { decisionListMigrations } from './adapters/postgres/decision-list-migrations.js';
import { encryptedColumns } from './adapters/postgres/encrypted-columns.js';
import { identityMigrations } from './adapters/postgres/identity-migrations.js';
import { ledgerMigrations } from './adapters/postgres/ledger-migrations.js';
import { bankFileRetentionMigrations } from './adapters/postgres/bank-file-retention-migrations.js';
import { benefitMigrations } from './adapters/postgres/migrations.js';
import { overpaymentMigrations } from './adapters/postgres/overpayment-migrations.js';
import { payCheckMigrations } from './adapters/postgres/pay-check-migrations.js';
import { payRunMigrations } from './adapters/postgres/pay-run-migrations.js';
import { takeOverMigrations } from './adapters/postgres/take-over-migrations.js';
import { payeeMigrations } from './adapters/postgres/payee-migrations.js';

/** The schema of subsidies. */
export const subsidies: MigratedService = {
  service: 'subsidies',
  migrations: [
    ...caseworkMigrations,
    ...benefitMigrations,
    ...payeeMigrations,
    ...ledgerMigrations,
    ...payRunMigrations,
    ...overpaymentMigrations,
    ...identityMigrations,
    ...takeOverMigrations,
    ...decisionListMigrations,
    ...payCheckMigrations,
    ...bankFileRetentionMigrations,
  ],
  encrypted: [...caseworkEncrypted, ...encryptedColumns],
};
