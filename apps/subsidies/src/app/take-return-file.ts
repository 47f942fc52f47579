import { Injectable } from '@nestjs/common';
import { type Actor } from '@app/access';
import { paymentFailedV1 } from '@app/contracts';
import { Outbox } from '@app/messaging';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { LedgerBooks } from '../adapters/postgres/ledger-books.js';
import { PayRunFiles, type AnsweredLine } from '../adapters/postgres/pay-run-files.js';
import { PayRunRepository } from '../adapters/postgres/pay-run-repository.js';
import type { PayRunRow } from '../adapters/postgres/pay-run-rows.js';
import {
  bankFileFormat,
  readReturnFile,
  type ReturnLine,
  type ReturnProblem,
} from '../domain/bank-file/index.js';
import type { Entry, MonthSum } from '../domain/ledger.js';
import { oldestFirst } from '../domain/overpayment.js';
import { PayRunNotReady, ReturnNotOfRun } from '../domain/pay-run-errors.js';
import { lineOfReference } from '../domain/payment-reference.js';
import { sha256Of } from './export-pay-run.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';

/** Lines of one transaction. */
const CHUNK = 2_000;
const MOST_PROBLEMS = 1_000;

/** What became of a return file. */
export interface ReturnReport {
  readonly runNo: number;
  readonly sha256: string;
  /** Lines of the file that are certain. */
  readonly lines: number;
  readonly paid: number;
  readonly failed: number;
  /** Answered before, by this file or another one. */
  readonly unchanged: number;
  /** Lines of the run that nobody has answered yet. */
  readonly unanswered: number;
  readonly problems: readonly ReturnProblem[];
  readonly moreProblems: boolean;
}

type Answer = ReturnLine & { readonly lineNo: number };

/**
 * Takes what the bank answers (回盘): what arrived is paid; what did not is returned in the books, so that the months are owed again and a
 * later run pays them. Each line counts once, however often a file is sent, and a file that broke off goes on when it is sent again.
 */
