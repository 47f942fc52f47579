import { protect, unprotect, type Migration } from '@app/platform';

const WHO_AND_WHEN = `
        created_by text not null,
        created_role text not null,
        created_at timestamptz not null default now(),
        changed_by text not null,
        changed_role text not null,
        changed_at timestamptz not null default now()`;

const DIVISION = `division_code text not null check (division_code ~ '^\\d{12}$')`;

/** Accounts and what hangs on them are for the two administrators who keep them; signing in reads them as the service's own work. */
const READERS = `readers jsonb not null default '["system-admin", "security-admin"]'`;

const UNIT_TABLES = ['units', 'unit_states', 'reorganisations', 'division_changes'] as const;
const ACCOUNT_TABLES = ['accounts', 'posts', 'deputies'] as const;

/** Tables of the organisation: units with their history, accounts, posts, deputies. Phones are ciphertext; see ColumnCipher. */
export const organisationMigrations: readonly Migration[] = [
  {
    id: 202611281001,
    name: 'create-units',
    up: ({ appRole, providerRole }) => `
      create table units (
        unit_id uuid primary key,
        kind text not null,
        department text,
        valid_from date not null,
        valid_to date check (valid_to >= valid_from),
        version integer not null,
        ${WHO_AND_WHEN},
        check ((kind = 'department') = (department is not null))
      );
      comment on table units is 'Divisions, offices and institutions. Never deleted: one that is no more has an end.';

      create table unit_states (
        unit_id uuid not null references units,
        valid_from date not null,
        valid_to date check (valid_to >= valid_from),
        kind text not null,
        class text not null check (class in ('division', 'office', 'institution')),
        name text not null,
        parent_id uuid references units,
        ${DIVISION},
        primary key (unit_id, valid_from)
      );
      comment on table unit_states is
        'What a unit was called, where it stood and which code it had, from day to day (inclusive). valid_to null: it stands so today.';
      create unique index unit_states_now on unit_states (unit_id) where valid_to is null;
      create unique index unit_states_division_now on unit_states (division_code) where valid_to is null and class = 'division';
      create unique index unit_states_name_now on unit_states (division_code, kind, name) where valid_to is null;
      create index unit_states_parent on unit_states (parent_id) where valid_to is null;
      create index unit_states_division on unit_states (division_code);

      create table reorganisations (
        act_id uuid primary key,
        on_day date not null,
        reason text not null,
        ${WHO_AND_WHEN}
      );
      create table division_changes (
        act_id uuid not null references reorganisations,
        from_code text not null check (from_code ~ '^\\d{12}$'),
        to_code text not null check (to_code ~ '^\\d{12}$'),
        on_day date not null,
        primary key (act_id, from_code, to_code)
      );
      comment on table division_changes is 'Which division code became which, from which day on. Several of one code: a split; several to one: a merger.';
      create index division_changes_from on division_changes (from_code);
      create index division_changes_to on division_changes (to_code);

      grant select, insert, update on units, unit_states to ${appRole};
      grant select, insert on reorganisations, division_changes to ${appRole};
      grant select on units, unit_states, reorganisations, division_changes to ${providerRole};`,
    down: () => 'drop table division_changes, reorganisations, unit_states, units;',
  },
  {
    id: 202611281002,
    name: 'create-accounts',
    up: (names) => `
      create table accounts (
        account_id uuid primary key,
        user_id text not null unique check (user_id ~ '^[a-z0-9][a-z0-9:._-]{1,63}$'),
        name text not null,
        unit_id uuid not null references units,
        ${DIVISION},
        phone text,
        state text not null check (state in ('active', 'locked', 'left')),
        left_on date,
        successor_id uuid references accounts,
        version integer not null,
        ${READERS},
        ${WHO_AND_WHEN},
        check ((state = 'left') = (left_on is not null)),
        check ((state = 'left') = (successor_id is not null))
      );
      comment on table accounts is 'Who works here. Never deleted: who has left keeps the name under what they did.';
      comment on column accounts.phone is 'Encrypted.';
      comment on column accounts.division_code is 'Of the unit, today: row-level security reads it.';
      create index accounts_place on accounts (division_code);
      create index accounts_unit on accounts (unit_id);

      create table posts (
        post_id uuid primary key,
        account_id uuid not null references accounts,
        unit_id uuid not null references units,
        ${DIVISION},
        role text not null,
        department text,
        valid_from date not null,
        valid_to date check (valid_to >= valid_from - 1),
        end_reason text,
        ${READERS},
        ${WHO_AND_WHEN}
      );
      comment on table posts is 'What an account may do, at which unit, from day to day (inclusive). Never deleted: an end is a day.';
      comment on column posts.valid_to is 'The day before valid_from for a post that was taken back before it began.';
      create index posts_account on posts (account_id);
      create index posts_unit on posts (unit_id);
      create index posts_place on posts (division_code);

      create table deputies (
        deputy_id uuid primary key,
        post_id uuid not null references posts,
        holder_id uuid not null references accounts,
        acting_id uuid not null references accounts check (acting_id <> holder_id),
        ${DIVISION},
        valid_from date not null,
        valid_to date not null check (valid_to >= valid_from - 1),
        reason text not null,
        ${READERS},
        ${WHO_AND_WHEN}
      );
      comment on table deputies is 'Who acts for the holder of a post, on which days (inclusive).';
      create index deputies_post on deputies (post_id);
      create index deputies_holder on deputies (holder_id);
      create index deputies_acting on deputies (acting_id, valid_to);
      create index deputies_place on deputies (division_code);

      grant select, insert, update on ${ACCOUNT_TABLES.join(', ')} to ${names.appRole};
      ${ACCOUNT_TABLES.map((table) => protect(names, table, { place: 'division_code', readers: 'readers' })).join('\n')}`,
    down: () => `
      ${ACCOUNT_TABLES.map(unprotect).join('\n')}
      drop table deputies, posts, accounts;`,
  },
  {
    id: 202611281003,
    name: 'let-only-the-service-write-units',
    up: ({ appRole, providerRole, workerRole }) => `
      ${UNIT_TABLES.map(
        (table) => `
      alter table ${table} enable row level security, force row level security;
      create policy migrating on ${table} to current_user using (true) with check (true);
      create policy own_work on ${table} to ${workerRole} using (true) with check (true);
      create policy everybody_reads on ${table} for select to ${appRole}, ${providerRole} using (true);
      grant select, insert, update on ${table} to ${workerRole};
      revoke insert, update on ${table} from ${appRole};`,
      ).join('\n')}`,
    down: ({ appRole }) =>
      UNIT_TABLES.map(
        (table) => `
      drop policy migrating on ${table};
      drop policy own_work on ${table};
      drop policy everybody_reads on ${table};
      alter table ${table} disable row level security, no force row level security;
      grant insert, update on ${table} to ${appRole};`,
      ).join('\n'),
  },
];
