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
  deathPoints,
  FastClock,
  openClocks,
  startClockProcess,
  type ClockProcess,
  type ClockProcessOptions,
} from './clock-process.js';

jest.setTimeout(700_000);

const { redisUrl } = testServices();
const actor = serviceActor('subsidies');
const calendar = WorkingCalendar.load();
const DAY_MS = 24 * 60 * 60 * 1000;
const ORIGIN = Date.parse('2026-06-01T09:00:00+08:00');
/** A day in a second: with five rungs per clock, the last one some weeks after the end. */
const SPEED = DAY_MS / 1000;
const CLOCKS = 60;
const DEATHS = 6;

let database: TestDatabase;
const migrations = migrationsOf({ service: 'subsidies', migrations: clocksMigrations });

beforeEach(async () => {
  database = await createTestDatabase();
  const { servicePassword } = serviceLogin(database.url);
  await migrate({ service: 'subsidies', url: database.url, migrations, servicePassword, queuesHere: true });
});
afterEach(() => database.drop());

/** Numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const term = (overrides: Partial<NewTerm> = {}): NewTerm => ({
  subjectId: randomUUID(),
  step: 'review',
  divisionCode: '338801001001',
  kind: 'statutory',
  value: 5,
  unit: 'working-day',
  basis: 'an invented regulation, article 1',
  anchorDay: '2026-06-01',
  ...overrides,
});

/** Hours that begin at any minute, so that rungs come at all times, and working days, so that many come at once. */
function someTerms(next: () => number): NewTerm[] {
  return Array.from({ length: CLOCKS }, (_, at) =>
    at % 3 === 0
      ? term({ value: 3 + Math.floor(next() * 5) })
      : term({
          unit: 'hour',
          value: 40 + Math.floor(next() * 100),
          anchorAt: new Date(ORIGIN + Math.floor(next() * 24 * 60) * 60_000),
        }),
  );
}

const backends = redisUrl ? (['redis', 'postgres'] as const) : (['postgres'] as const);

it.each(backends)(
  'fires each rung once and in order, though two processes are killed again and again, with the queue on %s',
  async (queues) => {
    const seed = Number(process.env['CRASH_SEED'] ?? 20_261_129);
    const next = random(seed);
    const terms = someTerms(next);
    const broken = term({ value: 4 });
    const paused = term({ value: 6, pauses: [{ reason: 'assessment', basis: 'article 2' }] });
    const options: Omit<ClockProcessOptions, 'death'> = {
      url: serviceLogin(database.url).url,
      queues,
      redis: redisUrl,
      prefix: uniquePrefix().replace('.', ''),
      // It begins to run once everything is armed.
      time: { origin: ORIGIN, since: Date.now() + 4000, speed: SPEED },
      broken: broken.subjectId,
    };
    const arming = await openClocks({ ...options, time: { ...options.time, speed: 0 }, death: null });
    try {
      // Without a queue the sweeper alone would fire everything, and nothing would be shown of the queue.
      await until('the queue', () => arming.backend.usable);
      await arming.database.transaction(actor, async (tx) => {
        await arming.clocks.arm(tx, [...terms, broken, paused]);
        await arming.clocks.suspend(tx, [{ subjectId: paused.subjectId, reason: 'assessment' }]);
      });
    } finally {
      await arming.close();
    }

    const clock = new FastClock(options.time);
    let deaths = 0;
    let ending = false;
    const running = new Set<ClockProcess>();
    const live = async (): Promise<void> => {
      for (let life = 0; !ending; life += 1) {
        const dies = deaths + running.size < DEATHS;
        const death = { batch: 1 + Math.floor(next() * 4), point: deathPoints[Math.floor(next() * 3)]! };
        const one = startClockProcess({ ...options, death: dies ? death : null });
        running.add(one);
        const killed = await one.ended;
        running.delete(one);
        if (killed) deaths += 1;
        else if (!ending) throw new Error('a process ended by itself');
      }
    };
    const lives = [live(), live()];

    const expected = new Map(
      terms.map((each) => [each.subjectId, rungsOf(each, calendar).map(({ rung }) => rung)]),
    );
    const wanted = [...expected.values()].flat().length;
    const facts = () =>
      database.query<{ subject: string; rung: string }>(
        `select payload ->> 'caseId' as subject, payload ->> 'rung' as rung from subsidies.outbox_messages
         where type = 'subsidies.case.reminded.v1' order by xid, id`,
      );
    try {
      await until(
        async () =>
          `${wanted} facts (seed ${seed}, ${deaths} deaths), and there are ${(await facts()).length}`,
        async () => {
          if (deaths < DEATHS) return false;
          const last = Math.max(
            ...terms.flatMap((each) => rungsOf(each, calendar).map(({ at }) => at.getTime())),
          );
          return clock.now().getTime() > last && (await facts()).length >= wanted;
        },
        { timeoutMs: 600_000, everyMs: 200 },
      );
    } finally {
      ending = true;
      for (const one of running) one.signal('SIGTERM');
      await Promise.all(lives);
    }

    const said = new Map<string, string[]>();
    for (const { subject, rung } of await facts()) said.set(subject, [...(said.get(subject) ?? []), rung]);
    // One fact for each rung, in the order of the rungs; none of the one that stands still, nor of the one that its owner cannot handle.
    expect(said).toEqual(expected);
    const claims = await database.query<{ count: number; early: number }>(
      `select count(*)::int as count, (count(*) filter (where fired_at < at))::int as early from subsidies.clock_rungs`,
    );
    expect(claims).toEqual([{ count: wanted, early: 0 }]);
    const waiting = await database.query<{ subject_id: string }>(
      `select subject_id from subsidies.clocks where next_at is not null`,
    );
    expect(waiting).toEqual([{ subject_id: broken.subjectId }]);
    expect(deaths).toBeGreaterThanOrEqual(DEATHS);
  },
);
