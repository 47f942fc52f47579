import type { MigratedService } from '@app/service-host';
import { alarmMigrations } from './adapters/postgres/alarm-migrations.js';
import { calendarMigrations } from './adapters/postgres/calendar-migrations.js';
import { encryptedColumns } from './adapters/postgres/encrypted-columns.js';
import { organisationMigrations } from './adapters/postgres/organisation-migrations.js';
import { signInMigrations } from './adapters/postgres/sign-in-migrations.js';
import { supervisionMigrations } from './adapters/postgres/supervision-migrations.js';
import { workMigrations } from './adapters/postgres/work-migrations.js';

/** The schema of the workbench: who works here, and how they sign in. */
export const workbench: MigratedService = {
  service: 'workbench',
  migrations: [
    ...organisationMigrations,
    ...signInMigrations,
    ...alarmMigrations,
    ...calendarMigrations,
    ...workMigrations,
    ...supervisionMigrations,
  ],
  encrypted: encryptedColumns,
};
