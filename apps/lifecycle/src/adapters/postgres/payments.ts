import { Injectable } from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import { type Caller, Database, type Tx } from '@app/platform';
import type { BenefitOnFile, PayRunSeen } from '../../domain/payment.js';

/** What subsidies says of a benefit. Months are `YYYY-MM`. */
export interface BenefitNews extends Omit<BenefitOnFile, 'county' | 'months'> {
  readonly personId: string;
  readonly divisionCode: string;
  readonly caseId: string;
  readonly status: 'running' | 'held' | 'stopped';
  readonly version: number;
  readonly by: ActorRef;
}

/** What subsidies says of a payment: ordered, or come back. */
export interface PaymentNews {
  readonly kind: 'ordered' | 'failed';
  readonly benefitId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly runNo: number;
  readonly runMonth: string;
  readonly months: readonly { readonly month: string; readonly fen: number }[];
  /** The day on which it was said. */
  readonly day: string;
  readonly by: ActorRef;
}

/** What subsidies says of money that was paid, not owed, and has come back. */
export interface RecoveryNews {
  readonly overpaymentId: string;
  readonly version: number;
  readonly benefitId: string;
  readonly months: readonly { readonly month: string; readonly fen: number }[];
  readonly by: ActorRef;
}

/** How payments of an item stand in a region. */
export interface ItemPaid {
  readonly itemId: string;
  /** Benefits of the region that are not stopped. */
  readonly benefits: number;
  /** The last month that a run of the county has paid to anybody; null: no run has paid it yet. */
  readonly through: string | null;
}

/** Benefits in money and their payments, as subsidies last told of them. */
@Injectable()
export class Payments {
  constructor(private readonly database: Database) {}

  /** Of each benefit the newest version counts, whatever comes late. */
  async learnBenefits(tx: Tx, news: readonly BenefitNews[]): Promise<void> {
    // When it was said that it is owed rests on the state before, so versions of one benefit go one after the other.
    for (let left = news; left.length > 0;) {
      const first = new Map<string, BenefitNews>();
      const later: BenefitNews[] = [];
      for (const one of left) {
        if (first.has(one.benefitId)) later.push(one);
        else first.set(one.benefitId, one);
      }
      await this.writeBenefits(tx, [...first.values()]);
      left = later;
    }
  }

  async learnPayments(tx: Tx, news: readonly PaymentNews[]): Promise<void> {
    if (news.length === 0) return;
    const rows = new Map<string, PaymentRow>();
    const runs = new Map<string, RunRow>();
    for (const { kind, benefitId, divisionCode, itemId, runNo, runMonth, months, day, by } of news) {
      const who = { changed_by: by.id, changed_role: by.role };
      for (const { month, fen } of months) {
        const key = `${benefitId} ${month} ${runNo}`;
        const row = rows.get(key) ?? {
          benefit_id: benefitId,
          month,
          run_no: runNo,
          ordered: null,
          failed: null,
        };
        rows.set(key, { ...row, [kind]: fen, ...who });
      }
      if (kind !== 'ordered') continue;
      const county = divisionCode.slice(0, 6);
      const key = `${county} ${itemId} ${String(runNo).padStart(20, '0')}`;
      const run = runs.get(key);
      const through = months.reduce((most, { month }) => (month > most ? month : most), run?.through ?? '');
      const on = run && run.on < day ? run.on : day;
      runs.set(key, { county, item_id: itemId, run_no: runNo, run_month: runMonth, through, on, ...who });
    }
    const inOrder = <Row>(by: ReadonlyMap<string, Row>) =>
      JSON.stringify([...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row));
    await tx.query(UPSERT_PAYMENTS, [inOrder(rows)], 'lifecycle-upsert-payments');
    if (runs.size > 0) await tx.query(UPSERT_RUNS, [inOrder(runs)], 'lifecycle-upsert-pay-runs');
  }

  async learnRecoveries(tx: Tx, news: readonly RecoveryNews[]): Promise<void> {
    if (news.length === 0) return;
    const rows = news.flatMap(({ overpaymentId, version, benefitId, months, by }) =>
      months.map(({ month, fen }) => ({
        overpaymentId,
        version,
        benefitId,
        month,
        fen,
        by: by.id,
        role: by.role,
      })),
    );
    await tx.query(
      `insert into benefit_recoveries (overpayment_id, version, benefit_id, month, fen, changed_by, changed_role)
       select "overpaymentId", version, "benefitId", month, fen, by, role
       from json_to_recordset($1::json) as u ("overpaymentId" uuid, version int, "benefitId" uuid, month text, fen bigint, by text, role text)
       on conflict do nothing`,
      [JSON.stringify(rows)],
      'lifecycle-insert-recoveries',
    );
  }

