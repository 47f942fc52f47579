import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Jobs } from '@app/jobs';
import { Sweep } from '../../app/sweep.js';

const QUEUE = 'sweep';
/** A look at an index when nobody is due; midnight is noticed without a clock of the queue's own. */
const EVERY_MS = 10 * 60 * 1000;

/** Sweeps at start and then again and again; without the queue it waits for the next start, as the truth is in the tables. */
@Injectable()
export class SweepDays implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('sweep:lifecycle');

  constructor(
    private readonly jobs: Jobs,
    private readonly sweep: Sweep,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.process(QUEUE, async () => {
      await this.sweep.run();
    });
    this.jobs.queue(QUEUE).repeat('sweep-days', { everyMs: EVERY_MS }, {});
    this.sweep.run().catch((error: unknown) => {
      this.logger.warn(
        `the sweep at start failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweep.stop();
  }
}
