import type { MigratedService } from '@app/service-host';
import { clocksMigrations } from '@app/clocks';
import { identityMigrations } from './adapters/postgres/identity-migrations.js';
import { lifecycleMigrations } from './adapters/postgres/migrations.js';
import { paymentMigrations } from './adapters/postgres/payment-migrations.js';
import { reconciliationMigrations } from './adapters/postgres/reconciliation-migrations.js';

export const lifecycle: MigratedService = {
  service: 'lifecycle',
  migrations: [
    ...lifecycleMigrations,
    ...reconciliationMigrations,
    ...identityMigrations,
    ...paymentMigrations,
    ...clocksMigrations,
  ],
};
