import { Logger } from '@nestjs/common';
import { type Caller, clean, type Database, droppingFrom, type Retention } from '@app/platform';
import type { ConsumerDefinition } from '../consumers/consumer-definition.js';
import { ParkedMessages } from '../consumers/parked-messages.js';
import { Replays } from '../consumers/replays.js';
import { ServiceConsumers } from '../consumers/service-consumers.js';
import type { EventLog, Lag, LogMember, TopicLag } from '../event-log.js';
import type { Outbox } from '../outbox/outbox.js';

/** A service of this process, before its consumers are known. */
export interface MessagingService {
  readonly service: string;
  readonly database: Database;
  readonly actor: Caller;
  readonly outbox: Outbox;
  /** Topics of the facts that this service decides. */
  readonly publishes: readonly string[];
  /** What else it keeps for a stated time only. */
  readonly retention?: Retention;
}

/** How far a service's delivery is. */
export interface ServiceStatus {
  readonly service: string;
  readonly eventLog: 'kafka' | 'postgres';
  /** Messages in the topics it reads that it has not handled. */
  readonly lag: number | null;
  /** The same by topic; null where it is unknown. */
  readonly topics: readonly TopicLag[] | null;
  /** Messages it could not handle, or that wait behind one. */
  readonly parked: number | null;
  /** Facts of its own that are not on Kafka yet, and the age of the oldest in seconds; null where no relay is needed. */
  readonly unpublished: { readonly count: number; readonly oldestSeconds: number } | null;
}

const HOUSEKEEPING_MS = 5_000;
const CLEANING_MS = 60 * 60 * 1000;

/** Older replays are safe by natural keys alone. */
const INBOX = { time: '14 days', sql: droppingFrom('inbox_messages', 'handled_at') };
const ATTEMPTS = { time: '1 day', sql: droppingFrom('delivery_attempts', 'first_at') };

/** Delivery of all services of this process: registers them, starts the log, keeps tidy what grows. */
export class MessagingRuntime {
  private readonly logger = new Logger('messaging');
  private readonly registered = new Map<string, MessagingService>();
  private readonly parked = new Map<string, ParkedMessages>();
  private readonly replays = new Map<string, Replays>();
  private housekeeper: NodeJS.Timeout | null = null;
  private lastCleaning = -Infinity;
  private tidying: Promise<void> = Promise.resolve();

  constructor(readonly log: EventLog) {}

  register(service: MessagingService): void {
    if (this.registered.has(service.service))
      throw new Error(`service ${service.service} is registered twice`);
    this.registered.set(service.service, service);
  }

  async start(consumers: readonly ConsumerDefinition[]): Promise<void> {
    for (const consumer of consumers) {
      if (!this.registered.has(consumer.service)) {
        throw new Error(
          `consumer ${consumer.name} belongs to ${consumer.service}, which is not in this process`,
        );
      }
    }
    const members: LogMember[] = [...this.registered.values()].map((service) => {
      const own = consumers.filter((consumer) => consumer.service === service.service);
      const parked = new ParkedMessages(service.database, service.actor, own, service.outbox);
      this.parked.set(service.service, parked);
      this.replays.set(
        service.service,
        new Replays(service.database, service.actor, parked, this.log.name === 'kafka'),
      );
      return {
        ...service,
        consumers: new ServiceConsumers(service.service, service.database, service.actor, own),
      };
    });
    await this.log.start(members);
    this.housekeeper = setInterval(() => {
      this.tidying = this.tidying.then(() => this.tidy());
    }, HOUSEKEEPING_MS);
  }

  async stop(): Promise<void> {
    if (this.housekeeper) clearInterval(this.housekeeper);
    await this.tidying;
    await this.log.stop();
  }

  /** The services of this process. */
  get services(): string[] {
    return [...this.registered.keys()];
  }

  /** What is parked in a service; undefined if the service does not run in this process. */
  parkedIn(service: string): ParkedMessages | undefined {
    return this.parked.get(service);
  }

  /** Replays of what is parked in a service, with a second person; undefined if it does not run in this process. */
  replaysIn(service: string): Replays | undefined {
    return this.replays.get(service);
  }

  /** Whether the databases of all services answer. */
  async reachable(): Promise<boolean> {
    const answers = await Promise.allSettled(
      [...this.registered.values()].map(({ database, actor }) => database.query(actor, 'select 1')),
    );
    return answers.every(({ status }) => status === 'fulfilled');
  }

  /** Delivery of each service of this process. A figure that cannot be had is null, never 0. */
  async status(): Promise<ServiceStatus[]> {
    const lags = await this.log.lag().catch(() => null);
    return Promise.all(
      [...this.registered.values()].map(async ({ service, database, actor }) => ({
        service,
        eventLog: this.log.name,
        ...lagIn(lags, service),
        parked:
          (await this.parkedIn(service)
            ?.count()
            .catch(() => null)) ?? null,
        unpublished: this.log.name === 'kafka' ? await unpublished(database, actor).catch(() => null) : null,
      })),
    );
  }

  private async tidy(): Promise<void> {
    const due = performance.now() - this.lastCleaning > CLEANING_MS;
    if (due) this.lastCleaning = performance.now();
    for (const [name, { database, actor, retention }] of this.registered) {
      try {
        await this.parkedIn(name)?.releaseWaiting();
        if (!due) continue;
        for (const kept of [ATTEMPTS, INBOX]) await clean(database, actor, kept);
        await retention?.clean(database, actor);
      } catch (error) {
        this.logger.warn(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

/** A service that reads nothing is behind in nothing. */
function lagIn(lags: readonly Lag[] | null, service: string): Pick<ServiceStatus, 'lag' | 'topics'> {
  if (lags === null) return { lag: null, topics: null };
  const own = lags.find((lag) => lag.service === service);
  return { lag: own?.messages ?? 0, topics: own?.topics ?? [] };
}

async function unpublished(
  database: Database,
  actor: Caller,
): Promise<{ count: number; oldestSeconds: number }> {
  const [row] = await database.query<{ count: number; oldestSeconds: number }>(
    actor,
    `select count(*)::int as count,
            coalesce(extract(epoch from clock_timestamp() - min(m.created_at)), 0)::float as "oldestSeconds"
     from outbox_messages m, outbox_relays r
     where (m.xid, m.id) > (r.cursor_xid, r.cursor_id) and m.created_at > r.cursor_at - interval '1 hour'`,
  );
  return row ?? { count: 0, oldestSeconds: 0 };
}
