import { caseworkMigrations } from '@app/casework';
import type { MigratedService } from '@app/service-host';

/** The schema of subsidies. */
export const subsidies: MigratedService = { service: 'subsidies', migrations: caseworkMigrations };
