import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { Benefit } from '../../domain/benefit.js';
import type { Books } from '../../domain/ledger.js';
import { heldReason, type AccountOfPerson, type HeldReason, type PayLine } from '../../domain/pay-line.js';
import type { Month } from '../../domain/month.js';
import { benefitColumns, toBenefit, type BenefitRow } from './benefit-rows.js';
import { payableAccounts } from './payable-accounts.js';
import type { PayRunRow } from './pay-run-rows.js';

/** A benefit as a run looks at it. */
export interface Candidate {
  readonly benefit: Benefit;
  readonly books: Books | null;
  readonly account: AccountOfPerson | null;
  /** Why it is held, if it is. */
  readonly heldFor: HeldReason;
  /** It has its line in the run: it moved to a later place since. */
  readonly isPlanned: boolean;
}

/** A line of a run as it is planned. */
export interface PlannedLine extends PayLine {
  readonly lineNo: number;
  readonly benefit: Benefit;
  /** First month that is paid in its own run. */
  readonly ownFrom: Month;
  /** From which something is kept; null: nothing is. */
  readonly overpaymentId: string | null;
}

/** A line whose money is about to be ordered, beside what is known of its benefit and account now. */
export interface LineToOrder {
  readonly lineNo: number;
  readonly benefitId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly months: readonly Month[];
  readonly fens: readonly number[];
  readonly fen: number;
  readonly ownFrom: Month;
  /** 分 kept for an overpayment; the bank is given the rest. */
  readonly setOff: number;
  readonly overpaymentId: string | null;
  /** Nothing of the benefit is overpaid, so that once the line is paid every month is even. */
  readonly isClean: boolean;
  /** The benefit and its account are as they were when the run was planned. */
  readonly isSame: boolean;
}

interface CandidateRow extends BenefitRow {
  readonly books_from: string | null;
  readonly through: string | null;
  readonly books_version: number;
  readonly owed: number;
  readonly paid: number;
  readonly even: boolean;
  readonly account_id: string | null;
  readonly valid_until: string | null;
  readonly held_until_month: string | null;
  readonly changed_since: boolean | null;
  readonly held_for: readonly string[] | null;
  readonly planned: boolean;
}

/** The lines of pay runs, a chunk at a time. */
@Injectable()
export class PayRunLines {
  /**
   * The next benefits of the run's county in the order of place and id, after where the run stands. The page is cut before anything is
   * joined, so that it costs the same wherever the run stands, however old the planner's figures are.
   */
  async candidates(tx: Tx, run: PayRunRow, limit: number): Promise<Candidate[]> {
    const rows = await tx.query<CandidateRow>(
      `with b as materialized (
         select * from benefits
         where division_code >= $1 and division_code <= $2 and (division_code, benefit_id) > ($1, $3::uuid)
         order by division_code, benefit_id limit $5)
       select ${benefitColumns}, k.books_from, k.through, k.version as books_version, k.owed::float8 as owed, k.paid::float8 as paid, k.even,
         payable.account_id, payable.valid_until, payable.held_until_month, payable.confirmed_at > $4 as changed_since,
         case when b.status = 'held' then (
           select array_agg(h ->> 'cause') from cases c, jsonb_array_elements(c.state -> 'holds') h where c.case_id = b.case_id
         ) end as held_for,
         exists (select from pay_run_lines l where l.run_no = $6 and l.benefit_id = b.benefit_id) as planned
       from b
       left join benefit_books k using (benefit_id)
       left join (${payableAccounts}) payable using (person_id)
       order by b.division_code, b.benefit_id`,
      [
        run.at_division || `${run.county}000000`,
        `${run.county}999999`,
        run.at_benefit,
        run.since,
        limit,
        run.run_no,
      ],
      'pay-run-candidates',
    );
    return rows.map((row) => ({
      benefit: toBenefit(row),
      books: booksOf(row),
      account: accountOf(row),
      heldFor: heldReason(row.held_for ?? []),
      isPlanned: row.planned,
    }));
  }

  async add(tx: Tx, run: PayRunRow, lines: readonly PlannedLine[]): Promise<void> {
    if (lines.length === 0) return;
    await tx.query(
      // Months and amounts of a line as one text: an array of arrays would have to be of one length.
      `insert into pay_run_lines (run_no, line_no, benefit_id, person_id, division_code, item_id, benefit_version, account_id, own_from,
         fen, months, fens, set_off, overpayment_id, state, reason)
       select $1, l.line_no, l.benefit_id, l.person_id, l.division_code, l.item_id, l.benefit_version, l.account_id, l.own_from, l.fen,
         string_to_array(l.months, ','), string_to_array(l.fens, ',')::bigint[], l.set_off, l.overpayment_id,
         case when l.reason is null then 'planned' else 'left-out' end, l.reason
       from unnest($2::int[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::int[], $8::uuid[], $9::text[], $10::bigint[],
           $11::text[], $12::text[], $13::text[], $14::bigint[], $15::uuid[])
         as l (line_no, benefit_id, person_id, division_code, item_id, benefit_version, account_id, own_from, fen, months, fens, reason,
           set_off, overpayment_id)`,
      [
        run.run_no,
        lines.map(({ lineNo }) => lineNo),
        lines.map(({ benefit }) => benefit.id),
        lines.map(({ benefit }) => benefit.personId),
        lines.map(({ benefit }) => benefit.divisionCode),
        lines.map(({ benefit }) => benefit.itemId),
        lines.map(({ benefit }) => benefit.version),
        lines.map(({ accountId }) => accountId),
        lines.map(({ ownFrom }) => ownFrom),
        lines.map(({ fen }) => fen),
        lines.map(({ months }) => months.map(({ month }) => month).join(',')),
        lines.map(({ months }) => months.map(({ fen }) => fen).join(',')),
        lines.map(({ leftOut }) => leftOut),
        lines.map(({ setOff }) => setOff),
        lines.map(({ overpaymentId }) => overpaymentId),
      ],
      'pay-run-add-lines',
    );
  }

