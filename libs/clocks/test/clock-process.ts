import { AsyncLocalStorage } from 'node:async_hooks';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { serviceActor } from '@app/access';
import {
  CalendarInForce,
  ClockSweeper,
  LegalClocks,
  RungHandler,
  WorkingCalendar,
  type FiredRung,
} from '@app/clocks';
import { caseFacts } from '@app/contracts';
import { Jobs, openBackend, type JobHandler, type ProcessOptions, type QueueBackend } from '@app/jobs';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { Database, type Migration, type Tx } from '@app/platform';
import { RuleBook } from '../src/clock-rule.js';
import { SWEEP_MS } from '../src/clock-sweeper.js';
import { NearHorizon } from '../src/near-horizon.js';

/**
 * Where a process kills itself: with the clocks locked, with the rungs claimed and their facts appended, just after the commit, or
 * wherever it is some moments after a batch began.
 */
export const deathPoints = ['locked', 'appended', 'committed', 'anywhere'] as const;
export type DeathPoint = (typeof deathPoints)[number];

export interface Death {
  /** At the n-th batch with something due. */
  readonly batch: number;
  readonly point: DeathPoint;
  /** For `anywhere`: so long after that batch began. */
  readonly afterMs: number;
}

/** A process that gets no batch is dead after this all the same; it says `idle`. */
const IDLE_MS = 5000;

/** The clocks of a service as a process of their own, which dies when it is told to. */
export interface ClockProcessOptions {
  readonly url: string;
  readonly queues: 'redis' | 'postgres';
  readonly redis: string | null;
  readonly prefix: string;
  /** The time of the injected clock at `since` (ms of the real one); from then on it runs as the real one does, or stands still. */
  readonly time: { readonly origin: number; readonly since: number; readonly runs: boolean };
  /** The subject that its owner cannot handle; absent: it can handle all. */
  readonly broken?: string;
  /** Null: never by itself. */
  readonly death: Death | null;
}

/** The same in every process of the machine. */
export class SharedClock extends Clock {
  constructor(private readonly time: ClockProcessOptions['time']) {
    super();
  }
  now(): Date {
    const { origin, since, runs } = this.time;
    return new Date(runs ? origin + Date.now() - since : origin);
  }
}

/** A process that has loaded its code, which takes seconds, and waits to be told what to do. */
export interface ClockProcess {
  readonly ready: Promise<unknown>;
  run(options: ClockProcessOptions): void;
  /** How it ended: by which signal, and where it had said that it would die. */
  readonly ended: Promise<{ readonly signal: NodeJS.Signals | null; readonly saidAt: string }>;
  signal(name: NodeJS.Signals): void;
}

export function startClockProcess(): ClockProcess {
  const loader = fileURLToPath(new URL('../../testing/run/typescript.mjs', import.meta.url));
  const child = fork(fileURLToPath(import.meta.url), [], {
    execArgv: ['--import', loader],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let saidAt = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (saidAt += text));
  return {
    ready: once(child, 'message'),
    run: (options) => void child.send(options),
    // `close` comes after the last word, `exit` may come before it.
    ended: once(child, 'close').then(([, signal]) => ({ signal: signal as NodeJS.Signals | null, saidAt })),
    signal: (name) => void child.kill(name),
  };
}

/** Who brought each rung, written with its claim and without any key: a job of the queue, or the sweeper. */
export const broughtTable: Migration = {
  id: 202611250998,
  name: 'create-brought',
  up: ({ workerRole }) => `
    create table brought (clock_id uuid, rung text, job_at timestamptz, pid int, at timestamptz default clock_timestamp());
    grant insert on brought to ${workerRole};`,
  down: () => 'drop table brought;',
};

/** The time for which the job was added within which this runs. */
const jobAt = new AsyncLocalStorage<string>();

/** Knows what is done within a job. */
class SeenJobs extends Jobs {
  override process<Data>(name: string, handler: JobHandler<Data>, options?: ProcessOptions): void {
    super.process<Data>(
      name,
      (job) => jobAt.run((job.data as { at: string }).at, () => handler(job)),
      options,
    );
  }
}

/** What a service does with a rung: it appends its fact. It dies where it is told to, and cannot handle one subject. */
class DyingHandler extends RungHandler {
  private batches = 0;

  constructor(
    private readonly outbox: Outbox,
    private readonly options: Pick<ClockProcessOptions, 'broken' | 'death'>,
  ) {
    super();
  }

  override async lockSubjects(): Promise<readonly string[]> {
    this.batches += 1;
    const { death } = this.options;
    if (death?.point === 'anywhere' && this.batches === death.batch) {
      setTimeout(() => die('anywhere'), death.afterMs);
    }
    this.dieAt('locked');
    return [];
  }

  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    if (rungs.some(({ subjectId }) => subjectId === this.options.broken)) throw new Error('it is broken');
    await tx.query(
      `insert into brought (clock_id, rung, job_at, pid) select n.*, $3, $4 from unnest($1::uuid[], $2::text[]) as n`,
      [
        rungs.map(({ clockId }) => clockId),
        rungs.map(({ rung }) => rung),
        jobAt.getStore() ?? null,
        process.pid,
      ],
    );
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
    tx.afterCommit(() => this.dieAt('committed'));
    // The facts go with the commit; dying here is dying before it.
    await tx.query('select pg_sleep(0.005)');
    this.dieAt('appended');
  }

  private dieAt(point: DeathPoint): void {
    const { death } = this.options;
    if (death?.point === point && this.batches >= death.batch) die(point);
  }
}

function die(point: DeathPoint | 'idle'): void {
  // At once, without another turn of the loop.
  writeSync(1, point);
  process.kill(process.pid, 'SIGKILL');
}

/** What a process and the test that started it make of the options alike. */
export async function openClocks(options: ClockProcessOptions): Promise<{
  database: Database;
  backend: QueueBackend;
  clocks: LegalClocks;
  sweeper: ClockSweeper;
  close(): Promise<void>;
}> {
  const database = new Database({
    service: 'subsidies',
    url: options.url,
    poolSize: 4,
    logger: new Logger('clocks'),
  });
  await database.open();
  const backend = openBackend({
    QUEUE_BACKEND: options.queues,
    QUEUE_PREFIX: options.prefix,
    REDIS_URL: options.redis ?? undefined,
    DATABASE_URL: options.url,
  });
  const jobs = new SeenJobs('subsidies', backend);
  const clock = new SharedClock(options.time);
  const horizon = new NearHorizon(jobs, clock);
  const rules = new RuleBook();
  const actor = serviceActor('subsidies');
  const inForce = new CalendarInForce(database, actor, WorkingCalendar.load());
  const sweeper = new ClockSweeper(
    database,
    actor,
    new DyingHandler(new Outbox(), options),
    rules,
    inForce.calendar,
    clock,
    jobs,
    horizon,
    SWEEP_MS,
    inForce,
  );
  return {
    database,
    backend,
    clocks: new LegalClocks(database, rules, inForce.calendar, clock, horizon),
    sweeper,
    close: async () => {
      await sweeper.stop();
      await jobs.close();
      await backend.close();
      await database.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  Logger.overrideLogger(false);
  const told = once(process, 'message');
  process.send!('ready');
  const [options] = (await told) as [ClockProcessOptions];
  const { sweeper, close } = await openClocks(options);
  sweeper.start();
  if (options.death) setTimeout(() => die('idle'), IDLE_MS);
  process.on('SIGTERM', () => {
    void close().then(() => process.exit(0));
  });
}
