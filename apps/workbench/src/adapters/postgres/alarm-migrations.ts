import type { Migration } from '@app/platform';

/** Services that stopped proving that they remind, as this process saw it from outside. */
export const alarmMigrations: readonly Migration[] = [
  {
    id: 202611291001,
    name: 'create-alarms',
    up: ({ workerRole }) => `
      create table alarms (
        alarm_id uuid primary key default gen_random_uuid(),
        service text not null,
        what text not null check (what in ('reminding-stopped', 'unreachable')),
        why text,
        last_proof_at timestamptz not null,
        period_seconds double precision not null,
        raised_at timestamptz not null default now(),
        cleared_at timestamptz check (cleared_at >= raised_at)
      );
      comment on table alarms is
        'Raised by the workbench, a process of its own, when a service has not shown a heartbeat of its reminding for one and a half periods.';
      create unique index alarms_open on alarms (service) where cleared_at is null;
      create index alarms_raised on alarms (raised_at);
      grant select, insert, update on alarms to ${workerRole};`,
    down: () => 'drop table alarms;',
  },
];
