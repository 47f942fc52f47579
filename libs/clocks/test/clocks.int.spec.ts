import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Logger, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { serviceActor } from '@app/access';
import {
  clockHealth,
  clocksMigrations,
  ClocksModule,
  ClockSweeper,
  LegalClocks,
  RungHandler,
  WorkingCalendar,
  type FiredRung,
  type NewTerm,
  type Projected,
} from '@app/clocks';
import { caseFacts } from '@app/contracts';
import { Jobs, openBackend, QueueBackend } from '@app/jobs';
import { Clock, shanghaiDay } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { Database, migrate, revertLast, type Migration, type Tx } from '@app/platform';
import { createServiceApp, migrationsOf, ServiceModule } from '@app/service-host';
import {
  createTestDatabase,
  createTestKeys,
  serviceLogin,
  startService,
  TestClock,
  testServices,
  until,
  uniquePrefix,
  type TestDatabase,
} from '@app/testing';
import { RuleBook } from '../src/clock-rule.js';
import { NearHorizon } from '../src/near-horizon.js';

// A busy machine needs longer than the default to make a database.
jest.setTimeout(60_000);

const { redisUrl } = testServices();
const actor = serviceActor('subsidies');
const prefix = uniquePrefix().replace('.', '');
const logger = new Logger('clocks-test');
const calendar = WorkingCalendar.load();
let database: TestDatabase;

/** What a handler's facts would be: rows without any key, so that a second firing would be seen. */
const toy: Migration = {
  id: 202611250999,
  name: 'create-reminded',
  up: ({ appRole }) => `
    create table reminded (clock_id uuid, subject_id uuid, rung text, level int, due_at timestamptz, kind text);
    create table subjects (subject_id uuid primary key);
    grant select, insert, update on reminded, subjects to ${appRole};`,
  down: () => 'drop table reminded; drop table subjects;',
};
const migrations = migrationsOf({ service: 'subsidies', migrations: [...clocksMigrations, toy] });

/** Writes down what fired, and fails where the test says so. */
class Recorder extends RungHandler {
  meanwhile: (rungs: readonly FiredRung[], tx: Tx) => Promise<void> = async () => undefined;
  locks = false;

  override async lockSubjects(tx: Tx, subjectIds: readonly string[]): Promise<readonly string[]> {
    if (!this.locks) return [];
    const free = await tx.query<{ subject_id: string }>(
      'select subject_id from subjects where subject_id = any($1::uuid[]) for update skip locked',
      [subjectIds],
    );
    return subjectIds.filter((id) => !free.some(({ subject_id }) => subject_id === id));
  }

  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    await tx.query(
      `insert into reminded select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::text[])`,
      [
        rungs.map(({ clockId }) => clockId),
        rungs.map(({ subjectId }) => subjectId),
        rungs.map(({ rung }) => rung),
        rungs.map(({ level }) => level),
        rungs.map(({ dueAt }) => dueAt),
        rungs.map(({ kind }) => kind),
      ],
    );
    await this.meanwhile(rungs, tx);
  }
}

/** Runs on, from a chosen instant. */
class RunningClock extends Clock {
  private offset = 0;
  set(instant: string): void {
    this.offset = Date.parse(instant) - Date.now();
  }
  now(): Date {
    return new Date(Date.now() + this.offset);
  }
}

/** The clocks of one process; several of them share the database. */
interface Process {
  readonly database: Database;
  readonly backend: QueueBackend;
  readonly clocks: LegalClocks;
  readonly sweeper: ClockSweeper;
  readonly handler: Recorder;
  arm(...terms: NewTerm[]): Promise<void>;
  stop(...subjectIds: string[]): Promise<void>;
  close(): Promise<void>;
}
const open: Process[] = [];
/** Only the test sweeps, so that it can count what a sweep of its own has fired. */
const BY_HAND = { run: false };
const HOUR = 60 * 60 * 1000;

async function startOn(
  queues: 'redis' | 'postgres',
  clock: Clock,
  {
    redis = redisUrl,
    sweepMs = HOUR,
    of = calendar,
    run = true,
  }: {
    redis?: string | null;
    sweepMs?: number;
    of?: WorkingCalendar;
    run?: boolean;
  } = {},
): Promise<Process> {
  const own = new Database({
    service: 'subsidies',
    url: serviceLogin(database.url).url,
    poolSize: 3,
    logger,
  });
  await own.open();
  const backend = openBackend({
    QUEUE_BACKEND: queues,
    QUEUE_PREFIX: prefix,
    REDIS_URL: redis ?? undefined,
    DATABASE_URL: database.url,
  });
  const jobs = new Jobs('subsidies', backend);
  const horizon = new NearHorizon(jobs, clock);
  const rules = new RuleBook();
  const clocks = new LegalClocks(own, rules, of, clock, horizon);
  const handler = new Recorder();
  const sweeper = new ClockSweeper(own, actor, handler, rules, of, clock, jobs, horizon, sweepMs);
  if (run) sweeper.start();
  const process: Process = {
    database: own,
    backend,
    clocks,
    sweeper,
    handler,
    arm: async (...terms) => {
      await own.transaction(actor, (tx) => clocks.arm(tx, terms));
    },
    stop: async (...subjectIds) => {
      await own.transaction(actor, (tx) => clocks.stop(tx, subjectIds));
    },
    close: async () => {
      await sweeper.stop();
      await jobs.close();
      await backend.close();
      await own.close();
    },
  };
  open.push(process);
  return process;
}

