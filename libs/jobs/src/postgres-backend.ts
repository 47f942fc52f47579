import {
  createPostgresBackend,
  Queue,
  runMigrations,
  Worker,
  type BackendFactory,
  type Processor,
  type RedisQueueBackend,
} from 'bullmq';
import { ListenedClient } from '@app/platform';
import pg from 'pg';
import {
  defaultJobOptions,
  IDLE_POLL_SECONDS,
  QueueBackend,
  STALLED_MS,
  type WorkerSettings,
} from './queue-backend.js';

const SCHEMA = 'bullmq';
const RETRY_MS = 5000;
/** Connections for commands; each worker adds one that listens. */
const COMMAND_CONNECTIONS = 2;

/**
 * BullMQ's own PostgreSQL backend: for machines without Redis. All queues and workers of the process share one pool, because each
 * of them would otherwise hold one of its own.
 */
export class PostgresBackend extends QueueBackend {
  readonly name = 'postgres';
  private readonly pool: pg.Pool;
  private readonly listeners: (() => void)[] = [];
  private migrated = false;
  private closed = false;
  private retry: NodeJS.Timeout | null = null;
  private preparing: Promise<void>;

  constructor(
    url: string,
    private readonly prefix: string,
    private readonly onError: (error: Error) => void,
  ) {
    super();
    this.pool = new pg.Pool({
      // BullMQ takes connections out for its transactions and listens to none of them: one that is cut would end the process.
      Client: ListenedClient,
      connectionString: url,
      max: COMMAND_CONNECTIONS,
      application_name: 'onething-jobs',
      options: `-c search_path=${SCHEMA} -c lock_timeout=10000`,
      keepAlive: true,
    });
    this.pool.on('error', onError);
    // Every queue and worker listens on it.
    this.pool.setMaxListeners(1000);
    this.preparing = this.prepare();
  }

  get usable(): boolean {
    return this.migrated && !this.closed;
  }

  queue(name: string): Queue {
    return new Queue(this.qualified(name), { ...this.connection, defaultJobOptions }, factory);
  }

  worker(name: string, processor: Processor, { concurrency, limiter, backoff }: WorkerSettings): Worker {
    this.pool.options.max += 1;
    return new Worker(
      this.qualified(name),
      processor,
      {
        ...this.connection,
        concurrency,
        ...(limiter ? { limiter: { ...limiter } } : {}),
        settings: { backoffStrategy: backoff },
        drainDelay: IDLE_POLL_SECONDS,
        stalledInterval: STALLED_MS,
        runRetryDelay: 2000,
      },
      factory,
    );
  }

  onUsable(listener: () => void): void {
    this.listeners.push(listener);
    if (this.usable) listener();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    if (this.retry) clearTimeout(this.retry);
    await this.preparing;
    await this.pool.end();
  }

  // The schema is one for all installations of a database, so the prefix goes into the name.
  private qualified(name: string): string {
    return `${this.prefix}-${name}`;
  }

  private get connection() {
    return { connection: this.pool as never };
  }

  /** A backend that once found its schema missing never tries again, so queues are made only after this. */
  private async prepare(): Promise<void> {
    try {
      const client = await this.pool.connect();
      try {
        await runMigrations(client as never, SCHEMA);
      } finally {
        client.release();
      }
      this.migrated = true;
      for (const listener of this.listeners) listener();
    } catch (error) {
      this.onError(error as Error);
      if (this.closed) return;
      this.retry = setTimeout(() => {
        this.preparing = this.prepare();
      }, RETRY_MS);
    }
  }
}

const factory = createPostgresBackend as unknown as BackendFactory<RedisQueueBackend>;
