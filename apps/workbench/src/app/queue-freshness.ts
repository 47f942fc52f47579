import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { MessagingRuntime } from '@app/messaging';
import { WorkQueue } from '../adapters/postgres/work-queue.js';

/** How long an answer about the lag is good for: it costs a question to the log. */
const GOOD_FOR_MS = 5_000;
/** What is behind by less than this is only just being handled. */
const STALE_AFTER_MS = 30_000;

export interface Freshness {
  /** Up to when the queue tells what the owners decided. */
  readonly asOf: Date;
  /** Facts wait, and the newest that was handled is half a minute old: what is shown may be past. */
  readonly stale: boolean;
}

/** How far the queue is behind what the owners told. */
@Injectable()
export class QueueFreshness {
  private behind: { readonly messages: number | null; readonly at: number } | null = null;
  private asking: Promise<void> | null = null;

  constructor(
    private readonly runtime: MessagingRuntime,
    private readonly queue: WorkQueue,
    private readonly clock: Clock,
  ) {}

  async now(): Promise<Freshness> {
    const [newest] = await Promise.all([this.queue.newestFact(), this.ask()]);
    const now = this.clock.now();
    // Nothing waits: what was told up to this moment stands in it, however long ago that was.
    if (this.behind?.messages === 0) return { asOf: now, stale: false };
    const asOf = newest ?? now;
    return { asOf, stale: now.getTime() - asOf.getTime() > STALE_AFTER_MS };
  }

  private async ask(): Promise<void> {
    if (this.behind && performance.now() - this.behind.at < GOOD_FOR_MS) return;
    this.asking ??= this.runtime.log
      .lag()
      .then((lags) => lags.find(({ service }) => service === 'workbench')?.messages ?? 0)
      .catch(() => null)
      .then((messages) => {
        this.behind = { messages, at: performance.now() };
        this.asking = null;
      });
    // An old answer serves until the new one is there.
    if (!this.behind) await this.asking;
  }
}
