import { dirname, join } from 'node:path';
import type { ActorTokenSigner, Role } from '@app/access';
import { eventOfType, type NewEvent } from '@app/contracts';
import { KafkaEventLog, MessagingRuntime, PostgresEventLog, type EventLog } from '@app/messaging';
import { schemaOf, serviceUrl, type ProcessConfig } from '@app/platform';
import {
  createServiceApp,
  migrateServices,
  type MigratedService,
  type ServiceProcess,
} from '@app/service-host';
import { freePort } from '@app/backing';
import { DirectEventLog, send, type Sent } from './direct-event-log.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { TestClock } from './test-clock.js';
import { createTestKeys, testActor, type ActorOptions } from './test-keys.js';
import { testServices, uniquePrefix } from './test-services.js';

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  // Tests look into bodies by path; what is not there fails the expectation.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
  readonly headers: Headers;
}

/** A user of the service under test. */
export interface TestUser {
  get(path: string): Promise<Answer>;
  /** Of a case as it stands, if the headers do not say which version of it was looked at. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A file as the body, for imports. */
  upload(path: string, file: Buffer, contentType: string): Promise<Answer>;
}

/** One or more services in this process, on a database of their own, reached as their users reach them. */
export interface ServiceUnderTest {
  readonly url: string;
  readonly database: TestDatabase;
  readonly clock: TestClock;
  readonly config: ProcessConfig;
  /** The providers of the application, for what has no door of its own (a sweep). */
  get<Provided>(token: abstract new (...args: never[]) => Provided): Provided;
  as(role: Role, options?: ActorOptions): Promise<TestUser>;
  /** Without a token. */
  readonly anonymous: TestUser;
  /** Delivers facts in one slice and waits for their effects; only with the direct log. */
  deliver(service: string, ...events: (NewEvent | Sent)[]): Promise<void>;
  readonly direct: DirectEventLog;
  /** For clients that sign tokens of their own users. */
  readonly signer: ActorTokenSigner;
  /** Facts that a service appended, in order; each is checked against its contract. */
  published(service: string): Promise<{ type: string; key: string; data: Record<string, unknown> }[]>;
  stop(): Promise<void>;
}

export interface ServiceUnderTestOptions extends ServiceProcess {
  readonly migrated: readonly MigratedService[];
  /** `direct` (default): the test plays the neighbours. Others: the real drivers, for tests across services. */
  readonly log?: 'direct' | 'kafka' | 'postgres';
  /** Where the clock stands at first; see `TestClock.set`. */
  readonly now?: string;
  /** Settings in the place of the test's own. */
  readonly settings?: Partial<ProcessConfig>;
}

/** Migrates a fresh database, starts the services and listens on a free port. */
export async function startService(options: ServiceUnderTestOptions): Promise<ServiceUnderTest> {
  const { postgresUrl: _server, redisUrl, kafkaBrokers } = testServices();
  const [database, keys] = await Promise.all([createTestDatabase(), createTestKeys()]);
  const password = new URL(database.url).password || undefined;
  const queues = options.settings?.QUEUE_BACKEND ?? (redisUrl ? 'redis' : 'postgres');
  await migrateServices(
    options.migrated,
    { DATABASE_URL: database.url, SERVICE_DATABASE_PASSWORD: password, QUEUE_BACKEND: queues },
    () => undefined,
  );
  // Services must know where the portal's server publishes its keys before it listens.
  const port = options.migrated.some(({ service }) => service === 'workbench') ? await freePort() : 0;
  const config: ProcessConfig = {
    PORT: port,
    HOST: '127.0.0.1',
    DATABASE_URL: serviceUrl(database.url, password),
    DATABASE_POOL: 3,
    REDIS_URL: redisUrl ?? undefined,
    QUEUE_BACKEND: queues,
    QUEUE_PREFIX: uniquePrefix().replace('.', ''),
    EVENT_LOG: options.log === 'kafka' ? 'kafka' : 'postgres',
    KAFKA_BROKERS: kafkaBrokers?.join(','),
    TOPIC_PREFIX: uniquePrefix(),
    TOPIC_PARTITIONS: 4,
    TOPIC_REPLICATION: 1,
    ACTOR_JWKS_FILE: keys.jwksFile,
    ...(port === 0 ? {} : { ACTOR_JWKS_URL: `http://127.0.0.1:${port}/workbench/.well-known/jwks.json` }),
    DATA_KEYS_FILE: keys.dataKeysFile,
    BAD_ROWS_DAYS: 90,
    FILES_DIR: join(dirname(keys.dataKeysFile), 'files'),
    FILES_SCANNER: 'none',
    LOG_LEVEL: (process.env['TEST_LOG_LEVEL'] as ProcessConfig['LOG_LEVEL'] | undefined) ?? 'fatal',
    ...options.settings,
  };
  const clock = new TestClock(new Date());
  if (options.now) clock.set(options.now);
  const direct = new DirectEventLog();
  const app = await createServiceApp(options, config, { clock, eventLog: eventLog(options, config, direct) });
  await app.startAllMicroservices();
  await app.listen(port, '127.0.0.1');
  const url = await app.getUrl();
  if (options.log === 'kafka' || options.log === 'postgres') await app.get(MessagingRuntime).log.ready();
  return {
    url,
    database,
    clock,
    config,
    direct,
    signer: keys.signer,
    get: (token) => app.get(token as never, { strict: false }),
    as: async (role, actor) => userWith(url, await keys.signer.sign(testActor(role, actor))),
    anonymous: userWith(url, null),
    deliver: (service, ...events) =>
      direct.deliver(
        service,
        events.map((event) => ('id' in event ? event : send(event))),
      ),
    published: (service) => published(database, service),
    stop: async () => {
      await app.close();
      await database.drop();
    },
  };
}

function eventLog(options: ServiceUnderTestOptions, config: ProcessConfig, direct: DirectEventLog): EventLog {
  if (options.log === 'postgres') return new PostgresEventLog();
  if (options.log !== 'kafka') return direct;
  return new KafkaEventLog({
    brokers: config.KAFKA_BROKERS!.split(','),
    topicPrefix: config.TOPIC_PREFIX,
    topics: { partitions: config.TOPIC_PARTITIONS, replication: config.TOPIC_REPLICATION },
    oneGroup: options.modules.length > 1 ? options.name : null,
    onStuck: (group) => {
      throw new Error(`${group} is stuck`);
    },
  });
}

function userWith(url: string, token: string | null): TestUser {
  const call = async (
    method: string,
    path: string,
    body: Buffer | string | undefined,
    headers: Record<string, string>,
  ): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      body: body as BodyInit | undefined,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    });
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: json ? await response.json() : Buffer.from(await response.arrayBuffer()),
    };
  };
  return {
    get: (path) => call('GET', path, undefined, {}),
    post: (path, body = {}, headers = {}) =>
      call('POST', path, JSON.stringify(body), {
        'content-type': 'application/json',
        'if-match': '*',
        ...headers,
      }),
    upload: (path, file, contentType) =>
      call('POST', path, file, { 'content-type': contentType, 'if-match': '*' }),
  };
}

async function published(database: TestDatabase, service: string) {
  const rows = await database.query<{ type: string; key: string; data: Record<string, unknown> }>(
    `select type, key, payload as data from ${schemaOf(service)}.outbox_messages order by xid, id`,
  );
  for (const row of rows) {
    const definition = eventOfType(row.type);
    if (!definition) throw new Error(`${row.type} has no contract`);
    definition.schema.parse(row.data);
  }
  return rows;
}
