import { Logger } from '@nestjs/common';

/** What a consumer group shows to its watchdog. */
export interface Watched {
  readonly name: string;
  /** By `performance.now()`. */
  readonly lastProgress: number;
  /** Messages waiting for it. */
  lag(): Promise<number>;
}

/**
 * kafkajs consumers are known to stop for good after some rebalances or broker losses (tulios/kafkajs#1441, #1593). If messages
 * wait and none has been finished for a minute, the process gives up, and its supervisor starts it again.
 */
export class ProgressWatchdog {
  private readonly logger = new Logger('watchdog');
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly watched: readonly Watched[],
    private readonly onStuck: (name: string) => void,
    private readonly stuckAfterMs = 60_000,
    private readonly everyMs = 15_000,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), this.everyMs);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Looks once at every group; the timer does it by itself. */
  async look(): Promise<void> {
    for (const group of this.watched) {
      if (performance.now() - group.lastProgress < this.stuckAfterMs) continue;
      try {
        const waiting = await group.lag();
        // A batch may have finished while the broker answered.
        if (waiting === 0 || performance.now() - group.lastProgress < this.stuckAfterMs) continue;
        this.logger.fatal(
          `${group.name} has ${waiting} messages waiting and finished none for ${this.stuckAfterMs} ms`,
        );
        this.onStuck(group.name);
      } catch (error) {
        this.logger.warn(
          `lag of ${group.name} unknown: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}