  /** Where the run stands now. */
  async planned(
    tx: Tx,
    run: PayRunRow,
    { last, lines, nextLine }: { last: Benefit; lines: readonly PlannedLine[]; nextLine: number },
  ): Promise<void> {
    const paid = lines.filter(({ leftOut }) => leftOut === null);
    await tx.query(
      `update pay_runs set at_division = $2, at_benefit = $3, next_line = $4, count = count + $5, fen = fen + $6,
         left_out = left_out + $7, changed_at = now() where run_no = $1`,
      [
        run.run_no,
        last.divisionCode,
        last.id,
        nextLine,
        paid.length,
        paid.reduce((sum, { fen, setOff }) => sum + fen - setOff, 0),
        lines.length - paid.length,
      ],
      'pay-run-planned',
    );
  }

  /** What a run pays, each item in each version by which it is paid. */
  itemsOf(tx: Tx, runNo: number): Promise<{ itemId: string; itemVersion: string }[]> {
    return tx.query(
      `select distinct l.item_id as "itemId", b.item_version as "itemVersion" from pay_run_lines l join benefits b using (benefit_id)
       where l.run_no = $1 and l.state = 'planned'`,
      [runNo],
      'pay-run-items',
    );
  }

  /** Of the next so many numbers after where the run stands, the lines that are planned. */
  async toOrder(tx: Tx, run: PayRunRow, numbers: number): Promise<LineToOrder[]> {
    const rows = await tx.query<LineToOrder & { fens: string[] }>(
      `select l.line_no as "lineNo", l.benefit_id as "benefitId", l.person_id as "personId", b.division_code as "divisionCode",
         l.item_id as "itemId", l.months, l.fens, l.fen::float8 as fen, l.own_from as "ownFrom",
         l.set_off::float8 as "setOff", l.overpayment_id as "overpaymentId",
         not exists (select from overpayments o where o.benefit_id = l.benefit_id and o.state <> 'settled') as "isClean",
         b.version = l.benefit_version and a.account_id is not null as "isSame"
       from pay_run_lines l
       join benefits b using (benefit_id)
       left join payee_accounts a on a.account_id = l.account_id and a.status = 'confirmed'
       where l.run_no = $1 and l.line_no > $2 and l.line_no <= $3 and l.state = 'planned' order by l.line_no`,
      [run.run_no, run.at_line, run.at_line + numbers],
      'pay-run-to-order',
    );
    return rows.map((row) => ({ ...row, fens: row.fens.map(Number) }));
  }

  /** @param upTo the last number that was looked at */
  async ordered(tx: Tx, run: PayRunRow, lines: readonly LineToOrder[], upTo: number): Promise<void> {
    const same = lines.filter(({ isSame }) => isSame);
    await Promise.all([
      tx.query(
        `update pay_run_lines l set state = case when u.same then 'ordered' else 'left-out' end,
           reason = case when u.same then null else 'changed' end
         from unnest($2::uuid[], $3::bool[]) as u (benefit_id, same) where l.run_no = $1 and l.benefit_id = u.benefit_id`,
        [run.run_no, lines.map(({ benefitId }) => benefitId), lines.map(({ isSame }) => isSame)],
        'pay-run-order-lines',
      ),
      tx.query(
        `update pay_runs set at_line = $2, ordered_count = ordered_count + $3, ordered_fen = ordered_fen + $4,
           left_out = left_out + $5, changed_at = now() where run_no = $1`,
        [
          run.run_no,
          upTo,
          same.length,
          same.reduce((sum, { fen, setOff }) => sum + fen - setOff, 0),
          lines.length - same.length,
        ],
        'pay-run-ordered',
      ),
    ]);
  }
}

function booksOf({
  through,
  books_from: from,
  books_version: version,
  owed,
  paid,
  even,
}: CandidateRow): Books | null {
  return through === null ? null : { from, through, version, owed, paid, even };
}

function accountOf(row: CandidateRow): AccountOfPerson | null {
  return row.account_id === null
    ? null
    : {
        accountId: row.account_id,
        validUntil: row.valid_until,
        heldUntilMonth: row.held_until_month,
        changedSinceLastRun: row.changed_since ?? false,
      };
}
