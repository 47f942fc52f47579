import type { Sql } from '../sql.js';
import type { BankLine } from './month-bank.js';
import type { PlantedMonths } from './month-planter.js';

/**
 * Judges two months by SQL of its own, which reads the books (entries, runs with their lines, overpayments, and whose a benefit is) and what
 * was planted beside them, and shares no code with what wrote either.
 */
export class MonthJudge {
  constructor(private readonly sql: Sql) {}

  /** Lays down what is planted, before the first month begins. */
  async plant({ people, months, transfers }: PlantedMonths): Promise<void> {
    await this.sql.rows(TABLES);
    await this.sql.rows('insert into planted.people (who) select * from unnest($1::text[])', [
      people.map(({ who }) => who),
    ]);
    await this.sql.rows(
      `insert into planted.months select * from jsonb_to_recordset($1) as m (who text, item_id text, month text, owed bigint, open bigint, list text)`,
      [JSON.stringify(months.map(({ itemId, ...month }) => ({ ...month, item_id: itemId })))],
    );
    await this.sql.rows(
      `insert into planted.transfers select * from jsonb_to_recordset($1) as t (who text, item_id text, run text, account text, fen bigint, arrives boolean)`,
      [JSON.stringify(transfers.map(({ itemId, ...transfer }) => ({ ...transfer, item_id: itemId })))],
    );
  }

  /** Whose file is whose, as the registry says it; after a merge two are of one. */
  async know(ids: ReadonlyMap<string, string>): Promise<void> {
    await this.sql.rows(
      `update planted.people p set person_id = k.id from unnest($1::text[], $2::uuid[]) as k (who, id) where k.who = p.who`,
      [[...ids.keys()], [...ids.values()]],
    );
  }

  /** What the bank did with a file, as the bank itself has it. */
  async banked(run: string, lines: readonly BankLine[]): Promise<void> {
    await this.sql.rows(
      `insert into planted.bank_lines select $1, b.reference, b.account, b.fen, b.arrived
       from jsonb_to_recordset($2) as b (reference text, account text, fen bigint, arrived boolean)`,
      [
        run,
        JSON.stringify(
          lines.map(({ reference, account, fen, refused }) => ({
            reference,
            account,
            fen,
            arrived: refused === null,
          })),
        ),
      ],
    );
  }

  /** Everything that is not as it must be; any row is a failure. */
  findings(): Promise<MonthFinding[]> {
    return this.sql.rows<MonthFinding>(JUDGEMENT);
  }
}

export interface MonthFinding {
  readonly what: string;
  /** Who it is about, for which item and month, as far as it is about somebody. */
  readonly about: string;
  readonly expected: string | null;
  readonly found: string | null;
}

const TABLES = `
  drop schema if exists planted cascade;
  create schema planted;
  create table planted.people (who text primary key, person_id uuid);
  create table planted.months (who text, item_id text, month text, owed bigint, open bigint, list text, primary key (who, item_id, month));
  create table planted.transfers (who text, item_id text, run text, account text, fen bigint, arrives boolean);
  create table planted.bank_lines (run text, reference text, account text, fen bigint, arrived boolean);`;

/**
 * For every person, item and month: owed as planted = entitlement and corrections in the books = paid less what came back + what a list names.
 * For every run: the bank's file = the payments in the books, less what was set off. For every person: what arrived at the bank = what the
 * books say was paid and not returned. Nobody is in the books who is not planted, and nobody is paid a month twice.
 */