@Injectable()
export class TakeReturnFile {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly runs: PayRunRepository,
    private readonly files: PayRunFiles,
    private readonly books: LedgerBooks,
    private readonly outbox: Outbox,
  ) {}

  /** @throws PayRunNotFound, NotAllowed, PayRunNotReady, ReturnNotOfRun */
  async run(actor: Actor, runNo: number, bytes: Uint8Array): Promise<ReturnReport> {
    const reader = lookingAtMoney(actor, 'pay-run:read');
    const run = await this.runs.one(reader, runNo);
    const caller = changingMoney(actor, ['pay-run:export'], [run.division_code]);
    if ((run.state !== 'exported' && run.state !== 'closed') || !run.format)
      throw new PayRunNotReady(run.state);
    const file = readReturnFile(bankFileFormat.parse(run.format), bytes);
    const ours = file.lines.flatMap((line): Answer[] => {
      const lineNo = lineOfReference(line.reference, runNo);
      return lineNo === null ? [] : [{ ...line, lineNo }];
    });
    if (file.lines.length > 0 && ours.length === 0) throw new ReturnNotOfRun();
    const foreign = file.lines.length - ours.length;
    const problems = [...file.problems];
    if (foreign > 0) {
      problems.push({
        row: 0,
        column: null,
        sentence: `有${foreign}行不属于这个发放批次，没有导入。请核对文件。`,
      });
    }
    const sum = { paid: 0, failed: 0, unchanged: 0 };
    for (let at = 0; at < ours.length; at += CHUNK) {
      const part = ours.slice(at, at + CHUNK);
      const good = await this.checked(reader, runNo, part, problems);
      const { taken, failed } = await this.take(run, good);
      sum.paid += taken - failed;
      sum.failed += failed;
      sum.unchanged += good.length - taken;
    }
    const sha256 = sha256Of(bytes);
    const unanswered = await this.finish(caller, runNo, {
      sha256,
      lines: ours.length,
      problems: problems.length,
    });
    return {
      runNo,
      sha256,
      lines: ours.length,
      ...sum,
      unanswered,
      problems: problems.slice(0, MOST_PROBLEMS),
      moreProblems: problems.length > MOST_PROBLEMS,
    };
  }

  /** Whoever answers another sum than was ordered, answers something else. */
  private async checked(
    reader: Caller,
    runNo: number,
    answers: readonly Answer[],
    problems: ReturnProblem[],
  ): Promise<readonly Answer[]> {
    const known = await this.files.known(
      reader,
      runNo,
      answers.map(({ lineNo }) => lineNo),
    );
    return answers.filter(({ lineNo, fen, outcome }) => {
      const line = known.get(lineNo);
      const refuse = (what: string) => {
        problems.push({
          row: 0,
          column: `发放编号末尾 ${lineNo}`,
          sentence: `${what}请与代发单位核对后重新导入。`,
        });
        return false;
      };
      if (!line || line.state === 'left-out' || line.state === 'planned')
        return refuse('批次里没有发放这一笔，没有导入。');
      if (line.fen !== fen) return refuse('返回金额与发放金额不一致，这一行没有导入。');
      if (line.state !== 'ordered' && line.state !== outcome) {
        return refuse('此前的回盘文件对这一笔的结果不同，仍按先前的结果，没有改变。');
      }
      return true;
    });
  }

  private take(run: PayRunRow, answers: readonly Answer[]): Promise<{ taken: number; failed: number }> {
    if (answers.length === 0) return Promise.resolve({ taken: 0, failed: 0 });
    return this.database.transaction(this.actor, async (tx) => {
      const open = (await this.books.openMonth(tx, run.county)) ?? run.month;
      const { failed, taken } = await this.files.answer(tx, run.run_no, answers);
      await this.books.add(
        tx,
        failed.flatMap((line) => returnsOf(line, run.run_no)),
        { county: run.county, bookedIn: open, runNo: run.run_no, by: this.actor },
      );
      await this.books.addPaid(
        tx,
        failed.map(({ benefitId, fen }) => ({ benefitId, fen: -fen, even: false })),
      );
      this.outbox.append(
        tx,
        failed.map((line) =>
          paymentFailedV1.of({
            personId: line.personId,
            divisionCode: line.divisionCode,
            benefitId: line.benefitId,
            itemId: line.itemId,
            runNo: run.run_no,
            runMonth: run.month,
            months: returnedOf(line),
            fen: line.fen,
          }),
        ),
      );
      return { taken, failed: failed.length };
    });
  }

  /** The run is closed when every line is answered. @returns how many are not */
  private finish(
    caller: Caller,
    runNo: number,
    file: { readonly sha256: string; readonly lines: number; readonly problems: number },
  ): Promise<number> {
    return this.database.command(caller, async (tx: Tx) => {
      const run = await this.runs.lock(tx, runNo);
      await this.files.took(tx, run, file);
      const unanswered = await tx.asService(() => this.files.unanswered(tx, runNo));
      tx.audit({ what: 'pay-run.return-taken', detail: { runNo, ...file, unanswered } });
      if (unanswered === 0 && run.state === 'exported') await this.runs.moveTo(tx, run, 'closed', null);
      return unanswered;
    });
  }
}

/** What was set off stays paid; the bank returns the rest, of the oldest months first. */
function returnedOf({ months, fens, fen }: AnsweredLine): MonthSum[] {
  return oldestFirst(
    months.map((month, place) => ({ month, fen: fens[place]! })),
    fen,
  );
}

function returnsOf(line: AnsweredLine, runNo: number): Entry[] {
  return returnedOf(line).map(({ month, fen }) => ({
    benefitId: line.benefitId,
    month,
    kind: 'return',
    cause: `run:${runNo}`,
    fen,
  }));
}
