import type { Migration } from '@app/platform';

const WHO_AND_WHEN = `
        created_by text not null,
        created_role text not null,
        created_at timestamptz not null default now(),
        changed_by text not null,
        changed_role text not null,
        changed_at timestamptz not null default now()`;

const DIVISION = `division_code text not null check (division_code ~ '^\\d{12}$')`;

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
];
