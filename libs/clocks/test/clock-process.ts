import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { serviceActor } from '@app/access';
import { ClockSweeper, LegalClocks, RungHandler, WorkingCalendar, type FiredRung } from '@app/clocks';
import { caseFacts } from '@app/contracts';
import { Jobs, openBackend, type QueueBackend } from '@app/jobs';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { Database, type Tx } from '@app/platform';
import { RuleBook } from '../src/clock-rule.js';
import { NearHorizon } from '../src/near-horizon.js';

/** Where a process kills itself: with the clocks locked, with the rungs claimed and their facts appended, or just after the commit. */
export const deathPoints = ['locked', 'appended', 'committed'] as const;

/** The clocks of a service as a process of their own, which dies when it is told to. */
export interface ClockProcessOptions {
  readonly url: string;
  readonly queues: 'redis' | 'postgres';
  readonly redis: string | null;
  readonly prefix: string;
  /** The time of the injected clock at `since` (ms of the real one), and how much faster it runs. */
  readonly time: { readonly origin: number; readonly since: number; readonly speed: number };
  /** The subject that its owner cannot handle. */
  readonly broken: string;
  /** At the n-th batch, at this point; null: never. */
  readonly death: { readonly batch: number; readonly point: (typeof deathPoints)[number] } | null;
}

/** Runs fast, and the same in every process of the machine. */
export class FastClock extends Clock {
  constructor(private readonly time: ClockProcessOptions['time']) {
    super();
  }
  now(): Date {
    const { origin, since, speed } = this.time;
    return new Date(origin + (Date.now() - since) * speed);
  }
}

export interface ClockProcess {
  /** Whether it was killed, once it has ended. */
  readonly ended: Promise<boolean>;
  signal(name: NodeJS.Signals): void;
}

export function startClockProcess(options: ClockProcessOptions): ClockProcess {
  const loader = fileURLToPath(new URL('../../testing/run/typescript.mjs', import.meta.url));
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], {
    execArgv: ['--import', loader],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    ended: once(child, 'exit').then(([, signal]) => signal === 'SIGKILL'),
    signal: (name) => void child.kill(name),
  };
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
    this.dieAt('locked');
    return [];
  }

  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    if (rungs.some(({ subjectId }) => subjectId === this.options.broken)) throw new Error('it is broken');
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

  private dieAt(point: (typeof deathPoints)[number]): void {
    const { death } = this.options;
    if (death?.point === point && this.batches >= death.batch) process.kill(process.pid, 'SIGKILL');
  }
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
  const jobs = new Jobs('subsidies', backend);
  const clock = new FastClock(options.time);
  const horizon = new NearHorizon(jobs, clock);
  const rules = new RuleBook();
  const calendar = WorkingCalendar.load();
  const handler = new DyingHandler(new Outbox(), options);
  const actor = serviceActor('subsidies');
  const sweeper = new ClockSweeper(database, actor, handler, rules, calendar, clock, jobs, horizon, 40);
  return {
    database,
    backend,
    clocks: new LegalClocks(database, rules, calendar, clock, horizon),
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
  const { sweeper, close } = await openClocks(JSON.parse(process.argv[2]!) as ClockProcessOptions);
  sweeper.start();
  process.on('SIGTERM', () => {
    void close().then(() => process.exit(0));
  });
}
