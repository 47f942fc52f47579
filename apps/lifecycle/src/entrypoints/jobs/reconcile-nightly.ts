import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Jobs } from '@app/jobs';
import { Reconcile } from '../../app/reconcile.js';
import { RECONCILE_QUEUE } from '../../app/start-reconciliation.js';

/** When offices are closed and before they open. */
const NIGHTLY = '0 2 * * *';
const LOOK_QUEUE = 'reconcile-look';
/** What a queue that was emptied, or a process that died, costs a run. */
const LOOK_MS = 60 * 1000;

/** Does the runs of the reconciliation: those that are asked for, one a night per county, and those that a process left behind. */
@Injectable()
export class ReconcileNightly implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('reconcile:lifecycle');

  constructor(
    private readonly jobs: Jobs,
    private readonly reconcile: Reconcile,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.process<{ runId?: string }>(RECONCILE_QUEUE, async ({ data }) => {
      if (data.runId === undefined) await this.reconcile.nightly();
      else await this.reconcile.run(data.runId);
    });
    this.jobs.process(LOOK_QUEUE, async () => {
      await this.reconcile.resume();
      await this.reconcile.overdue();
    });
    this.jobs.queue(RECONCILE_QUEUE).repeat('reconcile-nightly', { cron: NIGHTLY }, {});
    this.jobs.queue(LOOK_QUEUE).repeat('reconcile-look', { everyMs: LOOK_MS }, {});
    this.reconcile.resume().catch((error: unknown) => {
      this.logger.warn(`going on at start failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.reconcile.stop();
  }
}
