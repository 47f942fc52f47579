import { caseworkEncrypted, caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';

/** The schema of community. */
export const community: MigratedService = {
  service: 'community',
  migrations: caseworkMigrations,
  encrypted: caseworkEncrypted,
};
