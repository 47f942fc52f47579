import {
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { PROCESS_CONFIG, type ProcessConfig } from '@app/platform';
import { Jobs } from './jobs.js';
import { PostgresBackend } from './postgres-backend.js';
import { QueueBackend } from './queue-backend.js';
import { QueuesOfServices } from './queues-of-services.js';
import { RedisBackend } from './redis-backend.js';

const QUIET_MS = 60_000;

class ClosesBackend implements OnApplicationShutdown {
  constructor(private readonly backend: QueueBackend) {}

  async onApplicationShutdown(): Promise<void> {
    await this.backend.close();
  }
}

class ClosesJobs implements BeforeApplicationShutdown {
  constructor(private readonly jobs: Jobs) {}

  /** Before databases close: the last jobs write to them. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.jobs.close();
  }
}

/** What the queues of all services of a process share: the connection. */
@Module({
  providers: [
    {
      provide: QueueBackend,
      inject: [PROCESS_CONFIG],
      useFactory: openBackend,
    },
    {
      provide: ClosesBackend,
      inject: [QueueBackend],
      useFactory: (backend: QueueBackend) => new ClosesBackend(backend),
    },
  ],
  exports: [QueueBackend],
})
class QueueBackendModule {}

const modules = new Map<string, DynamicModule>();

/** The queues of one service. The same service gives the same module, so that libraries and app share its workers. */
@Module({})
export class JobsModule {
  static forService(service: string): DynamicModule {
    const known = modules.get(service);
    if (known) return known;
    const made: DynamicModule = {
      module: JobsModule,
      imports: [QueueBackendModule],
      providers: [
        {
          provide: Jobs,
          inject: [QueueBackend, QueuesOfServices],
          useFactory: (backend: QueueBackend, queues: QueuesOfServices) => {
            const jobs = new Jobs(service, backend);
            // Who operates the process sees what stands in its queues.
            queues.watch(service, jobs);
            return jobs;
          },
        },
        { provide: ClosesJobs, inject: [Jobs], useFactory: (jobs: Jobs) => new ClosesJobs(jobs) },
      ],
      exports: [Jobs],
    };
    modules.set(service, made);
    return made;
  }
}

/** Opens where the process' queues live, without waiting for it. */
export function openBackend(
  config: Pick<ProcessConfig, 'QUEUE_BACKEND' | 'QUEUE_PREFIX' | 'REDIS_URL' | 'DATABASE_URL'>,
): QueueBackend {
  const logger = new Logger('jobs');
  let lastWarning = -Infinity;
  // An outage raises an error several times a second; one line a minute says the same.
  const onError = (error: Error) => {
    if (performance.now() - lastWarning < QUIET_MS) return;
    lastWarning = performance.now();
    logger.warn(`queues (${config.QUEUE_BACKEND}) are not reachable, trying on: ${error.message}`);
  };
  if (config.QUEUE_BACKEND === 'postgres') {
    return new PostgresBackend(config.DATABASE_URL, config.QUEUE_PREFIX, onError);
  }
  if (!config.REDIS_URL) throw new Error('REDIS_URL is required when QUEUE_BACKEND is redis');
  return new RedisBackend(config.REDIS_URL, config.QUEUE_PREFIX, onError);
}
