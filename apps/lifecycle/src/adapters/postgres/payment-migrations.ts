import { protectVia, unprotect, type Migration } from '@app/platform';

const changed = `
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  changed_by text not null,
  changed_role text not null`;

const KINDS = ['should-have', 'should-not-have', 'unanswered'];
const oneOf = (kinds: readonly string[]) => kinds.map((kind) => `'${kind}'`).join(', ');

/** What was paid against what was granted (已享未付), and the clocks of released gaps. */
export const paymentMigrations: readonly Migration[] = [
  {
    id: 202611302101,
    name: 'create-benefits-and-payments',
    up: (names) => `
      create table benefits (
        benefit_id uuid primary key,
        case_id uuid not null,
        person_id uuid not null,
        division_code text not null check (division_code ~ '^\\d{12}$'),
        item_id text not null,
        status text not null check (status in ('running', 'held', 'stopped')),
        from_month text not null check (from_month ~ '^\\d{4}-\\d{2}$'),
        to_month text check (to_month ~ '^\\d{4}-\\d{2}$'),
        held_from text check (held_from ~ '^\\d{4}-\\d{2}$'),
        rates jsonb,
        paid_through text check (paid_through ~ '^\\d{4}-\\d{2}$'),
        owed_in text not null check (owed_in ~ '^\\d{4}-\\d{2}$'),
        version int not null,
        ${changed}
      );
      comment on table benefits is 'Benefits in money as subsidies last told of them: what is owed month by month. Read by reconciliations only.';
      comment on column benefits.held_from is 'First month of which nothing is paid until a named person decides.';
      comment on column benefits.paid_through is 'Of one that was taken over: the last month that the old list says was paid.';
      comment on column benefits.owed_in is 'The month in which it was said that it is owed, or that more of it is: a run of a later month must have it.';
      create index benefits_person on benefits (person_id);
      grant select, insert, update on benefits to ${names.workerRole};
      ${protectVia(names, 'benefits', { table: 'persons', column: 'person_id' })}

      create table benefit_payments (
        benefit_id uuid not null,
        month text not null check (month ~ '^\\d{4}-\\d{2}$'),
        run_no bigint not null,
        ordered_fen bigint,
        failed_fen bigint,
        ${changed},
        primary key (benefit_id, month, run_no)
      );
      comment on table benefit_payments is
        'What was ordered for each month of a benefit by each pay run, and what of it came back; 分. Null: nothing was told of it.';
      grant select, insert, update on benefit_payments to ${names.workerRole};
      ${protectVia(names, 'benefit_payments', { table: 'benefits', column: 'benefit_id' })}

      create table pay_runs_seen (
        county text not null check (county ~ '^\\d{6}$'),
        item_id text not null,
        run_no bigint not null,
        run_month text not null,
        through_month text not null,
        ordered_on date not null,
        ${changed},
        primary key (county, item_id, run_no)
      );
      comment on table pay_runs_seen is
        'Pay runs as their payments tell of them: up to which month each has paid an item, and since when. Of nobody in particular.';
      grant select, insert, update on pay_runs_seen to ${names.workerRole};`,
    down: () => `
      ${['benefit_payments', 'benefits'].map(unprotect).join('')}
      drop table pay_runs_seen, benefit_payments, benefits;`,
  },
  {
    id: 202611302102,
    name: 'list-what-was-granted-and-not-paid',
    up: () => `
      alter table gaps drop constraint gaps_kind_check,
        add constraint gaps_kind_check check (kind in (${oneOf([...KINDS, 'granted-unpaid'])})),
        add months text[] not null default '{}',
        add unpaid bigint;
      comment on column gaps.months is 'Of what was granted and not paid: the months, in order.';
      comment on column gaps.unpaid is 'Of what was granted and not paid: what is missing of these months, 分; null: nobody can tell.';
      alter table reconciliation_counts add unpaid bigint not null default 0;`,
    down: () => `
      alter table reconciliation_counts drop unpaid;
      delete from reconciliation_counts where kind = 'granted-unpaid';
      delete from gap_tasks where gap_id in (select gap_id from gaps where kind = 'granted-unpaid');
      delete from gaps where kind = 'granted-unpaid';
      alter table gaps drop months, drop unpaid, drop constraint gaps_kind_check,
        add constraint gaps_kind_check check (kind in (${oneOf(KINDS)}));`,
  },
  {
    id: 202611302103,
    name: 'give-released-gaps-clocks',
    up: () => `
      alter table gap_tasks drop constraint gap_tasks_limit_kind_check,
        add constraint gap_tasks_limit_kind_check check (limit_kind in ('local_rule', 'promised', 'unknown'));
      comment on table gap_tasks is
        'Gaps that a supervisor released, each with the role that looks after it and the limit that its place has set; the clock of that name reminds. Closed with its gap, or by its owner''s answer.';
      create or replace function item_of_subject(subject uuid) returns text language sql stable as $$
        select item_id from gaps where gap_id = subject $$;`,
    down: () => `
      create or replace function item_of_subject(subject uuid) returns text language sql stable as $$
        select null::text $$;
      update gap_tasks set limit_kind = 'promised' where limit_kind = 'local_rule';
      alter table gap_tasks drop constraint gap_tasks_limit_kind_check,
        add constraint gap_tasks_limit_kind_check check (limit_kind in ('promised', 'unknown'));`,
  },
  {
    id: 202611302104,
    name: 'create-benefit-recoveries',
    up: (names) => `
      create table benefit_recoveries (
        overpayment_id uuid not null,
        version int not null,
        benefit_id uuid not null,
        month text not null check (month ~ '^\\d{4}-\\d{2}$'),
        fen bigint not null check (fen > 0),
        ${changed},
        primary key (overpayment_id, version, month)
      );
      comment on table benefit_recoveries is
        'What was paid for a month of a benefit, not owed, and has come back from the person; 分. Owed again, the month is not paid by it.';
      create index benefit_recoveries_benefit on benefit_recoveries (benefit_id);
      grant select, insert on benefit_recoveries to ${names.workerRole};
      ${protectVia(names, 'benefit_recoveries', { table: 'benefits', column: 'benefit_id' })}`,
    down: () => `
      ${unprotect('benefit_recoveries')}
      drop table benefit_recoveries;`,
  },
  {
    id: 202611302105,
    name: 'know-how-often-benefits-are-paid',
    up: () => `
      alter table benefits add cycle text check (cycle in ('month', 'quarter'));
      comment on column benefits.cycle is 'How often it is paid; null: not told. Of a quarter nothing is asked for before its last month.';`,
    down: () => 'alter table benefits drop cycle;',
  },
];