  /** The benefits of these persons, by person, each with what was paid month by month. */
  async benefitsOf(tx: Tx, personIds: readonly string[]): Promise<Map<string, BenefitOnFile[]>> {
    const rows = await tx.query<BenefitRow>(
      `select b.person_id, b.benefit_id, b.item_id, b.division_code, b.from_month, b.to_month, b.held_from, b.rates, b.paid_through,
              b.cycle, b.owed_in, p.months
       from benefits b
       left join lateral (
         select json_agg(json_build_object('month', m.month, 'fen', m.fen, 'failed', m.failed)) as months
         from (select month, sum(fen)::float8 as fen, bool_or(failed) as failed
               from (select month, coalesce(ordered_fen, 0) - coalesce(failed_fen, 0) as fen, failed_fen is not null as failed
                     from benefit_payments where benefit_id = b.benefit_id
                     union all
                     select month, -fen, false from benefit_recoveries where benefit_id = b.benefit_id) e
               group by month) m) p on true
       where b.person_id = any($1::uuid[]) order by b.benefit_id`,
      [personIds],
      'lifecycle-benefits-of',
    );
    const found = new Map<string, BenefitOnFile[]>();
    for (const row of rows) {
      const benefit: BenefitOnFile = {
        benefitId: row.benefit_id,
        itemId: row.item_id,
        county: row.division_code.slice(0, 6),
        fromMonth: row.from_month,
        toMonth: row.to_month,
        heldFrom: row.held_from,
        rates: row.rates,
        paidThrough: row.paid_through,
        cycle: row.cycle,
        owedIn: row.owed_in,
        months: row.months ?? [],
      };
      const list = found.get(row.person_id);
      if (list) list.push(benefit);
      else found.set(row.person_id, [benefit]);
    }
    return found;
  }

  /** The pay runs whose first payment was ordered before a day: those of the day itself may be under way. */
  async runsBefore(actor: Caller, day: string): Promise<PayRunSeen[]> {
    return this.database.query<PayRunSeen>(
      actor,
      `select county, item_id as "itemId", run_month as "runMonth", through_month as "through" from pay_runs_seen where ordered_on < $1`,
      [day],
    );
  }

  /** How payments of each item stand in a region, on a day. */
  async itemsPaid(actor: Caller, region: string, day: string): Promise<ItemPaid[]> {
    return this.database.query<ItemPaid>(
      actor,
      `select b.item_id as "itemId", count(*)::int as benefits,
              (select max(r.through_month) from pay_runs_seen r
               where r.county = left($1, 6) and r.item_id = b.item_id and r.ordered_on < $2) as through
       from benefits b where b.status <> 'stopped' and b.division_code between rpad($1, 12, '0') and rpad($1, 12, '9')
       group by b.item_id order by b.item_id`,
      [region, day],
    );
  }

  /** How many in a region were granted one of these items without subsidies having told of the benefit. */
  async untold(actor: Caller, region: string, itemIds: readonly string[]): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      actor,
      `select count(*)::int as count from holdings h join persons p using (person_id)
       where h.item_id = any($2::text[]) and h.status = 'granted' and p.division_code between rpad($1, 12, '0') and rpad($1, 12, '9')
         and not exists (select from benefits b where b.person_id = h.person_id and b.item_id = h.item_id)`,
      [region, itemIds],
    );
    return row!.count;
  }

  private async writeBenefits(tx: Tx, news: readonly BenefitNews[]): Promise<void> {
    const rows = JSON.stringify(
      news
        .toSorted((a, b) => (a.benefitId < b.benefitId ? -1 : 1))
        .map((one) => ({
          benefit_id: one.benefitId,
          case_id: one.caseId,
          person_id: one.personId,
          division_code: one.divisionCode,
          item_id: one.itemId,
          status: one.status,
          from_month: one.fromMonth,
          to_month: one.toMonth,
          held_from: one.heldFrom,
          rates: one.rates,
          paid_through: one.paidThrough,
          cycle: one.cycle,
          owed_in: one.owedIn,
          version: one.version,
          changed_by: one.by.id,
          changed_role: one.by.role,
        })),
    );
    await tx.query(UPSERT_BENEFITS, [rows], 'lifecycle-upsert-benefits');
    // Told once, when it was granted first; that may come after a newer version where two files were one in between.
    const takenOver = news.filter(({ paidThrough }) => paidThrough !== null);
    if (takenOver.length === 0) return;
    await tx.query(
      `update benefits b set paid_through = n.paid_through, changed_at = now()
       from unnest($1::uuid[], $2::text[]) as n (benefit_id, paid_through)
       where b.benefit_id = n.benefit_id and b.paid_through is null`,
      [takenOver.map(({ benefitId }) => benefitId), takenOver.map(({ paidThrough }) => paidThrough)],
    );
  }
}

