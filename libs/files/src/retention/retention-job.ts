import { Logger } from '@nestjs/common';
import { shanghaiDay, type Clock } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import type { CarryOut } from './carry-out.js';
import type { FilesRetention } from './files-retention.js';

const LOOK_EVERY_MS = 60_000;
/** Shanghai: nobody works, and the day that ended is over. */
const FROM_HOUR = 1;
const HOURS_AHEAD = 8;

/** Proposes once a night, and carries out within a minute what was approved. Of several processes one does it at a time. */
export class RetentionJob {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly worker: Caller,
    private readonly retention: FilesRetention,
    private readonly carryOut: CarryOut,
    private readonly clock: Clock,
  ) {
    this.logger = new Logger(`retention:${database.service}`);
  }

  start(): void {
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** What is due now of the two. Twice does it once. */
  async look(): Promise<void> {
    await this.carryOut.run();
    const now = this.clock.now();
    if ((now.getUTCHours() + HOURS_AHEAD) % 24 < FROM_HOUR) return;
    const night = shanghaiDay(now);
    const [done] = await this.database.query(this.worker, 'select 1 from retention_nights where night = $1', [
      night,
    ]);
    if (done) return;
    await this.retention.propose();
    await this.database.query(
      this.worker,
      'insert into retention_nights (night, done_at) values ($1, $2) on conflict do nothing',
      [night, now],
    );
  }

  private schedule(): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      this.running = this.look()
        .catch((error: unknown) =>
          this.logger.warn(
            `interrupted, going on in ${LOOK_EVERY_MS / 1000} s: ${error instanceof Error ? error.message : String(error)}`,
          ),
        )
        .then(() => this.schedule());
    }, LOOK_EVERY_MS);
  }
}
