import { Injectable } from '@nestjs/common';
import { Catalogue, valueOn } from '@app/catalogue';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { LedgerBooks, type BooksOf } from '../adapters/postgres/ledger-books.js';
import { Overpayments, type FoundOverpayment } from '../adapters/postgres/overpayments.js';
import { lookAtMany, prePayChecks } from '../adapters/postgres/payee-checks.js';
import { PayRunFindings } from '../adapters/postgres/pay-run-findings.js';
import { PayRunLines, type Candidate, type PlannedLine } from '../adapters/postgres/pay-run-lines.js';
import { PayRunRepository } from '../adapters/postgres/pay-run-repository.js';
import type { PayRunRow } from '../adapters/postgres/pay-run-rows.js';
import { personChecks } from '../adapters/postgres/person-checks.js';
import type { Benefit } from '../domain/benefit.js';
import { isOnlyNext, isSettled, settle, type Entry, type MonthSum } from '../domain/ledger.js';
import { monthBefore, type Month } from '../domain/month.js';
import { openFen, type Overpayment } from '../domain/overpayment.js';
import type { PayFinding } from '../domain/pay-duty.js';
import { cycleSaid, lineOf, paidThrough, type Cycle } from '../domain/pay-line.js';
import { CHUNK } from './pay-run-pace.js';

/**
 * Plans a run: states for every benefit of the county what is owed up to the run's month, and writes a line for what is not paid yet, in
 * chunks. Each chunk is a transaction with the place where the run stands, so a run that broke off anywhere goes on there, and two
 * processes never plan the same.
 */
