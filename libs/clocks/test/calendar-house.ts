/** Processes of one service that share a database and follow published calendars. */
import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { serviceActor } from '@app/access';
import {
  CalendarInForce,
  clocksMigrations,
  ClockSweeper,
  keepPublished,
  LegalClocks,
  RungHandler,
  WorkingCalendar,
  type FiredRung,
  type LocalFile,
  type NewTerm,
  type YearFile,
} from '@app/clocks';
import { Jobs, openBackend, type QueueBackend } from '@app/jobs';
import { Database, migrate, type Migration, type Tx } from '@app/platform';
import { migrationsOf } from '@app/service-host';
import { createTestDatabase, serviceLogin, TestClock, uniquePrefix, type TestDatabase } from '@app/testing';
import { RuleBook } from '../src/clock-rule.js';
import { NearHorizon } from '../src/near-horizon.js';

export const actor = serviceActor('subsidies');
export const HOUR = 60 * 60 * 1000;
const released = WorkingCalendar.load();

const toy: Migration = {
  id: 202611250999,
  name: 'create-reminded',
  up: ({ workerRole }) => `
    create table reminded (subject_id uuid, rung text);
    grant select, insert on reminded to ${workerRole};`,
  down: () => 'drop table reminded;',
};

/** Writes down what fired; dies with the page of a re-projection where the test says so. */
export class Recorder extends RungHandler {
  moves = 0;
  diesAfter = Number.POSITIVE_INFINITY;

  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    await tx.query('insert into reminded select * from unnest($1::uuid[], $2::text[])', [
      rungs.map(({ subjectId }) => subjectId),
      rungs.map(({ rung }) => rung),
    ]);
  }

  override async onMoved(): Promise<void> {
    this.moves += 1;
    if (this.moves > this.diesAfter) throw new Error('the process dies here');
  }
}

/** One process of the service. */
export interface Process {
  readonly database: Database;
  readonly inForce: CalendarInForce;
  readonly clocks: LegalClocks;
  readonly sweeper: ClockSweeper;
  readonly handler: Recorder;
  readonly rules: RuleBook;
  arm(...terms: NewTerm[]): Promise<void>;
}

export const term = (overrides: Partial<NewTerm> = {}): NewTerm => ({
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

/** 2026 as it is, with these days off that were to be worked: as in 2020, when a holiday was made longer while it lasted. */
export function amended(...days: string[]): YearFile {
  const year = released.files.years.find((each) => each.year === 2026)!;
  return {
    ...year,
    days: {
      ...year.days,
      ...Object.fromEntries(days.map((day) => [day, { type: '调休休' as const, name: '延长' }])),
    },
  };
}

export const standing = (now: string): TestClock => {
  const clock = new TestClock(new Date());
  clock.set(now);
  return clock;
};

export class CalendarHouse {
  private readonly open: (() => Promise<void>)[] = [];
  private numbers = 0;

  private constructor(readonly database: TestDatabase) {}

  static async build(): Promise<CalendarHouse> {
    const database = await createTestDatabase();
    const { servicePassword } = serviceLogin(database.url);
    const migrations = migrationsOf({ service: 'subsidies', migrations: [...clocksMigrations, toy] });
    await migrate({ service: 'subsidies', url: database.url, migrations, servicePassword });
    return new CalendarHouse(database);
  }

  /** @param sweepMs absent: nothing is swept but what the test sweeps */
  async startProcess(clock: TestClock, sweepMs?: number): Promise<Process> {
    const { url } = this.database;
    const own = new Database({
      service: 'subsidies',
      url: serviceLogin(url).url,
      poolSize: 3,
      logger: new Logger('calendars-test'),
    });
    await own.open();
    const backend: QueueBackend = openBackend({
      QUEUE_BACKEND: 'postgres',
      QUEUE_PREFIX: uniquePrefix().replace('.', ''),
      REDIS_URL: undefined,
      DATABASE_URL: url,
    });
    const jobs = new Jobs('subsidies', backend);
    const horizon = new NearHorizon(jobs, clock);
    const rules = new RuleBook();
    const inForce = new CalendarInForce(own, actor, released);
    const { calendar } = inForce;
    const clocks = new LegalClocks(own, rules, calendar, clock, horizon);
    const handler = new Recorder();
    const sweeper = new ClockSweeper(
      own,
      actor,
      handler,
      rules,
      calendar,
      clock,
      jobs,
      horizon,
      sweepMs ?? HOUR,
      inForce,
    );
    if (sweepMs !== undefined) sweeper.start();
    this.open.push(async () => {
      await sweeper.stop();
      await jobs.close();
      await backend.close();
      await own.close();
    });
    return {
      database: own,
      inForce,
      clocks,
      sweeper,
      handler,
      rules,
      arm: async (...terms) => {
        await own.transaction(actor, (tx) => clocks.arm(tx, terms));
      },
    };
  }

  /** @returns the number of the publication */
  async publish({ database: own }: Process, content: YearFile | LocalFile): Promise<number> {
    this.numbers += 1;
    const number = this.numbers;
    const kind = 'year' in content ? ('year' as const) : ('local' as const);
    const key = 'year' in content ? String(content.year) : content.division;
    await own.transaction(actor, (tx) => keepPublished(tx, [{ number, kind, key, content }]));
    return number;
  }

  async firedOf(subjectId: string): Promise<string[]> {
    const rows = await this.database.query<{ rung: string }>(
      'select rung from subsidies.reminded where subject_id = $1',
      [subjectId],
    );
    return rows.map(({ rung }) => rung);
  }

  /** What a publication moved. */
  movesOf(number: number): Promise<{ subject: string; before: Date; after: Date }[]> {
    return this.database.query(
      `select c.subject_id as subject, m.before_at as before, m.after_at as after
       from subsidies.clock_moves m join subsidies.clocks c using (clock_id) where m.number = $1 order by m.clock_id`,
      [number],
    );
  }

  /** As the row has it, by which rungs fire. */
  async keptEndOf({ subjectId }: NewTerm): Promise<Date> {
    const rows = await this.database.query<{ due_at: Date }>(
      'select due_at from subsidies.clocks where subject_id = $1',
      [subjectId],
    );
    return rows[0]!.due_at;
  }

  /** Ends the processes and what runs. The calendar of the next test is that of the release; numbers go on. */
  async clear(): Promise<void> {
    await Promise.all(this.open.splice(0).map((close) => close()));
    await this.database.query(
      `update subsidies.clocks set status = 'stopped', next_rung = null, next_at = null where status = 'running'`,
    );
    await this.database.query('delete from subsidies.clock_calendars');
  }
}
