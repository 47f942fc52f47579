import {
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AuditSealer, ColumnCipher, serviceActor } from '@app/access';
import { allTopics } from '@app/contracts';
import { MessagingRuntime, Outbox } from '@app/messaging';
import { Database, PROCESS_CONFIG, Retention, type Caller, type ProcessConfig } from '@app/platform';
import { AuditOfServices } from './audit/audit-of-services.js';

/** Injection token of the service's own identity, for its reactions and sweeps. */
export const SERVICE_ACTOR = Symbol('SERVICE_ACTOR');
/** Injection token of the service's name. */
export const SERVICE_NAME = Symbol('SERVICE_NAME');

/** The sealing of the audit log, from the start to the last transaction; then the database door. */
class SealsAndCloses implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly sealer: AuditSealer,
  ) {}

  onApplicationBootstrap(): void {
    this.sealer.start();
  }

  /** After HTTP and delivery have ended: the last transactions are through. */
  async onApplicationShutdown(): Promise<void> {
    await this.sealer.stop();
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
  static forService(service: string): DynamicModule {
    const known = modules.get(service);
    if (known) return known;
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
            actor: Caller,
            retention: Retention,
          ) => {
            const outbox = new Outbox();
            const publishes = allTopics.filter((topic) => topic.startsWith(`${service}.`));
            runtime.register({ service, database, actor, outbox, publishes, retention });
            return outbox;
          },
        },
        {
          provide: AuditSealer,
          inject: [Database, SERVICE_ACTOR, ColumnCipher, PROCESS_CONFIG, AuditOfServices],
          useFactory: (
            database: Database,
            actor: Caller,
            cipher: ColumnCipher,
            config: ProcessConfig,
            audit: AuditOfServices,
          ) => {
            audit.watch(database, actor);
            return new AuditSealer(database, actor, cipher, {
              anchorFile: config.AUDIT_ANCHOR_FILE ?? null,
              logger: new Logger(`audit:${service}`),
            });
          },
        },
        {
          provide: SealsAndCloses,
          inject: [Database, AuditSealer],
          useFactory: (database: Database, sealer: AuditSealer) => new SealsAndCloses(database, sealer),
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
