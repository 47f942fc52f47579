import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { PROCESS_CONFIG, type ProcessConfig } from '@app/platform';
import { Redis } from 'ioredis';

/** The connection of the workbench to Redis, which may be away at any time, and in small installations always is. */
@Injectable()
export class WorkbenchRedis implements OnApplicationShutdown {
  /** Null: this installation has no Redis. */
  readonly client: Redis | null;
  readonly prefix: string;
  private readonly logger = new Logger('workbench-redis');

  constructor(@Inject(PROCESS_CONFIG) config: ProcessConfig) {
    this.prefix = `${config.QUEUE_PREFIX}:workbench`;
    this.client = config.REDIS_URL ? connect(config.REDIS_URL) : null;
    let told = false;
    this.client?.on('error', (error: Error) => {
      if (!told) this.logger.warn(`Redis is away, PostgreSQL answers alone: ${error.message}`);
      told = true;
    });
    this.client?.on('ready', () => (told = false));
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}

/** Nobody waits for Redis: what cannot be sent or answered at once counts as away. */
function connect(url: string): Redis {
  return new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 500,
    connectTimeout: 2000,
    disconnectTimeout: 200,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(attempt * 200, 3000),
  });
}
