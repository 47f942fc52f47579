import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Jobs } from '@app/jobs';
import { MESSAGE_QUEUE, SendMessages, type MessageJob } from '../../app/send-messages.js';

const SWEEP_MS = 30_000;

/** Sends what is due: at once where the queue says so, and what the queue forgot, at the next sweep. */
@Injectable()
export class MessageSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('messages');
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<unknown> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly messages: SendMessages,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.process<MessageJob>(MESSAGE_QUEUE, ({ data }) => this.messages.one(data.messageId), {
      concurrency: 4,
    });
    this.schedule(Math.random() * 3000);
  }

  /** Lets a sweep in progress end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delayMs: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      this.running = this.messages
        .sweep()
        .catch((error: unknown) =>
          this.logger.warn(
            `sweep interrupted, going on in ${SWEEP_MS / 1000} s: ${error instanceof Error ? error.message : String(error)}`,
          ),
        )
        .then(() => this.schedule(SWEEP_MS));
    }, delayMs);
    this.timer.unref();
  }
}
