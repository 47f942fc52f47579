import { resolve } from 'node:path';
import { notOurs, type BackingService, type BackingState } from './backing-service.js';
import { NotHere, type BackingContext } from './context.js';
import { claimDirectory } from './directory-lock.js';
import { kafkaContainer, postgresContainer, redisContainer } from './docker/containers.js';
import { DockerEngine } from './docker/docker-engine.js';
import { kafkaPrograms, startKafka } from './kafka/kafka.js';
import { homeDirectory, toolsDirectory } from './places.js';
import { notedPid, placesOf } from './private-process.js';
import { endLeftovers } from './processes.js';
import { embeddedPostgres, installedPostgres } from './postgres/postgres-binaries.js';
import { postgresPrograms, startPostgres } from './postgres/postgres.js';
import { unprivilegedUser } from './postgres/unprivileged.js';
import { redisPrograms, startRedis } from './redis/redis.js';

export type BackingName = 'postgres' | 'redis' | 'kafka';

export interface BackingOptions {
  /** Data, logs, pid files and the lock of this installation; by default `.onething` of the package. */
  readonly dir?: string;
  /** Downloaded programs, shared by installations. */
  readonly tools?: string;
  /** All three by default. What is not asked for must not be used. */
  readonly only?: readonly BackingName[];
  /** Fails where PostgreSQL, Redis or Kafka would be embedded or replaced. */
  readonly requireReal?: boolean;
  /** Throws the data of an earlier run away first. */
  readonly fresh?: boolean;
  /** Starts a service again that ended by itself. */
  readonly supervised?: boolean;
  /** Settings of a PostgreSQL of our own, beside those that it always has; they do not reach one in Docker or elsewhere. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** Running servers to use instead of own ones; by default DATABASE_URL, REDIS_URL and KAFKA_BROKERS. */
  readonly addresses?: Partial<Readonly<Record<BackingName, string | undefined>>>;
  readonly observe?: (name: BackingName, state: BackingState, text: string) => void;
}

export interface Backing {
  readonly postgres: BackingService & { readonly url: string };
  /** Null: queues run on PostgreSQL. */
  readonly redis: BackingService & { readonly url: string | null };
  /** Comma separated; null: the event log is PostgreSQL. */
  readonly kafka: BackingService & { readonly brokers: string | null };
  /** Ends what was started here, and gives the directory back. The data stay. */
  stop(): Promise<void>;
}

/** What was asked for cannot be had here. Its message names each missing thing and how to get it. */
export class BackingUnavailable extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'BackingUnavailable';
  }
}

interface Started {
  readonly service: BackingService;
  readonly address: string | null;
}

/** A way to have a service: `address` null means that something else takes its place. */
type Way = () => Promise<Started>;

/** Brings the backing services up, each from the first source that can be had: environment, Docker, binary, embedded. */
export async function startBacking(options: BackingOptions = {}): Promise<Backing> {
  const directory = resolve(options.dir ?? homeDirectory());
  const release = claimDirectory(directory);
  await endLeftServers(directory).catch((error: unknown) => {
    release();
    throw error;
  });
  const asked = new Set<BackingName>(options.only ?? ['postgres', 'redis', 'kafka']);
  const started: BackingService[] = [];
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()));
    release();
  };
  const start = async (name: BackingName, ways: (context: BackingContext) => Way[]): Promise<Started> => {
    if (!asked.has(name)) return { service: notOurs('embedded', `${name} was not asked for`), address: null };
    const observe = (state: BackingState, text: string) => options.observe?.(name, state, text);
    const context: BackingContext = {
      directory,
      tools: resolve(options.tools ?? toolsDirectory()),
      fresh: options.fresh ?? false,
      supervised: options.supervised ?? false,
      postgresSettings: options.postgresSettings ?? {},
      observe,
    };
    observe('looking', '');
    const found = await firstWay(name, ways(context), options.requireReal ?? false);
    started.push(found.service);
    observe('ready', found.service.detail);
    return found;
  };

  const places = sources(options);
  const outcomes = await Promise.allSettled([
    start('postgres', places.postgres),
    start('redis', places.redis),
    start('kafka', places.kafka),
  ]);
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failures.length > 0) {
    await stop();
    const [first] = failures;
    if (failures.length === 1) throw first!.reason;
    throw new BackingUnavailable(failures.map(({ reason }) => (reason as Error).message));
  }
  const [postgres, redis, kafka] = outcomes.map(
    (outcome) => (outcome as PromiseFulfilledResult<Started>).value,
  ) as [Started, Started, Started];
  return {
    postgres: withAddress(postgres, 'url', postgres.address ?? ''),
    redis: withAddress(redis, 'url', redis.address),
    kafka: withAddress(kafka, 'brokers', kafka.address),
    stop,
  };
}

