import { caseworkEncrypted, caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';

/** The schema of legal-aid. */
export const legalAid: MigratedService = {
  service: 'legal-aid',
  migrations: caseworkMigrations,
  encrypted: caseworkEncrypted,
};
