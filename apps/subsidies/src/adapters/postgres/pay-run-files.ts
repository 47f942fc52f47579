import { Injectable } from '@nestjs/common';
import { type Caller, Database, type Tx } from '@app/platform';
import type { BankFileFormat, ReturnLine } from '../../domain/bank-file/index.js';
import type { Month } from '../../domain/month.js';
import type { PayRunRow } from './pay-run-rows.js';

/** An ordered line, with what the file of the bank says of it. */
export interface FileLine {
  readonly lineNo: number;
  readonly payeeName: string;
  /** Ciphertext. */
  readonly accountNumber: string;
  /** 分. */
  readonly fen: number;
}

/** SQL: what a run's file is written from, in its order. */
export const fileLines = `select l.line_no as "lineNo", a.holder_name as "payeeName", a.account_number as "accountNumber",
    (l.fen - l.set_off)::float8 as fen
  from pay_run_lines l join payee_accounts a using (account_id)
  where l.run_no = $1 and l.state in ('ordered', 'paid', 'failed') order by l.line_no`;

/** A line that the bank has answered, for the first time. */
export interface AnsweredLine {
  readonly benefitId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly months: readonly Month[];
  readonly fens: readonly number[];
  /** 分 that the bank was given: less than the months where something was set off. */
  readonly fen: number;
}

/** What goes to the bank and what comes back. */
@Injectable()
export class PayRunFiles {
  constructor(private readonly database: Database) {}

  /** Every line whose money was ordered, in the order of the file: also after the bank's answer, so that the file stays the same. */
  async lines(reader: Caller, runNo: number): Promise<FileLine[]> {
    // Whoever may export a county's run sees every account in it; asked row by row, a county's file would take minutes.
    return this.database.transaction(reader, async (tx) => {
      tx.audit({ what: 'pay-run.accounts-read', detail: { runNo } });
      return tx.asService(() => tx.query<FileLine>(fileLines, [runNo]));
    });
  }

  async keep(tx: Tx, runNo: number, format: BankFileFormat, sha256: string): Promise<void> {
    await tx.query('update pay_runs set format = $2, file_sha256 = $3 where run_no = $1', [
      runNo,
      JSON.stringify(format),
      sha256,
    ]);
  }

  /**
   * Takes what the bank says of these lines. A line that was answered before stays as it is, whatever is said now.
   * @param answers with the number of the line
   * @returns those that failed, and how many of the answers were new
   */
  async answer(
    tx: Tx,
    runNo: number,
    answers: readonly (Pick<ReturnLine, 'outcome' | 'reason' | 'fen'> & { readonly lineNo: number })[],
  ): Promise<{ readonly failed: readonly AnsweredLine[]; readonly taken: number }> {
    const rows = await tx.query<AnsweredLine & { fens: string[]; state: string }>(
      `update pay_run_lines l
       set state = case a.outcome when 'paid' then 'paid' else 'failed' end,
         reason = case a.outcome when 'paid' then null else coalesce(a.reason, '未说明原因') end
       from unnest($2::int[], $3::text[], $4::text[], $5::bigint[]) as a (line_no, outcome, reason, fen)
       where l.run_no = $1 and l.line_no = a.line_no and l.fen - l.set_off = a.fen and l.state = 'ordered'
       returning l.benefit_id as "benefitId", l.person_id as "personId", l.division_code as "divisionCode", l.item_id as "itemId",
         l.months, l.fens, (l.fen - l.set_off)::float8 as fen, l.state`,
      [
        runNo,
        answers.map(({ lineNo }) => lineNo),
        answers.map(({ outcome }) => outcome),
        answers.map(({ reason }) => reason),
        answers.map(({ fen }) => fen),
      ],
      'pay-run-answer',
    );
    return {
      taken: rows.length,
      failed: rows
        .filter(({ state }) => state === 'failed')
        .map((row) => ({ ...row, fens: row.fens.map(Number) })),
    };
  }

  /** Lines by their number, as they stand. */
  async known(
    reader: Caller,
    runNo: number,
    lineNos: readonly number[],
  ): Promise<ReadonlyMap<number, { readonly fen: number; readonly state: string }>> {
    const rows = await this.database.query<{ lineNo: number; fen: number; state: string }>(
      reader,
      `select line_no as "lineNo", (fen - set_off)::float8 as fen, state from pay_run_lines where run_no = $1 and line_no = any($2::int[])`,
      [runNo, lineNos],
    );
    return new Map(rows.map(({ lineNo, ...line }) => [lineNo, line]));
  }

  async unanswered(tx: Tx, runNo: number): Promise<number> {
    const [row] = await tx.query<{ open: number }>(
      `select count(*)::int as open from pay_run_lines where run_no = $1 and state = 'ordered'`,
      [runNo],
    );
    return row!.open;
  }

  async took(
    tx: Tx,
    run: PayRunRow,
    file: { readonly sha256: string; readonly lines: number; readonly problems: number },
  ): Promise<void> {
    await tx.query(
      `insert into pay_run_returns (run_no, sha256, division_code, lines, problems, taken_by, taken_by_role)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [run.run_no, file.sha256, run.division_code, file.lines, file.problems, tx.actor.id, tx.actor.role],
    );
  }
}
