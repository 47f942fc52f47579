import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { serviceActor } from '@app/access';
import { clocksMigrations, rungsOf, WorkingCalendar, type NewTerm } from '@app/clocks';
import { migrate } from '@app/platform';
import { migrationsOf } from '@app/service-host';
import {
  createTestDatabase,
  serviceLogin,
  testServices,
  uniquePrefix,
  until,
  type TestDatabase,
} from '@app/testing';
import {
  broughtTable,
  deathPoints,
  openClocks,
  SharedClock,
  startClockProcess,
  type ClockProcess,
  type ClockProcessOptions,
  type Death,
} from './clock-process.js';

const TIMEOUT_MS = 240_000;
jest.setTimeout(TIMEOUT_MS + 30_000);

const { redisUrl } = testServices();
const actor = serviceActor('subsidies');
const calendar = WorkingCalendar.load();
const HOUR_MS = 60 * 60 * 1000;
const CLOCKS = 450;
/** On each backend, shared out over the points. */
const DEATHS = 11;
/** Of those, deaths amid work: on a busy machine the last may come late and find nothing left to do. */
const AMID_WORK = 10;
/** What comes is spread over this, so that the deaths are amid it. */
const SPREAD_MS = 18_000;
const STEP_MS = 100;
/** Armed here; no process is there to see what comes before the run. */
const ARMED = Date.parse('2026-06-05T10:00:00+08:00');
const ORIGIN = Date.parse('2026-06-10T08:59:46+08:00');
/** Nothing else of these terms comes before it. */
const END = new Date('2026-06-10T09:30:00+08:00');

let database: TestDatabase;
const migrations = migrationsOf({ service: 'subsidies', migrations: [...clocksMigrations, broughtTable] });

beforeEach(async () => {
  database = await createTestDatabase();
  const { servicePassword } = serviceLogin(database.url);
  await migrate({ service: 'subsidies', url: database.url, migrations, servicePassword, queuesHere: true });
});
afterEach(async () => {
  for (const one of started) one.signal('SIGKILL');
  started.clear();
  await database.drop();
});

const started = new Set<ClockProcess>();
function start(): ClockProcess {
  const one = startClockProcess();
  started.add(one);
  return one;
}

/** Another one for another run: `ONETHING_CRASH_SEED=7 npm test -- int crash`. */
const seed = Number(process.env['ONETHING_CRASH_SEED'] ?? 20_261_129);