/** Ten working days from Monday 1 June 2026: reminder on the 10th, due on the 15th, over from the 16th. */
const term = (overrides: Partial<NewTerm> = {}): NewTerm => ({
  subjectId: randomUUID(),
  step: 'review',
  divisionCode: '338801001001',
  kind: 'statutory',
  value: 10,
  unit: 'working-day',
  basis: 'an invented regulation, article 1',
  anchorDay: '2026-06-01',
  ...overrides,
});

const firedOf = async (...subjectIds: string[]) =>
  (
    await database.query<{ rung: string }>(
      'select rung from subsidies.reminded where subject_id = any($1) order by level, rung desc',
      [subjectIds],
    )
  ).map(({ rung }) => rung);
const standing = (now: string) => {
  const clock = new TestClock(new Date());
  clock.set(now);
  return clock;
};

beforeAll(async () => {
  database = await createTestDatabase();
  const { servicePassword } = serviceLogin(database.url);
  await migrate({ service: 'subsidies', url: database.url, migrations, servicePassword });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((process) => process.close()));
  // A clock left running would fire in another test.
  await database.query(
    `update subsidies.clocks set status = 'stopped', next_rung = null, next_at = null where status = 'running'`,
  );
});
afterAll(async () => {
  await database.drop();
  if (redisUrl) await emptyRedis();
});

/** Keys of this file in Redis, and of no others, that end so. */
async function keysOfRedis(end = ''): Promise<string[]> {
  const redis = new Redis(redisUrl!);
  const keys = await redis.keys(`${prefix}:*${end}`);
  redis.disconnect();
  return keys;
}

/** Empties what this file has in Redis. */
async function emptyRedis(): Promise<number> {
  const redis = new Redis(redisUrl!);
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(keys);
  redis.disconnect();
  return keys.length;
}

const backends = redisUrl ? (['redis', 'postgres'] as const) : (['postgres'] as const);

