import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Jobs } from '@app/jobs';
import { untilOutboxHasRoom } from '@app/messaging';
import { Database, type Caller } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { PayRunRepository } from '../../adapters/postgres/pay-run-repository.js';
import { PAY_RUN_QUEUE } from '../../app/change-pay-runs.js';
import { OrderPayRun } from '../../app/order-pay-run.js';
import { inPace } from '../../app/pay-run-pace.js';
import { PlanPayRun } from '../../app/plan-pay-run.js';

const SWEEP_MS = 10_000;

/** Plans and orders runs: at once where the queue says so; what the queue forgot or a process left, at the next sweep. */
@Injectable()
export class PayRunWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('pay-runs');
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly runs: PayRunRepository,
    private readonly plan: PlanPayRun,
    private readonly order: OrderPayRun,
    @InjectServiceActor() private readonly actor: Caller,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.process(PAY_RUN_QUEUE, () => this.work());
    this.schedule(0);
  }

  /** Lets the chunk at hand end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running.catch(() => undefined);
  }

  /** Does what there is to do, after what is being done already: that may have looked before this call was made. */
  work(): Promise<void> {
    const turn = this.running.then(
      () => this.go(),
      () => this.go(),
    );
    this.running = turn.catch(() => undefined);
    return turn;
  }

  private async go(): Promise<void> {
    for (const { runNo, state } of await this.runs.atWork(this.actor)) {
      const step = state === 'planning' ? this.plan : this.order;
      await inPace(
        (size) => step.chunk(runNo, size),
        () => !this.stopping,
        // A plan tells nothing; an order tells a fact for every payment.
        state === 'planning' ? undefined : () => untilOutboxHasRoom(this.database, this.actor),
      );
    }
  }

  private schedule(delayMs: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      void this.work()
        .catch((error: unknown) =>
          this.logger.warn(
            `interrupted, going on in ${SWEEP_MS / 1000} s: ${error instanceof Error ? error.message : String(error)}`,
          ),
        )
        .then(() => this.schedule(SWEEP_MS));
    }, delayMs);
    this.timer.unref();
  }
}