interface BenefitRow {
  readonly person_id: string;
  readonly benefit_id: string;
  readonly item_id: string;
  readonly division_code: string;
  readonly from_month: string;
  readonly to_month: string | null;
  readonly held_from: string | null;
  readonly rates: BenefitOnFile['rates'];
  readonly paid_through: string | null;
  readonly cycle: BenefitOnFile['cycle'];
  readonly owed_in: string;
  readonly months: BenefitOnFile['months'] | null;
}

interface PaymentRow {
  readonly benefit_id: string;
  readonly month: string;
  readonly run_no: number;
  readonly ordered: number | null;
  readonly failed: number | null;
}

interface RunRow {
  readonly county: string;
  readonly item_id: string;
  readonly run_no: number;
  readonly run_month: string;
  readonly through: string;
  readonly on: string;
}

/** It is owed anew from the month in which that was said: when it runs again, from another month on, or at another rate. */
const UPSERT_BENEFITS = `
  insert into benefits as b (benefit_id, case_id, person_id, division_code, item_id, status, from_month, to_month, held_from, rates,
    paid_through, cycle, owed_in, version, changed_by, changed_role)
  select benefit_id, case_id, person_id, division_code, item_id, status, from_month, to_month, held_from, rates,
    paid_through, cycle, owed_in, version, changed_by, changed_role
  from json_to_recordset($1::json) as u (benefit_id uuid, case_id uuid, person_id uuid, division_code text, item_id text, status text,
    from_month text, to_month text, held_from text, rates jsonb, paid_through text, cycle text, owed_in text, version int, changed_by text,
    changed_role text)
  on conflict (benefit_id) do update set case_id = excluded.case_id, division_code = excluded.division_code, status = excluded.status,
    from_month = excluded.from_month, to_month = excluded.to_month, held_from = excluded.held_from, rates = excluded.rates,
    cycle = coalesce(excluded.cycle, b.cycle), owed_in = case when excluded.status <> 'stopped' and ((excluded.status = 'running' and b.status <> 'running')
        or b.from_month <> excluded.from_month or b.rates is distinct from excluded.rates)
      then excluded.owed_in else b.owed_in end,
    version = excluded.version, changed_by = excluded.changed_by, changed_role = excluded.changed_role, changed_at = now()
  where b.version < excluded.version`;

const UPSERT_PAYMENTS = `
  insert into benefit_payments as p (benefit_id, month, run_no, ordered_fen, failed_fen, changed_by, changed_role)
  select benefit_id, month, run_no, ordered, failed, changed_by, changed_role
  from json_to_recordset($1::json) as u (benefit_id uuid, month text, run_no bigint, ordered bigint, failed bigint, changed_by text,
    changed_role text)
  on conflict (benefit_id, month, run_no) do update set ordered_fen = coalesce(excluded.ordered_fen, p.ordered_fen),
    failed_fen = coalesce(excluded.failed_fen, p.failed_fen), changed_by = excluded.changed_by, changed_role = excluded.changed_role,
    changed_at = now()`;

/** What is known is not written again, so that the slices of one run do not wait for each other. */
const UPSERT_RUNS = `
  insert into pay_runs_seen as r (county, item_id, run_no, run_month, through_month, ordered_on, changed_by, changed_role)
  select county, item_id, run_no, run_month, through, "on", changed_by, changed_role
  from json_to_recordset($1::json) as u (county text, item_id text, run_no bigint, run_month text, through text, "on" date,
    changed_by text, changed_role text)
  where not exists (select from pay_runs_seen k where k.county = u.county and k.item_id = u.item_id and k.run_no = u.run_no
    and k.through_month >= u.through and k.ordered_on <= u."on")
  on conflict (county, item_id, run_no) do update set through_month = greatest(r.through_month, excluded.through_month),
    ordered_on = least(r.ordered_on, excluded.ordered_on), changed_at = now()`;
