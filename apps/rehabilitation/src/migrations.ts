import { caseworkEncrypted, caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';

/** The schema of rehabilitation. */
export const rehabilitation: MigratedService = {
  service: 'rehabilitation',
  migrations: caseworkMigrations,
  encrypted: caseworkEncrypted,
};
