import { Injectable, Logger } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { LegalClocks } from '@app/clocks';
import { Clock } from '@app/kernel';
import { type Caller, Database, isTransient, nextChunkSize, type Tx } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { randomUUID } from 'node:crypto';
import { Chains } from '../adapters/postgres/chains.js';
import { Gaps } from '../adapters/postgres/gaps.js';
import { Payments } from '../adapters/postgres/payments.js';
import { PersonFiles } from '../adapters/postgres/person-files.js';
import {
  LeaseLost,
  Reconciliations,
  type PagePlace,
  type RunAtWork,
} from '../adapters/postgres/reconciliations.js';
import { Trust } from '../adapters/postgres/trust.js';
import {
  distrustedDelivery,
  distrustedRosters,
  notSeen,
  rosterFacts,
  withRosters,
  type DeliverySeen,
  type Distrusted,
  type NotLooked,
  type RostersSeen,
} from '../domain/trust.js';
import { monthBefore, type PayRunSeen } from '../domain/payment.js';
import { comparePage, type LoadedPage } from './compare-persons.js';
import { factsAskedFor } from './facts-asked-for.js';
import { RegionsOfDay } from './regions-of-day.js';

const PAGE = { first: 200, least: 20, most: 2000, wantedMs: 150 };
const TRIES = 5;
const START = { divisionCode: '000000000000', gapId: '00000000-0000-0000-0000-000000000000' };

