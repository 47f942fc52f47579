import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { untilOutboxHasRoom } from '@app/messaging';
import { createTestDatabase, DirectEventLog, until, type TestDatabase } from '@app/testing';
import { MILL_ACTOR, migrateToys, startToys, type Toys } from './toy.js';

describe('a mass write', () => {
  let database: TestDatabase;
  let toys: Toys;

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrateToys(database.url);
    toys = await startToys(database.url, new DirectEventLog(), { services: ['mill'] });
    await toys.fill(randomUUID(), [1]);
    await database.query(`update mill.outbox_messages set created_at = created_at - interval '10 seconds'`);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await toys.stop();
    await database.drop();
  });

  /** Begins to wait. */
  function waiting() {
    const looks = jest.spyOn(toys.mill, 'query');
    let isOver = false;
    const over = untilOutboxHasRoom(toys.mill, MILL_ACTOR).then(() => (isOver = true));
    return { looks: () => looks.mock.calls.length, isOver: () => isOver, over };
  }
  const relay = (lease: string, cursor: string) =>
    database.query(
      `update mill.outbox_relays set lease_until = ${lease}, cursor_xid = ${cursor}, cursor_at = clock_timestamp()`,
    );
  const AT_WORK = `clock_timestamp() + interval '1 minute'`;
  const BEHIND = `'0'`;
  const PAST = 'pg_snapshot_xmax(pg_current_snapshot())';

  it('waits for nothing where no relay is at work', async () => {
    await relay(`'-infinity'`, BEHIND);
    const { looks, over } = waiting();
    await over;
    expect(looks()).toBe(1);
  });

  it('waits until the relay has sent what was told before', async () => {
    await relay(AT_WORK, BEHIND);
    const { looks, isOver, over } = waiting();
    await until('some looks', () => looks() > 3, { everyMs: 5 });
    expect(isOver()).toBe(false);
    await relay(AT_WORK, PAST);
    await over;
    const before = looks();
    await untilOutboxHasRoom(toys.mill, MILL_ACTOR);
    expect(looks() - before).toBe(1);
  });

  it('goes on after a while though the relay stands still: what it tells is kept', async () => {
    await relay(AT_WORK, BEHIND);
    const { looks, over } = waiting();
    await over;
    expect(looks()).toBeGreaterThan(3);
  });
});