@Injectable()
export class PlanPayRun {
  private readonly cycles = new Map<string, Cycle>();

  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly runs: PayRunRepository,
    private readonly lines: PayRunLines,
    private readonly books: LedgerBooks,
    private readonly findings: PayRunFindings,
    private readonly overpayments: Overpayments,
    private readonly catalogue: Catalogue,
  ) {}

  /** @returns whether there is more to do for whoever calls: not when the run is planned, or another process is at it */
  async chunk(runNo: number, size = CHUNK.most): Promise<boolean> {
    const done = await this.database.transaction(this.actor, async (tx) => {
      const run = await this.runs.take(tx, runNo);
      if (run?.state !== 'planning') return 'elsewhere';
      const candidates = await this.lines.candidates(tx, run, size);
      await this.write(tx, run, candidates);
      return candidates.length < size ? 'all-planned' : 'more';
    });
    if (done === 'all-planned') await this.check(runNo);
    return done === 'more';
  }

  private async write(tx: Tx, run: PayRunRow, candidates: readonly Candidate[]): Promise<void> {
    const last = candidates.at(-1)?.benefit;
    if (!last) return;
    const open = candidates
      .filter(({ isPlanned }) => !isPlanned)
      .map((candidate) => ({ ...candidate, cycle: this.cycleOf(candidate.benefit) }))
      .map((candidate) => ({ ...candidate, through: paidThrough(candidate.cycle, run.month) }))
      .filter(({ books, benefit, through }) => !isSettled(books, benefit, through));
    const whole = open.filter(({ books, benefit, through }) => !isOnlyNext(books, benefit, through));
    const [months, overpayments, parked] = await Promise.all([
      this.books.monthsOf(
        tx,
        whole.map(({ benefit }) => benefit.id),
      ),
      this.overpayments.of(
        tx,
        whole.map(({ benefit }) => benefit.id),
      ),
      this.findings.parkedPersons(
        tx,
        open.map(({ benefit }) => benefit.personId),
      ),
    ]);
    const entries: Entry[] = [];
    const sums: BooksOf[] = [];
    const lines: PlannedLine[] = [];
    const overpaid: FoundOverpayment[] = [];
    let nextLine = run.next_line;
    for (const { benefit, books, account, heldFor, cycle, through } of open) {
      const settled = settle(benefit, books, months.get(benefit.id) ?? null, through);
      entries.push(...settled.entries);
      sums.push({
        benefitId: benefit.id,
        through,
        version: benefit.version,
        owed: settled.owed,
        paid: settled.paid,
        even: settled.payable.length === 0 && settled.overpaid.length === 0,
      });
      const own = overpayments.filter(({ benefitId }) => benefitId === benefit.id);
      const known = own.find(({ state }) => state !== 'waived') ?? null;
      const toRecover = lessWaived(settled.overpaid, own);
      if (known || toRecover.length > 0) overpaid.push({ benefit, known, months: toRecover });
      const setsOff = known?.state === 'agreed' && known.method === 'set-off';
      const line = lineOf(settled, {
        month: run.month,
        on: run.pay_on,
        cycle,
        account,
        isParked: parked.has(benefit.personId),
        heldFor,
        setOff: setsOff ? Math.min(known.instalment!, openFen({ months: toRecover })) : 0,
      });
      if (!line) continue;
      lines.push({
        ...line,
        benefit,
        lineNo: nextLine++,
        ownFrom: ownFrom(cycle, through),
        overpaymentId: line.setOff > 0 ? known!.id : null,
      });
    }
    await Promise.all([
      this.books.add(tx, entries, {
        county: run.county,
        bookedIn: run.month,
        runNo: run.run_no,
        by: this.actor,
      }),
      this.books.keep(tx, sums),
      this.overpayments.found(tx, run.run_no, overpaid),
      this.lines.add(tx, run, lines),
      this.lines.planned(tx, run, { last, lines, nextLine }),
    ]);
  }

  /** What is to be looked at before money goes out; then the run waits for a person. */
  private async check(runNo: number): Promise<void> {
    const run = await this.runs.one(this.actor, runNo);
    // One look at one state of the tables: it only reads, so it holds nothing back however long it takes.
    const found = await this.database.read(this.actor, async (tx): Promise<PayFinding[]> => {
      await lookAtMany(tx);
      const oncePerHousehold = await this.oncePerHousehold(tx, run);
      return [
        ...(await prePayChecks(
          tx,
          {
            sql: `select distinct person_id from pay_run_lines where run_no = $1 and state = 'planned'`,
            params: [runNo],
          },
          { on: run.pay_on, since: run.since },
        )),
        ...(await personChecks(tx, { runNo, county: run.county, oncePerHousehold })),
      ];
    });
    for (let at = 0; at < found.length; at += CHUNK.most) {
      await this.note(runNo, found.slice(at, at + CHUNK.most));
    }
    await this.database.transaction(this.actor, async (tx) => {
      const row = await this.runs.lock(tx, runNo);
      if (row.state === 'planning') await this.runs.moveTo(tx, row, 'planned', null);
    });
  }

  private async note(runNo: number, found: readonly PayFinding[]): Promise<void> {
    await this.database.transaction(this.actor, (tx) => this.findings.add(tx, runNo, found));
  }

  /** Items of the run that the county pays once per household: by the item's parameter, which has no value unless the county has set one. */
  private async oncePerHousehold(
    tx: Tx,
    { run_no: runNo, county, pay_on: on }: PayRunRow,
  ): Promise<string[]> {
    const items = await this.lines.itemsOf(tx, runNo);
    return items
      .filter(({ itemId, itemVersion }) => {
        const { values } = this.catalogue.itemVersion(itemId, itemVersion, `${county}000000`);
        return valueOn(values['once-per-household'], on) === true;
      })
      .map(({ itemId }) => itemId);
  }

  private cycleOf({ itemId, itemVersion, divisionCode }: Benefit): Cycle {
    const key = `${itemId} ${itemVersion} ${divisionCode.slice(0, 6)}`;
    let cycle = this.cycles.get(key);
    if (cycle === undefined) {
      cycle = cycleSaid(this.catalogue.itemVersion(itemId, itemVersion, divisionCode).payment?.cycle);
      this.cycles.set(key, cycle);
    }
    return cycle;
  }
}

function ownFrom(cycle: Cycle, through: Month): Month {
  return cycle === 'quarter' ? monthBefore(monthBefore(through)) : through;
}

/** What was let be stays overpaid, and is not asked for again. */
function lessWaived(overpaid: readonly MonthSum[], own: readonly Overpayment[]): MonthSum[] {
  const waived = own.filter(({ state }) => state === 'waived').flatMap(({ months }) => months);
  return overpaid
    .map(({ month, fen }) => ({
      month,
      fen: waived.filter((each) => each.month === month).reduce((left, each) => left - each.fen, fen),
    }))
    .filter(({ fen }) => fen > 0);
}
