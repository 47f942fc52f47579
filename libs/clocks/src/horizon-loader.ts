import { Logger } from '@nestjs/common';
import type { Clock } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import { HORIZON_MS, type Minute, type NearHorizon } from './near-horizon.js';

/** How often what is due soon is counted anew. */
export const REFILL_MS = 20_000;
/** How often it is asked whether the queue was emptied. */
const LOOK_MS = 1000;

/**
 * Keeps the queue's next quarter of an hour full: every 20 seconds, and at once when the queue was emptied or is back. What it misses
 * the sweeper fires.
 */
export class HorizonLoader {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private filledAt = -Infinity;
  private looking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly clock: Clock,
    private readonly horizon: NearHorizon,
  ) {
    this.logger = new Logger(`clocks:${database.service}`);
  }

  start(): void {
    // Spread, so that the services of a process do not all look at once.
    this.schedule(Math.random() * LOOK_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.looking;
  }

  /** Hands every minute with something due to the queue. @returns false if the queue did not take it */
  async fill(): Promise<boolean> {
    const now = this.clock.now();
    const minutes = await this.database.query<Minute>(
      this.actor,
      `select next_at as at, count(*)::int as clocks from clocks where next_at > $1 and next_at <= $2 group by next_at`,
      [now, new Date(now.getTime() + HORIZON_MS)],
    );
    return this.horizon.fill(minutes);
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.looking = this.look().then(
        () => this.schedule(LOOK_MS),
        (error: unknown) => {
          this.logger.debug(`horizon not filled: ${error instanceof Error ? error.message : String(error)}`);
          this.schedule(LOOK_MS);
        },
      );
    }, delayMs);
  }

  private async look(): Promise<void> {
    const due = performance.now() - this.filledAt >= REFILL_MS;
    if (!due && !(await this.horizon.isEmptied())) return;
    if (await this.fill()) this.filledAt = performance.now();
  }
}
