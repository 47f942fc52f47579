import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { KafkaEventLog } from '@app/messaging';
import { createTestDatabase, testServices, uniquePrefix, until, type TestDatabase } from '@app/testing';
import { GROUP_TIMES } from '../src/kafka/kafka-group.js';
import { FAULTLESS, judge, watchLeases } from './judge.js';
import { addSacks, countSacks, migrateToys, MILL_ACTOR, startToys, type Handle, type Toys } from './toy.js';

jest.setTimeout(120_000);

const SESSION_MS = 6_000;

/** What only happens with a broker: members that come and go, slices longer than a session, an outbox that must keep up. */
const { kafkaBrokers } = testServices();
(kafkaBrokers ? describe : describe.skip)('the event log on Kafka', () => {
  let database: TestDatabase;
  let topicPrefix: string;
  let running: Toys[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    await migrateToys(database.url);
    await watchLeases(database);
    topicPrefix = uniquePrefix();
  });
  afterEach(async () => {
    await Promise.all(running.map((toys) => toys.stop()));
    running = [];
    await database.drop();
  });

  async function start(options: Parameters<typeof startToys>[2] = {}): Promise<Toys> {
    const log = new KafkaEventLog({
      brokers: kafkaBrokers!,
      topicPrefix,
      topics: { partitions: 4, replication: 1 },
      oneGroup: null,
      groupTimes: { ...GROUP_TIMES, sessionMs: SESSION_MS, heartbeatMs: 1000 },
      onStuck: (group) => {
        throw new Error(`${group} is stuck`);
      },
    });
    const toys = await startToys(database.url, log, options);
    running.push(toys);
    return toys;
  }
  const settled = () =>
    until(
      async () => `everything to arrive: ${JSON.stringify(await judge(database))}`,
      async () => (await judge(database)).lost === 0,
      { timeoutMs: 60_000 },
    );

  it('keeps its partitions through a slice that takes longer than a session, and commits once', async () => {
    let handled = 0;
    const slow: Handle = async (events, slice) => {
      handled += 1;
      await countSacks(events, slice);
      // Statements keep coming, so the transaction is slow and not idle.
      for (let n = 0; n < 8; n += 1) await slice.tx.query('select pg_sleep(1)');
    };
    const toys = await start({ handle: slow });
    await toys.fill(randomUUID(), [1]);
    await settled();
    expect(handled).toBe(1);
    expect(await judge(database)).toEqual(FAULTLESS);
  });

  it('loses and doubles nothing when members come and go in the middle of slices', async () => {
    const slowly: Handle = async (events, slice) => {
      await countSacks(events, slice);
      await slice.tx.query('select pg_sleep(0.3)');
    };
    const people = Array.from({ length: 12 }, () => randomUUID());
    const first = await start({ handle: slowly });
    let number = 0;
    let filling = true;
    const load = (async () => {
      while (filling) {
        number += 1;
        await Promise.all(people.map((person) => first.fill(person, [number])));
      }
    })();
    const second = await start({ services: ['bakery'], handle: slowly });
    const third = await start({ services: ['bakery'], handle: slowly });
    running = [first, third];
    await second.stop();
    filling = false;
    await load;
    await settled();
    expect(await judge(database)).toEqual(FAULTLESS);
  });

  it('finishes the slice in hand when it is told to stop, and hands on a position behind it', async () => {
    let handled = 0;
    const slow: Handle = async (events, slice) => {
      handled += 1;
      await countSacks(events, slice);
      await slice.tx.query('select pg_sleep(1)');
    };
    const first = await start({ handle: slow });
    await first.fill(randomUUID(), [1]);
    await until('a slice in hand', () => handled === 1);
    running = [];
    await first.stop();
    expect(await judge(database)).toEqual(FAULTLESS);
    const second = await start({ handle: slow });
    await second.fill(randomUUID(), [2]);
    await settled();
    expect(handled).toBe(2);
  });

  it('cuts facts that together are more than a broker takes into several sends', async () => {
    const toys = await start();
    const person = randomUUID();
    await toys.mill.transaction(MILL_ACTOR, async (tx) => {
      const sacks = await addSacks(
        tx,
        Array.from({ length: 20 }, (_, n) => n),
      );
      // 5 MiB for one key, where a topic takes 4 MiB in one batch.
      toys.outbox.append(
        tx,
        sacks.map((sack) => ({
          type: 'mill.sack.filled.v1',
          topic: 'mill.sack',
          key: person,
          divisionCode: '338801000000',
          data: { personId: person, divisionCode: '338801000000', ...sack, filler: '米'.repeat(85_000) },
        })),
      );
    });
    await settled();
    expect(await judge(database)).toEqual(FAULTLESS);
  });

  it('publishes while it cannot get at the partitions, and makes them later', async () => {
    const partitions = async () =>
      (await database.query(`select from pg_inherits where inhparent = 'mill.outbox_messages'::regclass`))
        .length;
    const [last] = await database.query<{ name: string }>(
      `select max(inhrelid::regclass::text) as name from pg_inherits where inhparent = 'mill.outbox_messages'::regclass`,
    );
    const before = await partitions();
    await database.query(`drop table ${last!.name}`);
    const writer = new pg.Client({ connectionString: database.url });
    await writer.connect();
    await writer.query('begin; lock table mill.outbox_messages in row exclusive mode');
    const toys = await start();
    await toys.fill(randomUUID(), [1]);
    await settled();
    expect(await partitions()).toBe(before - 1);
    await writer.end();
    running = [];
    await toys.stop();
    await start();
    // A busy machine may keep the lock from it once more; then it tries again after a minute.
    await until('the partition', async () => (await partitions()) === before, { timeoutMs: 90_000 });
  }, 150_000);

  it('keeps the relay young through a long write in chunks, and shows its age when one transaction is long', async () => {
    const toys = await start();
    const person = randomUUID();
    let number = 0;
    const oldestDuring = async (work: Promise<unknown>): Promise<number> => {
      let oldest = 0;
      let busy = true;
      const done = work.finally(() => (busy = false));
      while (busy) {
        number += 1;
        await toys.fill(person, [number]);
        const [mill] = await toys.runtime.status();
        oldest = Math.max(oldest, mill!.unpublished!.oldestSeconds);
      }
      await done;
      return oldest;
    };
    const elsewhere = new pg.Client({ connectionString: database.url });
    await elsewhere.connect();
    const chunked = async () => {
      for (let chunk = 0; chunk < 20; chunk += 1) {
        await elsewhere.query(
          `begin; insert into inn.received (person_id, sack_id, number)
             select gen_random_uuid(), gen_random_uuid(), n from generate_series(1, 2000) n;
           select pg_sleep(0.2); commit`,
        );
      }
    };
    expect(await oldestDuring(chunked())).toBeLessThan(2);
    const long = await oldestDuring(
      elsewhere.query('begin; select pg_current_xact_id(); select pg_sleep(4); commit'),
    );
    expect(long).toBeGreaterThan(2);
    await elsewhere.end();
    await settled();
    expect(await judge(database)).toEqual(FAULTLESS);
  });
});
