import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { CausedEvent, NewEvent } from '@app/contracts';
import { KafkaEventLog, Outbox, type LogMember, type ServiceConsumers } from '@app/messaging';
import { asRelay, type Database, type Tx } from '@app/platform';
import { createTestDatabase, testServices, uniquePrefix, until, type TestDatabase } from '@app/testing';
import { GROUP_TIMES, KafkaGroup } from '../src/kafka/kafka-group.js';
import { Lease, LEASE_SECONDS } from '../src/lease.js';
import {
  OutboxReader,
  type OutboxCursor,
  type OutboxPage,
  type OutboxRow,
} from '../src/outbox/outbox-reader.js';
import { RELAY_TIMES } from '../src/outbox/relay.js';
import { FAULTLESS, judge, watchLeases, type Verdict } from './judge.js';
import {
  addSacks,
  DIVISION,
  migrateToys,
  MILL_ACTOR,
  sackFilled,
  startToys,
  type Handle,
  type Toys,
} from './toy.js';

/**
 * Known-wrong variants of delivery, each made by replacing one class or one SQL object from outside. Every scenario is run
 * with the real parts, which the judge must find faultless, and with the defect, which it must find; judge and scenario are
 * the same for both.
 */

/** Parts of the log that a defect may replace. */
interface Parts {
  readonly reader: new (...args: ConstructorParameters<typeof OutboxReader>) => OutboxReader;
  readonly lease: new (...args: ConstructorParameters<typeof Lease>) => Lease;
  readonly group: new (...args: ConstructorParameters<typeof KafkaGroup>) => KafkaGroup;
  readonly outbox: (mill: Database) => Outbox;
}

const REAL: Parts = { reader: OutboxReader, lease: Lease, group: KafkaGroup, outbox: () => new Outbox() };

const ALL_SETTLED = 'true as settled';
const COLUMNS = `m.xid::text, m.id::text, message_id as "messageId", topic, key, type, payload::text,
  division_code as "divisionCode", actor_id as "actorId", actor_role as "actorRole", causation_id as "causationId", traceparent,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt"`;

/** Everything after the last id: an id that was taken early and is committed late is passed over. */
class ReadsAfterLastId extends OutboxReader {
  protected override select(cursor: OutboxCursor, limit: number) {
    return this.database.query<OutboxRow & { settled: boolean }>(
      this.actor,
      `select ${COLUMNS}, ${ALL_SETTLED} from ${this.source.schema}.outbox_messages m
       where m.id > $1::bigint order by m.id limit $2`,
      [cursor.id, limit],
    );
  }
}

/** Below the horizon, but in the order of ids: a lower id of a younger transaction is passed over. */
class ReadsBelowHorizonById extends OutboxReader {
  protected override select(cursor: OutboxCursor, limit: number) {
    return this.database.query<OutboxRow & { settled: boolean }>(
      this.actor,
      `select ${COLUMNS}, ${ALL_SETTLED} from ${this.source.schema}.outbox_messages m
       where m.id > $1::bigint and m.xid < pg_snapshot_xmin(pg_current_snapshot()) order by m.id limit $2`,
      [cursor.id, limit],
    );
  }
}

let reads = 0;
class CountedReader extends OutboxReader {
  override async read(cursor: OutboxCursor, limit: number, wide?: boolean): Promise<OutboxPage> {
    const page = await super.read(cursor, limit, wide);
    if (this.source.schema === 'mill') reads += 1;
    return page;
  }
}

/** Does not look again when rows were hidden by an open transaction: nobody wakes the relay when that one ends. */
class ForgetsHiddenRows extends CountedReader {
  override async read(cursor: OutboxCursor, limit: number, wide?: boolean): Promise<OutboxPage> {
    return { ...(await super.read(cursor, limit, wide)), hidden: false };
  }
}

/** Takes the lease whether it has run out or not. */
class GreedyLease extends Lease {
  override async claim(): Promise<boolean> {
    await this.database.query(
      this.actor,
      `update ${this.table} set holder = $2, lease_until = clock_timestamp() + make_interval(secs => $3) where name = $1`,
      [this.name, this.holder, LEASE_SECONDS],
    );
    return true;
  }
  override renew(): Promise<boolean> {
    return this.claim();
  }
  override get held(): boolean {
    return true;
  }
}

/** Commits the position before the effects. */
class CommitsOffsetFirst extends KafkaGroup {
  protected override async handleThenNote(handle: () => Promise<void>, note: () => void): Promise<void> {
    note();
    await this.commit();
    await handle();
  }
}

/** Writes the fact beside the transaction that decides it, so it is published even if that one is rolled back. */
class PublishesBeforeCommit extends Outbox {
  constructor(private readonly database: Database) {
    super();
  }
  override append(tx: Tx, events: readonly (NewEvent | CausedEvent)[]): void {
    void this.database.transaction(tx.actor, async (own) => super.append(own, events));
  }
}