describe.each(backends)('with the queue on %s', (queues) => {
  const startProcess = (clock: Clock, options: Parameters<typeof startOn>[2] = {}) =>
    startOn(queues, clock, options);

  describe('a legal clock', () => {
    it('fires its rungs as the clock reaches them, by the injected clock, and shows where it stands', async () => {
      const clock = standing('2026-06-01');
      const process = await startProcess(clock, BY_HAND);
      const one = term();
      await process.arm(one);
      expect(await process.sweeper.sweep()).toBe(0);
      clock.set('2026-06-10');
      expect(await process.sweeper.sweep()).toBe(1);
      expect(await process.sweeper.sweep()).toBe(0);
      clock.set('2026-06-15T23:59:59.999+08:00');
      await process.sweeper.sweep();
      expect(await firedOf(one.subjectId)).toEqual(['reminder', 'due']);
      expect((await process.clocks.of(actor, one.subjectId))[0]).toMatchObject({
        mark: null,
        status: 'running',
      });
      clock.set('2026-06-16T00:00:00+08:00');
      await process.sweeper.sweep();
      const [view] = await process.clocks.of(actor, one.subjectId);
      expect(view).toMatchObject({
        mark: '超期',
        provisional: false,
        dueAt: new Date('2026-06-15T16:00:00Z'),
        kind: 'statutory',
        basis: one.basis,
      });
      expect(view!.rungs.map(({ rung, firedAt }) => [rung, firedAt !== null])).toEqual([
        ['reminder', true],
        ['due', true],
        ['overdue-1', true],
        ['overdue-2', false],
        ['overdue-3', false],
      ]);
      clock.set('2026-08-01');
      expect(await process.sweeper.sweep()).toBe(2);
      expect(await firedOf(one.subjectId)).toEqual([
        'reminder',
        'due',
        'overdue-1',
        'overdue-2',
        'overdue-3',
      ]);
      const [row] = await database.query(
        'select distinct due_at, kind from subsidies.reminded where subject_id = $1',
        [one.subjectId],
      );
      expect(row).toEqual({ due_at: new Date('2026-06-15T16:00:00Z'), kind: 'statutory' });
    });

    it('that is armed again with the same term is left alone; another anchor or budget supersedes it', async () => {
      const clock = standing('2026-06-09');
      const process = await startProcess(clock, BY_HAND);
      const one = term();
      await process.arm(one);
      clock.set('2026-06-10');
      await process.sweeper.sweep();
      const before = await database.query('select *, xmin from subsidies.clocks where subject_id = $1', [
        one.subjectId,
      ]);
      await process.arm({ ...one });
      await process.arm({ ...one }, { ...one });
      expect(
        await database.query('select *, xmin from subsidies.clocks where subject_id = $1', [one.subjectId]),
      ).toEqual(before);
      await process.arm({ ...one, anchorDay: '2026-06-08' });
      await process.arm({ ...one, step: 'decide' });
      clock.set('2026-06-30');
      await process.sweeper.sweep();
      const views = await process.clocks.of(actor, one.subjectId);
      expect(views.map(({ step, anchorDay, status }) => [step, anchorDay, status]).sort()).toEqual([
        ['decide', '2026-06-01', 'running'],
        ['review', '2026-06-01', 'superseded'],
        ['review', '2026-06-08', 'running'],
      ]);
      const superseded = views.find(({ status }) => status === 'superseded')!;
      expect(superseded.rungs.flatMap(({ rung, firedAt }) => (firedAt ? [rung] : []))).toEqual(['reminder']);
    });

    it('that is stopped never fires; armed again it goes on from its anchor, and what had fired stays fired', async () => {
      const clock = standing('2026-06-01');
      const process = await startProcess(clock, BY_HAND);
      const [one, other] = [term(), term()];
      await process.arm(one, other);
      clock.set('2026-06-12');
      await process.sweeper.sweep();
      await process.stop(one.subjectId);
      clock.set('2026-06-16');
      expect(await process.sweeper.sweep()).toBe(2);
      expect(await firedOf(one.subjectId)).toEqual(['reminder']);
      expect((await process.clocks.of(actor, one.subjectId))[0]).toMatchObject({
        status: 'stopped',
        mark: null,
      });
      await process.arm(one);
      await process.sweeper.sweep();
      expect(await firedOf(one.subjectId)).toEqual(['reminder', 'overdue-1']);
      expect(await firedOf(other.subjectId)).toEqual(['reminder', 'due', 'overdue-1']);
      await process.database.transaction(actor, (tx) =>
        process.clocks.stop(tx, [one.subjectId, other.subjectId], 'decide'),
      );
      expect((await process.clocks.of(actor, one.subjectId))[0]!.status).toBe('running');
    });

    it('calls a promise 超承诺, and never marks or fires an unknown limit', async () => {
      const clock = standing('2026-06-01');
      const process = await startProcess(clock, BY_HAND);
      const promise = term({ kind: 'promised' });
      const unknown = term({ kind: 'unknown' });
      const numberless = term({ kind: 'promised', value: null });
      await process.arm(promise, unknown, numberless);
      clock.set('2027-06-01');
      await process.sweeper.sweep();
      expect(await firedOf(promise.subjectId)).toEqual([
        'reminder',
        'due',
        'past-promise-1',
        'past-promise-2',
        'past-promise-3',
      ]);
      const views = await process.clocks.ofMany(
        actor,
        [promise, unknown, numberless].map(({ subjectId }) => subjectId),
      );
      expect(views.get(promise.subjectId)![0]!.mark).toBe('超承诺');
      for (const { subjectId } of [unknown, numberless]) {
        expect(await firedOf(subjectId)).toEqual([]);
        expect(views.get(subjectId)![0]).toMatchObject({
          dueAt: null,
          mark: null,
          status: 'running',
          rungs: [],
        });
      }
    });

    it('is armed and stopped in the transaction of the decision, or not at all', async () => {
      const process = await startProcess(standing('2026-06-30'), BY_HAND);
      const one = term();
      const failed = process.database.transaction(actor, async (tx) => {
        await process.clocks.arm(tx, [one]);
        expect(await process.clocks.of(tx, one.subjectId)).toHaveLength(1);
        throw new Error('the decision fails');
      });
      await expect(failed).rejects.toThrow('the decision fails');
      expect(await process.clocks.of(actor, one.subjectId)).toEqual([]);
      expect(await process.sweeper.sweep()).toBe(0);
    });

    it('moves when the notice that settles its end is loaded, and says so', async () => {
      const clock = standing('2026-12-20');
      const before = await startProcess(clock, BY_HAND);
      const one = term({ anchorDay: '2026-12-21', value: 8 });
      await before.arm(one);
      const [assumed] = await before.clocks.of(actor, one.subjectId);
      expect(assumed).toMatchObject({ provisional: true, dueAt: new Date('2026-12-31T16:00:00Z') });
      const moved: Projected[] = [];
      const told = (those: readonly Projected[]) => void moved.push(...those);
      expect(await before.sweeper.reproject(told)).toMatchObject({ moved: 0 });
      const after = await startProcess(clock, { run: false, of: withNotice() });
      expect(await after.sweeper.reproject(told)).toMatchObject({ moved: 1 });
      expect(moved).toEqual([
        {
          clockId: assumed!.clockId,
          subjectId: one.subjectId,
          step: 'review',
          before: new Date('2026-12-31T16:00:00Z'),
          after: new Date('2027-01-04T16:00:00Z'),
        },
      ]);
      expect((await after.clocks.of(actor, one.subjectId))[0]).toMatchObject({
        provisional: false,
        dueAt: new Date('2027-01-04T16:00:00Z'),
      });
      clock.set('2027-01-01');
      await after.sweeper.sweep();
      expect(await firedOf(one.subjectId)).toEqual(['reminder']);
    });

    it('cannot be made to forget: the service may not change or delete what has fired', async () => {
      const clock = standing('2026-06-01');
      const process = await startProcess(clock, BY_HAND);
      await process.arm(term());
      clock.set('2026-06-10');
      await process.sweeper.sweep();
      const all =
        'select r.*, c.anchor_day from subsidies.clock_rungs r join subsidies.clocks c using (clock_id) order by 1, 2';
      const before = await database.query(all);
      expect(before.length).toBeGreaterThan(0);
      await expect(process.database.query(actor, 'update clock_rungs set fired_at = now()')).rejects.toThrow(
        'permission denied',
      );
      for (const sql of ['delete from clock_rungs', 'delete from clocks']) {
        await process.database.query(actor, sql).catch(() => undefined);
      }
      expect(await database.query(all)).toEqual(before);
    });

    it('tells that reminding itself has stopped', async () => {
      const clock = standing('2026-06-01');
      const process = await startProcess(clock, BY_HAND);
      await database.query('delete from subsidies.clock_sweeps');
      expect(await clockHealth(process.database, actor, clock)).toMatchObject({
        sweptAt: null,
        secondsSinceSweep: null,
        late: 0,
        latestSeconds: 0,
        healthy: false,
      });
      await process.arm(term());
      await process.sweeper.sweep();
      expect(await clockHealth(process.database, actor, clock)).toMatchObject({ late: 0, healthy: true });
      clock.set('2026-06-10T09:10:00+08:00');
      expect(await clockHealth(process.database, actor, clock)).toMatchObject({
        late: 1,
        latestSeconds: 600,
        healthy: false,
      });
      await process.sweeper.sweep();
      await database.query(`update subsidies.clock_sweeps set swept_at = now() - interval '5 minutes'`);
      expect(await clockHealth(process.database, actor, clock)).toMatchObject({ late: 0, healthy: false });
    });
  });

  describe('firing', () => {
    it('happens once per rung, though two processes sweep at once', async () => {
      const clock = standing('2026-06-01');
      const [one, two] = [await startProcess(clock, BY_HAND), await startProcess(clock, BY_HAND)];
      const terms = Array.from({ length: 500 }, () => term());
      await one.arm(...terms);
      clock.set('2026-06-17');
      const sweeps = await Promise.all([1, 2, 3].flatMap(() => [one.sweeper.sweep(), two.sweeper.sweep()]));
      await one.sweeper.sweep();
      const rows = await database.query<{ rungs: number; distinct: number }>(
        `select count(*)::int as rungs, count(distinct (clock_id, rung))::int as distinct
       from subsidies.reminded where subject_id = any($1)`,
        [terms.map(({ subjectId }) => subjectId)],
      );
      expect(rows).toEqual([{ rungs: 1500, distinct: 1500 }]);
      expect(sweeps.reduce((sum, fired) => sum + fired, 0)).toBeLessThanOrEqual(1500);
    });

    it('that dies between claim and commit happens later, once', async () => {
      const clock = standing('2026-06-01');
      const process = await startProcess(clock, BY_HAND);
      const terms = [term(), term(), term()];
      await process.arm(...terms);
      clock.set('2026-06-10');
      process.handler.meanwhile = async (_, tx) => {
        const [{ pid }] = (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')) as [
          { pid: number },
        ];
        await database.query('select pg_terminate_backend($1)', [pid]);
        await tx.query('select 1');
      };
      await expect(process.sweeper.sweep()).rejects.toThrow();
      expect(await firedOf(...terms.map(({ subjectId }) => subjectId))).toEqual([]);
      process.handler.meanwhile = async () => undefined;
      expect(await process.sweeper.sweep()).toBe(3);
      expect(await process.sweeper.sweep()).toBe(0);
      expect(await firedOf(...terms.map(({ subjectId }) => subjectId))).toEqual([
        'reminder',
        'reminder',
        'reminder',
      ]);
    });

    it('fires what was missed once and in order when both processes are back; what stands still fires nothing', async () => {
      const clock = standing('2026-06-02');
      const [one, two] = [await startProcess(clock), await startProcess(clock)];
      const pauses = [{ reason: 'hearing', basis: 'an invented regulation, article 2' }];
      const [missed, held] = [term({ pauses }), term({ pauses })];
      await one.arm(missed, held);
      await one.database.transaction(actor, (tx) =>
        one.clocks.suspend(tx, [{ subjectId: held.subjectId, reason: 'hearing', note: '举行听证' }]),
      );
      await Promise.all([one, two].map((process) => process.close()));
      open.length = 0;

      clock.set('2026-06-17');
      const order: string[] = [];
      const back = await Promise.all([1, 2].map(() => startProcess(clock, BY_HAND)));
      for (const { handler } of back) {
        handler.meanwhile = async (rungs) =>
          void order.push(
            ...rungs.filter(({ subjectId }) => subjectId === missed.subjectId).map(({ rung }) => rung),
          );
      }
      for (const { sweeper } of back) sweeper.start();
      await until('what was missed', async () => (await firedOf(missed.subjectId)).length === 3);
      await Promise.all(back.map(({ sweeper }) => sweeper.sweep()));
      expect(order).toEqual(['reminder', 'due', 'overdue-1']);
      expect(await firedOf(missed.subjectId, held.subjectId)).toEqual(['reminder', 'due', 'overdue-1']);
    });

    it('is not held up by one subject that its owner cannot handle, which is tried again', async () => {
      const clock = standing('2026-06-01');
      const process = await startProcess(clock, BY_HAND);
      const terms = Array.from({ length: 9 }, () => term());
      const bad = terms[4]!.subjectId;
      await process.arm(...terms);
      clock.set('2026-06-10');
      process.handler.meanwhile = async (rungs) => {
        if (rungs.some(({ subjectId }) => subjectId === bad)) throw new Error('this subject is broken');
      };
      expect(await process.sweeper.sweep()).toBe(8);
      expect(await firedOf(bad)).toEqual([]);
      process.handler.meanwhile = async () => undefined;
      expect(await process.sweeper.sweep()).toBe(0);
      clock.set('2026-06-10T09:06:00+08:00');
      expect(await process.sweeper.sweep()).toBe(1);
      expect(await firedOf(bad)).toEqual(['reminder']);
    });

    it('waits for no command that holds the subject, nor lets one wait for it: its rungs fire later, or never if it stops them', async () => {
      const clock = standing('2026-06-01');
      const process = await startProcess(clock, BY_HAND);
      const [stopped, kept, free] = [term(), term(), term()];
      await process.arm(stopped, kept, free);
      await database.query('insert into subsidies.subjects select unnest($1::uuid[])', [
        [stopped, kept, free].map(({ subjectId }) => subjectId),
      ]);
      clock.set('2026-06-20');
      process.handler.locks = true;
      await process.database.transaction(actor, async (tx) => {
        await tx.query('select 1 from subjects where subject_id = any($1::uuid[]) for update', [
          [stopped.subjectId, kept.subjectId],
        ]);
        expect(await process.sweeper.sweep()).toBe(4);
        await process.clocks.stop(tx, [stopped.subjectId]);
      });
      expect(await firedOf(stopped.subjectId, kept.subjectId)).toEqual([]);
      expect(await process.sweeper.sweep()).toBe(4);
      expect(await firedOf(stopped.subjectId)).toEqual([]);
      expect(await firedOf(kept.subjectId)).toEqual(await firedOf(free.subjectId));
    });
  });

  describe('the queue', () => {
    /** A moment before the end of the last day of `term()`. */
    const almostOver = '2026-06-15T23:59:59.300+08:00';
    const over = new Date('2026-06-16T00:00:00+08:00');
    /** A process whose first sweep is over, so that for an hour nothing fires without the queue. */
    const startSwept = async (clock: Clock, options?: { redis?: string }) => {
      await database.query('delete from subsidies.clock_sweeps');
      const process = await startProcess(clock, options);
      await until('the sweep at the start', async () => {
        const swept = await database.query('select 1 from subsidies.clock_sweeps');
        return swept.length > 0;
      });
      return process;
    };
    const pending = async (minute = over) => {
      const id = `at-${minute.getTime() / 1000}-`;
      if (queues === 'redis') return (await keysOfRedis(`:${id}*`)).length;
      const rows = await database.query('select 1 from bullmq.job where id like $1', [`${id}%`]);
      return rows.length;
    };

    it('fires within moments of the end, without a sweep', async () => {
      const clock = new RunningClock();
      const process = await startSwept(clock);
      await until('the queue', () => process.backend.usable);
      clock.set(almostOver);
      const one = term();
      await process.arm(one);
      await until('the rung', async () => (await firedOf(one.subjectId)).length > 0);
      expect(await firedOf(one.subjectId)).toEqual(['overdue-1']);
      expect(clock.now().getTime() - Date.parse('2026-06-16T00:00:00+08:00')).toBeLessThan(5000);
    });

    it('does nothing when the job of a stopped clock arrives', async () => {
      const clock = new RunningClock();
      const process = await startProcess(clock);
      await until('the queue', () => process.backend.usable);
      // Time enough to stop it before its job comes, also on a busy machine.
      clock.set('2026-06-15T23:59:57+08:00');
      const one = term();
      await process.arm(one);
      await process.stop(one.subjectId);
      await until('the job to be done', async () => clock.now() > over && (await pending()) === 0);
      await process.sweeper.sweep();
      expect(await firedOf(one.subjectId)).toEqual([]);
    });

    it('is filled again within seconds when it was emptied, whatever had been armed before', async () => {
      const clock = new RunningClock();
      const process = await startSwept(clock);
      await until('the queue', () => process.backend.usable);
      const margin = 8000;
      clock.set(new Date(over.getTime() - margin).toISOString());
      const terms = [term(), term()];
      await process.arm(...terms);
      await until('the minute and the marker to be there', async () => (await pending()) > 0);
      await until('the queue to be emptied', async () => {
        await (queues === 'redis' ? emptyRedis() : database.query('delete from bullmq.job'));
        return (await pending()) === 0;
      });
      await until('the minute to be there again', async () => (await pending()) > 0);
      expect(clock.now() < over).toBe(true);
      await until('the rungs', async () => {
        const fired = await firedOf(...terms.map(({ subjectId }) => subjectId));
        return fired.length >= 2;
      });
      expect(clock.now() >= over).toBe(true);
      expect(await firedOf(...terms.map(({ subjectId }) => subjectId))).toEqual(['overdue-1', 'overdue-1']);
    });

    it('holds a job for each minute and thousand clocks, however many there are', async () => {
      const clock = new RunningClock();
      const process = await startSwept(clock);
      await until('the queue', () => process.backend.usable);
      clock.set('2026-06-15T08:50:00+08:00');
      const terms = Array.from({ length: 2500 }, () => term());
      await process.arm(...terms);
      const morning = new Date('2026-06-15T09:00:00+08:00');
      await until('the minute', async () => (await pending(morning)) >= 3);
      expect(await pending(morning)).toBe(3);
    });

    it('fires nothing early, though a job comes before its minute', async () => {
      const clock = new RunningClock();
      const process = await startSwept(clock);
      await until('the queue', () => process.backend.usable);
      clock.set(almostOver);
      const one = term();
      await process.arm(one);
      clock.set('2026-06-15T23:50:00+08:00');
      await until('the job to be done', async () => (await pending()) === 0);
      expect(await firedOf(one.subjectId)).toEqual([]);
    });

    it('loses only seconds when the queue is emptied at the last moment', async () => {
      const clock = new RunningClock();
      const process = await startProcess(clock, { sweepMs: 100 });
      await until('the queue', () => process.backend.usable);
      clock.set(almostOver);
      const one = term();
      await process.arm(one);
      await until('the job to be emptied', () =>
        queues === 'redis'
          ? emptyRedis()
          : database.query('delete from bullmq.job returning 1').then(({ length }) => length),
      );
      await until('the rung', async () => (await firedOf(one.subjectId)).length > 0);
      expect(await firedOf(one.subjectId)).toEqual(['overdue-1']);
    });
  });
});

