import { escalationMigrations } from './escalation/escalation-migrations.js';
import { heartbeatMigrations } from './heartbeat/heartbeat-migrations.js';
import { clockMoveMigrations, publishedCalendarMigrations } from './published/calendar-migrations.js';
import { protect, protectVia, unprotect, type Migration } from '@app/platform';

/** What a clock of the table before shared with others. */
const formerDigest = `md5(concat_ws('|', b.kind, b.value, b.unit, b.basis, b.roll_over))`;

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
  {
    id: 202611280201,
    name: 'protect-clocks',
    // Which subjects a user by placement sees is the service's to say: it replaces the function.
    up: (names) => `
      create function subject_is_visible(subject uuid) returns boolean language sql stable as $$ select false $$;
      comment on function subject_is_visible is 'Whose clocks a user by placement sees.';
      ${protect(names, 'clocks', { place: 'division_code' })}
      create policy placed on clocks to ${names.providerRole}
        using (subject_is_visible(subject_id)) with check (subject_is_visible(subject_id));
      grant select, insert, update on clocks to ${names.providerRole};
      ${protectVia(names, 'clock_rungs', { table: 'clocks', column: 'clock_id' }, 'select')}
      revoke insert on clock_rungs from ${names.appRole};
      grant insert on clock_rungs to ${names.workerRole};
      revoke all on clock_sweeps from ${names.appRole};
      grant select, insert, update on clock_sweeps to ${names.workerRole};`,
    down: ({ appRole, providerRole, workerRole }) => `
      revoke all on clock_sweeps from ${workerRole};
      grant select, insert, update on clock_sweeps to ${appRole};
      revoke insert on clock_rungs from ${workerRole};
      grant insert on clock_rungs to ${appRole};
      ${unprotect('clock_rungs')}
      ${unprotect('clocks')}
      revoke all on clocks, clock_rungs from ${providerRole};
      drop function subject_is_visible(uuid);`,
  },
  {
    id: 202611290201,
    name: 'clocks-of-rules-with-ledgers',
    // What a limit is stands once in clock_rules, so that a million clocks of a few hundred steps stay small.
    up: (names) => `
      create table clock_rules (
        rule_id int generated always as identity primary key,
        digest text not null unique,
        rule jsonb not null
      );
      comment on table clock_rules is 'What many clocks share: limit, unit, kind, basis, pauses, rungs. Written once, never changed.';
      grant select, insert on clock_rules to ${names.appRole}, ${names.providerRole}, ${names.workerRole};
      insert into clock_rules (digest, rule)
      select distinct on (1) ${formerDigest}, jsonb_build_object('kind', b.kind, 'value', b.value, 'unit', b.unit, 'basis', b.basis,
        'dayOne', 'next', 'rollOver', case when b.roll_over then b.basis end, 'pauses', '[]'::jsonb, 'window', null,
        'holder', 'office', 'extension', null, 'rungs', null)
      from clocks b;

      ${unprotect('clock_rungs')}
      ${unprotect('clocks')}
      alter table clock_rungs drop constraint clock_rungs_clock_id_fkey;
      alter table clocks rename to clocks_before;
      alter index clocks_pkey rename to clocks_before_pkey;
      drop index clocks_one_runs, clocks_subject, clocks_next, clocks_provisional;
      create table clocks (
        clock_id uuid primary key,
        subject_id uuid not null,
        replaced_by uuid,
        due_at timestamptz,
        next_at timestamptz,
        anchor_at timestamptz,
        changed_at timestamptz not null default now(),
        rule_id int not null references clock_rules,
        anchor_day date not null,
        provisional boolean not null,
        paused boolean not null default false,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        step text not null,
        status text not null check (status in ('running', 'stopped', 'superseded')),
        next_rung text,
        check ((next_at is null) = (next_rung is null)),
        check (next_at is null or (status = 'running' and due_at is not null and not paused))
      );
      comment on table clocks is
        'What each term is (anchor and rule); when it ends and what fires next are derived from it, its ledger and the calendar.';
      comment on column clocks.next_at is
        'When to look at this clock next: the time of next_rung, or later while its handler fails. Null: nothing will fire.';
      comment on column clocks.replaced_by is 'The clock that took its place.';
      insert into clocks (clock_id, subject_id, due_at, next_at, changed_at, rule_id, anchor_day, provisional, division_code,
        step, status, next_rung)
      select b.clock_id, b.subject_id, b.due_at, b.next_at, b.changed_at, r.rule_id, b.anchor_day, b.provisional, b.division_code,
        b.step, b.status, b.next_rung
      from clocks_before b join clock_rules r on r.digest = ${formerDigest};
      drop table clocks_before;
      create unique index clocks_one_runs on clocks (subject_id, step) where status = 'running';
      create index clocks_past on clocks (subject_id) where status <> 'running';
      create index clocks_next on clocks (next_at) where next_at is not null;
      create index clocks_provisional on clocks (due_at) where provisional and status = 'running';
      alter table clock_rungs add foreign key (clock_id) references clocks;

      create table clock_suspensions (
        clock_id uuid not null references clocks,
        from_at timestamptz not null,
        to_at timestamptz check (to_at >= from_at),
        reason text not null,
        basis text not null,
        note text,
        suspended_by text not null,
        suspended_by_role text not null,
        primary key (clock_id, from_at, reason)
      );
      comment on table clock_suspensions is 'For what a term stood still, by which article, from when to when; to_at null: it still does.';
      create unique index clock_suspensions_open on clock_suspensions (clock_id, reason) where to_at is null;

      create table clock_extensions (
        clock_id uuid not null references clocks,
        number smallint not null,
        value int not null check (value > 0),
        basis text not null,
        reason text not null,
        approved_by text not null,
        approved_by_role text not null,
        approved_at timestamptz not null,
        primary key (clock_id, number)
      );
      comment on table clock_extensions is 'By how much a term was extended, by whom, and why; in the unit of the term.';

      grant select, insert, update on clocks to ${names.appRole}, ${names.providerRole};
      ${protect(names, 'clocks', { place: 'division_code' })}
      create policy placed on clocks to ${names.providerRole}
        using (subject_is_visible(subject_id)) with check (subject_is_visible(subject_id));
      ${protectVia(names, 'clock_rungs', { table: 'clocks', column: 'clock_id' }, 'select')}
      ${protectVia(names, 'clock_suspensions', { table: 'clocks', column: 'clock_id' }, 'select, insert, update')}
      ${protectVia(names, 'clock_extensions', { table: 'clocks', column: 'clock_id' }, 'select, insert')}
      grant select, insert, update on clock_suspensions to ${names.appRole};
      grant select, insert on clock_extensions to ${names.appRole};`,
    // The ledger is lost with its tables, and hours and windows become limits without a number: the tables before had neither.
    down: (names) => `
      ${unprotect('clock_extensions')}
      ${unprotect('clock_suspensions')}
      ${unprotect('clock_rungs')}
      ${unprotect('clocks')}
      drop table clock_extensions, clock_suspensions;
      alter table clock_rungs drop constraint clock_rungs_clock_id_fkey;
      alter table clocks rename to clocks_after;
      alter index clocks_pkey rename to clocks_after_pkey;
      drop index clocks_one_runs, clocks_past, clocks_next, clocks_provisional;
      create table clocks (
        clock_id uuid primary key,
        subject_id uuid not null,
        step text not null,
        person_id uuid,
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
        created_by text,
        created_by_role text,
        changed_by text,
        changed_by_role text,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        check ((next_at is null) = (next_rung is null)),
        check (next_at is null or (status = 'running' and due_at is not null))
      );
      insert into clocks (clock_id, subject_id, step, division_code, kind, value, unit, basis, anchor_day, roll_over, due_at,
        provisional, status, next_rung, next_at, changed_at)
      select a.clock_id, a.subject_id, a.step, a.division_code,
        case when told.plain then r.rule->>'kind' else 'unknown' end,
        case when told.plain then (r.rule->>'value')::int end,
        case when told.plain then r.rule->>'unit' else 'natural-day' end,
        r.rule->>'basis', a.anchor_day, r.rule->>'rollOver' is not null, case when told.plain then a.due_at end, a.provisional,
        a.status, case when told.plain then a.next_rung end, case when told.plain then a.next_at end, a.changed_at
      from clocks_after a join clock_rules r using (rule_id)
      cross join lateral (select r.rule->>'unit' not in ('hour', 'yearly-window') as plain) told;
      drop table clocks_after;
      drop table clock_rules;
      create unique index clocks_one_runs on clocks (subject_id, step) where status = 'running';
      create index clocks_subject on clocks (subject_id);
      create index clocks_next on clocks (next_at) where next_at is not null;
      create index clocks_provisional on clocks (due_at) where provisional and status = 'running';
      alter table clock_rungs add foreign key (clock_id) references clocks;
      grant select, insert, update on clocks to ${names.appRole};
      ${protect(names, 'clocks', { place: 'division_code' })}
      create policy placed on clocks to ${names.providerRole}
        using (subject_is_visible(subject_id)) with check (subject_is_visible(subject_id));
      grant select, insert, update on clocks to ${names.providerRole};
      ${protectVia(names, 'clock_rungs', { table: 'clocks', column: 'clock_id' }, 'select')}`,
  },
  ...heartbeatMigrations,
  ...escalationMigrations,
  {
    id: 202611290221,
    name: 'create-clock-projections',
    up: ({ workerRole }) => `
      create table clock_projections (
        calendar text primary key,
        after uuid not null default '00000000-0000-0000-0000-000000000000',
        started_at timestamptz not null default now(),
        finished_at timestamptz
      );
      comment on table clock_projections is
        'By which calendars (digest of their days) running clocks have been worked out, and how far that is: up to the clock after.';
      grant select, insert, update on clock_projections to ${workerRole};`,
    down: () => 'drop table clock_projections;',
  },
  ...publishedCalendarMigrations,
  ...clockMoveMigrations,
];
