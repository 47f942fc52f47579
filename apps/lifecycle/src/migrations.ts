import type { MigratedService } from '@app/service-host';
import { publishedCalendarMigrations } from '@app/clocks';
import { lifecycleMigrations } from './adapters/postgres/migrations.js';

export const lifecycle: MigratedService = {
  service: 'lifecycle',
  migrations: [...lifecycleMigrations, ...publishedCalendarMigrations],
};
