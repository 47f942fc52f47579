import type { Migration, MigrationNames } from '@app/platform';

/** Nobody's request reads or writes these, whatever its reach: only signing in itself, as the service's own work. */
const ownWorkOnly = ({ workerRole }: MigrationNames, table: string) => `
  alter table ${table} enable row level security, force row level security;
  create policy migrating on ${table} to current_user using (true) with check (true);
  create policy own_work on ${table} to ${workerRole} using (true) with check (true);
  grant select, insert, update, delete on ${table} to ${workerRole};`;

const TABLES = [
  'credentials',
  'activations',
  'second_factors',
  'recovery_codes',
  'half_sign_ins',
  'sessions',
  'sign_in_attempts',
  'signing_keys',
] as const;

/** Tables of signing in: passwords, second factors, sessions, keys. Codes and session values are hashes, secrets ciphertext. */
export const signInMigrations: readonly Migration[] = [
  {
    id: 202611281050,
    name: 'create-sign-in',
    up: (names) => `
      create table credentials (
        account_id uuid primary key references accounts,
        password_hash text not null,
        changed_at timestamptz not null
      );
      comment on table credentials is 'Argon2id hashes. An account without a row has no password: it must be activated first.';

      create table activations (
        account_id uuid primary key references accounts,
        code_hash text not null,
        expires_at timestamptz not null
      );
      comment on table activations is 'The one code with which an account may set its first password; gone once it is used.';

      create table second_factors (
        account_id uuid primary key references accounts,
        secret text not null,
        confirmed_at timestamptz,
        last_step bigint not null default 0
      );
      comment on column second_factors.secret is 'Encrypted.';
      comment on column second_factors.last_step is 'Time step of the last code that was taken: none is taken twice.';

      create table recovery_codes (
        account_id uuid not null references second_factors on delete cascade,
        code_hash text not null,
        primary key (account_id, code_hash)
      );
      comment on table recovery_codes is 'For whoever has lost the second factor; gone once used.';

      create table half_sign_ins (
        secret_hash text primary key,
        account_id uuid not null references accounts,
        step text not null check (step in ('second-factor', 'enrol')),
        method text not null,
        expires_at timestamptz not null
      );
      comment on table half_sign_ins is 'The password was right, the second factor is awaited. Apart from sessions, so that it can never be taken for one.';

      create table sessions (
        session_id uuid primary key,
        secret_hash text not null unique,
        account_id uuid not null references accounts,
        method text not null,
        address text,
        browser text,
        started_at timestamptz not null,
        last_seen_at timestamptz not null,
        ends_at timestamptz not null,
        ended_at timestamptz,
        end_reason text,
        check ((ended_at is null) = (end_reason is null))
      );
      comment on table sessions is 'Who is signed in, from where, since when. The cookie is kept as its hash only.';
      create index sessions_open on sessions (account_id) where ended_at is null;
      create index sessions_ends_at on sessions (ends_at);

      create table sign_in_attempts (
        key text primary key,
        failures integer not null,
        last_at timestamptz not null,
        blocked_until timestamptz not null
      );
      comment on table sign_in_attempts is
        'Attempts since the last right one, by account and by address, also of accounts that do not exist: keyed digests.';
      create index sign_in_attempts_last_at on sign_in_attempts (last_at);

      create table signing_keys (
        kid text primary key,
        public_key jsonb not null,
        private_key text,
        signs_from timestamptz not null,
        published_until timestamptz,
        created_by text not null,
        created_at timestamptz not null
      );
      comment on table signing_keys is 'Keys of the tokens that carry users between services.';
      comment on column signing_keys.private_key is 'Encrypted; null once it does not sign any more.';
      create unique index signing_keys_newest on signing_keys ((true)) where published_until is null;

      ${TABLES.map((table) => ownWorkOnly(names, table)).join('\n')}`,
    down: () => `drop table ${[...TABLES].reverse().join(', ')};`,
  },
];
