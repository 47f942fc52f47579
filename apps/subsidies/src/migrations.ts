import { caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';
import { benefitMigrations } from './adapters/postgres/migrations.js';

/** The schema of subsidies. */
export const subsidies: MigratedService = {
  service: 'subsidies',
  migrations: [...caseworkMigrations, ...benefitMigrations],
};
