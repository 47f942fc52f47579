import { caseStatuses, itemModes } from '@app/contracts';
import type { Migration } from '@app/platform';
import { endedStatuses } from '../../domain/case.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** The tables of cases, the same in the schema of every service that owns items. */
export const caseworkMigrations: readonly Migration[] = [
  {
    id: 202611250101,
    name: 'create-cases',
    up: ({ appRole }) => `
      create table cases (
        case_id uuid primary key,
        person_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        item_id text not null,
        item_version text not null,
        period text not null,
        mode text not null check (mode in (${list(itemModes)})),
        round_id uuid,
        fact_version int not null,
        because jsonb not null,
        entitled_on date,
        applied_on date,
        missing_materials jsonb not null,
        status text not null check (status in (${list(caseStatuses)})),
        state jsonb not null,
        task text,
        task_doers jsonb not null,
        readers jsonb not null,
        version int not null check (version > 0),
        created_by text not null,
        created_by_role text not null,
        changed_by text not null,
        changed_by_role text not null,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        check (state ->> 'status' = status)
      ) with (fillfactor = 80);
      comment on table cases is
        'One person''s case of one item in one period, judged by its item version for life. A new case may follow one that ended.';
      comment on column cases.state is 'What belongs to the status alone: next step, holds and where it stood, outcome.';
      comment on column cases.task is 'What it waits for; task_doers are the roles (with department) that can do it.';
      comment on column cases.readers is 'Roles (with department) that may look at it in their place.';
      create unique index cases_one_lives on cases (person_id, item_id, period)
        where status not in (${list(endedStatuses)});
      create index cases_person on cases (person_id, item_id, period);
      create index cases_in_order on cases (created_at, case_id);
      create index cases_tasks on cases (changed_at, case_id) where task is not null;
      grant select, insert, update on cases to ${appRole};`,
    down: () => 'drop table cases;',
  },
  {
    id: 202611250102,
    name: 'create-case-steps',
    up: ({ appRole }) => `
      create table case_steps (
        case_id uuid not null references cases,
        place int not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        step text not null,
        note text,
        done_at timestamptz not null,
        done_by text not null,
        done_by_role text not null,
        created_at timestamptz not null default now(),
        primary key (case_id, place)
      );
      comment on table case_steps is 'Who did which step of a case, when; append-only: the four-eyes rule and remedies rest on it.';
      grant select, insert on case_steps to ${appRole};`,
    down: () => 'drop table case_steps;',
  },
  {
    id: 202611250103,
    name: 'create-proposed-stops',
    up: ({ appRole }) => `
      create table proposed_stops (
        person_id uuid not null,
        item_id text not null,
        period text not null,
        round_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        proposed_version int not null default 0,
        withdrawn_version int not null default 0,
        changed_by text not null,
        changed_at timestamptz not null default now(),
        primary key (person_id, item_id, period, round_id)
      );
      comment on table proposed_stops is
        'Stops that were proposed or withdrawn, one per round. A stop overtakes the opening it stops, and facts of different kinds '
        'are handled apart: this is how a late one is recognised, also after the inbox has forgotten it.';
      grant select, insert, update on proposed_stops to ${appRole};`,
    down: () => 'drop table proposed_stops;',
  },
  {
    id: 202611250104,
    name: 'add-lowerings',
    up: () => `
      alter table proposed_stops add lowers_to jsonb;
      comment on column proposed_stops.lowers_to is
        'The facts by which less is due; null: the conditions are no longer met.';`,
    down: () => 'alter table proposed_stops drop lowers_to;',
  },
];
