import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { serviceActor } from '@app/access';
import { clocksMigrations, keepPublished, rungsOf, WorkingCalendar, type NewTerm } from '@app/clocks';
import { migrate } from '@app/platform';
import { migrationsOf } from '@app/service-host';
import { createTestDatabase, serviceLogin, uniquePrefix, until, type TestDatabase } from '@app/testing';
import { broughtTable, openClocks, startClockProcess, type ClockProcess } from './clock-process.js';
import { amendedYear } from './invented.js';

jest.setTimeout(300_000);

const actor = serviceActor('subsidies');
const released = WorkingCalendar.load();
/** The holiday is made longer on the day itself: who was reminded this morning would now be reminded later. */
const notice = amendedYear(released, ['2026-06-10', '2026-06-11']);
const amended = released.with(notice);

/** Three pages of at most 2,000. */
const CLOCKS = 4250;
const PAGE = 2000;
/** Which advisory lock holds the second page. */
const HELD = 20_261_129;

const PAUSES = [{ reason: 'hearing', basis: 'an invented regulation, article 2' }];
/** One in twenty stands still, one in twenty has stood still for two days; a third is in natural days, which no notice moves. */
const terms = Array.from(
  { length: CLOCKS },
  (_, at): NewTerm & { readonly ledger: 'held' | 'resumed' | null } => ({
    subjectId: randomUUID(),
    step: 'review',
    divisionCode: '338801001001',
    kind: 'statutory',
    value: 8 + (at % 5),
    unit: at % 3 === 0 ? 'natural-day' : 'working-day',
    basis: 'an invented regulation, article 1',
    anchorDay: '2026-06-01',
    pauses: PAUSES,
    ledger: at % 20 === 0 ? 'held' : at % 20 === 1 ? 'resumed' : null,
  }),
);
const subjectsOf = (those: 'held' | 'resumed') =>
  terms.flatMap(({ subjectId, ledger }) => (ledger === those ? [{ subjectId, reason: 'hearing' }] : []));

const databases: TestDatabase[] = [];
const processes: ClockProcess[] = [];
afterEach(async () => {
  for (const one of processes.splice(0)) one.signal('SIGKILL');
  await Promise.all(databases.splice(0).map((database) => database.drop()));
});

const optionsOf = (database: TestDatabase, now: string) => ({
  url: serviceLogin(database.url).url,
  queues: 'postgres' as const,
  redis: null,
  prefix: uniquePrefix().replace('.', ''),
  time: { origin: Date.parse(now), since: 0, runs: false },
  death: null,
});
const THE_DAY = '2026-06-10T10:00:00+08:00';

/** In this process, and at a standing time. */
async function inClocks(
  database: TestDatabase,
  now: string,
  work: (clocks: Awaited<ReturnType<typeof openClocks>>) => Promise<unknown>,
): Promise<void> {
  const clocks = await openClocks(optionsOf(database, now));
  try {
    await work(clocks);
  } finally {
    await clocks.close();
  }
}

/** The same clocks, reminded until that morning, and then the notice. */
async function aService(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  databases.push(database);
  const { servicePassword } = serviceLogin(database.url);
  const migrations = migrationsOf({ service: 'subsidies', migrations: [...clocksMigrations, broughtTable] });
  await migrate({ service: 'subsidies', url: database.url, migrations, servicePassword, queuesHere: true });
  await inClocks(database, '2026-06-01T10:00:00+08:00', async ({ database: own, clocks }) => {
    for (let from = 0; from < CLOCKS; from += 1000) {
      await own.transaction(actor, (tx) => clocks.arm(tx, terms.slice(from, from + 1000)));
    }
    const stood = [...subjectsOf('held'), ...subjectsOf('resumed')];
    const at = (day: string) => new Date(`${day}T10:00:00+08:00`);
    await own.transaction(actor, async (tx) => {
      await clocks.suspend(
        tx,
        stood.map((pause) => ({ ...pause, at: at('2026-06-02') })),
      );
      await clocks.resume(
        tx,
        subjectsOf('resumed').map((pause) => ({ ...pause, at: at('2026-06-04') })),
      );
    });
  });
  await inClocks(database, THE_DAY, async ({ database: own, sweeper }) => {
    expect(await sweeper.sweep()).toBeGreaterThan(1000);
    await own.transaction(actor, (tx) =>
      keepPublished(tx, [{ number: 1, kind: 'year', key: '2026', content: notice }]),
    );
  });
  return database;
}

/** A process of the service, at work as soon as it is ready. */
async function startProcess(database: TestDatabase): Promise<ClockProcess> {
  const one = startClockProcess();
  processes.push(one);
  await one.ready;
  one.run(optionsOf(database, THE_DAY));
  return one;
}

const clocksOf = (database: TestDatabase) =>
  database.query<{ clock_id: string }>(
    `select clock_id, due_at, provisional, paused, next_rung, next_at, status from subsidies.clocks order by clock_id`,
  );
