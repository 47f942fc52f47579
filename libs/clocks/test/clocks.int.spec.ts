import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
} from '@app/clocks';
import { caseFacts } from '@app/contracts';
import { Jobs, openBackend, type QueueBackend } from '@app/jobs';
import { Clock, shanghaiDay } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { Database, migrate, revertLast, type Migration, type Tx } from '@app/platform';
import { createServiceApp, migrationsOf, ServiceModule } from '@app/service-host';
import {
  createTestDatabase,
  createTestKeys,
  startService,
  TestClock,
  testServices,
  until,
  uniquePrefix,
  type TestDatabase,
} from '@app/testing';
import { NearHorizon, RUNG_QUEUE } from '../src/near-horizon.js';

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
  waiting = 0;

  override async lockSubjects(tx: Tx, subjectIds: readonly string[]): Promise<void> {
    if (!this.locks) return;
    this.waiting += 1;
    await tx.query(
      'select 1 from subjects where subject_id = any($1::uuid[]) order by subject_id for update',
      [subjectIds],
    );
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
const HOUR = 60 * 60 * 1000;

async function startProcess(
  clock: Clock,
  {
    queues = redisUrl ? 'redis' : 'postgres',
    redis = redisUrl,
    sweepMs = HOUR,
    of = calendar,
    run = true,
  }: {
    queues?: 'redis' | 'postgres';
    redis?: string | null;
    sweepMs?: number;
    of?: WorkingCalendar;
    run?: boolean;
  } = {},
): Promise<Process> {
  const own = new Database({ service: 'subsidies', url: database.url, poolSize: 3, logger });
  await own.open();
  const backend = openBackend({
    QUEUE_BACKEND: queues,
    QUEUE_PREFIX: prefix,
    REDIS_URL: redis ?? undefined,
    DATABASE_URL: database.url,
  });
  const jobs = new Jobs('subsidies', backend);
  const horizon = new NearHorizon(jobs, clock);
  const clocks = new LegalClocks(own, of, clock, horizon);
  const handler = new Recorder();
  const sweeper = new ClockSweeper(own, actor, handler, of, clock, jobs, horizon, sweepMs);
  if (run) sweeper.start();
  const process: Process = {
    database: own,
    backend,
    clocks,
    sweeper,
    handler,
    arm: (...terms) => own.transaction(actor, (tx) => clocks.arm(tx, terms)),
    stop: (...subjectIds) => own.transaction(actor, (tx) => clocks.stop(tx, subjectIds)),
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
  personId: randomUUID(),
  divisionCode: '338801001001',
  roundId: null,
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
  await migrate({ service: 'subsidies', url: database.url, migrations });
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

/** Empties what this file has in Redis, and nothing of others. */
async function emptyRedis(): Promise<number> {
  const redis = new Redis(redisUrl!);
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(keys);
  redis.disconnect();
  return keys.length;
}

describe('a legal clock', () => {
  it('fires its rungs as the clock reaches them, by the injected clock, and shows where it stands', async () => {
    const clock = standing('2026-06-01');
    const process = await startProcess(clock);
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
    expect(await firedOf(one.subjectId)).toEqual(['reminder', 'due', 'overdue-1', 'overdue-2', 'overdue-3']);
    const [row] = await database.query(
      'select distinct due_at, kind from subsidies.reminded where subject_id = $1',
      [one.subjectId],
    );
    expect(row).toEqual({ due_at: new Date('2026-06-15T16:00:00Z'), kind: 'statutory' });
  });

  it('that is armed again with the same term is left alone; another anchor or budget supersedes it', async () => {
    const clock = standing('2026-06-09');
    const process = await startProcess(clock);
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
    const process = await startProcess(clock);
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
    const process = await startProcess(clock);
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
    const process = await startProcess(standing('2026-06-30'));
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
    const before = await startProcess(clock, { run: false });
    const one = term({ anchorDay: '2026-12-21', value: 8 });
    await before.arm(one);
    const [assumed] = await before.clocks.of(actor, one.subjectId);
    expect(assumed).toMatchObject({ provisional: true, dueAt: new Date('2026-12-31T16:00:00Z') });
    expect(await before.sweeper.reproject()).toEqual([]);
    const after = await startProcess(clock, { run: false, of: withNotice() });
    expect(await after.sweeper.reproject()).toEqual([
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
    const process = await startProcess(standing('2026-06-01'));
    for (const sql of [
      'delete from clock_rungs',
      'update clock_rungs set fired_at = now()',
      'delete from clocks',
    ]) {
      await expect(process.database.query(actor, sql)).rejects.toThrow('permission denied');
    }
  });

  it('tells that reminding itself has stopped', async () => {
    const clock = standing('2026-06-01');
    const process = await startProcess(clock, { run: false });
    await database.query('delete from subsidies.clock_sweeps');
    expect(await clockHealth(process.database, actor, clock)).toEqual({
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
    const [one, two] = [await startProcess(clock), await startProcess(clock)];
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
    const process = await startProcess(clock);
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

  it('is not held up by one subject that its owner cannot handle, which is tried again', async () => {
    const clock = standing('2026-06-01');
    const process = await startProcess(clock);
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

  it('waits for a command that is stopping the clock, and then does nothing', async () => {
    const clock = standing('2026-06-01');
    const process = await startProcess(clock);
    const one = term();
    await process.arm(one);
    await database.query('insert into subsidies.subjects values ($1)', [one.subjectId]);
    clock.set('2026-06-20');
    process.handler.locks = true;
    let sweep: Promise<number> | null = null;
    await process.database.transaction(actor, async (tx) => {
      await tx.query('select 1 from subjects where subject_id = $1 for update', [one.subjectId]);
      sweep = process.sweeper.sweep();
      await until('the sweep to wait', async () => {
        const rows = await database.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      });
      await process.clocks.stop(tx, [one.subjectId]);
    });
    expect(await sweep!).toBe(0);
    expect(await firedOf(one.subjectId)).toEqual([]);
  });
});

const backends = redisUrl ? (['redis', 'postgres'] as const) : (['postgres'] as const);

describe.each(backends)('with the queue on %s', (queues) => {
  /** A moment before the end of the last day of `term()`. */
  const almostOver = '2026-06-15T23:59:59.300+08:00';
  const isDone = async (process: Process, clockId: string) => {
    const queue = process.backend.queue(`subsidies-${RUNG_QUEUE}`);
    queue.on('error', () => undefined);
    try {
      return (await (await queue.getJob(`${clockId}-overdue-1`))?.isCompleted()) ?? false;
    } finally {
      await queue.close();
    }
  };

  it('fires within moments of the end, without a sweep', async () => {
    const clock = new RunningClock();
    await database.query('delete from subsidies.clock_sweeps');
    const process = await startProcess(clock, { queues });
    await until('the queue, and the sweep at the start', async () => {
      const swept = await database.query('select 1 from subsidies.clock_sweeps');
      return process.backend.usable && swept.length > 0;
    });
    clock.set(almostOver);
    const one = term();
    await process.arm(one);
    await until('the rung', async () => (await firedOf(one.subjectId)).length > 0);
    expect(await firedOf(one.subjectId)).toEqual(['overdue-1']);
    expect(clock.now().getTime() - Date.parse('2026-06-16T00:00:00+08:00')).toBeLessThan(5000);
  });

  it('does nothing when the job of a stopped clock arrives', async () => {
    const clock = new RunningClock();
    const process = await startProcess(clock, { queues });
    await until('the queue', () => process.backend.usable);
    // Time enough to stop it before its job comes, also on a busy machine.
    clock.set('2026-06-15T23:59:57+08:00');
    const one = term();
    await process.arm(one);
    const clockId = (await process.clocks.of(actor, one.subjectId))[0]!.clockId;
    await process.stop(one.subjectId);
    await until('the job to be done', () => isDone(process, clockId));
    await process.sweeper.sweep();
    expect(await firedOf(one.subjectId)).toEqual([]);
  });

  it('loses only seconds when the queue is emptied', async () => {
    const clock = new RunningClock();
    const process = await startProcess(clock, { queues, sweepMs: 100 });
    await until('the queue', () => process.backend.usable);
    clock.set(almostOver);
    const one = term();
    await process.arm(one);
    if (queues === 'redis') {
      await until('the job to be emptied', emptyRedis);
    } else {
      await until('the job to be emptied', async () => {
        const rows = await database.query('delete from bullmq.job returning 1');
        return rows.length > 0;
      });
    }
    await until('the rung', async () => (await firedOf(one.subjectId)).length > 0);
    expect(await firedOf(one.subjectId)).toEqual(['overdue-1']);
  });
});

describe('without any queue', () => {
  it('starts, arms and fires by sweeping', async () => {
    const clock = new RunningClock();
    clock.set('2026-06-15T23:59:59.300+08:00');
    const process = await startProcess(clock, {
      queues: 'redis',
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

/** What a service does with a rung: it appends its fact. */
@Injectable()
class RemindedCases extends RungHandler {
  constructor(private readonly outbox: Outbox) {
    super();
  }
  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    this.outbox.append(
      tx,
      rungs.map(({ clockId, rung, level, dueAt, subjectId, personId, divisionCode, roundId }) =>
        caseFacts.subsidies.reminded.of({
          personId,
          divisionCode,
          version: 1,
          caseId: subjectId,
          itemId: 'subsidies/example',
          itemVersion: '2026-01',
          period: 'once',
          roundId,
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

describe('the clocks module', () => {
  const migrated = [{ service: 'subsidies', migrations: clocksMigrations }];

  it('sweeps by itself in a service and hands rungs to the owner, who makes them known', async () => {
    const service = await startService({
      name: 'subsidies',
      modules: [ToyModule],
      migrated,
      now: '2026-06-01',
    });
    try {
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

  it('lets the service start, serve and stop while Redis is away', async () => {
    const keys = await createTestKeys();
    const started = performance.now();
    const app = await createServiceApp(
      { name: 'subsidies', modules: [ToyModule] },
      {
        PORT: 0,
        HOST: '127.0.0.1',
        DATABASE_URL: database.url,
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
    const overdue = term({ anchorDay: shanghaiDay(new Date()), value: 0, closeOfBusiness: '00:00' });
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
    await revertLast(options);
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