const JUDGEMENT = `
  with
  whose as (
    select person_id, string_agg(who, '+' order by who) as who from planted.people group by person_id),
  law as (
    select p.person_id, m.item_id, m.month, sum(m.owed)::bigint as owed, sum(m.open)::bigint as open
    from planted.months m join planted.people p using (who) group by 1, 2, 3),
  books as (
    select b.person_id, b.item_id, e.month,
      sum(case when e.kind in ('entitlement', 'correction') then e.fen else 0 end)::bigint as owed,
      sum(case when e.kind in ('payment', 'top-up') then e.fen when e.kind in ('return', 'recovery') then -e.fen else 0 end)::bigint as paid
    from subsidies.benefit_entries e join subsidies.benefits b using (benefit_id) group by 1, 2, 3),
  last_run as (
    select max(run_no) as run_no from subsidies.pay_runs where state <> 'cancelled'),
  named as (
    select b.person_id, l.item_id, m.month, case l.state when 'failed' then 'failed' else l.reason end as list, m.fen
    from subsidies.pay_run_lines l join last_run using (run_no) join subsidies.benefits b using (benefit_id),
      unnest(l.months, l.fens) as m (month, fen)
    where l.state in ('left-out', 'failed')
    union all
    select b.person_id, b.item_id, m.month, 'overpaid', -m.fen
    from subsidies.overpayments o join subsidies.benefits b using (benefit_id), unnest(o.months, o.fens) as m (month, fen)
    where o.state <> 'settled'),
  lists as (
    select person_id, item_id, month, list, sum(fen)::bigint as fen from named group by 1, 2, 3, 4),
  planted_lists as (
    select p.person_id, m.item_id, m.month, m.list, sum(m.open)::bigint as fen
    from planted.months m join planted.people p using (who) where m.open <> 0 group by 1, 2, 3, 4),
  wanted as (
    select run, account, fen, arrives as arrived, count(*) as lines from planted.transfers group by 1, 2, 3, 4),
  banked as (
    select run, account, fen, arrived, count(*) as lines from planted.bank_lines group by 1, 2, 3, 4),
  ordered as (
    select r.month as run, sum(case when e.kind in ('payment', 'top-up') then e.fen when e.kind = 'recovery' then -e.fen else 0 end)::bigint as fen
    from subsidies.benefit_entries e join subsidies.pay_runs r using (run_no) group by 1),
  files as (
    select run, sum(fen)::bigint as fen from planted.bank_lines group by 1),
  -- A reference is the number of the run and that of the line.
  answered as (
    select k.run, k.reference, k.account, k.fen, k.arrived, b.person_id, l.item_id, l.state, l.fen - l.set_off as line_fen
    from planted.bank_lines k
    left join subsidies.pay_run_lines l
      on l.run_no = split_part(k.reference, '-', 1)::bigint and l.line_no = split_part(k.reference, '-', 2)::int
    left join subsidies.benefits b using (benefit_id)),
  arrived as (
    select person_id, sum(fen)::bigint as fen from answered where arrived group by 1),
  kept as (
    select b.person_id,
      sum(case when e.kind in ('payment', 'top-up') then e.fen when e.kind = 'return' then -e.fen else 0 end)::bigint as fen
    from subsidies.benefit_entries e join subsidies.benefits b using (benefit_id)
    where e.kind in ('payment', 'top-up', 'return') group by 1),
  found as (
    select 'owed as the law has it' as what, person_id, concat_ws(' ', item_id, month) as about, l.owed as expected, k.owed as found
    from law l full join books k using (person_id, item_id, month) where l.owed is distinct from k.owed
    union all
    select 'paid as owed, but for what a list names', person_id, concat_ws(' ', item_id, month), l.owed - l.open, coalesce(k.paid, 0)
    from law l full join books k using (person_id, item_id, month) where l.owed - l.open is distinct from coalesce(k.paid, 0)
    union all
    select 'on the list that names it', person_id, concat_ws(' ', item_id, month, list), p.fen, l.fen
    from planted_lists p full join lists l using (person_id, item_id, month, list) where p.fen is distinct from l.fen
    union all
    select 'in the bank''s file as planted', null, concat_ws(' ', run, 'account', right(account, 4), 'fen', fen, 'arrived', arrived), w.lines, b.lines
    from wanted w full join banked b using (run, account, fen, arrived) where w.lines is distinct from b.lines
    union all
    select 'the file''s total is that of the payments', null, run, o.fen, f.fen
    from ordered o full join files f using (run) where o.fen is distinct from f.fen
    union all
    select 'each line of the bank is the run''s, and was taken as the bank answered it', person_id, concat_ws(' ', item_id, reference), line_fen, fen
    from answered where line_fen is distinct from fen or state is distinct from case when arrived then 'paid' else 'failed' end
    union all
    select 'it went to the account of that person', a.person_id, concat_ws(' ', a.item_id, a.reference), 1, 0
    from answered a where not exists (
      select from planted.transfers t join planted.people p using (who)
      where (p.person_id, t.item_id, t.run, t.account) = (a.person_id, a.item_id, a.run, a.account))
    union all
    select 'arrived at the bank as the books have it', person_id, '', a.fen, nullif(k.fen, 0)
    from arrived a full join kept k using (person_id) where coalesce(a.fen, 0) <> coalesce(k.fen, 0)
    union all
    select 'no month paid twice', b.person_id, concat_ws(' ', b.item_id, e.month), 1,
      count(*) filter (where e.kind <> 'return') - count(*) filter (where e.kind = 'return')
    from subsidies.benefit_entries e join subsidies.benefits b using (benefit_id)
    where e.kind in ('payment', 'top-up', 'return') group by b.benefit_id, b.person_id, b.item_id, e.month
    having count(*) filter (where e.kind <> 'return') - count(*) filter (where e.kind = 'return') > 1
    union all
    select 'no reference used twice', null, reference, 1, count(*) from planted.bank_lines group by reference having count(*) > 1
    union all
    select 'everybody planted is on file', null, who, 1, null from planted.people where person_id is null)
  select f.what, trim(concat_ws(' ', case when f.person_id is not null then coalesce(w.who, f.person_id::text) end, f.about)) as about,
    f.expected::text, f.found::text
  from found f left join whose w using (person_id) order by 1, 2`;
