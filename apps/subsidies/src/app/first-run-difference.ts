import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { handOf, isSameHand, type Actor, type Hand } from '@app/access';
import { Catalogue } from '@app/catalogue';
import { Clock } from '@app/kernel';
import { type Caller, Database, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { FirstRunLines, type ListedBenefit } from '../adapters/postgres/first-run-lines.js';
import { PayRunRepository } from '../adapters/postgres/pay-run-repository.js';
import type { PayRunRow } from '../adapters/postgres/pay-run-rows.js';
import { TakeOverRepository, type TakeOver } from '../adapters/postgres/take-over-repository.js';
import { monthAfter, type Month } from '../domain/month.js';
import { paidThrough, type Cycle } from '../domain/pay-line.js';
import { PayRunNotReady } from '../domain/pay-run-errors.js';
import {
  differenceKinds,
  differenceOf,
  textOfDifference,
  type DifferenceKind,
  type DifferenceLine,
  type ExpectedLine,
} from '../domain/take-over-difference.js';
import {
  DifferenceChanged,
  DifferenceFourEyes,
  DifferenceNotSigned,
  NoDifferenceToSign,
} from '../domain/take-over-errors.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';

/** The eyes that the first run after a take-over waits for. */
const SIGNATURES = 2;

/** What the first run pays otherwise than the old list, whole; money in 分. */
export interface Difference {
  readonly runNo: number;
  /** Of every line; what is signed. */
  readonly sha256: string;
  readonly counts: Readonly<Record<DifferenceKind, number>>;
  readonly lines: readonly DifferenceLine[];
  readonly signatures: readonly Hand[];
}

/** The first run of a county that was taken over: line by line against the old list, signed by two persons before it is exported. */
@Injectable()
export class FirstRunDifference {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly runs: PayRunRepository,
    private readonly takeOvers: TakeOverRepository,
    private readonly lines: FirstRunLines,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  /**
   * Also once it is signed: by whom, stands with it.
   * @throws PayRunNotFound, NotAllowed, NoDifferenceToSign
   */
  async of(actor: Actor, runNo: number): Promise<Difference> {
    const run = await this.runs.one(lookingAtMoney(actor, 'pay-run:read'), runNo);
    // Whoever sees a county's run sees every line of it and of the list; asked row by row it would take minutes.
    return this.database.read(this.actor, async (tx) =>
      this.compared(
        tx,
        (await this.takeOvers.signedWith(tx, runNo)) ?? (await this.takeOverOf(tx, run)),
        run,
      ),
    );
  }

  /**
   * A person signs what they saw. The second signature of another person closes the take-over.
   * @throws PayRunNotFound, NotAllowed, NoDifferenceToSign, PayRunNotReady, DifferenceChanged, DifferenceFourEyes
   */
  async sign(
    actor: Actor,
    runNo: number,
    sha256: string,
  ): Promise<{ readonly runNo: number; readonly signatures: number; readonly isClosed: boolean }> {
    const { division_code: place } = await this.runs.one(lookingAtMoney(actor, 'pay-run:read'), runNo);
    const caller = changingMoney(actor, ['take-over:sign'], [place]);
    return this.database.command(caller, async (tx) => {
      const run = await this.runs.lock(tx, runNo);
      // Lines are final once they are ordered; before that there is nothing to sign.
      if (run.state !== 'ordered' && run.state !== 'closed') throw new PayRunNotReady(run.state);
      const { takeOverId } = await this.takeOverOf(tx, run);
      const takeOver = await this.takeOvers.lock(tx, takeOverId);
      const seen = await tx.asService(() => this.compared(tx, takeOver, run));
      if (seen.sha256 !== sha256) throw new DifferenceChanged();
      const by = handOf(caller);
      if (seen.signatures.some((hand) => isSameHand(hand, by))) throw new DifferenceFourEyes();
      tx.audit({ what: 'take-over.difference-signed', detail: { runNo, sha256, lines: seen.lines.length } });
      await this.lines.sign(tx, takeOverId, runNo, sha256);
      const signatures = seen.signatures.length + 1;
      const isClosed = signatures >= SIGNATURES;
      if (isClosed) await this.takeOvers.moveTo(tx, takeOverId, 'closed');
      return { runNo, signatures, isClosed };
    });
  }

  /** @throws DifferenceNotSigned while the county's take-over waits for its signatures */
  async assertSigned(county: string): Promise<void> {
    const open = await this.database.read(this.actor, (tx) => this.takeOvers.unsigned(tx, county));
    if (open) throw new DifferenceNotSigned();
  }

  private async takeOverOf(tx: Tx, { county }: PayRunRow): Promise<TakeOver> {
    const takeOver = await this.takeOvers.unsigned(tx, county);
    if (!takeOver) throw new NoDifferenceToSign();
    return takeOver;
  }

  private async compared(tx: Tx, takeOver: TakeOver, run: PayRunRow): Promise<Difference> {
    const listed = await this.lines.listed(tx, takeOver.takeOverId);
    const cycles = new Map<string, Cycle>();
    const lines = differenceOf(
      listed.map((row) => this.expectedOf(row, run.month, cycles)),
      await this.lines.ofRun(tx, run.run_no),
    );
    const sha256 = createHash('sha256').update(textOfDifference(run.run_no, lines)).digest('hex');
    const counts = Object.fromEntries(
      differenceKinds.map((kind) => [kind, lines.filter((line) => line.kind === kind).length]),
    ) as Record<DifferenceKind, number>;
    const signatures = await this.lines.signatures(tx, run.run_no, sha256);
    return { runNo: run.run_no, sha256, counts, lines, signatures };
  }

  /** The old list goes on as it was: every month after the last one paid, at the rate as paid. */
  private expectedOf(listed: ListedBenefit, month: Month, cycles: Map<string, Cycle>): ExpectedLine {
    const { row, personId, content, token, isLoaded, found } = listed;
    const notLoaded = isLoaded ? null : (found ?? 'not-loaded');
    if (!content) return { row, personId, itemId: null, fen: null, token, notLoaded };
    const { itemId, fromMonth, lastPaid, stoppedFrom, fen } = content;
    const through = paidThrough(this.cycleOf(itemId, listed.divisionCode, cycles), month);
    let months = 0;
    for (let next = monthAfter(lastPaid); next <= through; next = monthAfter(next)) {
      if (next >= fromMonth && (stoppedFrom === null || next < stoppedFrom)) months += 1;
    }
    return { row, personId, itemId, fen: months * fen, token, notLoaded };
  }

  private cycleOf(itemId: string, divisionCode: string, cycles: Map<string, Cycle>): Cycle {
    let cycle = cycles.get(itemId);
    if (cycle === undefined) {
      const { items } = this.catalogue.region(divisionCode, this.clock.today());
      const said = items.find(({ id }) => id === itemId)?.payment?.cycle;
      cycle = said === 'month' || said === 'quarter' ? said : 'unknown';
      cycles.set(itemId, cycle);
    }
    return cycle;
  }
}
