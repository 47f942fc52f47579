import { protect, protectVia, unprotect, type Migration } from '@app/platform';

const changed = `
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  changed_by text not null,
  changed_role text not null`;
const division = `division_code text not null check (division_code ~ '^\\d{12}$')`;

const ofPerson = ['facts', 'cards', 'determination_sheets', 'determination_changes', 'rounds', 'holdings'];

/**
 * The service's own tables. No foreign keys between them: each row is written under the lock of its person's row, which is never
 * deleted, and checking every one of some 300 rows a slice again costs more than a tenth of a decision.
 */
export const lifecycleMigrations: readonly Migration[] = [
  {
    id: 202611251001,
    name: 'create-person-files',
    up: ({ appRole }) => `
      create table persons (
        person_id uuid primary key,
        ${division},
        birth_date date,
        sex text check (sex in ('male', 'female')),
        household_id uuid,
        died_on date,
        moved_away_on date,
        identity_version int not null default 0,
        place_version int not null default 0,
        presence_version int not null default 0,
        death_version int not null default 0,
        decision int not null default 0,
        next_day date,
        pending jsonb,
        ${changed}
      );
      comment on table persons is
        'What determination needs of a person, from the facts of the registry; each part with the version it came from. Its row is the lock under which a person is decided.';
      comment on column persons.next_day is 'Earliest day on which a date alone can change an outcome.';
      comment on column persons.pending is 'Causes that came before the registry''s record of the person.';
      create index persons_household on persons (household_id) where household_id is not null;
      create index persons_next_day on persons (next_day) where next_day is not null;

      create table facts (
        person_id uuid not null,
        name text not null,
        fact_id uuid not null,
        ${division},
        value jsonb,
        source jsonb,
        valid_from date,
        valid_to date,
        withdrawn boolean not null,
        version int not null,
        ${changed},
        primary key (person_id, name)
      );
      comment on table facts is
        'Facts of the registry as they now stand. A withdrawn one stays with its version, so that an older record of it cannot come back.';

      create table cards (
        card_id uuid primary key,
        person_id uuid not null,
        ${division},
        version int not null,
        status text not null check (status in ('valid', 'frozen', 'cancelled')),
        category text not null,
        grade int not null,
        components jsonb not null,
        issued_on date not null,
        valid_to date not null,
        cancelled_on date,
        has_left boolean not null,
        taken_over_at timestamptz,
        ${changed}
      );
      comment on table cards is 'Cards as their last fact says. The card number never comes here.';
      create index cards_person on cards (person_id);
      grant select, insert, update on persons, facts, cards to ${appRole};`,
    down: () => 'drop table cards, facts, persons;',
  },
  {
    id: 202611251002,
    name: 'create-determinations',
    up: ({ appRole }) => `
      create table determination_sheets (
        person_id uuid primary key,
        ${division},
        decision int not null,
        decided_on date not null,
        fingerprint text not null,
        outcomes json not null,
        missing text[] not null,
        ${changed}
      ) with (toast_tuple_target = 8160);
      comment on table determination_sheets is
        'What every item in force comes to for a person: one row per person, because a decision looks at all of them and a county at many. Read it through the view determinations.';
      comment on column determination_sheets.outcomes is
        'By item id: o = e(ntitled), n(ot entitled), f (needs a fact); v = version of the item; needs; lost = decision in which they ceased to qualify; gone = what had granted it is no longer so, and nothing else is known to; old = taken over with the living stock; rate = [分, month].';
      comment on column determination_sheets.missing is
        'Facts to be asked for, once per person. Without what only the region could set.';
      create index determination_sheets_fingerprint on determination_sheets (left(division_code, 6), fingerprint);
      create index determination_sheets_missing on determination_sheets (division_code) where missing <> '{}';

      create table determination_changes (
        person_id uuid not null,
        decision int not null,
        ${division},
        decided_at timestamptz not null default now(),
        decided_on date not null,
        fingerprint text not null,
        cause text not null,
        cause_key text not null,
        changes json not null,
        subject json not null,
        created_by text not null,
        created_role text not null,
        primary key (person_id, decision)
      ) with (toast_tuple_target = 8160);
      comment on table determination_changes is
        'Append-only: each decision that changed an outcome, with the facts it rests on and the rules'' fingerprint, so that it can be replayed.';
      comment on column determination_changes.changes is 'By item id: [before, after, version, needs], letters as in determination_sheets; null: not determined.';

      create view determinations as
        select s.person_id, s.division_code, o.key as item_id, case o.value ->> 'o' when 'e' then 'entitled' when 'n' then 'not-entitled' else 'needs-fact' end as outcome,
               o.value ->> 'v' as item_version,
               array(select json_array_elements_text(coalesce(o.value -> 'needs', '[]'))) as needs,
               s.fingerprint, s.decision, s.decided_on, s.changed_at as decided_at
        from determination_sheets s cross join lateral json_each(s.outcomes) o;
      comment on view determinations is 'One row per person and item: entitled, not-entitled or needs-fact.';
      grant select, insert, update on determination_sheets to ${appRole};
      grant select, insert on determination_changes to ${appRole};
      grant select on determinations to ${appRole};`,
    down: () => 'drop view determinations; drop table determination_changes, determination_sheets;',
  },
  {
    id: 202611251003,
    name: 'create-chains',
    up: ({ appRole }) => `
      create table chains (
        chain_id uuid primary key,
        ${division},
        version int not null,
        ${changed}
      );
      comment on table chains is 'One chain per person, with the person''s id.';

      create table rounds (
        round_id uuid primary key,
        person_id uuid not null,
        ${division},
        cause text not null,
        caused_on date not null,
        status text not null check (status in ('open', 'complete')),
        opened_at timestamptz not null default now(),
        completed_at timestamptz,
        ${changed}
      );
      comment on table rounds is
        'One cause and all that follows from it. Its id is made from the person and the message that caused it.';
      create index rounds_person on rounds (person_id, opened_at);
      create index rounds_open on rounds (division_code, opened_at) where status = 'open';

      create table round_items (
        round_id uuid not null,
        item_id text not null,
        action text not null check (action in ('open', 'stop')),
        period text not null,
        ${division},
        owner text not null,
        item_version text not null,
        mode text not null,
        case_id uuid,
        status text not null,
        case_version int not null,
        outcome text,
        ${changed},
        primary key (round_id, item_id, period, action)
      );
      comment on table round_items is 'What a round plans. It is complete when each has an outcome; outcomes come from the owners'' facts.';

      create table holdings (
        person_id uuid not null,
        item_id text not null,
        period text not null,
        ${division},
        item_version text not null,
        owner text not null,
        status text not null,
        case_id uuid,
        case_version int not null,
        next_step text,
        held_from text,
        round_id uuid,
        opened_in int not null,
        stops jsonb not null default '[]',
        ${changed},
        primary key (person_id, item_id, period)
      );
      comment on table holdings is '一张表: what each person has or has under way of each item, as the owners last said; and the stops that are proposed, if any.';
      create index holdings_item on holdings (item_id, status, division_code);
      grant select, insert, update on chains, rounds, round_items, holdings to ${appRole};`,
    down: () => 'drop table holdings, round_items, rounds, chains;',
  },
  {
    id: 202611281001,
    name: 'protect-person-files',
    // Everything follows the person: who comes to see somebody who moved in sees what was decided elsewhere too.
    up: (names) => `
      ${protect(names, 'persons', { place: 'division_code', departments: [] })}
      ${ofPerson.map((table) => protectVia(names, table, { table: 'persons', column: 'person_id' })).join('')}
      ${protectVia(names, 'chains', { table: 'persons', column: 'person_id', key: 'chain_id' })}
      ${protectVia(names, 'round_items', { table: 'rounds', column: 'round_id' })}
      create index persons_place on persons (division_code, person_id);
      alter view determinations set (security_invoker = true);`,
    down: () => `
      alter view determinations reset (security_invoker);
      drop index persons_place;
      ${['round_items', 'chains', ...ofPerson, 'persons'].map(unprotect).join('')}`,
  },
  {
    id: 202611291001,
    name: 'create-case-terms',
    up: (names) => `
      create table case_terms (
        case_id uuid not null,
        step text not null,
        person_id uuid not null,
        ${division},
        clock_id uuid not null,
        holder text not null check (holder in ('office', 'person')),
        kind text not null,
        unit text not null,
        value int,
        basis text not null,
        anchor_day date not null,
        due_at timestamptz,
        provisional boolean not null,
        paused boolean not null,
        paused_since timestamptz,
        pause_reason text,
        ended boolean not null,
        version int not null,
        ${changed},
        primary key (case_id, step)
      );
      comment on table case_terms is
        'Until when the terms of the owners'' cases run, as the owners last said: the clock of a chain is a view of these, with none of its own.';
      create index case_terms_person on case_terms (person_id);
      grant select, insert, update on case_terms to ${names.appRole};

      create table case_units (
        case_id uuid primary key,
        person_id uuid not null,
        ${division},
        unit_id uuid,
        version int not null,
        ${changed}
      );
      comment on table case_units is 'With which organisation unit a case is placed, as its owner last said; null: with none any more.';
      grant select, insert, update on case_units to ${names.appRole};

      alter table holdings add since timestamptz;
      comment on column holdings.since is 'When its owner said that it stands where it stands; null: before this was kept.';
      ${protectVia(names, 'case_terms', { table: 'persons', column: 'person_id' })}
      ${protectVia(names, 'case_units', { table: 'persons', column: 'person_id' })}`,
    down: () => `
      ${['case_units', 'case_terms'].map(unprotect).join('')}
      alter table holdings drop since;
      drop table case_units, case_terms;`,
  },
  {
    id: 202611291011,
    name: 'create-case-papers',
    up: (names) => `
      create table case_papers (
        case_id uuid primary key,
        person_id uuid not null,
        ${division},
        papers text[] not null,
        version int not null,
        ${changed}
      );
      comment on table case_papers is
        'For which papers a case waits, in the catalogue''s words, as its owner last said; none: for none any more.';
      grant select, insert, update on case_papers to ${names.appRole};
      ${protectVia(names, 'case_papers', { table: 'persons', column: 'person_id' })}`,
    down: () => `${unprotect('case_papers')} drop table case_papers;`,
  },
];
