import { protectVia, unprotect, type Migration } from '@app/platform';

/** Money that was paid and is not owed, and what becomes of it. */
export const overpaymentMigrations: readonly Migration[] = [
  {
    id: 202611291007,
    name: 'create-overpayments',
    up: (names) => `
      create table overpayments (
        overpayment_id uuid primary key,
        benefit_id uuid not null,
        person_id uuid not null,
        state text not null check (state in ('open', 'agreed', 'waiver-asked', 'waived', 'settled')),
        months text[] not null,
        fens bigint[] not null,
        found_fen bigint not null check (found_fen > 0),
        found_in_run bigint not null references pay_runs,
        benefit_version int not null,
        method text check (method in ('repay', 'set-off')),
        instalment bigint check (instalment > 0),
        asked_by text,
        asked_by_role text,
        asked_on_behalf_of text,
        version int not null default 1,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        check (cardinality(months) = cardinality(fens)),
        check ((state = 'agreed') <= (method is not null)),
        check ((state = 'waiver-asked') = (asked_by is not null))
      );
      comment on table overpayments is
        'Found by the monthly comparison of a run (每月比对): months of a benefit of which more was paid than is owed, and what is still to '
        'come back of each, in 分. The proof is the state of the benefit that is named here, which its history keeps.';
      create unique index overpayments_one_lives on overpayments (benefit_id) where state in ('open', 'agreed', 'waiver-asked');
      create index overpayments_benefit on overpayments (benefit_id);
      grant select, update on overpayments to ${names.appRole};
      grant select, insert, update on overpayments to ${names.workerRole};
      ${protectVia(names, 'overpayments', { table: 'benefits', column: 'benefit_id' })}

      create table overpayment_steps (
        overpayment_id uuid not null references overpayments,
        version int not null,
        state text not null,
        fen bigint not null,
        note text,
        done_by text not null,
        done_by_role text not null,
        on_behalf_of text,
        done_at timestamptz not null default now(),
        primary key (overpayment_id, version)
      );
      comment on table overpayment_steps is
        'Who did what with an overpayment, and what was still to come back after it; append-only.';
      grant select, insert on overpayment_steps to ${names.appRole};
      grant select, insert on overpayment_steps to ${names.workerRole};
      ${protectVia(names, 'overpayment_steps', { table: 'overpayments', column: 'overpayment_id' })}

      alter table pay_run_lines
        add column set_off bigint not null default 0,
        add column overpayment_id uuid,
        add check (set_off >= 0 and (set_off = 0 or set_off < fen) and (set_off > 0) = (overpayment_id is not null));
      comment on column pay_run_lines.set_off is
        'Kept from the line for what the person had too much, in 分; the bank is given the rest.';`,
    down: () => `
      alter table pay_run_lines drop column overpayment_id, drop column set_off;
      ${unprotect('overpayment_steps')}
      drop table overpayment_steps;
      ${unprotect('overpayments')}
      drop table overpayments;`,
  },
];
