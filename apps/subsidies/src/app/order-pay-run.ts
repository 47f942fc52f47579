import { Injectable } from '@nestjs/common';
import { paymentOrderedV1, type NewEvent } from '@app/contracts';
import { Outbox } from '@app/messaging';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { LedgerBooks } from '../adapters/postgres/ledger-books.js';
import { Overpayments } from '../adapters/postgres/overpayments.js';
import { PayRunLines, type LineToOrder } from '../adapters/postgres/pay-run-lines.js';
import { PayRunRepository } from '../adapters/postgres/pay-run-repository.js';
import type { PayRunRow } from '../adapters/postgres/pay-run-rows.js';
import type { Entry } from '../domain/ledger.js';
import { openFen, recover, type Overpayment } from '../domain/overpayment.js';
import { CHUNK } from './pay-run-pace.js';
import { recoveredOf } from './recovered-of.js';

/**
 * Orders an approved run: its money comes into the books as paid, with its facts, in chunks, each with the place where the run stands. A
 * benefit that was held, stopped or changed since it was planned, or whose account is another one now, is left out, and the next run looks
 * at it anew.
 */
@Injectable()
export class OrderPayRun {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly runs: PayRunRepository,
    private readonly lines: PayRunLines,
    private readonly books: LedgerBooks,
    private readonly overpayments: Overpayments,
    private readonly outbox: Outbox,
  ) {}

  /** @returns whether there is more to do for whoever calls: not when all is ordered, or another process is at it */
  chunk(runNo: number, size = CHUNK.most): Promise<boolean> {
    return this.database.transaction(this.actor, async (tx) => {
      const run = await this.runs.take(tx, runNo);
      if (run?.state !== 'ordering') return false;
      const lines = await this.lines.toOrder(tx, run, size);
      const upTo = run.at_line + size;
      await this.write(tx, run, lines, upTo);
      if (upTo < run.next_line - 1) return true;
      const done = await this.runs.lock(tx, runNo);
      await this.runs.moveTo(
        tx,
        { ...done, count: done.ordered_count, fen: done.ordered_fen },
        done.ordered_count > 0 ? 'ordered' : 'closed',
        null,
      );
      return false;
    });
  }

  private async write(tx: Tx, run: PayRunRow, lines: readonly LineToOrder[], upTo: number): Promise<void> {
    const { lines: known, recovered, entries, facts } = await this.setOff(tx, run, lines);
    const ordered = known.filter(({ isSame }) => isSame);
    await Promise.all([
      this.books.add(tx, [...ordered.flatMap((line) => entriesOf(line, run.run_no)), ...entries], {
        county: run.county,
        bookedIn: run.month,
        runNo: run.run_no,
        by: this.actor,
      }),
      this.books.addPaid(
        tx,
        ordered.map(({ benefitId, fen, setOff, isClean }) => ({
          benefitId,
          fen: fen - setOff,
          even: isClean,
        })),
      ),
      this.overpayments.save(tx, recovered, `run:${run.run_no}`),
      this.lines.ordered(tx, run, known, upTo),
    ]);
    this.outbox.append(tx, [
      ...ordered.map((line) =>
        paymentOrderedV1.of({
          personId: line.personId,
          divisionCode: line.divisionCode,
          benefitId: line.benefitId,
          itemId: line.itemId,
          runNo: run.run_no,
          runMonth: run.month,
          months: line.months.map((month, place) => ({ month, fen: line.fens[place]! })),
          fen: line.fen,
        }),
      ),
      ...facts,
    ]);
  }

  /**
   * What lines keep for overpayments comes back with them. Where somebody decided otherwise since the run was planned, or less is still to
   * come back, the line is left out as changed.
   */
  private async setOff(
    tx: Tx,
    run: PayRunRow,
    lines: readonly LineToOrder[],
  ): Promise<{
    lines: readonly LineToOrder[];
    recovered: Overpayment[];
    entries: Entry[];
    facts: NewEvent[];
  }> {
    const keeping = lines.filter(({ isSame, setOff }) => isSame && setOff > 0);
    if (keeping.length === 0) return { lines, recovered: [], entries: [], facts: [] };
    const states = await this.overpayments.of(
      tx,
      keeping.map(({ benefitId }) => benefitId),
    );
    const recovered: Overpayment[] = [];
    const entries: Entry[] = [];
    const facts: NewEvent[] = [];
    const isSame = (line: LineToOrder): boolean => {
      if (!line.isSame || line.setOff === 0) return line.isSame;
      const state = states.find(({ id }) => id === line.overpaymentId);
      if (state?.state !== 'agreed' || state.method !== 'set-off' || openFen(state) < line.setOff)
        return false;
      const { state: after, entries: made } = recover(state, line.setOff, `run:${run.run_no}`);
      recovered.push(after);
      entries.push(...made);
      facts.push(recoveredOf(after, line, made));
      return true;
    };
    return { lines: lines.map((line) => ({ ...line, isSame: isSame(line) })), recovered, entries, facts };
  }
}

function entriesOf({ benefitId, months, fens, ownFrom }: LineToOrder, runNo: number): Entry[] {
  return months.map((month, place) => ({
    benefitId,
    month,
    kind: month >= ownFrom ? 'payment' : 'top-up',
    cause: `run:${runNo}`,
    fen: fens[place]!,
  }));
}
