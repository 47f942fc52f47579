import { protect, protectVia, unprotect, type Migration } from '@app/platform';

const WHO_AND_WHEN = `
        created_by text not null,
        created_role text not null,
        created_at timestamptz not null default now(),
        changed_by text not null,
        changed_role text not null,
        changed_at timestamptz not null default now()`;

const DIVISION = `division_code text not null check (division_code ~ '^\\d{12}$')`;

/** The member units whose rosters come in here (低保, 低保边缘, 特困, deaths); the others have no business with a person's file. */
const ROSTERS_OF = ['civil-affairs'];
const NO_MEMBER_UNIT: readonly string[] = [];

const OF_A_PERSON = ['facts', 'deaths', 'guardians'];

/** What an institution sees of who is placed with it: who it is and how to reach them. Neither number nor address. */
const FOR_PROVIDERS = `person_id, division_code, version, name, sex, birth_date, household_id, relation, phone, died_on, away_to, away_on`;

/** The registry's own tables. Identity numbers, phones and exact addresses are ciphertext; see ColumnCipher. */
export const registryMigrations: readonly Migration[] = [
  {
    id: 202611251001,
    name: 'create-persons',
    up: ({ appRole }) => `
      create table households (
        household_id uuid primary key,
        ${DIVISION},
        household_no text,
        head_person_id uuid,
        version int not null,
        ${WHO_AND_WHEN}
      );
      comment on table households is 'A household of the household register (户), with its head.';
      comment on column households.household_no is '户号: unique in its county where it is known.';
      create unique index households_no on households (substr(division_code, 1, 6), household_no);

      create table persons (
        person_id uuid primary key,
        ${DIVISION},
        version int not null,
        name text not null,
        sex text not null check (sex in ('male', 'female')),
        birth_date date not null,
        identity_number text not null,
        identity_token text not null unique,
        phone text,
        address text,
        household_id uuid references households,
        relation text,
        died_on date,
        death_fact_id uuid,
        away_to text check (away_to ~ '^\\d{12}$'),
        away_on date,
        ${WHO_AND_WHEN},
        check ((died_on is null) = (death_fact_id is null)),
        check ((away_to is null) = (away_on is null))
      );
      comment on table persons is 'Who is on file. The version grows with every fact that is told to others.';
      comment on column persons.identity_number is 'Encrypted; found by identity_token, a keyed blind index.';
      create index persons_place on persons (division_code, person_id);
      create index persons_household on persons (household_id) where household_id is not null;
      alter table households add foreign key (head_person_id) references persons deferrable initially deferred;

      create table deaths (
        fact_id uuid primary key,
        person_id uuid not null references persons,
        ${DIVISION},
        died_on date not null,
        source_kind text not null,
        source_reference text,
        source_as_of date not null,
        recorded_by text not null,
        recorded_role text not null,
        recorded_at timestamptz not null default now(),
        withdrawn_by text,
        withdrawn_role text,
        withdrawn_at timestamptz,
        withdrawn_reason text
      );
      comment on table deaths is 'Every record of a death, also those that were taken back (a namesake on the list).';
      create unique index deaths_current on deaths (person_id) where withdrawn_at is null;

      create table facts (
        fact_id uuid primary key,
        person_id uuid not null references persons,
        ${DIVISION},
        name text not null,
        value jsonb not null,
        source_kind text not null,
        source_reference text,
        source_as_of date not null,
        valid_from date,
        valid_to date,
        state text not null default 'current' check (state in ('current', 'replaced', 'withdrawn')),
        version int not null,
        recorded_by text not null,
        recorded_role text not null,
        recorded_at timestamptz not null default now(),
        ended_by text,
        ended_role text,
        ended_at timestamptz,
        ended_reason text
      );
      comment on table facts is
        'What other departments and the counter said about a person; each name has one current fact, the earlier ones stay.';
      create unique index facts_current on facts (person_id, name) where state = 'current';
      create index facts_by_name on facts (name, division_code, person_id) where state = 'current';

      create table guardians (
        guardian_id uuid primary key,
        person_id uuid not null references persons,
        ${DIVISION},
        basis text not null check (basis in ('minor', 'mental', 'intellectual')),
        relation text not null,
        name text not null,
        identity_number text not null,
        identity_token text not null,
        phone text,
        since date not null,
        ended_on date,
        ended_reason text,
        ${WHO_AND_WHEN}
      );
      comment on table guardians is 'Who acts for a minor, or for an adult who cannot act for themselves.';
      create unique index guardians_current on guardians (person_id, identity_token) where ended_on is null;

      grant select, insert, update on persons, households, facts, deaths, guardians to ${appRole};`,
    down: () => 'drop table guardians, facts, deaths, persons, households cascade;',
  },
  {
    id: 202611251002,
    name: 'create-imports',
    up: ({ appRole }) => `
      create table imports (
        import_id uuid primary key,
        ${DIVISION},
        reach_to text not null check (reach_to ~ '^\\d{12}$'),
        kind text not null,
        full_roster boolean not null,
        as_of date not null,
        rows int not null,
        state text not null check (state in ('running', 'done')),
        removed int not null default 0,
        removal_held text,
        ${WHO_AND_WHEN}
      );
      comment on table imports is
        'A roster file that was sent. Its id is made from its content, so that the same file sent again goes on with the same import.';
      comment on column imports.division_code is 'First division code in reach of who sent it; reach_to is the last.';

      create table import_rows (
        import_id uuid not null references imports,
        row_no int not null,
        state text not null check (state in ('applied', 'unchanged', 'failed')),
        not_on_file boolean not null default false,
        errors jsonb,
        cells text,
        primary key (import_id, row_no),
        check ((state = 'failed') = (cells is not null))
      );
      comment on table import_rows is
        'What became of each row, written in the transaction of its effect: a row is applied once.';
      comment on column import_rows.cells is 'Encrypted; what was sent, kept for the error workbook while the row is wrong.';

      grant select, insert, update on imports, import_rows to ${appRole};`,
    down: () => 'drop table import_rows, imports;',
  },
  {
    id: 202611251003,
    name: 'add-confirmation-of-facts',
    up: () => `
      alter table facts add confirmed_as_of date;
      update facts set confirmed_as_of = source_as_of;
      alter table facts alter confirmed_as_of set not null;
      comment on column facts.confirmed_as_of is
        'The latest day for which a source said the same: nobody is told, but an older roster must not take it back.';`,
    down: () => 'alter table facts drop confirmed_as_of;',
  },
  {
    id: 202611251004,
    name: 'let-bad-rows-be-forgotten',
    up: () => `
      alter table import_rows drop constraint import_rows_check,
        add constraint import_rows_cells check (state = 'failed' or cells is null);
      create index import_rows_bad on import_rows (import_id) where cells is not null;
      comment on column import_rows.cells is
        'Encrypted; what was sent, kept for the error workbook while the row is wrong, for BAD_ROWS_DAYS at most.';`,
    down: () => `
      drop index import_rows_bad;
      delete from import_rows where state = 'failed' and cells is null;
      alter table import_rows drop constraint import_rows_cells,
        add constraint import_rows_check check ((state = 'failed') = (cells is not null));`,
  },
  {
    id: 202611281001,
    name: 'protect-persons',
    up: (names) => `
      create index persons_away on persons (away_to, person_id) where away_to is not null;
      ${protect(names, 'persons', { place: ['division_code', 'away_to'], departments: ROSTERS_OF })}
      ${OF_A_PERSON.map((table) => protectVia(names, table, { table: 'persons', column: 'person_id' })).join('')}
      ${protect(names, 'households', { place: 'division_code', departments: NO_MEMBER_UNIT })}
      ${protect(names, 'imports', { place: 'division_code', departments: ROSTERS_OF })}
      ${protectVia(names, 'import_rows', { table: 'imports', column: 'import_id' })}
      create index guardians_person on guardians (person_id);
      create index deaths_person on deaths (person_id);`,
    down: () => `
      drop index deaths_person, guardians_person;
      ${['import_rows', 'imports', 'households', ...OF_A_PERSON, 'persons'].map(unprotect).join('')}
      drop index persons_away;`,
  },
  {
    id: 202611281002,
    name: 'create-person-search-tokens',
    up: (names) => `
      create table person_search_tokens (
        token bigint not null,
        ${DIVISION},
        person_id uuid not null references persons,
        primary key (token, division_code, person_id)
      );
      comment on table person_search_tokens is
        'Keyed tokens of the words by which somebody is found, at each place where the person is seen. Compared by equality and '
        'range only, so that the index serves the search under row-level security.';
      create index person_search_tokens_person on person_search_tokens (person_id);
      grant select, insert, delete on person_search_tokens to ${names.appRole};
      ${protect(names, 'person_search_tokens', { place: 'division_code', departments: NO_MEMBER_UNIT })}

      alter table persons add search_scheme smallint not null default 0;
      comment on column persons.search_scheme is
        'By which scheme the search tokens were made; those of an older one are made anew while the service runs.';
      create index persons_search_scheme on persons (search_scheme, person_id);`,
    down: () => `
      alter table persons drop search_scheme;
      drop table person_search_tokens;`,
  },
  {
    id: 202611281003,
    name: 'create-placements',
    up: (names) => `
      create table placements (
        owner text not null,
        case_id uuid not null,
        person_id uuid not null,
        ${DIVISION},
        unit_id uuid not null,
        version int not null,
        since date not null,
        until date,
        primary key (owner, case_id)
      );
      comment on table placements is
        'With which unit each case of a person is placed, as the services that own the cases have told: read model. The unit sees the person '
        'while the placement lasts. One row per case: a case is with one unit at a time.';
      create index placements_person on placements (person_id, unit_id) where until is null;
      grant select, insert, update on placements to ${names.workerRole};
      ${protect(names, 'placements', { place: 'division_code', departments: NO_MEMBER_UNIT, unit: 'unit_id' })}

      create policy placed on persons for select to ${names.providerRole} using (
        exists (select from placements p where p.person_id = persons.person_id and p.until is null));
      grant select (${FOR_PROVIDERS}) on persons to ${names.providerRole};`,
    down: ({ providerRole }) => `
      revoke select (${FOR_PROVIDERS}) on persons from ${providerRole};
      drop policy placed on persons;
      drop table placements;`,
  },
];
