import { startService, testServices, until, type ServiceUnderTest } from '@app/testing';
import { MessagingRuntime } from '@app/messaging';
import { shanghaiDay } from '@app/kernel';
import { Redis } from 'ioredis';
import { join } from 'node:path';
import { allMigrations, allModules } from '../../apps/all-in-one/src/services.js';
import { Office, type SeenCase } from '../../apps/cli/src/demo/office.js';
import type { DemoCard, DemoPerson } from '../../apps/cli/src/demo/demo-person.js';
import { SeededRandom } from '../../apps/cli/src/demo/random.js';
import { determineSlowly, type SlowSubject } from '../../apps/cli/src/demo/slow-evaluator.js';
import { Sql } from '../../apps/cli/src/demo/sql.js';
import { Teller } from '../../apps/cli/src/demo/story.js';
import { arrive, type Newcomer, type Wanted } from '../../apps/cli/src/demo/stories/newcomer.js';
import type { Scene } from '../../apps/cli/src/demo/stories/scene.js';
import type { RunState } from '../../apps/cli/src/installation/run-state.js';
import { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { services } from '../../apps/cli/src/services.js';

const ROOT = join(import.meta.dirname, '..', '..');
export const CATALOGUE = join(ROOT, 'libs', 'catalogue');

/** What lets a whole county sign in from one machine without authenticators. */
const SIGN_IN_SETTINGS = {
  SECOND_FACTOR: 'optional',
  SIGN_IN_PER_MINUTE: '100000',
  GATEWAY_PER_MINUTE: '100000',
};

/** Where a case runs, or may still come to run. */
const LIVE = ['invited', 'listed', 'open', 'deciding', 'waiting', 'granted', 'handed-over'];

export const schemas = services.map(({ name }) => name.replaceAll('-', '_'));

/** The whole house in this process, with the people who work in it. */
export interface House {
  readonly service: ServiceUnderTest;
  readonly system: RunningSystem;
  readonly office: Office;
  readonly teller: Teller;
  readonly sql: Sql;
  readonly scene: Scene;
  readonly today: string;
  stop(): Promise<void>;
}

export async function startHouse(
  log: 'kafka' | 'postgres' | 'direct',
  systemOf: (state: RunState, signer: ServiceUnderTest['signer']) => RunningSystem = (state, signer) =>
    new RunningSystem(state, signer),
): Promise<House> {
  // The portal's server of a test signs everybody in, as often as it likes.
  Object.assign(process.env, SIGN_IN_SETTINGS);
  const service = await startService({
    name: 'all-in-one',
    modules: allModules,
    migrated: allMigrations,
    log,
  });
  const source = { source: 'environment', detail: '' } as const;
  const system = systemOf(
    {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      mode: 'all-in-one',
      pids: {},
      services: Object.fromEntries(services.map(({ name }) => [name, service.url])),
      databaseUrl: service.database.url,
      redisUrl: service.config.REDIS_URL ?? null,
      kafkaBrokers: log === 'kafka' ? (service.config.KAFKA_BROKERS ?? null) : null,
      keys: '',
      logs: '',
      backing: { postgres: source, redis: source, kafka: source },
    },
    service.signer,
  );
  const today = shanghaiDay(service.clock.now());
  const teller = new Teller(() => undefined);
  const sql = new Sql(system.state.databaseUrl);
  const office = new Office(system, teller, today);
  const scene: Scene = {
    teller,
    office,
    system,
    random: new SeededRandom(31_415),
    sql,
    today,
    catalogue: CATALOGUE,
    clocks: join(ROOT, 'libs', 'clocks'),
  };
  return {
    service,
    system,
    office,
    teller,
    sql,
    scene,
    today,
    stop: async () => {
      await sql.close();
      await service.stop();
    },
  };
}

/** Kafka where there is one. */
export const bestLog = () => (testServices().kafkaBrokers ? 'kafka' : 'postgres');

/** Every consumer of the house with the types that it reads, as they were given to the log. */
let readers: readonly { consumer: string; type: string }[] = [];

const start = MessagingRuntime.prototype.start;
MessagingRuntime.prototype.start = function (this: MessagingRuntime, consumers) {
  readers = consumers.flatMap(({ name, events }) => events.map(({ type }) => ({ consumer: name, type })));
  return start.call(this, consumers);
};

/** How many facts a reader has neither handled nor parked. */
async function onTheWay(sql: Sql): Promise<number> {
  const overAll = (columns: string, table: string) =>
    schemas.map((schema) => `select ${columns} from ${schema}.${table}`).join(' union all ');
  const row = await sql.one<{ missing: number }>(
    `with facts as (${overAll('message_id, type', 'outbox_messages')}),
          done as (${overAll('consumer, message_id', 'inbox_messages')} union all ${overAll('consumer, message_id', 'parked_messages')})
     select count(*)::int as missing from facts join unnest($1::text[], $2::text[]) as reader (consumer, type) using (type)
     where not exists (select from done where done.consumer = reader.consumer and done.message_id = facts.message_id)`,
    [readers.map(({ consumer }) => consumer), readers.map(({ type }) => type)],
  );
  return row!.missing;
}

/** Waits until nothing is on its way any more: what is handled appends what follows in the same transaction. */
export async function settled({ service, sql }: House): Promise<void> {
  await until(
    async () => `nothing on its way: ${JSON.stringify(await service.get(MessagingRuntime).status())}`,
    async () => (await onTheWay(sql)) === 0,
    { timeoutMs: 120_000, everyMs: 50 },
  );
}

export interface Parked {
  readonly service: string;
  readonly consumer: string;
  readonly reason: string;
  readonly error: string;
}

export function parked({ sql }: House): Promise<Parked[]> {
  return sql.rows<Parked>(
    schemas
      .map(
        (schema) =>
          `select '${schema}' as service, consumer, reason, error from ${schema}.parked_messages where state in ('failed', 'waiting')`,
      )
      .join(' union all '),
  );
}

/** Somebody whose circumstances leave much to be entitled to, and much to be lost. */
export const CIRCUMSTANCES = {
  'aid.dibao': true,
  'aid.dibian': false,
  'aid.tekun': false,
  'allowance.work-injury-nursing': false,
  'allowance.orphan': false,
  'care.long-term-need': true,
  'care.residential': false,
} as const;

const workingAge = ({ birthDate }: DemoPerson) => birthDate > '1968-01-01' && birthDate < '1995-01-01';

/** A newcomer with a card, after the chain has begun. */
export async function resident(
  house: House,
  wanted: Wanted & { grade?: 1 | 2 | 3 | 4 } = {},
): Promise<Newcomer> {
  const newcomer = await arrive(house.scene, {
    fits: workingAge,
    disability: physical(wanted.grade ?? 1),
    facts: CIRCUMSTANCES,
    ...wanted,
  });
  await house.teller.until('the chain has begun', async () => {
    const { rounds } = await house.office.chain(newcomer.personId);
    return rounds.length > 0;
  });
  await settled(house);
  return newcomer;
}

export function physical(grade: 1 | 2 | 3 | 4): Pick<DemoCard, 'category' | 'grade' | 'components'> {
  return { category: 'physical', grade, components: [{ category: 'physical', grade }] };
}

export function cardOf(today: string, grade: 1 | 2 | 3 | 4): NonNullable<SlowSubject['card']> {
  return { ...physical(grade), issuedOn: today, validTo: '9999-12-31' };
}

/** A person as the second evaluator needs them. */
export function subjectOf(
  house: House,
  { person, disability, facts }: Newcomer,
  change: Partial<SlowSubject> = {},
): SlowSubject {
  return {
    birthDate: person.birthDate,
    sex: person.sex,
    divisionCode: person.villageCode,
    card: { ...disability, issuedOn: house.today, validTo: '9999-12-31' },
    facts,
    household: null,
    ...change,
  };
}

/** What the person is entitled to, by the second evaluator. */
export function due(house: House, subject: SlowSubject): string[] {
  return determineSlowly(CATALOGUE, subject, house.today)
    .filter(({ outcome }) => outcome === 'entitled')
    .map(({ id }) => id)
    .sort();
}

/** The items of which a case of the person runs or may come to run. */
export async function running(house: House, personId: string): Promise<string[]> {
  const cases = await house.office.casesOf(personId);
  return [...new Set(cases.filter(({ status }) => LIVE.includes(status)).map(({ itemId }) => itemId))].sort();
}

export async function onHold(house: House, personId: string): Promise<(SeenCase & { owner: string })[]> {
  return (await house.office.casesOf(personId)).filter(({ status }) => status === 'held');
}

/** `item status` of every case, the withdrawn ones aside. */
export async function standing(house: House, personId: string): Promise<string[]> {
  return (await house.office.casesOf(personId))
    .filter(({ status }) => status !== 'withdrawn')
    .map(({ itemId, status }) => `${itemId} ${status}`)
    .sort();
}

/** Grants everything that waits for somebody. */
export async function grantAll(house: House, personId: string): Promise<void> {
  for (const each of await house.office.casesOf(personId)) {
    if (each.task && LIVE.includes(each.status)) await house.office.work(each.owner, each.caseId, 'granted');
  }
  await settled(house);
}

/** A statement over every column of every table of the house's schemas. */
export async function everyColumn(sql: Sql): Promise<{ place: string; text: string }[]> {
  const columns = await sql.rows<{ schema: string; table: string; column: string; type: string }>(
    `select c.table_schema as schema, c.table_name as "table", c.column_name as "column", c.udt_name as type
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where t.table_type = 'BASE TABLE' and c.table_schema = any($1)`,
    [schemas],
  );
  const found: { place: string; text: string }[] = [];
  for (const { schema, table, column, type } of columns) {
    const value = type === 'bytea' ? `encode("${column}", 'escape')` : `"${column}"::text`;
    const [row] = await sql.rows<{ text: string | null }>(
      `select string_agg(${value}, E'\\n') as text from ${schema}."${table}" where "${column}" is not null`,
    );
    if (row?.text) found.push({ place: `${schema}.${table}.${column}`, text: row.text });
  }
  return found;
}

/** Every key under the queues' prefix, with what it holds. */
export async function everyKey(
  url: string | undefined,
  prefix: string,
): Promise<{ place: string; text: string }[]> {
  if (!url) return [];
  const redis = new Redis(url);
  try {
    const keys = await redis.keys(`${prefix}*`);
    const read: Record<string, (key: string) => Promise<unknown>> = {
      string: (key) => redis.get(key),
      hash: (key) => redis.hgetall(key),
      list: (key) => redis.lrange(key, 0, -1),
      set: (key) => redis.smembers(key),
      zset: (key) => redis.zrange(key, 0, -1),
      stream: (key) => redis.xrange(key, '-', '+'),
    };
    return await Promise.all(
      keys.map(async (key) => {
        const value = await read[await redis.type(key)]?.(key);
        return { place: `redis ${key}`, text: `${key} ${JSON.stringify(value)}` };
      }),
    );
  } finally {
    redis.disconnect();
  }
}
