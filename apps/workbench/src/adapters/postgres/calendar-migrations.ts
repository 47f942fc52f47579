import type { Migration } from '@app/platform';

/** Calendars that were published: every publication stays, and the newest of a year or place is in force. */
export const calendarMigrations: readonly Migration[] = [
  {
    id: 202611291060,
    name: 'create-calendars',
    up: ({ workerRole }) => `
      create table calendars (
        number int primary key check (number > 0),
        kind text not null check (kind in ('year', 'local')),
        key text not null,
        content jsonb not null,
        basis text not null,
        published_by text not null,
        published_role text not null,
        published_at timestamptz not null
      );
      comment on table calendars is 'Calendars of years and places, each publication of them; the highest number of a key is in force.';
      create index calendars_key on calendars (kind, key, number);
      grant select, insert on calendars to ${workerRole};`,
    down: () => 'drop table calendars;',
  },
];
