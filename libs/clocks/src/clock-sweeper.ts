import { Logger } from '@nestjs/common';
import type { Jobs } from '@app/jobs';
import type { Clock } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import type { RuleBook } from './clock-rule.js';
import type { CalendarInForce } from './published/calendar-in-force.js';
import { HorizonLoader } from './horizon-loader.js';
import { RUNG_QUEUE, type NearHorizon, type RungJob } from './near-horizon.js';
import { reckonBy, type Reckon } from './reckoning.js';
import { Reprojection, type Reprojected, type ToldOfMoves } from './reprojection.js';
import { RungFiring } from './rung-firing.js';
import type { RungHandler } from './rung-handler.js';
import type { WorkingCalendar } from './working-calendar.js';

export const SWEEP_MS = 30_000;
/** Jobs at the same time in this process: while one waits for the database, the other works rungs out. */
const WORKERS = 2;

/**
 * Fires what is due. The queue wakes it at the second; the sweep is the guarantee, so that the queue can be emptied or away and only
 * seconds are lost. Any number of processes may sweep: a rung is claimed before it acts, in the transaction of its facts.
 */
export class ClockSweeper {
  private readonly logger: Logger;
  private readonly reckon: Reckon;
  private readonly firing: RungFiring;
  private readonly loader: HorizonLoader;
  private readonly reprojection: Reprojection;
  private timer: NodeJS.Timeout | null = null;
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();
  private adopting: Promise<void> | null = null;
  /** State of the calendar by which running terms have been worked out; null: not yet by any. */
  private adopted: number | null = null;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    handler: RungHandler,
    rules: RuleBook,
    calendar: WorkingCalendar,
    clock: Clock,
    private readonly jobs: Jobs,
    horizon: NearHorizon,
    private readonly sweepMs: number = SWEEP_MS,
    /** Absent: the calendar is what it is for good. */
    private readonly inForce: CalendarInForce | null = null,
  ) {
    this.logger = new Logger(`clocks:${database.service}`);
    this.reckon = reckonBy(calendar, inForce);
    this.firing = new RungFiring(database, actor, handler, rules, clock, horizon, this.reckon);
    this.loader = new HorizonLoader(database, actor, clock, horizon);
    this.reprojection = new Reprojection(database, actor, handler, rules, clock, horizon, this.reckon);
  }

  /** Begins in the background: neither the queue nor the first sweep holds up the start of the process. */
  start(): void {
    this.jobs.process<RungJob>(
      RUNG_QUEUE,
      // The queue says that something is due. Its word is checked: what fires is what the tables say.
      async () => {
        void this.follow();
        await this.firing.fireDue();
      },
      { concurrency: WORKERS },
    );
    this.loader.start();
    void this.adopt();
    // Spread, so that the services of a process do not all sweep at once.
    this.schedule(Math.random() * Math.min(this.sweepMs, 3000));
  }

  /** Lets what is in progress end. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    this.reprojection.stop();
    await Promise.all([this.loader.stop(), this.firing.stop(), this.running, this.adopting]);
  }

  /**
   * Fires every rung that is due by the injected clock, and then takes over a calendar that was published since, to its end.
   * @returns how many fired before that
   */
  async sweep(): Promise<number> {
    const fired = await this.sweepOnce();
    await this.follow();
    return fired;
  }

  /**
   * Works out anew when the running terms end, if they were not worked out by this calendar before.
   * @param told is told what moved
   * @param by absent: the calendar of this process
   */
  async reproject(told: ToldOfMoves = () => undefined, by?: WorkingCalendar): Promise<Reprojected> {
    const { state, ...inForce } = await this.reckon();
    return this.reprojection.run(
      { ...(by ? { calendar: by, number: inForce.number } : inForce), state },
      ({ moved }) => (moved.length > 0 ? told(moved) : undefined),
    );
  }

  /** Looks whether another calendar was published since, where there can be one. */
  private follow(): Promise<void> {
    return this.inForce ? this.adopt() : Promise.resolve();
  }

  /**
   * Takes over the calendar in force: works out all running clocks by it, which takes a minute where there are a million. Firing goes on
   * meanwhile and settles what it takes itself. A fault of it stops no firing, and is tried again with the next sweep.
   */
  private adopt(): Promise<void> {
    this.adopting ??= this.takeOver()
      .catch((error: unknown) => this.warn(error))
      .finally(() => (this.adopting = null));
    return this.adopting;
  }

  private async takeOver(): Promise<void> {
    while (!this.stopping) {
      const by = await this.reckon();
      if (this.adopted === by.state) return;
      const { moved } = await this.reprojection.run(by, async ({ due }) => {
        if (due) await this.firing.fireDue();
      });
      if (moved > 0) this.logger.log(`${moved} terms moved with the calendar`);
      // If another one came meanwhile the run has ended early, and the next turn takes that one over.
      if (!this.stopping) this.adopted = by.state;
    }
  }

  /** Fires what is due, one sweep at a time in this process: another one would find nothing. */
  private sweepOnce(): Promise<number> {
    const sweep = async () => {
      const fired = await this.firing.fireDue();
      await this.database.query(
        this.actor,
        `insert into clock_sweeps (name, swept_at) values ('sweeper', now())
         on conflict (name) do update set swept_at = excluded.swept_at`,
      );
      return fired;
    };
    const turn = this.running.then(sweep, sweep);
    this.running = turn.catch(() => undefined);
    return turn;
  }

  private schedule(delayMs: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      // Not waited for: the next sweep comes in its time, however long that takes.
      void this.follow();
      void this.sweepOnce()
        .catch((error: unknown) => this.warn(error))
        .then(() => this.schedule(this.sweepMs));
    }, delayMs);
  }

  private warn(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.warn(`sweep interrupted, going on in ${this.sweepMs / 1000} s: ${reason}`);
  }
}
