import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { Month } from '../../domain/month.js';

/** What the books hold of one benefit by one cause: a run that ordered it, the bank that returned it, the person who brought it back. */
export interface BookedMoney {
  readonly what: 'ordered' | 'failed' | 'recovered';
  readonly benefitId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly months: readonly { readonly month: Month; readonly fen: number }[];
  readonly fen: number;
  /** Null: no run; the person brought it. */
  readonly runNo: number | null;
  readonly runMonth: Month | null;
  /** Of what came back: the overpayment, in the version that it had then. */
  readonly overpaymentId: string | null;
  readonly version: number | null;
}

/** Money as the books have it, benefit by benefit: what was told of it once can be told from there again. */
@Injectable()
export class ToldPayments {
  /** @returns the next so many benefits, in the order of their ids */
  async benefits(tx: Tx, after: string | null, limit: number): Promise<string[]> {
    const rows = await tx.query<{ benefit_id: string }>(
      'select benefit_id from benefits where $1::uuid is null or benefit_id > $1 order by benefit_id limit $2',
      [after, limit],
    );
    return rows.map(({ benefit_id }) => benefit_id);
  }

  /** In the order in which it was booked. */
  async of(tx: Tx, benefitIds: readonly string[]): Promise<BookedMoney[]> {
    return tx.query<BookedMoney>(
      `select m.what, m.benefit_id as "benefitId", b.person_id as "personId", coalesce(l.division_code, b.division_code) as "divisionCode",
         b.item_id as "itemId", m.months, m.fen, m.run_no::float8 as "runNo", r.month as "runMonth",
         case when m.what <> 'recovered' then null when m.run_no is null then split_part(m.cause, ':', 2)::uuid else l.overpayment_id end
           as "overpaymentId",
         case when m.what <> 'recovered' then null when m.run_no is null then split_part(m.cause, ':', 3)::int + 1
           else (select max(s.version) from overpayment_steps s where s.overpayment_id = l.overpayment_id and s.note = m.cause) end as version
       from (
         select e.benefit_id, e.cause, e.run_no, w.what, min(e.booked_at) as booked_at, sum(e.fen)::float8 as fen,
           json_agg(json_build_object('month', e.month, 'fen', e.fen) order by e.month) as months
         from benefit_entries e cross join lateral (
           select case when e.kind in ('payment', 'top-up') then 'ordered' when e.kind = 'return' then 'failed' else 'recovered' end as what) w
         where e.benefit_id = any($1::uuid[]) and e.kind in ('payment', 'top-up', 'return', 'recovery')
         group by e.benefit_id, e.cause, e.run_no, w.what) m
       join benefits b using (benefit_id)
       left join pay_runs r on r.run_no = m.run_no
       left join pay_run_lines l on l.run_no = m.run_no and l.benefit_id = m.benefit_id
       order by m.benefit_id, m.booked_at, m.what desc`,
      [benefitIds],
    );
  }
}
