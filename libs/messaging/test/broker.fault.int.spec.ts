import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBacking, type Backing } from '@app/backing';
import { KafkaEventLog } from '@app/messaging';
import { createTestDatabase, testServices, uniquePrefix, until, type TestDatabase } from '@app/testing';
import { FAULTLESS, judge, watchLeases } from './judge.js';
import { migrateToys, startToys, type Toys } from './toy.js';

jest.setTimeout(400_000);

const GOAL_MS = 45_000;
const SLACK = 3;

const { kafkaBrokers } = testServices();
(kafkaBrokers ? describe : describe.skip)('a broker that is killed', () => {
  let home: string;
  let backing: Backing;
  let database: TestDatabase;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'onething-broker-'));
    [backing, database] = await Promise.all([
      startBacking({ dir: home, only: ['kafka'], addresses: {}, requireReal: true }),
      createTestDatabase(),
    ]);
    await migrateToys(database.url);
    await watchLeases(database);
  });
  afterAll(async () => {
    await backing?.stop();
    await database?.drop();
    rmSync(home, { recursive: true, force: true });
  });

  it('keeps nobody from deciding, starting or ending, and delivery goes on by itself with nothing lost', async () => {
    const topicPrefix = uniquePrefix();
    const start = (services: Parameters<typeof startToys>[2], awaitReady = true) =>
      startToys(
        database.url,
        new KafkaEventLog({
          brokers: [backing.kafka.brokers!],
          topicPrefix,
          topics: { partitions: 4, replication: 1 },
          oneGroup: null,
          onStuck: (group) => {
            throw new Error(`${group} is stuck`);
          },
        }),
        { ...services, awaitReady },
      );
    const toys = await start({});
    const people = Array.from({ length: 10 }, () => randomUUID());
    let number = 0;
    const fill = (to: Toys = toys) => {
      number += 1;
      return Promise.all(people.map((person) => to.fill(person, [number])));
    };
    const counted = async () => (await database.query('select from bakery.received')).length;
    for (let n = 0; n < 20; n += 1) await fill();
    await until('sacks on their way', async () => (await counted()) > 0);

    await backing.kafka.kill('SIGKILL');
    const killedAt = performance.now();
    const before = await counted();
    // Decisions are safe in the outbox, whoever is away.
    for (let n = 0; n < 20; n += 1) await fill();
    // A process starts and ends while the broker is away.
    const late = await start({ services: ['inn'] }, false);
    const endsAt = performance.now();
    await late.stop();
    expect(performance.now() - endsAt).toBeLessThan(30_000);

    await backing.kafka.restart();
    await until('the bakery to go on', async () => (await counted()) > before, {
      timeoutMs: GOAL_MS * SLACK,
    });
    process.stdout.write(
      `    kill -9 of the broker: ${((performance.now() - killedAt) / 1000).toFixed(1)} s (goal ${GOAL_MS / 1000} s)\n`,
    );
    await fill();
    await until(
      async () => `everything to arrive: ${JSON.stringify(await judge(database))}`,
      async () => (await judge(database)).lost === 0,
      { timeoutMs: 60_000 },
    );
    await toys.stop();
    expect(await judge(database)).toEqual(FAULTLESS);
  });
});
