import { randomUUID } from 'node:crypto';
import type { EventLog } from '@app/messaging';
import { createTestDatabase, until, type TestDatabase } from '@app/testing';
import { countSacks, migrateToys, millStopped, startToys, type Handle, type Toys } from './toy.js';

/** What every driver of the event log must do; both drivers run it. */
export function eventLogFeatures(createLog: () => EventLog): void {
  let database: TestDatabase;
  let toys: Toys | null = null;

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrateToys(database.url);
  });
  afterEach(async () => {
    await toys?.stop();
    toys = null;
    await database.query('truncate bakery.received, bakery.inbox_messages, bakery.parked_messages');
  });
  afterAll(() => database.drop());

  const received = (personId: string) =>
    database
      .query<{ number: number }>('select number from bakery.received where person_id = $1 order by place', [
        personId,
      ])
      .then((rows) => rows.map((row) => row.number));
  const arrived = (personId: string, count: number) =>
    until(
      async () => `${count} sacks of ${personId}, has ${JSON.stringify(await received(personId))}`,
      async () => (await received(personId)).length >= count,
    );

  it('carries facts once and in order per key', async () => {
    toys = await startToys(database.url, createLog());
    const people = [randomUUID(), randomUUID(), randomUUID()];
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    for (let n = 0; n < 40; n += 4) {
      await Promise.all(people.map((person) => toys!.fill(person, numbers.slice(n, n + 4))));
    }
    for (const person of people) {
      await arrived(person, 40);
      expect(await received(person)).toEqual(numbers);
    }
  });

  it('goes on after a restart where it was', async () => {
    const person = randomUUID();
    toys = await startToys(database.url, createLog());
    await toys.fill(person, [1, 2]);
    await arrived(person, 2);
    await toys.stop();
    toys = await startToys(database.url, createLog());
    await toys.fill(person, [3]);
    await arrived(person, 3);
    expect(await received(person)).toEqual([1, 2, 3]);
  });

  it('has one effect when a fact is delivered twice', async () => {
    const person = randomUUID();
    toys = await startToys(database.url, createLog());
    await toys.fill(person, [1]);
    await arrived(person, 1);
    await toys.stop();
    // Set back, the cursors deliver everything a second time.
    await database.query(
      `update mill.outbox_relays set cursor_xid = '0', cursor_id = 0, cursor_at = '-infinity'`,
    );
    await database.query(
      `update bakery.log_cursors set cursor_xid = '0', cursor_id = 0, cursor_at = '-infinity'`,
    );
    toys = await startToys(database.url, createLog());
    await toys.fill(person, [2]);
    await arrived(person, 2);
    expect(await received(person)).toEqual([1, 2]);
  });

  it('publishes a window of time again, and nothing has a second effect', async () => {
    const person = randomUUID();
    toys = await startToys(database.url, createLog());
    const from = new Date(Date.now() - 60_000);
    await toys.fill(person, [1, 2, 3]);
    await arrived(person, 3);
    const [before] = await database.query<{ count: number }>(
      `select count(distinct message_id)::int as count from mill.outbox_messages where created_at >= $1`,
      [from],
    );
    expect(
      await toys.runtime.log.republish('mill', from, new Date(Date.now() + 60_000), null),
    ).toBeGreaterThanOrEqual(before!.count);
    await toys.fill(person, [4]);
    await arrived(person, 4);
    expect(await received(person)).toEqual([1, 2, 3, 4]);
  });

  it('tries a fact again that failed once, and then has its effect once', async () => {
    const person = randomUUID();
    let failures = 0;
    const failsOnce: Handle = async (events, slice) => {
      await countSacks(events, slice);
      if (failures++ === 0) throw new Error('an accident of this one time');
    };
    toys = await startToys(database.url, createLog(), { handle: failsOnce });
    await toys.fill(person, [1, 2, 3]);
    await arrived(person, 3);
    expect(await received(person)).toEqual([1, 2, 3]);
    expect(await toys.runtime.parkedIn('bakery')!.list()).toEqual([]);
  });

  it('parks what cannot be handled, keeps later facts of that key behind it, and lets stop facts and others pass', async () => {
    const [ill, well] = [randomUUID(), randomUUID()];
    let broken = true;
    const handle: Handle = async (events, slice) => {
      if (broken && events.some((event) => event.data.number === 13))
        throw new Error('cannot count thirteen');
      await countSacks(events, slice);
    };
    toys = await startToys(database.url, createLog(), { handle });
    await toys.fill(ill, [12, 13, 14]);
    await toys.fill(well, [1, 2]);
    await toys.fill(ill, [15]);
    await toys.fill(ill, [99], millStopped);
    await arrived(well, 2);
    await arrived(ill, 2);
    expect(await received(ill)).toEqual([12, 99]);

    const parked = toys.runtime.parkedIn('bakery')!;
    await until('three parked messages', async () => (await parked.list()).length === 3);
    expect((await parked.list()).map(({ state, reason, key }) => ({ state, reason, key }))).toEqual([
      { state: 'failed', reason: 'handler-failed', key: ill },
      { state: 'waiting', reason: 'behind-parked', key: ill },
      { state: 'waiting', reason: 'behind-parked', key: ill },
    ]);

    const operator = { id: 'olivia', role: 'operator' };
    const inVain = await parked.replay(operator, { dryRun: false });
    expect(inVain.map(({ outcome }) => outcome)).toEqual(['failed']);
    broken = false;
    const tried = await parked.replay(operator, { dryRun: true });
    expect(tried.map(({ outcome }) => outcome)).toEqual(['would-apply', 'would-apply', 'would-apply']);
    // Each counts one sack, and tells nobody; what delivery writes of itself is no effect.
    expect(tried.map(({ effect }) => effect)).toMatchObject(
      [1, 1, 1].map((added) => ({ added, changed: 0, removed: 0, told: [] })),
    );
    expect(inVain[0]!.effect).toBeNull();
    expect(await received(ill)).toEqual([12, 99]);
    const replayed = await parked.replay(operator, { dryRun: false });
    expect(replayed.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(await received(ill)).toEqual([12, 99, 13, 14, 15]);
    expect(await parked.list()).toEqual([]);
  });

  it('lets what waits go on when the message before it is given up with a reason', async () => {
    const person = randomUUID();
    const handle: Handle = async (events, slice) => {
      if (events.some((event) => event.data.number === 13)) throw new Error('cannot count thirteen');
      await countSacks(events, slice);
    };
    toys = await startToys(database.url, createLog(), { handle });
    await toys.fill(person, [13, 14]);
    const parked = toys.runtime.parkedIn('bakery')!;
    const [failed] = await until('two parked messages', async () => {
      const list = await parked.list();
      return list.length === 2 ? list : null;
    });
    await parked.dismiss({ id: 'olivia', role: 'operator' }, failed!.id, 'the sack was empty');
    expect(await received(person)).toEqual([14]);
    const [row] = await database.query(
      'select state, done_by, note from bakery.parked_messages where id = $1',
      [failed!.id],
    );
    expect(row).toEqual({ state: 'dismissed', done_by: 'olivia', note: 'the sack was empty' });
  });

  it('waits for a transaction that took its number early and commits late', async () => {
    const person = randomUUID();
    toys = await startToys(database.url, createLog());
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const early = toys.mill.transaction({ id: 'test', role: 'service', scope: 'service' }, async (tx) => {
      await tx.query('insert into sacks (id, number) values ($1, 0)', [randomUUID()]);
      await held;
    });
    await until('an open transaction with a number', async () => {
      const [row] = await database.query<{ open: boolean }>(
        `select exists (select from pg_stat_activity where backend_xid is not null and datname = current_database()) as open`,
      );
      return row!.open;
    });
    await toys.fill(person, [1]);
    // It is visible to everybody, and yet must not pass: what the open transaction appends may belong before it.
    expect(await database.query('select 1 from mill.outbox_messages where key = $1', [person])).toHaveLength(
      1,
    );
    finish();
    await early;
    await arrived(person, 1);
    expect(await received(person)).toEqual([1]);
  });
}
