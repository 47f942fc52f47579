import type { Migration } from '@app/platform';

/** The clocks of a service's own subjects, in its own schema: arming one commits with the decision that starts it. */
export const clocksMigrations: readonly Migration[] = [
  {
    id: 202611250201,
    name: 'create-clocks',
    up: ({ appRole }) => `
      create table clocks (
        clock_id uuid primary key,
        subject_id uuid not null,
        step text not null,
        person_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        round_id uuid,
        kind text not null check (kind in ('statutory', 'local_rule', 'promised', 'unknown')),
        value int check (value >= 0),
        unit text not null check (unit in ('working-day', 'natural-day', 'month', 'day-of-next-month')),
        basis text not null,
        anchor_day date not null,
        roll_over boolean not null,
        close_of_business text,
        due_at timestamptz,
        provisional boolean not null,
        status text not null check (status in ('running', 'stopped', 'superseded')),
        next_rung text,
        next_at timestamptz,
        created_by text not null,
        created_by_role text not null,
        changed_by text not null,
        changed_by_role text not null,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        check ((next_at is null) = (next_rung is null)),
        check (next_at is null or (status = 'running' and due_at is not null))
      );
      comment on table clocks is
        'What each term is (anchor, budget, unit, kind, basis); when it ends and what fires next are derived from it.';
      comment on column clocks.next_at is
        'When to look at this clock next: the time of next_rung, or later while its handler fails. Null: nothing will fire.';
      create unique index clocks_one_runs on clocks (subject_id, step) where status = 'running';
      create index clocks_subject on clocks (subject_id);
      create index clocks_next on clocks (next_at) where next_at is not null;
      create index clocks_provisional on clocks (due_at) where provisional and status = 'running';
      grant select, insert, update on clocks to ${appRole};

      create table clock_rungs (
        clock_id uuid not null references clocks,
        rung text not null,
        level smallint not null,
        at timestamptz not null,
        fired_at timestamptz not null,
        primary key (clock_id, rung)
      );
      comment on table clock_rungs is
        'Rungs that have fired. The insert is the claim: it commits with the facts about the rung, and there is one per rung ever.';
      grant select, insert on clock_rungs to ${appRole};

      create table clock_sweeps (
        name text primary key check (name = 'sweeper'),
        swept_at timestamptz not null
      );
      comment on table clock_sweeps is 'The heartbeat of reminding: if it stops, somebody must know.';
      grant select, insert, update on clock_sweeps to ${appRole};`,
    down: () => 'drop table clock_sweeps; drop table clock_rungs; drop table clocks;',
  },
];
