import { caseworkEncrypted, caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';

/** The schema of accessibility. */
export const accessibility: MigratedService = {
  service: 'accessibility',
  migrations: caseworkMigrations,
  encrypted: caseworkEncrypted,
};