/** Goes on with runs: page after page, each read at one moment, compared without a transaction, and written at once. */
@Injectable()
export class Reconcile {
  private readonly logger = new Logger('reconcile:lifecycle');
  private readonly underWay = new Map<string, Promise<boolean>>();
  private stopped = false;

  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly actor: Caller,
    private readonly runs: Reconciliations,
    private readonly gaps: Gaps,
    private readonly files: PersonFiles,
    private readonly chains: Chains,
    private readonly trust: Trust,
    private readonly payments: Payments,
    private readonly clocks: LegalClocks,
    private readonly catalogue: Catalogue,
    private readonly regions: RegionsOfDay,
    private readonly clock: Clock,
  ) {}

  /**
   * Goes on with a run until it is done.
   * @returns whether it is done by this process: false where another one holds it, or it had ended, or this process stops
   */
  run(runId: string): Promise<boolean> {
    const known = this.underWay.get(runId);
    if (known) return known;
    const running = this.work(runId).finally(() => this.underWay.delete(runId));
    this.underWay.set(runId, running);
    return running;
  }

  /** Goes on with runs that nobody holds: their process has died. */
  async resume(): Promise<void> {
    for (const runId of await this.runs.abandoned(this.actor)) {
      if (this.stopped) return;
      await this.run(runId);
    }
  }

  /** Begins the nightly run of every county that the catalogue covers and where somebody lives, and does them. */
  async nightly(regions: readonly string[] = this.counties()): Promise<void> {
    const day = this.clock.today();
    for (const region of regions) {
      if (this.stopped) return;
      const expected = await this.runs.personsIn(this.actor, region);
      if (expected === 0) continue;
      const { runId } = await this.database.transaction(this.actor, (tx) =>
        this.runs.begin(tx, { runId: randomUUID(), region, day, cause: 'nightly', expected }),
      );
      await this.run(runId);
    }
  }

  /** Does the nightly runs that did not come in their night, because the queue was away. */
  async overdue(): Promise<void> {
    await this.nightly(await this.runs.overdue(this.actor, this.clock.today()));
  }

  /** Lets the page at hand end; another process, or the next start, goes on after it. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.allSettled(this.underWay.values());
  }

  private counties(): string[] {
    return this.catalogue.regions.filter(({ level }) => level === 'county').map(({ code }) => code);
  }

  private async work(runId: string): Promise<boolean> {
    const holder = randomUUID();
    const run = await this.runs.claim(this.actor, runId, holder);
    if (!run) return false;
    try {
      const [before, payRuns] = await Promise.all([
        this.trust.delivery(this.actor),
        this.payments.runsBefore(this.actor, run.day),
      ]);
      const rosters = await this.pages(run, holder, payRuns);
      if (!rosters) return false;
      const after = await this.trust.delivery(this.actor);
      const distrusted = [...(await this.distrusted(run, rosters)), ...distrustedDelivery(before, after)];
      if (!(await this.lastLook(run, holder, distrusted))) return false;
      await this.runs.finish(this.actor, runId, holder, distrusted, await this.notSeen(run, after));
      this.logger.log(`reconciled ${run.region} for ${run.day}`);
      return true;
    } catch (error) {
      // Whoever holds it now goes on.
      if (error instanceof LeaseLost) return false;
      throw error;
    } finally {
      await this.runs.release(this.actor, runId, holder).catch(() => undefined);
    }
  }

  /** @returns what was seen of rosters; null: this process stops */
  private async pages(
    run: RunAtWork,
    holder: string,
    payRuns: readonly PayRunSeen[],
  ): Promise<RostersSeen | null> {
    let { after, rosters } = run;
    for (let size = PAGE.first; ;) {
      if (this.stopped) return null;
      const began = performance.now();
      const found = await this.load({ ...run, after }, size);
      const read = performance.now() - began;
      if (found.page.personIds.length === 0) return rosters;
      const compared = comparePage(found.page, run.day, payRuns, (code) => this.regions.of(code, run.day));
      const last = found.last as PagePlace;
      rosters = withRosters(rosters, found.rosters);
      const writing = performance.now();
      await this.again(() =>
        this.database.transaction(this.actor, async (tx) => {
          // First: whoever lost the lease writes nothing of this page.
          await this.runs.advance(tx, run.runId, holder, { ...compared.figures, after: last, rosters });
          await this.makeDue(tx, compared.drifted, run.day);
          const { opened, closed, tasks } = await this.gaps.save(tx, {
            runId: run.runId,
            day: run.day,
            personIds: found.page.personIds,
            gaps: compared.gaps,
          });
          await this.clocks.stop(tx, tasks);
          await this.runs.tally(tx, run.runId, holder, opened, closed);
        }),
      );
      const slower = Math.max(read, performance.now() - writing);
      size = nextChunkSize(size, slower, PAGE);
      after = last;
    }
  }

  private load(
    run: RunAtWork,
    size: number,
  ): Promise<{ page: LoadedPage; rosters: RostersSeen; last: PagePlace | undefined }> {
    return this.database.transaction(this.actor, async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only');
      const next = await this.runs.nextPersons(tx, run, size);
      const personIds = next.map(({ person }) => person);
      const [files, holdings, plannedOn, rosters, benefits] = await Promise.all([
        this.files.readAll(tx, personIds),
        this.chains.holdings(tx, personIds),
        this.chains.plannedOn(tx, personIds),
        this.trust.rostersOf(tx, personIds, run.day),
        this.payments.benefitsOf(tx, personIds),
      ]);
      const parked = await this.trust.parkedOf(tx, [...files.keys()]);
      return {
        page: { personIds, files, holdings, plannedOn, parked, benefits },
        rosters,
        last: next.at(-1),
      };
    });
  }

  /** The sweep decides them again, as every decision is made: under the lock, with its plan and its facts. */
  private async makeDue(tx: Tx, personIds: readonly string[], day: string): Promise<void> {
    if (personIds.length === 0) return;
    await this.files.lockOnly(
      tx,
      personIds.map((personId) => ({ personId, divisionCode: '000000000000' })),
    );
    await this.files.makeDue(tx, personIds, day);
  }

  /** Closes the gaps of whoever no longer lives here, and marks what rests on a roster that turned out not to be trusted. */
  private async lastLook(
    { runId, region, day }: RunAtWork,
    holder: string,
    distrusted: readonly Distrusted[],
  ): Promise<boolean> {
    const rosters = distrusted.flatMap(({ source }) => {
      const fact = rosterFacts[source];
      return fact ? [{ source, fact }] : [];
    });
    for (let after = START; ;) {
      if (this.stopped) return false;
      const last = await this.again(() =>
        this.database.transaction(this.actor, async (tx) => {
          const found = await this.gaps.standing(tx, region, after, PAGE.most);
          const gone = found.filter(({ lives }) => !lives).map(({ gapId }) => gapId);
          const { closed, tasks } =
            gone.length > 0 ? await this.gaps.closeOf(tx, runId, day, gone) : { closed: 0, tasks: [] };
          await this.clocks.stop(tx, tasks);
          const ids = found.filter(({ lives }) => lives).map(({ gapId }) => gapId);
          for (const { source, fact } of rosters) await this.gaps.mark(tx, runId, ids, source, fact);
          await this.runs.tally(tx, runId, holder, 0, closed);
          return found.at(-1) ?? null;
        }),
      );
      if (!last) return true;
      after = last;
    }
  }

  private async distrusted(run: RunAtWork, rosters: RostersSeen): Promise<Distrusted[]> {
    const region = this.regions.of(run.region.padEnd(12, '0'), run.day);
    return [
      ...(await this.trust.ofDelivery(this.actor)),
      ...(region ? distrustedRosters(rosters, factsAskedFor(region)) : []),
    ];
  }

  /** Money that nobody can hold against payments yet, and delivery of which this process cannot tell. */
  private async notSeen(run: RunAtWork, delivery: DeliverySeen): Promise<NotLooked[]> {
    const region = this.regions.of(run.region.padEnd(12, '0'), run.day);
    const monthly = (region?.items ?? []).filter(
      ({ owner, amounts, payment }) => owner === 'subsidies' && amounts?.per === 'month' && payment,
    );
    const [items, untold] = await Promise.all([
      this.payments.itemsPaid(this.actor, run.region, run.day),
      this.payments.untold(
        this.actor,
        run.region,
        monthly.map(({ id }) => id),
      ),
    ]);
    const titles = new Map((region?.items ?? []).map(({ id, title }) => [id, title.zh]));
    return notSeen(delivery, {
      items: items.map((item) => ({ ...item, zh: titles.get(item.itemId) ?? '不再施行的事项' })),
      month: monthBefore(run.day.slice(0, 7)),
      untold,
    });
  }

  /** What another transaction was in the way of goes through the next time. */
  private async again<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await work();
      } catch (error) {
        if (tried === TRIES || !isTransient(error)) throw error;
      }
    }
  }
}