/** A transaction that has written its fact, and whose commit the test holds back. */
interface Held {
  release(): Promise<void>;
}

jest.setTimeout(60_000);

const { kafkaBrokers } = testServices();
(kafkaBrokers ? describe : describe.skip)('a known-wrong delivery', () => {
  let database: TestDatabase;
  let running: Toys[] = [];
  let topicPrefix: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    await migrateToys(database.url);
    await watchLeases(database);
    topicPrefix = uniquePrefix();
    reads = 0;
  });
  afterEach(async () => {
    await Promise.all(running.map((toys) => toys.stop()));
    running = [];
    await database.drop();
  });

  async function start(
    parts: Parts,
    { handle, sweepMs = 1000 }: { handle?: Handle; sweepMs?: number } = {},
  ): Promise<Toys> {
    class Log extends KafkaEventLog {
      protected override createReader(member: LogMember): OutboxReader {
        return new parts.reader(member.database, asRelay(member.actor), {
          schema: member.service,
          topics: null,
        });
      }
      protected override createLease(member: LogMember): Lease {
        return new parts.lease(member.database, asRelay(member.actor), 'outbox_relays', 'relay');
      }
      protected override createGroup(groupId: string, members: readonly ServiceConsumers[]): KafkaGroup {
        return new parts.group(this.kafka, groupId, topicPrefix, members, GROUP_TIMES);
      }
    }
    const log = new Log({
      brokers: kafkaBrokers!,
      topicPrefix,
      topics: { partitions: 2, replication: 1 },
      oneGroup: null,
      relayTimes: { ...RELAY_TIMES, sweepMs },
      onStuck: (group) => {
        throw new Error(`${group} is stuck`);
      },
    });
    const toys = await startToys(database.url, log, { handle, outbox: parts.outbox });
    running.push(toys);
    return toys;
  }

  const counted = async (personId: string) =>
    (await database.query('select from bakery.received where person_id = $1', [personId])).length;
  /** Whether something came true soon; what never may come true is waited for a while. */
  const soon = (probe: () => Promise<boolean>) =>
    until('something that need not happen', probe, { timeoutMs: 1500 }).then(
      () => true,
      () => false,
    );
  const arrival = (personId: string) =>
    until(`the sack of ${personId}`, async () => (await counted(personId)) > 0);
  /** A fact after all others; when it has arrived, whatever is still to come is lost. */
  async function afterEverything(toys: Toys): Promise<void> {
    const last = randomUUID();
    await toys.fill(last, [1]);
    await arrival(last);
    await soon(async () => (await judge(database)).lost === 0);
  }

  /** Appends a fact, and waits with the commit until released; meanwhile its row has its id and stands in the table. */
  async function holdCommit(toys: Toys): Promise<Held> {
    const gate = new pg.Client({ connectionString: database.url });
    await gate.connect();
    await gate.query('select pg_advisory_lock(42)');
    const done = toys.mill.transaction(MILL_ACTOR, async (tx) => {
      const [sack] = await addSacks(tx, [1]);
      toys.outbox.append(tx, [sackFilled.of({ personId: randomUUID(), divisionCode: DIVISION, ...sack! })]);
      tx.beforeCommit(() => ({ sql: 'select pg_advisory_xact_lock(42)' }));
    });
    await until('a commit that is held back', async () => {
      const rows = await database.query(`select from pg_locks where locktype = 'advisory' and not granted`);
      return rows.length === 1;
    });
    return {
      release: async () => {
        await gate.end();
        await done;
      },
    };
  }

  async function lateCommit(parts: Parts): Promise<Verdict> {
    const toys = await start(parts);
    const held = await holdCommit(toys);
    const person = randomUUID();
    await toys.fill(person, [1]);
    await soon(async () => (await counted(person)) > 0);
    await held.release();
    await afterEverything(toys);
    return judge(database);
  }

  async function lowIdOfYoungTransaction(parts: Parts): Promise<Verdict> {
    const toys = await start(parts);
    const person = randomUUID();
    let goOn: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    // Takes its transaction number first and its outbox id second.
    const old = toys.mill.transaction(MILL_ACTOR, async (tx) => {
      const [sack] = await addSacks(tx, [1]);
      begun();
      await mayGoOn;
      toys.outbox.append(tx, [sackFilled.of({ personId: person, divisionCode: DIVISION, ...sack! })]);
    });
    await hasBegun;
    const young = await holdCommit(toys);
    goOn();
    await old;
    await soon(async () => (await counted(person)) > 0);
    await young.release();
    await afterEverything(toys);
    return judge(database);
  }

  async function transactionElsewhere(parts: Parts): Promise<Verdict> {
    const toys = await start(parts, { sweepMs: 600_000 });
    await until('a first look at the outbox', () => reads > 0);
    const elsewhere = new pg.Client({ connectionString: database.url });
    await elsewhere.connect();
    await elsewhere.query('begin; select pg_current_xact_id()');
    await toys.fill(randomUUID(), [1]);
    const before = reads;
    await until('another look at the outbox', () => reads > before);
    await elsewhere.query('commit');
    await elsewhere.end();
    await soon(async () => (await judge(database)).lost === 0);
    return judge(database);
  }

  async function twoProcesses(parts: Parts): Promise<Verdict> {
    const first = await start(parts);
    const second = await start(parts);
    const people = [randomUUID(), randomUUID()];
    await Promise.all([first.fill(people[0]!, [1, 2]), second.fill(people[1]!, [1, 2])]);
    await Promise.all(people.map(arrival));
    running = [second];
    await first.stop();
    await afterEverything(second);
    return judge(database);
  }

  async function stoppedBeforeCommit(parts: Parts): Promise<Verdict> {
    let handled = 0;
    const databaseGone: Handle = () => {
      handled += 1;
      return Promise.reject(Object.assign(new Error('terminating connection'), { code: '57P01' }));
    };
    const first = await start(parts, { handle: databaseGone });
    await first.fill(randomUUID(), [1]);
    await until('a slice in hand', () => handled > 0);
    running = [];
    await first.stop();
    await afterEverything(await start(parts));
    return judge(database);
  }

  async function deliveredTwice(parts: Parts, spoil: () => Promise<unknown> = async () => undefined) {
    const toys = await start(parts);
    const person = randomUUID();
    await toys.fill(person, [1]);
    await arrival(person);
    await spoil();
    expect(await toys.log.republish('mill', new Date(Date.now() - 60_000), new Date(), null)).toBe(1);
    await toys.fill(person, [2]);
    await until('the second sack', async () => (await counted(person)) > 1);
    await afterEverything(toys);
    return judge(database);
  }

  async function rolledBack(parts: Parts): Promise<Verdict> {
    const toys = await start(parts);
    const refused = toys.mill.transaction(MILL_ACTOR, async (tx) => {
      const [sack] = await addSacks(tx, [1]);
      toys.outbox.append(tx, [sackFilled.of({ personId: randomUUID(), divisionCode: DIVISION, ...sack! })]);
      throw new Error('refused after all');
    });
    await expect(refused).rejects.toThrow('refused after all');
    await afterEverything(toys);
    await soon(async () => (await judge(database)).invented > 0);
    return judge(database);
  }

  describe.each<[string, (parts: Parts) => Promise<Verdict>, [string, Partial<Parts>, Partial<Verdict>][]]>([
    [
      'a commit that comes late',
      lateCommit,
      [['reads everything after the last id', { reader: ReadsAfterLastId }, { lost: 1 }]],
    ],
    [
      'a low id of a young transaction',
      lowIdOfYoungTransaction,
      [
        ['reads everything after the last id', { reader: ReadsAfterLastId }, { lost: 1 }],
        ['reads below the horizon, by id', { reader: ReadsBelowHorizonById }, { lost: 1 }],
      ],
    ],
    [
      'a transaction elsewhere that hides a fact',
      (parts) =>
        transactionElsewhere({
          ...parts,
          reader: parts.reader === OutboxReader ? CountedReader : parts.reader,
        }),
      [['does not look again for hidden rows', { reader: ForgetsHiddenRows }, { lost: 1 }]],
    ],
    [
      'two processes with the same service',
      twoProcesses,
      [
        [
          'takes a lease that still runs',
          { lease: GreedyLease },
          { overlapping: expect.any(Number) as number },
        ],
      ],
    ],
    [
      'a process that stops before the effects are committed',
      stoppedBeforeCommit,
      [['commits the offset first', { group: CommitsOffsetFirst }, { lost: 1 }]],
    ],
    [
      'a decision that is rolled back',
      rolledBack,
      [
        [
          'publishes before the commit',
          { outbox: (mill) => new PublishesBeforeCommit(mill) },
          { invented: 1 },
        ],
      ],
    ],
  ])('%s', (_name, scenario, defects) => {
    it('does no harm to the real parts', async () => {
      expect(await scenario(REAL)).toEqual(FAULTLESS);
    });
    it.each(defects)('is caught where a variant %s', async (_defect, parts, found) => {
      const verdict = await scenario({ ...REAL, ...parts });
      expect(verdict).toMatchObject(found);
      expect(verdict).not.toEqual(FAULTLESS);
    });
  });

  describe('a window of time that is published again', () => {
    it('does no harm to the real parts', async () => {
      expect(await deliveredTwice(REAL)).toEqual(FAULTLESS);
    });
    it('is caught where there is no inbox', async () => {
      const verdict = await deliveredTwice(REAL, () =>
        database.query('alter table bakery.inbox_messages drop constraint inbox_messages_pkey'),
      );
      expect(verdict).toMatchObject({ doubled: 1 });
    });
  });
});
