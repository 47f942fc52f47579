import { protectVia, unprotect, type Migration } from '@app/platform';

/** To which accounts the benefits of persons are paid. */
export const payeeMigrations: readonly Migration[] = [
  {
    id: 202611291101,
    name: 'create-payee-accounts',
    // Who sees a benefit sees where its money goes: no place of its own that could stay behind when the benefit moves.
    up: (names) => `
      create table payee_accounts (
        account_id uuid primary key,
        person_id uuid not null,
        holder text not null check (holder in ('self', 'guardian', 'agent')),
        holder_name text not null,
        relation text,
        proof_reference text,
        valid_until date,
        bank text not null,
        account_number text not null,
        account_token text not null,
        status text not null check (status in ('pending', 'confirmed', 'refused', 'withdrawn', 'replaced')),
        held_until_month text check (held_until_month ~ '^\\d{4}-\\d{2}$'),
        replaces uuid references payee_accounts,
        confirmed_at timestamptz,
        version int not null check (version > 0),
        entered_by text not null,
        entered_by_role text not null,
        entered_on_behalf_of text,
        changed_by text not null,
        changed_by_role text not null,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        check (num_nulls(relation, proof_reference, valid_until) = case holder when 'self' then 3 else 0 end),
        check (status not in ('confirmed', 'replaced') or confirmed_at is not null)
      );
      comment on table payee_accounts is
        'Accounts to which the benefits of persons are paid; one confirmed and one pending per person, the others are what was before.';
      comment on column payee_accounts.account_number is 'Encrypted; searched by account_token.';
      comment on column payee_accounts.held_until_month is
        'The money would go elsewhere than before: no run of this month or an earlier one pays to it.';
      create unique index payee_accounts_one_pending on payee_accounts (person_id) where status = 'pending';
      create unique index payee_accounts_one_confirmed on payee_accounts (person_id) where status = 'confirmed';
      create index payee_accounts_person on payee_accounts (person_id);
      create index payee_accounts_token on payee_accounts (account_token) where status = 'confirmed';
      grant select, insert, update on payee_accounts to ${names.appRole};
      ${protectVia(names, 'payee_accounts', { table: 'benefits', column: 'person_id' })}`,
    down: () => `
      ${unprotect('payee_accounts')}
      drop table payee_accounts;`,
  },
  {
    id: 202611291102,
    name: 'create-payee-account-history',
    up: (names) => `
      create table payee_account_history (
        account_id uuid not null references payee_accounts,
        version int not null,
        status text not null,
        held_until_month text,
        reason text,
        day date not null,
        changed_by text not null,
        changed_by_role text not null,
        on_behalf_of text,
        changed_at timestamptz not null default now(),
        primary key (account_id, version)
      );
      comment on table payee_account_history is
        'Every state of an account, with who changed it and why; append-only. What the account is never changes.';
      grant select, insert on payee_account_history to ${names.appRole};
      ${protectVia(names, 'payee_account_history', { table: 'payee_accounts', column: 'account_id' })}`,
    down: () => `
      ${unprotect('payee_account_history')}
      drop table payee_account_history;`,
  },
];
