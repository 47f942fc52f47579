import { protect, unprotect, type Migration } from '@app/platform';

/** What the checks before a pay run know of persons, and what came of them in earlier runs. */
export const payCheckMigrations: readonly Migration[] = [
  {
    id: 202611301401,
    name: 'carry-decisions-on-findings',
    up: () => `
      alter table pay_run_findings add since date, add basis text, add fen bigint not null default 0, add carried_from bigint;
      comment on column pay_run_findings.fen is '分 that the run had planned for the person when it was found.';
      comment on column pay_run_findings.basis is
        'What the finding rests on: a decision to pay counts in later runs while it is the same. Null: decided in each run.';
      comment on column pay_run_findings.carried_from is 'The run in which it was decided, where that is an earlier one.';
      create index pay_run_findings_person on pay_run_findings (person_id, "check", run_no);
      alter table payee_accounts add phone text, add phone_token text, add check ((phone is null) = (phone_token is null));
      comment on column payee_accounts.phone is 'Telephone that the payee left for this account; encrypted, searched by phone_token.';
      create index payee_accounts_phone on payee_accounts (phone_token) where status = 'confirmed' and phone_token is not null;`,
    down: () => `
      alter table payee_accounts drop phone, drop phone_token;
      drop index pay_run_findings_person;
      alter table pay_run_findings drop since, drop basis, drop fen, drop carried_from;`,
  },
  {
    id: 202611301402,
    name: 'create-payment-persons',
    up: ({ workerRole }) => `
      create table payment_persons (
        person_id uuid primary key,
        identity_token text not null,
        household_id uuid,
        version int not null
      ) with (fillfactor = 90);
      comment on table payment_persons is
        'Blind index of the number and household of whom registry has on file, for the checks before a pay run. No user reads it.';
      create index payment_persons_token on payment_persons (identity_token);
      create index payment_persons_household on payment_persons (household_id) where household_id is not null;
      alter table payment_persons enable row level security, force row level security;
      create policy migrating on payment_persons to current_user using (true) with check (true);
      create policy own_work on payment_persons to ${workerRole} using (true) with check (true);
      grant select, insert, update, delete on payment_persons to ${workerRole};`,
    down: () => 'drop table payment_persons;',
  },
  {
    id: 202611301403,
    name: 'create-declared-relatives',
    up: (names) => `
      create table declared_relatives (
        entry_id uuid primary key,
        county text not null check (county ~ '^\\d{6}$'),
        division_code text not null check (division_code ~ '^\\d{12}$'),
        name text not null,
        identity_number text not null,
        identity_token text not null,
        relation text not null,
        staff_name text not null,
        declared_on date not null,
        withdrawn_reason text,
        version int not null default 1,
        changed_by text not null,
        changed_by_role text not null,
        changed_at timestamptz not null default now()
      );
      comment on table declared_relatives is
        'Staff and their relatives as declared to the federation of a county (工作人员及近亲属申报名单): what they draw is looked at before it is paid.';
      comment on column declared_relatives.identity_number is 'Encrypted; searched by identity_token.';
      create unique index declared_relatives_once on declared_relatives (county, identity_token) where withdrawn_reason is null;
      grant select, insert, update on declared_relatives to ${names.appRole};
      ${protect(names, 'declared_relatives', { place: 'division_code', departments: [] })}`,
    down: () => `
      ${unprotect('declared_relatives')}
      drop table declared_relatives;`,
  },
  {
    id: 202611301404,
    name: 'create-suspected-deaths',
    up: ({ workerRole }) => `
      create table suspected_deaths (
        match_id uuid not null,
        subject_id uuid not null,
        person_id uuid not null,
        died_on date,
        cleared boolean not null,
        primary key (match_id, subject_id),
        check (cleared or died_on is not null)
      );
      comment on table suspected_deaths is
        'Whom a row of a death list may mean, as registry told it: until it is decided there, a pay run asks before it pays. No user reads it.';
      comment on column suspected_deaths.subject_id is 'The person as it was told; person_id is whose file stands for theirs now.';
      create index suspected_deaths_person on suspected_deaths (person_id);
      alter table suspected_deaths enable row level security, force row level security;
      create policy migrating on suspected_deaths to current_user using (true) with check (true);
      create policy own_work on suspected_deaths to ${workerRole} using (true) with check (true);
      grant select, insert, update on suspected_deaths to ${workerRole};`,
    down: () => 'drop table suspected_deaths;',
  },
];
