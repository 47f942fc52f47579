import { caseStatuses, itemModes, owners } from '@app/contracts';
import { protect, unprotect, type Migration } from '@app/platform';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');
const DIVISION = `division_code text not null check (division_code ~ '^\\d{12}$')`;

/** The work queue: what the owners of cases told, in a shape that lists are read from. */
export const workMigrations: readonly Migration[] = [
  {
    id: 202611303101,
    name: 'create-work-items',
    up: (names) => `
      create table work_role_sets (
        set_id int generated always as identity primary key,
        tokens jsonb not null unique
      );
      comment on table work_role_sets is
        'Sets of roles (with department) that may do or see something: a few hundred, by which a county''s work is found without reading that of others.';

      create table work_items (
        case_id uuid primary key,
        owner text not null check (owner in (${list(owners)})),
        person_id uuid not null,
        ${DIVISION},
        place text not null check (place = division_code),
        item_id text not null,
        item_version text not null,
        period text not null,
        mode text not null check (mode in (${list(itemModes)})),
        status text not null check (status in (${list(caseStatuses)})),
        task text,
        task_doers jsonb not null,
        doers_set int not null references work_role_sets,
        readers jsonb not null,
        readers_set int not null references work_role_sets,
        unit_id uuid,
        waits_for_papers boolean not null,
        claimed_by text,
        claimed_at timestamptz,
        last_done_by jsonb not null,
        version int not null check (version > 0),
        opened_at timestamptz not null,
        told_at timestamptz not null,
        term_step text,
        term_kind text,
        term_basis text,
        term_provisional boolean not null default false,
        term_paused boolean not null default false,
        due_at timestamptz not null default 'infinity',
        check ((claimed_by is null) = (claimed_at is null))
      ) with (fillfactor = 80);
      comment on table work_items is
        'Cases of every owner, as the newest fact tells them: no truth, but a copy that can be compared and made anew.';
      comment on column work_items.task_doers is 'Roles (with department) that can do the open task; readers: that may look, as at the owner.';
      comment on column work_items.last_done_by is 'User ids of whoever did the last step, and of whom they acted for.';
      comment on column work_items.place is
        'The division code once more, for indexes: the policies'' own range is of unknown width to the planner, and would take such an index for a county.';
      comment on column work_items.due_at is 'End of the nearest running term of the office; infinity: none, or it stands still.';

      create table work_terms (
        case_id uuid not null,
        step text not null,
        version int not null,
        kind text not null,
        basis text not null,
        due_at timestamptz,
        provisional boolean not null,
        paused boolean not null,
        ended boolean not null,
        primary key (case_id, step)
      ) with (fillfactor = 80);
      comment on table work_terms is
        'Terms of the office of each case, as the newest fact tells each: of them the nearest stands in work_items. They may come before their case.';

      create table work_persons (
        person_id uuid primary key,
        version int not null,
        name text not null
      );
      comment on table work_persons is 'Names of those who are on file. Encrypted; shown masked.';

      create table work_name_tokens (
        token bigint not null,
        ${DIVISION},
        person_id uuid not null references work_persons on delete cascade,
        primary key (token, division_code, person_id)
      );
      comment on table work_name_tokens is
        'Keyed tokens of the words by which somebody is found, at each place where a case of theirs stands. Compared by equality and range only.';
      create index work_name_tokens_person on work_name_tokens (person_id, division_code);

      create table work_freshness (
        owner text primary key,
        told_at timestamptz not null
      );
      comment on table work_freshness is 'Time of the newest fact of each owner that stands in work_items.';

      create index work_items_person on work_items (person_id);
      -- Of a county by who may, in the order that it is shown in; of a town or village by its place.
      create index work_items_tasks on work_items (doers_set, due_at, case_id) where task is not null;
      create index work_items_place_tasks on work_items (place, due_at, case_id) where task is not null;
      create index work_items_claimed on work_items (claimed_by, due_at, case_id) where claimed_by is not null;
      create index work_items_papers on work_items (readers_set, due_at, case_id) where waits_for_papers;
      create index work_items_due on work_items (readers_set, due_at, case_id);
      create index work_items_opened on work_items (readers_set, opened_at, case_id);
      create index work_items_place on work_items (place, due_at, case_id);
      create index work_items_unit on work_items (unit_id, due_at, case_id) where unit_id is not null;
      create index work_items_owner on work_items (owner, case_id);

      alter table work_role_sets enable row level security, force row level security;
      create policy migrating on work_role_sets to current_user using (true) with check (true);
      create policy own_work on work_role_sets to ${names.workerRole} using (true) with check (true);
      create policy everybody_reads on work_role_sets for select to ${names.appRole}, ${names.providerRole} using (true);
      grant select on work_role_sets to ${names.appRole}, ${names.providerRole};
      grant select, insert on work_role_sets to ${names.workerRole};
      grant select on work_items, work_name_tokens to ${names.appRole};
      grant select, insert, update, delete on work_items, work_terms, work_persons, work_name_tokens, work_freshness to ${names.workerRole};
      ${protect(names, 'work_items', { place: 'division_code', readers: 'readers', unit: 'unit_id' })}
      ${protect(names, 'work_name_tokens', { place: 'division_code' })}`,
    down: () => `
      ${['work_name_tokens', 'work_items'].map(unprotect).join('')}
      drop table work_freshness, work_name_tokens, work_persons, work_terms, work_items, work_role_sets;`,
  },
];
