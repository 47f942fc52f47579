import type { Delivery } from './delivery.js';

interface Chunk {
  readonly deliveries: readonly Delivery[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Merges what the partitions of a fetch hand over into slices: while one slice is being handled, what arrives waits and becomes
 * the next one. So a slice holds one message when the system is idle, and many when it is busy.
 */
export class SliceQueue {
  private waiting: Chunk[] = [];
  private running = false;
  private current: Promise<void> = Promise.resolve();

  constructor(
    private readonly handle: (deliveries: readonly Delivery[]) => Promise<void>,
    private readonly maxDeliveries: number,
  ) {}

  /** Resolves when these deliveries have been handled. */
  submit(deliveries: readonly Delivery[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ deliveries, resolve, reject });
      if (!this.running) this.current = this.run();
    });
  }

  /** Resolves when nothing is being handled or waits. */
  async idle(): Promise<void> {
    while (this.running) await this.current;
  }

  private async run(): Promise<void> {
    this.running = true;
    // The other partitions of the same fetch are handed over in the same turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const slice = this.take();
      try {
        await this.handle(slice.flatMap((chunk) => chunk.deliveries));
        for (const chunk of slice) chunk.resolve();
      } catch (error) {
        for (const chunk of slice) chunk.reject(error);
      }
    }
    this.running = false;
  }

  private take(): Chunk[] {
    let size = 0;
    let count = 0;
    for (const chunk of this.waiting) {
      if (count > 0 && size + chunk.deliveries.length > this.maxDeliveries) break;
      size += chunk.deliveries.length;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }
}