const movesOf = (database: TestDatabase) =>
  database.query<{ clock_id: string }>(
    `select clock_id, number, before_at, after_at from subsidies.clock_moves order by clock_id, before_at`,
  );
const rungsIn = (database: TestDatabase) =>
  database.query(
    `select clock_id, rung, level, at, fired_at from subsidies.clock_rungs order by clock_id, rung`,
  );
const progressOf = async (database: TestDatabase) =>
  (
    await database.query<{ after: string; finished_at: Date | null }>(
      'select after, finished_at from subsidies.clock_projections order by started_at desc limit 1',
    )
  )[0]!;

/** Stops the second page where its rows are written and its progress is not noted yet, for as long as somebody has the lock. */
const holdSecondPage = `
  create function subsidies.hold_page() returns trigger language plpgsql as $$
  begin
    if exists (select from subsidies.clocks where xmin = pg_current_xact_id()::xid) then
      perform pg_advisory_xact_lock(${HELD});
    end if;
    return new;
  end $$;
  create trigger hold_page before update on subsidies.clock_projections for each row
    when (old.after <> '00000000-0000-0000-0000-000000000000' and new.after > old.after and new.finished_at is null)
    execute function subsidies.hold_page()`;
const held = (database: TestDatabase) =>
  database.query<{ pid: number; query: string }>(
    `select a.pid, a.query from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.objid = $1 and not l.granted and a.datname = current_database()`,
    [HELD],
  );

/** What was told of each subject, in order. */
async function toldIn(database: TestDatabase): Promise<Map<string, string[]>> {
  const told = new Map<string, string[]>();
  const facts = await database.query<{ subject: string; rung: string }>(
    `select payload ->> 'caseId' as subject, payload ->> 'rung' as rung from subsidies.outbox_messages
     where type = 'subsidies.case.reminded.v1' order by xid, id`,
  );
  for (const { subject, rung } of facts) told.set(subject, [...(told.get(subject) ?? []), rung]);
  return told;
}

describe('a process that is killed in the middle of working clocks out by another calendar', () => {
  it('leaves whole pages, and another one goes on as if nothing had been', async () => {
    const [killed, copy] = [await aService(), await aService()];
    const before = await clocksOf(killed);
    expect(before).toHaveLength(CLOCKS);
    expect(await clocksOf(copy)).toEqual(before);
    await inClocks(copy, THE_DAY, ({ sweeper }) => sweeper.sweep());
    const after = await clocksOf(copy);
    const moves = await movesOf(copy);
    expect(moves.length).toBeGreaterThan(CLOCKS / 2);

    await killed.query(holdSecondPage);
    const holder = new pg.Client({ connectionString: killed.url });
    await holder.connect();
    let pid: number;
    try {
      await holder.query('select pg_advisory_lock($1)', [HELD]);
      const dying = await startProcess(killed);
      const [there] = await until(
        'the second page to be held',
        async () => {
          const those = await held(killed);
          return those.length > 0 ? those : null;
        },
        { timeoutMs: 60_000 },
      );
      expect(there!.query).toContain('update clock_projections');
      pid = there!.pid;
      dying.signal('SIGKILL');
      expect(await dying.ended).toMatchObject({ signal: 'SIGKILL' });
      // Where it was when it died: its server process has not noticed yet, and waits on.
      expect(await held(killed)).toMatchObject([{ pid }]);
    } finally {
      await holder.end();
    }
    await until('the server to notice', async () => {
      const rows = await killed.query('select from pg_stat_activity where pid = $1', [pid]);
      return rows.length === 0;
    });

    // The first page stands, and nothing of the second.
    expect(await progressOf(killed)).toEqual({ after: before[PAGE - 1]!.clock_id, finished_at: null });
    expect(await clocksOf(killed)).toEqual([...after.slice(0, PAGE), ...before.slice(PAGE)]);
    const first = new Set(before.slice(0, PAGE).map(({ clock_id }) => clock_id));
    expect(await movesOf(killed)).toEqual(moves.filter(({ clock_id }) => first.has(clock_id)));

    const next = await startProcess(killed);
    await until('the next process to finish', async () => (await progressOf(killed)).finished_at !== null, {
      timeoutMs: 60_000,
    });
    next.signal('SIGTERM');
    await next.ended;
    expect(await movesOf(killed)).toEqual(moves);
    expect(await clocksOf(killed)).toEqual(after);

    for (const database of [killed, copy]) {
      await inClocks(database, '2026-09-01T10:00:00+08:00', ({ sweeper }) => sweeper.sweep());
    }
    expect(await rungsIn(killed)).toEqual(await rungsIn(copy));
    const told = await toldIn(killed);
    expect(told).toEqual(await toldIn(copy));
    // Each rung of the usual plan once and in order; nothing of what stands still.
    const expected = terms.flatMap((term) =>
      term.ledger === 'held'
        ? []
        : [[term.subjectId, rungsOf(term, amended).map(({ rung }) => rung)] as const],
    );
    expect(told).toEqual(new Map(expected));
  });
});