/** We own the directory, so whatever still works in it was left behind by an owner who has died. */
async function endLeftServers(directory: string): Promise<void> {
  const left = [
    { name: 'postgres', programsIn: postgresPrograms, gentle: 'SIGINT' },
    { name: 'redis', programsIn: redisPrograms, gentle: 'SIGTERM' },
    { name: 'kafka', programsIn: kafkaPrograms, gentle: 'SIGTERM' },
  ] as const;
  await Promise.all(
    left.flatMap(({ name, programsIn, gentle }) => {
      const { data, pidFile } = placesOf(directory, name);
      return programsIn(data).map((program) => endLeftovers(program, notedPid(pidFile), gentle));
    }),
  );
}

/** Adds the address to the service itself, which is live: its pid changes with every restart. */
function withAddress<Name extends string, Value>(
  { service }: Started,
  name: Name,
  value: Value,
): BackingService & Readonly<Record<Name, Value>> {
  return Object.assign(service, { [name]: value } as Record<Name, Value>);
}

function sources(options: BackingOptions): Record<BackingName, (context: BackingContext) => Way[]> {
  const embeddedOnly = process.env['ONETHING_BACKING_FORCE_EMBEDDED'] === '1';
  const addresses = options.addresses ?? {
    postgres: process.env['DATABASE_URL'],
    redis: process.env['REDIS_URL'],
    kafka: process.env['KAFKA_BROKERS'],
  };
  const given = (name: BackingName): Way[] => {
    const address = addresses[name];
    if (!address) return [];
    return [async () => ({ service: notOurs('environment', withoutPassword(address)), address })];
  };
  const user = () => unprivilegedUser();
  // Asked once for all three.
  let engine: Promise<DockerEngine> | null = null;
  const docker = () => (engine ??= DockerEngine.find());

  const embedded: Record<BackingName, (context: BackingContext) => Way> = {
    postgres: (context) => async () => {
      const { service, url } = await startPostgres(
        context,
        await embeddedPostgres(context, user()),
        'embedded',
        user(),
      );
      return { service, address: url };
    },
    redis: () => async () => ({
      service: notOurs('embedded', 'no Redis: the queues run on PostgreSQL'),
      address: null,
    }),
    kafka: () => async () => ({
      service: notOurs('embedded', 'no Kafka: the event log runs on PostgreSQL'),
      address: null,
    }),
  };
  if (embeddedOnly) {
    return {
      postgres: (context) => [embedded.postgres(context)],
      redis: (context) => [embedded.redis(context)],
      kafka: (context) => [embedded.kafka(context)],
    };
  }
  return {
    postgres: (context) => [
      ...given('postgres'),
      async () => {
        const { service, url } = await postgresContainer(context, await docker());
        return { service, address: url };
      },
      async () => {
        const { service, url } = await startPostgres(
          context,
          await installedPostgres(user()),
          'binary',
          user(),
        );
        return { service, address: url };
      },
      embedded.postgres(context),
    ],
    redis: (context) => [
      ...given('redis'),
      async () => {
        const { service, url } = await redisContainer(context, await docker());
        return { service, address: url };
      },
      async () => {
        const { service, url } = await startRedis(context);
        return { service, address: url };
      },
      embedded.redis(context),
    ],
    kafka: (context) => [
      ...given('kafka'),
      async () => {
        const { service, brokers } = await kafkaContainer(context, await docker());
        return { service, address: brokers };
      },
      async () => {
        const { service, brokers } = await startKafka(context);
        return { service, address: brokers };
      },
      embedded.kafka(context),
    ],
  };
}

/** The first way that is open. One that is open but fails is an error, not a reason to go on quietly with less. */
async function firstWay(name: BackingName, ways: readonly Way[], requireReal: boolean): Promise<Started> {
  const closed: NotHere[] = [];
  for (const way of ways) {
    try {
      const found = await way();
      // A PostgreSQL out of an npm package is a real one; what stands in for Redis and Kafka is not.
      if (requireReal && found.address === null) break;
      return found;
    } catch (error) {
      if (!(error instanceof NotHere)) throw error;
      closed.push(error);
    }
  }
  throw new BackingUnavailable([
    `${name} is required and cannot be had:`,
    ...(closed.length > 0
      ? closed.map(({ why, remedy }) => `  - ${why}; ${remedy}`)
      : ['  - ONETHING_BACKING_FORCE_EMBEDDED=1 allows embedded services only; unset it']),
  ]);
}

function withoutPassword(address: string): string {
  return address.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:***@');
}
