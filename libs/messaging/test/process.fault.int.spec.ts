import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { serviceActor } from '@app/access';
import { Database } from '@app/platform';
import { Outbox } from '@app/messaging';
import {
  createTestDatabase,
  serviceLogin,
  testServices,
  uniquePrefix,
  until,
  type TestDatabase,
} from '@app/testing';
import { FAULTLESS, judge, watchLeases } from './judge.js';
import { addSacks, DIVISION, migrateToys, sackFilled, type ToyService } from './toy.js';
import { startToyProcess, type ToyProcess, type ToyProcessOptions } from './toy-process.js';

jest.setTimeout(240_000);

/** Bounds are three times the goal, because CI machines are slow; the figures themselves are printed. */
const GOAL_MS = { kill: 12_000, cleanRestart: 3_000, frozen: 15_000 };
const SLACK = 3;

const { kafkaBrokers } = testServices();
(kafkaBrokers ? describe : describe.skip)('processes that are killed, ended and frozen', () => {
  let database: TestDatabase;
  let topicPrefix: string;
  let processes: ToyProcess[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    await migrateToys(database.url);
    await watchLeases(database);
    topicPrefix = uniquePrefix();
  });
  afterEach(async () => {
    for (const one of processes) {
      if (one.alive) one.signal('SIGKILL');
      await one.exited;
    }
    processes = [];
    await database.drop();
  });

  async function start(
    services: readonly ToyService[],
    options: Partial<ToyProcessOptions> = {},
  ): Promise<ToyProcess> {
    const one = await startToyProcess({
      url: database.url,
      services,
      brokers: kafkaBrokers,
      topicPrefix,
      ...options,
    });
    processes.push(one);
    return one;
  }
  const counted = async (service: 'bakery' | 'inn') =>
    (await database.query<{ count: number }>(`select count(*)::int as count from ${service}.received`))[0]!
      .count;
  /** How long it takes until a service goes on counting. */
  async function untilProgress(service: 'bakery' | 'inn', timeoutMs: number): Promise<number> {
    const since = performance.now();
    const before = await counted(service);
    await until(`${service} to go on`, async () => (await counted(service)) > before, { timeoutMs });
    return performance.now() - since;
  }
  /** How long it takes until a service has everything that was filled before now, what a frozen process holds included. */
  async function untilCaughtUp(service: 'bakery' | 'inn', timeoutMs: number): Promise<number> {
    const since = performance.now();
    const filled = await database.query<{ id: string }>('select id from mill.sacks');
    const missing = () =>
      database.query(
        `select from unnest($1::uuid[]) as f (id) where not exists (select from ${service}.received r where r.sack_id = f.id)`,
        [filled.map(({ id }) => id)],
      );
    await until(`${service} to catch up`, async () => (await missing()).length === 0, { timeoutMs });
    return performance.now() - since;
  }
  const settled = (service: 'bakery' | 'inn') =>
    until(
      async () => `${service} to have everything: ${JSON.stringify(await judge(database, service))}`,
      async () => (await judge(database, service)).lost === 0,
      { timeoutMs: 60_000 },
    );
  const report = (what: string, ms: number, goalMs: number) =>
    process.stdout.write(`    ${what}: ${(ms / 1000).toFixed(1)} s (goal ${goalMs / 1000} s)\n`);

  it('goes on after kill -9 of the whole process, with nothing lost or doubled', async () => {
    const first = await start(['mill', 'bakery']);
    await first.load(60);
    await untilProgress('bakery', 20_000);
    first.signal('SIGKILL');
    await first.exited;
    const killedAt = performance.now();
    const before = await counted('bakery');
    const second = await start(['mill', 'bakery']);
    await second.load(60);
    await until('the bakery to go on', async () => (await counted('bakery')) > before, {
      timeoutMs: GOAL_MS.kill * SLACK,
    });
    report('kill -9 of a process', performance.now() - killedAt, GOAL_MS.kill);
    await second.load(0);
    await settled('bakery');
    expect(await judge(database)).toEqual(FAULTLESS);
  });

  it('pauses a service for a moment only when its process is ended and started again', async () => {
    const mill = await start(['mill']);
    const bakery = await start(['bakery']);
    await mill.load(60);
    await untilProgress('bakery', 20_000);
    bakery.signal('SIGTERM');
    await bakery.exited;
    const before = await counted('bakery');
    const endedAt = performance.now();
    await start(['bakery']);
    await until('the bakery to go on', async () => (await counted('bakery')) > before, {
      timeoutMs: GOAL_MS.cleanRestart * SLACK,
    });
    report('clean restart of a service', performance.now() - endedAt, GOAL_MS.cleanRestart);
    await mill.load(0);
    await settled('bakery');
    expect(await judge(database)).toEqual(FAULTLESS);
  });

  it('lets everybody else go on while a process is frozen inside a transaction, and takes it back', async () => {
    const frozen = await start(['bakery'], { trap: 'freeze' });
    const spare = await start(['bakery']);
    const others = await start(['mill', 'inn']);
    await others.load(60);
    await untilProgress('bakery', 20_000);
    await until('a process that stopped itself inside a transaction', async () => {
      // Not every key lies in a partition of the one that has the trap.
      await fillTrap();
      const rows = await database.query(
        `select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'
           and application_name = 'onething-bakery' and backend_xid is not null and state_change < now() - interval '300 ms'`,
      );
      return rows.length > 0;
    });
    const [inn, bakery] = await Promise.all([
      untilCaughtUp('inn', GOAL_MS.frozen * SLACK),
      untilCaughtUp('bakery', GOAL_MS.frozen * SLACK),
    ]);
    report('a frozen process: another service has everything filled so far', inn, GOAL_MS.frozen);
    report('a frozen process: so has its own, by a spare', bakery, GOAL_MS.frozen);
    frozen.signal('SIGCONT');
    // The load goes on while the woken process finds out that its transaction, lease and partitions are gone.
    await untilProgress('bakery', 30_000);
    await untilProgress('inn', 30_000);
    await others.load(0);
    await settled('bakery');
    await settled('inn');
    expect(await judge(database, 'bakery')).toEqual(FAULTLESS);
    expect(await judge(database, 'inn')).toEqual(FAULTLESS);
    expect([frozen.alive, others.alive, spare.alive]).toEqual([true, true, true]);
  });

  it('parks in the end a message that ends every process that handles it', async () => {
    const ill = randomUUID();
    await fillTrap(ill);
    let deaths = 0;
    for (; deaths < 8; deaths += 1) {
      // What the lease would make the next process wait for is not what this is about.
      await database.query(`update bakery.log_readers set lease_until = '-infinity'`);
      const one = await start(['bakery'], { brokers: null, trap: 'die' });
      const parked = () => database.query('select from bakery.parked_messages');
      await until('death or a parked message', async () => !one.alive || (await parked()).length > 0);
      if (one.alive) break;
    }
    // Once among others, three times alone.
    expect(deaths).toBe(4);
    expect(await database.query('select key, state, reason from bakery.parked_messages')).toEqual([
      { key: ill, state: 'failed', reason: 'ended-the-process' },
    ]);
    expect(await database.query('select from bakery.delivery_attempts')).toEqual([]);
  });

  /** A sack that springs the trap, filled past the mill's own process. */
  async function fillTrap(personId: string = randomUUID()): Promise<void> {
    const mill = new Database({
      service: 'mill',
      url: serviceLogin(database.url).url,
      poolSize: 1,
      logger: new Logger('mill'),
    });
    await mill.open();
    const outbox = new Outbox();
    await mill.transaction(serviceActor('mill'), async (tx) => {
      const [sack] = await addSacks(tx, [666]);
      outbox.append(tx, [sackFilled.of({ personId, divisionCode: DIVISION, ...sack! })]);
    });
    await mill.close();
  }
});
