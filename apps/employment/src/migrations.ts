import { caseworkEncrypted, caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';

/** The schema of employment. */
export const employment: MigratedService = {
  service: 'employment',
  migrations: caseworkMigrations,
  encrypted: caseworkEncrypted,
};