/** Numbers from 0 to 1, the same for the same seed. */
function random(): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Whatever fails says by which seed, also what never ends. */
async function withSeed(work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it does not end')), TIMEOUT_MS);
  });
  try {
    await Promise.race([work(), late]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`with ONETHING_CRASH_SEED=${seed}: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

const term = (overrides: Partial<NewTerm> = {}): NewTerm => ({
  subjectId: randomUUID(),
  step: 'review',
  divisionCode: '338801001001',
  kind: 'statutory',
  // From Monday 1 June: the last day is that of the run, its rung comes at nine, and the reminder has been missed.
  value: 7,
  unit: 'working-day',
  basis: 'an invented regulation, article 1',
  anchorDay: '2026-06-01',
  ...overrides,
});
const hours = (value: number, end: string): NewTerm => {
  const anchorAt = new Date(Date.parse(`2026-06-10T${end}:00+08:00`) - value * HOUR_MS);
  return term({ unit: 'hour', value, anchorAt, anchorDay: '2026-06-09' });
};

/** Reminded at 08:59 and due at 09:00; or over at 08:59 and reminded before, which has been missed; or both in working days. */
function someTerms(next: () => number): NewTerm[] {
  return Array.from({ length: CLOCKS }, (_, at) => {
    if (at % 5 === 0) return term();
    return at % 5 < 3 ? hours(30, '18:59') : hours(3 + Math.floor(next() * 18), '08:59');
  });
}

/** As many at each point, in an order of the seed. */
function someDeaths(next: () => number): Death[] {
  return Array.from({ length: DEATHS }, (_, at) => ({
    batch: 1 + Math.floor(next() * 4),
    point: deathPoints[at % deathPoints.length]!,
    afterMs: Math.floor(next() * 400),
    order: next(),
  }))
    .sort((one, other) => one.order - other.order)
    .map(({ batch, point, afterMs }) => ({ batch, point, afterMs }));
}

const toCome = (each: NewTerm) =>
  rungsOf(each, calendar).filter(({ at, level }) => at <= END && (level > 0 || at.getTime() > ARMED));

const backends = redisUrl ? (['redis', 'postgres'] as const) : (['postgres'] as const);

it.each(backends)(
  'fires each rung once and in order, most of them by jobs, though two processes are killed again and again, with the queue on %s',
  (queues) =>
    withSeed(async () => {
      const next = random();
      const terms = someTerms(next);
      const broken = term({ value: 6 });
      const paused = hours(30, '18:59');
      const pausing = { ...paused, pauses: [{ reason: 'assessment', basis: 'article 2' }] };
      const planned = someDeaths(next);
      const options: Omit<ClockProcessOptions, 'death'> = {
        url: serviceLogin(database.url).url,
        queues,
        redis: redisUrl,
        prefix: uniquePrefix().replace('.', ''),
        time: { origin: ARMED, since: 0, runs: false },
        broken: broken.subjectId,
      };
      const arming = await openClocks({ ...options, death: null });
      try {
        // Without a queue the sweeper would fire everything late.
        await until('the queue', () => arming.backend.usable);
        await arming.database.transaction(actor, async (tx) => {
          await arming.clocks.arm(tx, [...terms, broken, pausing]);
          await arming.clocks.suspend(tx, [{ subjectId: paused.subjectId, reason: 'assessment' }]);
        });
      } finally {
        await arming.close();
      }
      // Rungs stand on whole minutes, and so short a run sees few of those: the clocks in hours are looked at some moments later, as one
      // whose handler failed is. What comes after that stands on the minute again.
      const steps = terms.flatMap(({ subjectId, unit }) =>
        unit === 'hour' ? [[subjectId, Math.floor((next() * SPREAD_MS) / STEP_MS) * STEP_MS] as const] : [],
      );
      await database.query(
        `update subsidies.clocks c set next_at = $3::timestamptz + make_interval(secs => n.after / 1000.0)
         from unnest($1::uuid[], $2::int[]) as n (subject_id, after) where c.subject_id = n.subject_id`,
        [steps.map(([subjectId]) => subjectId), steps.map(([, after]) => after), new Date(ORIGIN + 2000)],
      );
      // Loading takes longer than living, so all are there before the first dies; two stay alive at the end.
      const spares = Array.from({ length: DEATHS + 2 }, start);
      await Promise.all(spares.map(({ ready }) => ready));

      const time = { origin: ORIGIN, since: Date.now(), runs: true };
      const clock = new SharedClock(time);
      const died: string[] = [];
      let ending = false;
      const running = new Set<ClockProcess>();
      const live = async (): Promise<void> => {
        while (!ending) {
          const one = spares.shift();
          if (!one) throw new Error('more died than were to die');
          running.add(one);
          one.run({ ...options, time, death: planned.shift() ?? null });
          const { signal, saidAt } = await one.ended;
          running.delete(one);
          if (signal === 'SIGKILL' && saidAt) died.push(saidAt);
          else if (!ending) throw new Error(`a process ended by itself: ${signal ?? 'no signal'}`);
        }
      };
      const lives = Promise.all([live(), live()]);
      lives.catch(() => undefined);

      const expected = new Map(terms.map((each) => [each.subjectId, toCome(each).map(({ rung }) => rung)]));
      const wanted = [...expected.values()].flat().length;
      const facts = () =>
        database.query<{ subject: string; rung: string }>(
          `select payload ->> 'caseId' as subject, payload ->> 'rung' as rung from subsidies.outbox_messages
           where type = 'subsidies.case.reminded.v1' order by xid, id`,
        );
      try {
        await Promise.race([
          lives,
          until(
            async () =>
              `${wanted} facts and ${DEATHS} deaths, and there are ${(await facts()).length} and ${died.length}`,
            async () => {
              if (died.length < DEATHS) return false;
              return clock.now().getTime() > ORIGIN + SPREAD_MS && (await facts()).length >= wanted;
            },
            { timeoutMs: 120_000, everyMs: 200 },
          ),
        ]);
      } finally {
        ending = true;
        for (const one of [...running, ...spares]) one.signal('SIGTERM');
        await lives;
      }

      const said = new Map<string, string[]>();
      for (const { subject, rung } of await facts()) said.set(subject, [...(said.get(subject) ?? []), rung]);
      // One fact for each rung, in the order of the rungs; none of the one that stands still, nor of the one that its owner cannot handle.
      expect(said).toEqual(expected);
      const claims = await database.query<{ count: number; early: number }>(
        `select count(*)::int as count, (count(*) filter (where fired_at < at))::int as early from subsidies.clock_rungs`,
      );
      expect(claims).toEqual([{ count: wanted, early: 0 }]);
      const late = await database.query<{ subject_id: string }>(
        `select subject_id from subsidies.clocks where next_at <= $1`,
        [END],
      );
      expect(late).toEqual([{ subject_id: broken.subjectId }]);

      // The queue brought them, not the sweep at the start of whoever took a dead one's place.
      const [by] = await database.query<{ job: number; sweeper: number; jobs: number; processes: number }>(
        `select (count(*) filter (where job_at is not null))::int as job, (count(*) filter (where job_at is null))::int as sweeper,
           count(distinct job_at)::int as jobs, count(distinct pid)::int as processes from subsidies.brought`,
      );
      expect(by!.job + by!.sweeper).toBe(wanted);
      expect(by!.job).toBeGreaterThan(wanted / 2);
      const atOnce = await database.query(
        `with lives as (select pid, min(at) as first, max(at) as last from subsidies.brought group by pid)
         select from lives one join lives other on one.pid < other.pid and one.first < other.last and other.first < one.last`,
      );
      expect(atOnce.length).toBeGreaterThan(0);
      const amidWork = died.filter((at) => at !== 'idle');
      expect(new Set(amidWork)).toEqual(new Set(deathPoints));
      expect(amidWork.length).toBeGreaterThanOrEqual(AMID_WORK);
    }),
);
