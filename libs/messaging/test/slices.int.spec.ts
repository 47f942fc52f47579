import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EventDefinition } from '@app/contracts';
import { createTestDatabase, DirectEventLog, send, until, type TestDatabase } from '@app/testing';
import { countSacks, DIVISION, migrateToys, sackFilled, startToys, type Handle, type Toys } from './toy.js';

jest.setTimeout(60_000);

/** How a service handles slices that go wrong; each slice is the test's own. */
describe('a slice', () => {
  let database: TestDatabase;
  let toys: Toys;
  let direct: DirectEventLog;

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrateToys(database.url);
  });
  afterEach(async () => {
    await toys.stop();
    await database.query(
      'truncate bakery.received, bakery.inbox_messages, bakery.parked_messages, bakery.delivery_attempts',
    );
  });
  afterAll(() => database.drop());

  async function start(handle: Handle): Promise<void> {
    direct = new DirectEventLog();
    toys = await startToys(database.url, direct, { services: ['bakery'], handle });
  }
  const sack = (personId: string, number: number, event: EventDefinition<SackData> = sackFilled) =>
    send(event.of({ personId, divisionCode: DIVISION, sackId: randomUUID(), number }));
  type SackData = { personId: string; divisionCode: string; sackId: string; number: number };
  const numbers = async () =>
    (await database.query<{ number: number }>('select number from bakery.received order by number')).map(
      ({ number }) => number,
    );
  const parked = () =>
    database.query<{ state: string; error: string }>(
      'select state, error from bakery.parked_messages order by id',
    );
  const withCode = (code: string) => Object.assign(new Error(`error ${code}`), { code });
  const persons = (count: number) => Array.from({ length: count }, () => randomUUID());

  it('that is too slow for its time-outs is halved until it is quick enough', async () => {
    const sizes: number[] = [];
    await start(async (events, slice) => {
      sizes.push(events.length);
      if (events.length > 50) throw withCode('57014');
      await countSacks(events, slice);
    });
    await direct.deliver(
      'bakery',
      persons(200).map((person, n) => sack(person, n)),
    );
    expect(await numbers()).toHaveLength(200);
    expect(await parked()).toEqual([]);
    expect(sizes.filter((size) => size <= 50)).toEqual([50, 50, 50, 50]);
  });

  it('that loses its connection again and again, though the database answers, is halved too', async () => {
    let failures = 0;
    await start(async (events, slice) => {
      if (events.some(({ data }) => data.number === 3)) {
        failures += 1;
        throw withCode('25P03');
      }
      await countSacks(events, slice);
    });
    await direct.deliver(
      'bakery',
      persons(2).map((person, n) => sack(person, n + 2)),
    );
    expect(await numbers()).toEqual([2]);
    expect((await parked()).map(({ state }) => state)).toEqual(['failed']);
    expect(failures).toBeGreaterThan(10);
  });

  it('waits as long as the database is away, and parks nothing for that', async () => {
    let away = true;
    let tries = 0;
    await start(async (events, slice) => {
      tries += 1;
      if (away) {
        await database.query('alter role bakery_app connection limit 0');
        throw withCode('57P01');
      }
      await countSacks(events, slice);
    });
    const delivered = direct.deliver('bakery', [sack(randomUUID(), 1)]);
    await until('two tries', () => tries >= 2);
    away = false;
    await database.query('alter role bakery_app connection limit -1');
    await delivered;
    expect(await numbers()).toEqual([1]);
    expect(await parked()).toEqual([]);
  });

  it('keeps an error with half a character and a NUL readable', async () => {
    await start(() =>
      Promise.reject(new Error(`\0${'x'.repeat(3990 - 'Error: '.length)}${'😀'.repeat(20)}`)),
    );
    await direct.deliver('bakery', [sack(randomUUID(), 1)]);
    expect((await parked()).map(({ state }) => state)).toEqual(['failed']);
  });

  it('handles every message of 200 once when one of them is bad, in order for its neighbours', async () => {
    let slices = 0;
    await start(async (events, slice) => {
      slices += 1;
      await countSacks(events, slice);
      if (events.some(({ data }) => data.number === 77)) throw new Error('cannot count 77');
    });
    await direct.deliver(
      'bakery',
      persons(200).map((person, n) => sack(person, n)),
    );
    expect(await numbers()).toEqual(Array.from({ length: 200 }, (_, n) => n).filter((n) => n !== 77));
    expect(await parked()).toHaveLength(1);
    // Bisected: far fewer transactions than messages.
    expect(slices).toBeLessThan(25);
  });

  it('leaves no note of what was in hand once it is through', async () => {
    await start(countSacks);
    await direct.deliver('bakery', [sack(randomUUID(), 1)]);
    expect(await database.query('select from bakery.delivery_attempts')).toEqual([]);
  });
});
