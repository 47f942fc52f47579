import { protectVia, type Migration } from '@app/platform';

/** What is kept of published calendars where no clocks are armed, but ends are reckoned. */
export const publishedCalendarMigrations: readonly Migration[] = [
  {
    id: 202611290231,
    name: 'create-clock-calendars',
    up: ({ appRole, providerRole, workerRole }) => `
      create table clock_calendars (
        number int primary key check (number > 0),
        kind text not null check (kind in ('year', 'local')),
        key text not null,
        content jsonb not null,
        kept_at timestamptz not null default now()
      );
      comment on table clock_calendars is
        'Calendars that were published, as workbench told: the highest number of a key is in force. Never changed, never deleted.';
      revoke all on clock_calendars from ${appRole}, ${providerRole};
      grant select, insert on clock_calendars to ${workerRole};`,
    down: () => 'drop table clock_calendars;',
  },
];

/** Which ends a calendar moved. */
export const clockMoveMigrations: readonly Migration[] = [
  {
    id: 202611290232,
    name: 'create-clock-moves',
    up: (names) => `
      create table clock_moves (
        clock_id uuid not null references clocks,
        number int not null,
        before_at timestamptz,
        after_at timestamptz,
        moved_at timestamptz not null default now()
      );
      comment on table clock_moves is
        'Ends that a calendar moved: number of its publication, 0 for the files of a release. Written with the move itself.';
      create index clock_moves_number on clock_moves (number, clock_id);
      create index clock_moves_clock on clock_moves (clock_id);
      ${protectVia(names, 'clock_moves', { table: 'clocks', column: 'clock_id' })}
      grant select on clock_moves to ${names.appRole};
      grant select, insert on clock_moves to ${names.workerRole};`,
    down: () => 'drop table clock_moves;',
  },
];
