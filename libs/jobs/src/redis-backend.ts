import { Queue, Worker, type ConnectionOptions, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import {
  defaultJobOptions,
  IDLE_POLL_SECONDS,
  QueueBackend,
  STALLED_MS,
  type WorkerSettings,
} from './queue-backend.js';

/** One connection for all queues of the process, and one more per worker, which blocks on it. */
export class RedisBackend extends QueueBackend {
  readonly name = 'redis';
  private readonly redis: Redis;
  private closed = false;

  constructor(
    url: string,
    private readonly prefix: string,
    private readonly onError: (error: Error) => void,
  ) {
    super();
    this.redis = new Redis(url, {
      // A worker's blocking connection is a copy of this one, and must wait as long as the outage lasts.
      maxRetriesPerRequest: null,
      retryStrategy: (attempt) => Math.min(attempt * 500, 5000),
      connectTimeout: 5000,
      // How long a closed connection may linger: it holds up the end of the process.
      disconnectTimeout: 200,
      keepAlive: 10_000,
    });
    this.redis.on('error', onError);
    // Every queue and worker listens on it. Not 0 (no limit), to which BullMQ would add.
    this.redis.setMaxListeners(1000);
  }

  get usable(): boolean {
    return !this.closed && this.redis.status === 'ready';
  }

  queue(name: string): Queue {
    return new Queue(name, { connection: this.connection, prefix: this.prefix, defaultJobOptions });
  }

  worker(name: string, processor: Processor, { concurrency, limiter, backoff }: WorkerSettings): Worker {
    return new Worker(name, processor, {
      connection: this.connection,
      prefix: this.prefix,
      concurrency,
      ...(limiter ? { limiter: { ...limiter } } : {}),
      settings: { backoffStrategy: backoff },
      drainDelay: IDLE_POLL_SECONDS,
      stalledInterval: STALLED_MS,
      runRetryDelay: 2000,
    });
  }

  onUsable(listener: () => void): void {
    this.redis.on('ready', listener);
    if (this.usable) listener();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.redis.disconnect();
  }

  private get connection(): ConnectionOptions {
    return this.redis as unknown as ConnectionOptions;
  }
}