describe('without any queue', () => {
  it('starts, arms and fires by sweeping', async () => {
    const clock = new RunningClock();
    clock.set('2026-06-15T23:59:59.300+08:00');
    const process = await startOn('redis', clock, {
      redis: 'redis://127.0.0.1:1',
      sweepMs: 100,
    });
    const one = term();
    await process.arm(one);
    await until('the rung', async () => (await firedOf(one.subjectId)).length > 0);
    expect(process.backend.usable).toBe(false);
    expect(await firedOf(one.subjectId)).toEqual(['overdue-1']);
  });
});

/** A way to Redis that can be cut and opened again. */
async function wayToRedis() {
  const there = new URL(redisUrl!);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const on = connect(Number(there.port || 6379), there.hostname);
    for (const [from, to] of [
      [socket, on],
      [on, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
    socket.pipe(on).pipe(socket);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await closed;
  };
  return { url: `redis://127.0.0.1:${port}${there.pathname}`, cut, reopen: () => listen(port) };
}

/** How many jobs of a minute are not done yet. */
async function unfinished(minute: Date): Promise<number> {
  const keys = await keysOfRedis(`:at-${minute.getTime() / 1000}-*`);
  const jobs = keys.filter((key) => !key.endsWith(':lock'));
  const redis = new Redis(redisUrl!);
  const finished = await Promise.all(jobs.map((key) => redis.hget(key, 'finishedOn')));
  redis.disconnect();
  return finished.filter((at) => at === null).length;
}

(redisUrl ? describe : describe.skip)('Redis away for an hour', () => {
  const NINE = new Date('2026-06-10T09:00:00+08:00');
  const SWEEP_SECONDS = 1;
  /** How late a rung may be: the sweep before it was just over, it waits for the next one, and the machine may be busy. */
  const LATEST_SECONDS = 3 * SWEEP_SECONDS;

  /** A term that ends so long after nine, in hours so that it does so at any minute. */
  const endingAt = (end: Date) =>
    term({ unit: 'hour', value: 2, anchorDay: '2026-06-10', anchorAt: new Date(end.getTime() - 2 * HOUR) });

  it('costs lateness only: the sweeper fires each rung once, and none comes again when it is back', async () => {
    const way = await wayToRedis();
    try {
      const clock = new RunningClock();
      clock.set('2026-06-10T08:59:56+08:00');
      const process = await startOn('redis', clock, { redis: way.url, sweepMs: SWEEP_SECONDS * 1000 });
      await until('the queue', () => process.backend.usable);
      // Three of each time in the hour: some are in the queue when it is lost, and the rest lie beyond its horizon.
      const times = [0, 1, 12, 25, 38, 51, 60].map((minutes) => new Date(NINE.getTime() + minutes * 60_000));
      const terms = times.flatMap((end) => [endingAt(end), endingAt(end), endingAt(end)]);
      const subjects = terms.map(({ subjectId }) => subjectId);
      await process.arm(...terms);
      await until('the first in the queue', async () => (await unfinished(NINE)) > 0);
      await way.cut();
      await until('the loss to be noticed', () => !process.backend.usable);
      expect(await firedOf(...subjects)).toEqual([]);

      for (const [at, time] of times.entries()) {
        // The hour goes by; only around what is due does it take its time.
        const before = new Date(time.getTime() - 1000);
        if (clock.now() < before) clock.set(before.toISOString());
        await until(`the sweeper to fire what is due at ${time.toISOString()}`, async () => {
          const fired = await firedOf(...subjects);
          return fired.length >= 3 * (at + 1);
        });
        expect(process.backend.usable).toBe(false);
        expect(clock.now().getTime() - time.getTime()).toBeLessThanOrEqual(LATEST_SECONDS * 1000);
      }
      const lateness = await database.query<{ rungs: number; early: number; late: number }>(
        `select count(*)::int as rungs, (count(*) filter (where r.fired_at < r.at))::int as early,
           (count(*) filter (where r.fired_at > r.at + make_interval(secs => $2)))::int as late
         from subsidies.clock_rungs r join subsidies.clocks c using (clock_id) where c.subject_id = any($1)`,
        [subjects, LATEST_SECONDS],
      );
      expect(lateness).toEqual([{ rungs: terms.length, early: 0, late: 0 }]);

      await way.reopen();
      await until('the queue to be back', () => process.backend.usable, { timeoutMs: 20_000 });
      // The job of the minute comes all the same, and finds nothing left to do.
      await until('the late job to be done', async () => (await unfinished(NINE)) === 0, {
        timeoutMs: 30_000,
      });
      await process.sweeper.sweep();
      expect(await firedOf(...subjects)).toEqual(Array.from(subjects, () => 'overdue-1'));
    } finally {
      await Promise.all(open.splice(0).map((process) => process.close()));
      await way.cut();
    }
  });
});

/** What a service does with a rung: it appends its fact. */
@Injectable()
class RemindedCases extends RungHandler {
  constructor(private readonly outbox: Outbox) {
    super();
  }
  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    this.outbox.append(
      tx,
      rungs.map(({ clockId, rung, level, dueAt, subjectId, divisionCode }) =>
        caseFacts.subsidies.reminded.of({
          personId: subjectId,
          divisionCode,
          version: 1,
          caseId: subjectId,
          itemId: 'subsidies/example',
          itemVersion: '2026-01',
          period: 'once',
          roundId: null,
          status: 'open',
          clockId,
          rung,
          level,
          dueAt,
        }),
      ),
    );
  }
}

@Module({
  imports: [
    ServiceModule.forService('subsidies'),
    ClocksModule.forService('subsidies', { handler: RemindedCases, sweepMs: 50 }),
  ],
})
class ToyModule {}

const migrated = [{ service: 'subsidies', migrations: clocksMigrations }];

describe.each(backends)('the clocks module, with the queue on %s', (queues) => {
  it('sweeps by itself in a service and hands rungs to the owner, who makes them known', async () => {
    const service = await startService({
      name: 'subsidies',
      modules: [ToyModule],
      migrated,
      now: '2026-06-01',
      settings: { QUEUE_BACKEND: queues },
    });
    try {
      const backend = service.get(QueueBackend);
      expect(backend.name).toBe(queues);
      await until(`the queue on ${queues}`, () => backend.usable);
      const one = term();
      await service.get(Database).transaction(actor, (tx) => service.get(LegalClocks).arm(tx, [one]));
      service.clock.set('2026-06-16');
      const facts = await until('three facts', async () => {
        const published = await service.published('subsidies');
        return published.length >= 3 ? published : null;
      });
      expect(facts.map(({ data }) => [data['caseId'], data['rung'], data['level']])).toEqual([
        [one.subjectId, 'reminder', 0],
        [one.subjectId, 'due', 0],
        [one.subjectId, 'overdue-1', 1],
      ]);
      expect(facts[2]!.data['dueAt']).toBe('2026-06-15T16:00:00.000Z');
    } finally {
      await service.stop();
    }
  });
});

describe('the clocks module', () => {
  it('lets the service start, serve and stop while Redis is away', async () => {
    const keys = await createTestKeys();
    const started = performance.now();
    const app = await createServiceApp(
      { name: 'subsidies', modules: [ToyModule] },
      {
        PORT: 0,
        HOST: '127.0.0.1',
        DATABASE_URL: serviceLogin(database.url).url,
        DATABASE_POOL: 3,
        REDIS_URL: 'redis://127.0.0.1:1',
        QUEUE_BACKEND: 'redis',
        QUEUE_PREFIX: prefix,
        EVENT_LOG: 'postgres',
        TOPIC_PREFIX: '',
        TOPIC_PARTITIONS: 1,
        TOPIC_REPLICATION: 1,
        ACTOR_JWKS_FILE: keys.jwksFile,
        DATA_KEYS_FILE: keys.dataKeysFile,
        BAD_ROWS_DAYS: 90,
        LOG_LEVEL: 'fatal',
      },
    );
    await app.listen(0, '127.0.0.1');
    const overdue = term({
      unit: 'hour',
      anchorDay: shanghaiDay(new Date()),
      anchorAt: new Date(Date.now() - 60_000),
      value: 0,
    });
    await app
      .get(Database, { strict: false })
      .transaction(actor, (tx) => app.get(LegalClocks, { strict: false }).arm(tx, [overdue]));
    await until('the rung', async () => {
      const rows = await database.query(
        `select 1 from subsidies.outbox_messages where payload ->> 'caseId' = $1`,
        [overdue.subjectId],
      );
      return rows.length > 0;
    });
    await app.close();
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('takes its tables back', async () => {
    const own = await createTestDatabase();
    const options = { service: 'subsidies', url: own.url, migrations: migrationsOf(migrated[0]!) };
    await migrate(options);
    const back = options.migrations.filter(({ id }) => id >= clocksMigrations[0]!.id).length;
    for (let turn = 0; turn < back; turn += 1) await revertLast(options);
    expect(await own.query(`select to_regclass('subsidies.clocks') as clocks`)).toEqual([{ clocks: null }]);
    await own.drop();
  });
});

/** The calendar with an invented notice for 2027 that takes 31 December 2026 and New Year's Day off. */
function withNotice(): WorkingCalendar {
  const directory = mkdtempSync(join(tmpdir(), 'calendar-'));
  try {
    cpSync(new URL('../calendar', import.meta.url), directory, { recursive: true });
    const source = { dataset: 'invented', version: '1', licence: 'none', basis: 'an invented notice' };
    const days = { '2027-01-01': { type: '法定休', name: '元旦' } };
    writeFileSync(join(directory, '2027.json'), JSON.stringify({ year: 2027, source, days }));
    const file = join(directory, '2026.json');
    const year = JSON.parse(readFileSync(file, 'utf8')) as { days: Record<string, unknown> };
    year.days['2026-12-31'] = { type: '调休休', name: '元旦' };
    writeFileSync(file, JSON.stringify(year));
    return WorkingCalendar.load(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
