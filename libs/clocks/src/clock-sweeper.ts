import { Logger } from '@nestjs/common';
import type { Jobs } from '@app/jobs';
import type { Clock } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import type { RuleBook } from './clock-rule.js';
import type { CalendarInForce } from './published/calendar-in-force.js';
import { HorizonLoader } from './horizon-loader.js';
import { RUNG_QUEUE, type NearHorizon, type RungJob } from './near-horizon.js';
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
    this.firing = new RungFiring(database, actor, handler, rules, calendar, clock, horizon);
    this.loader = new HorizonLoader(database, actor, clock, horizon);
    this.reprojection = new Reprojection(
      database,
      actor,
      handler,
      rules,
      calendar,
      clock,
      horizon,
      () => inForce?.number ?? 0,
    );
  }

  /** Begins in the background: neither the queue nor the first sweep holds up the start of the process. */
  start(): void {
    this.jobs.process<RungJob>(
      RUNG_QUEUE,
      // The queue says that something is due. Its word is checked: what fires is what the tables say.
      async () => {
        await this.adopt();
        await this.firing.fireDue();
      },
      { concurrency: WORKERS },
    );
    this.loader.start();
    void (this.inForce
      ? this.adopt()
      : this.inTurn(() => this.goThrough()).catch((error: unknown) => this.warn(error)));
    // Spread, so that the services of a process do not all sweep at once.
    this.schedule(Math.random() * Math.min(this.sweepMs, 3000));
  }

  /** Lets what is in progress end. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    this.reprojection.stop();
    await Promise.all([
      this.loader.stop(),
      this.firing.stop(),
      this.running.catch(() => undefined),
      this.adopting,
    ]);
  }

  /** Fires every rung that is due by the injected clock. @returns how many fired */
  sweep(): Promise<number> {
    return this.inTurn(async () => {
      await this.adopt();
      const fired = await this.firing.fireDue();
      await this.database.query(
        this.actor,
        `insert into clock_sweeps (name, swept_at) values ('sweeper', now())
         on conflict (name) do update set swept_at = excluded.swept_at`,
      );
      return fired;
    });
  }

  /**
   * Works out anew when the running terms end, if they were not worked out by this calendar before.
   * @param told is told what moved
   * @param by absent: the calendar of this process
   */
  reproject(told?: ToldOfMoves, by?: WorkingCalendar): Promise<Reprojected> {
    return this.reprojection.run(told, by);
  }

  /**
   * Takes over a calendar that was published since, and works out what it moves before anything fires by it. A fault of that stops no
   * firing, and is tried again with the next sweep.
   */
  adopt(): Promise<void> {
    if (!this.inForce) return Promise.resolve();
    this.adopting ??= this.takeOver(this.inForce)
      .catch((error: unknown) => this.warn(error))
      .finally(() => (this.adopting = null));
    return this.adopting;
  }

  private async takeOver(inForce: CalendarInForce): Promise<void> {
    await inForce.refresh();
    const { state, now } = inForce;
    if (this.adopted === state) return;
    await this.goThrough(now);
    if (!this.stopping) this.adopted = state;
  }

  private async goThrough(by?: WorkingCalendar): Promise<void> {
    const { moved } = await this.reproject(undefined, by);
    if (moved > 0) this.logger.log(`${moved} terms moved with the calendar`);
  }

  private schedule(delayMs: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      void this.sweep()
        .catch((error: unknown) => this.warn(error))
        .then(() => this.schedule(this.sweepMs));
    }, delayMs);
  }

  /** One sweep at a time in this process: another one would find nothing. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.running.then(work, work);
    this.running = turn.catch(() => undefined);
    return turn;
  }

  private warn(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.warn(`sweep interrupted, going on in ${this.sweepMs / 1000} s: ${reason}`);
  }
}
