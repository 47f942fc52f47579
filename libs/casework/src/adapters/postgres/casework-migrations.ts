import { caseStatuses, itemModes } from '@app/contracts';
import { protect, protectVia, unprotect, type Migration } from '@app/platform';
import { endedStatuses } from '../../domain/case.js';
import { materialStates } from '../../domain/material.js';

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
  {
    id: 202611280101,
    name: 'add-placements-and-claims',
    up: () => `
      alter table cases add unit_id uuid, add placed_since date, add claimed_by text, add claimed_at timestamptz,
        add check ((unit_id is null) = (placed_since is null)), add check ((claimed_by is null) = (claimed_at is null));
      comment on column cases.unit_id is 'Institution, school or station that the case is placed with: its users see it.';
      comment on column cases.claimed_by is 'User who has taken the open task.';
      create index cases_claimed on cases (claimed_by) where claimed_by is not null;
      alter table case_steps add done_on_behalf_of text;
      comment on column case_steps.done_on_behalf_of is 'User for whom a deputy did it.';`,
    down: () => `
      alter table case_steps drop done_on_behalf_of;
      alter table cases drop unit_id, drop placed_since, drop claimed_by, drop claimed_at;`,
  },
  {
    id: 202611280102,
    name: 'create-case-materials',
    up: ({ appRole }) => `
      create table case_materials (
        case_id uuid not null references cases,
        place int not null,
        material text not null,
        state text not null check (state in (${list(materialStates)})),
        reason text,
        file_id uuid,
        paper_id uuid,
        changed_by text not null,
        changed_by_role text not null,
        changed_at timestamptz not null default now(),
        primary key (case_id, material),
        check ((state = 'refused') = (reason is not null))
      );
      comment on table case_materials is 'Papers that only the person can bring, as the item of the case asks for them, and how far each is.';
      insert into case_materials (case_id, place, material, state, changed_by, changed_by_role)
        select c.case_id, m.place - 1, m.material, 'asked', c.changed_by, c.changed_by_role
        from cases c, jsonb_array_elements_text(c.missing_materials) with ordinality as m (material, place);
      grant select, insert, update on case_materials to ${appRole};`,
    down: () => 'drop table case_materials;',
  },
  {
    id: 202611280103,
    name: 'create-case-persons',
    up: ({ appRole }) => `
      create table case_persons (
        person_id uuid primary key,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        place_version int not null,
        moved_away boolean not null default false,
        away_version int not null default 0,
        died_on date,
        life_version int not null default 0
      ) with (fillfactor = 90);
      comment on table case_persons is
        'Whom registry has on file, where they live, and whether they died or moved away: who may apply. Neither name nor number.';
      grant select, insert, update on case_persons to ${appRole};`,
    down: () => 'drop table case_persons;',
  },
  {
    id: 202611280104,
    name: 'create-known-papers',
    up: ({ workerRole, appRole }) => `
      create table known_papers (
        paper_id uuid primary key,
        owner text not null,
        person_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        material text not null,
        file_ref text,
        case_id uuid not null,
        checked_on date not null
      );
      comment on table known_papers is
        'Papers that a person gave for a case of any service and that were found in order: offered to later cases that ask for them.';
      create index known_papers_person on known_papers (person_id, material);
      grant select on known_papers to ${appRole};
      grant insert, update on known_papers to ${workerRole};`,
    down: () => 'drop table known_papers;',
  },
  {
    id: 202611280105,
    name: 'protect-cases',
    up: (names) => `
      ${protect(names, 'cases', {
        place: 'division_code',
        readers: 'readers',
        unit: 'unit_id',
        providerMay: 'select, update',
      })}
      ${protectVia(names, 'case_steps', { table: 'cases', column: 'case_id' }, 'select, insert')}
      ${protectVia(names, 'case_materials', { table: 'cases', column: 'case_id' }, 'select, insert, update')}
      ${protectVia(names, 'known_papers', { table: 'cases', column: 'person_id' }, 'select')}
      ${protect(names, 'proposed_stops', { place: 'division_code' })}
      ${protect(names, 'case_persons', { place: 'division_code' })}
      -- The list of a village and its queue; those of a county are read in the order that they are shown in.
      create index cases_place on cases (division_code, created_at, case_id);
      create index cases_place_tasks on cases (division_code, changed_at, case_id) where task is not null;
      create index cases_unit on cases (unit_id, created_at, case_id) where unit_id is not null;`,
    down: ({ providerRole }) => `
      revoke all on cases, case_steps, case_materials, known_papers from ${providerRole};
      drop index cases_unit; drop index cases_place_tasks; drop index cases_place;
      ${['case_persons', 'proposed_stops', 'known_papers', 'case_materials', 'case_steps', 'cases'].map(unprotect).join('')}`,
  },
  {
    // After the tables of the clocks, whose own rule shows users by placement nothing.
    id: 202611280290,
    name: 'show-clocks-of-visible-cases',
    up: () => `
      create or replace function subject_is_visible(subject uuid) returns boolean language sql stable as $$
        select exists (select from cases where case_id = subject) $$;`,
    down: () => `
      create or replace function subject_is_visible(subject uuid) returns boolean language sql stable as $$
        select false $$;`,
  },
];
