import { Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { serviceActor } from '@app/access';
import { allTopics, type ActorRef } from '@app/contracts';
import { MessagingRuntime, Outbox } from '@app/messaging';
import { Database, PROCESS_CONFIG, Retention, type DatabaseOptions, type ProcessConfig } from '@app/platform';

/** Injection token of the service's own identity, for its reactions and sweeps. */
export const SERVICE_ACTOR = Symbol('SERVICE_ACTOR');
/** Injection token of the service's name. */
export const SERVICE_NAME = Symbol('SERVICE_NAME');

class ClosesDatabase implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  /** After HTTP and delivery have ended: the last transactions are through. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

// Nest tells dynamic modules apart by reference.
const modules = new Map<string, DynamicModule>();

/**
 * What every service has for itself: its database door, its outbox, its identity. Each service imports its own, so that in
 * all-in-one nothing of one service is visible to another.
 */
@Module({})
export class ServiceModule {
  /** The same service gives the same module, so that libraries (clocks, casework) and the app share its one database door. */
  static forService(service: string, entities: DatabaseOptions['entities'] = []): DynamicModule {
    const known = modules.get(service);
    if (known) {
      if (Object.keys(entities).length === 0) return known;
      throw new Error(`the entities of ${service} must be named where its module is asked for first`);
    }
    const made: DynamicModule = {
      module: ServiceModule,
      providers: [
        { provide: SERVICE_NAME, useValue: service },
        { provide: SERVICE_ACTOR, useValue: serviceActor(service) },
        {
          provide: Database,
          inject: [PROCESS_CONFIG],
          useFactory: async (config: ProcessConfig) => {
            const database = new Database({
              service,
              url: config.DATABASE_URL,
              poolSize: config.DATABASE_POOL,
              entities,
              logger: new Logger(`database:${service}`),
            });
            await database.open();
            return database;
          },
        },
        Retention,
        {
          provide: Outbox,
          inject: [MessagingRuntime, Database, SERVICE_ACTOR, Retention],
          useFactory: (
            runtime: MessagingRuntime,
            database: Database,
            actor: ActorRef,
            retention: Retention,
          ) => {
            const outbox = new Outbox();
            const publishes = allTopics.filter((topic) => topic.startsWith(`${service}.`));
            runtime.register({ service, database, actor, outbox, publishes, retention });
            return outbox;
          },
        },
        {
          provide: ClosesDatabase,
          inject: [Database],
          useFactory: (database: Database) => new ClosesDatabase(database),
        },
      ],
      exports: [Database, Outbox, Retention, SERVICE_ACTOR, SERVICE_NAME],
    };
    modules.set(service, made);
    return made;
  }
}

/** Injects the service's own identity. */
export const InjectServiceActor = () => Inject(SERVICE_ACTOR);
