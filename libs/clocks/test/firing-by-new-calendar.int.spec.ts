import { jest } from '@jest/globals';
import type { NewTerm } from '@app/clocks';
import { until } from '@app/testing';
import { amended, CalendarHouse, standing, term, type Process } from './calendar-house.js';
import { at } from './invented.js';

// A busy machine needs longer than the default to make a database.
jest.setTimeout(120_000);

let house: CalendarHouse;
/** With these days off, ten working days from 1 June end with the 17th, and without them with the 15th. */
const longer = () => amended('2026-06-11', '2026-06-12');
const OLD_END = at('2026-06-16T00:00');
const NEW_END = at('2026-06-18T00:00');
const SWEEP_MS = 50;
/** Re-projections that have come to the gate. */
let waiting = 0;
let open: () => void = () => undefined;

/** Lets no re-projection of these processes into its first page, however long, until the gate is opened. */
function holdReprojections(...processes: readonly Process[]): () => void {
  waiting = 0;
  const gate = new Promise<void>((resolve) => (open = resolve));
  for (const { database } of processes) {
    const query = database.query.bind(database);
    jest.spyOn(database, 'query').mockImplementation(async (caller, sql, params) => {
      if (sql.includes('insert into clock_projections')) {
        waiting += 1;
        await gate;
      }
      return query(caller, sql, params) as Promise<never>;
    });
  }
  return open;
}

const areHeld = (count = 1) => until('the re-projections to come to the gate', () => waiting >= count);

const isThrough = (number: number) =>
  until(`the re-projection by publication ${number} to be through`, async () => {
    const rows = await house.database.query(
      `select from subsidies.clock_projections where calendar like '%:' || $1::int and finished_at is not null`,
      [number],
    );
    return rows.length > 0;
  });

const hasFired = (one: NewTerm, rung: string) =>
  until(`${rung} to fire`, async () => (await house.firedOf(one.subjectId)).includes(rung));

/** Armed by the calendar of the release, which this process has gone through. */
async function armed(process: Process, count = 1): Promise<NewTerm[]> {
  await process.sweeper.sweep();
  const terms = Array.from({ length: count }, () => term());
  await process.arm(...terms);
  return terms;
}

beforeAll(async () => {
  house = await CalendarHouse.build();
});
afterEach(async () => {
  open();
  await house.clear();
});
afterAll(() => house.database.drop());

describe('while the clocks are worked out by a new calendar', () => {
  it('rungs fire on time by the new one, sweep after sweep', async () => {
    const clock = standing('2026-06-02');
    const process = await house.startProcess(clock, SWEEP_MS);
    const [one] = await armed(process);
    const release = holdReprojections(process);
    const number = await house.publish(process, longer());
    await areHeld();

    clock.set('2026-06-10');
    await hasFired(one!, 'reminder');
    expect(await house.keptEndOf(one!)).toEqual(NEW_END);
    clock.set('2026-06-17');
    await hasFired(one!, 'due');
    clock.set('2026-06-18T00:00:00+08:00');
    await hasFired(one!, 'overdue-1');

    release();
    await isThrough(number);
    expect(await house.firedOf(one!.subjectId)).toEqual(['reminder', 'due', 'overdue-1']);
    expect(await house.movesOf(number)).toEqual([
      { subject: one!.subjectId, before: OLD_END, after: NEW_END },
    ]);
  });

  it('no rung fires by an end that has moved, and the move is told once', async () => {
    const clock = standing('2026-06-02');
    const process = await house.startProcess(clock, SWEEP_MS);
    const [one] = await armed(process);
    clock.set('2026-06-15');
    await hasFired(one!, 'due');
    const release = holdReprojections(process);
    const number = await house.publish(process, longer());
    await areHeld();

    clock.set('2026-06-16T00:01:00+08:00');
    await until(
      'the end to have moved',
      async () => (await house.keptEndOf(one!)).getTime() === NEW_END.getTime(),
    );
    expect(await house.firedOf(one!.subjectId)).toEqual(['reminder', 'due']);

    release();
    await isThrough(number);
    expect(await house.movesOf(number)).toHaveLength(1);
    expect(process.handler.moves).toBe(1);
    clock.set('2026-06-18T00:00:00+08:00');
    await hasFired(one!, 'overdue-1');
    expect(await house.firedOf(one!.subjectId)).toEqual(['reminder', 'due', 'overdue-1']);
  });

  it('a move and its rung come once, though the process learns nothing of its commit and another goes on', async () => {
    const clock = standing('2026-06-02');
    const [dying, next] = [await house.startProcess(clock), await house.startProcess(clock)];
    const [one] = await armed(dying);
    const release = holdReprojections(dying, next);
    const number = await house.publish(dying, longer());
    clock.set('2026-06-10');
    const transaction = dying.database.transaction.bind(dying.database);
    const spy = jest.spyOn(dying.database, 'transaction').mockImplementationOnce(async (...args) => {
      await transaction(...args);
      throw new Error('the process dies here');
    });
    const swept = dying.sweeper.sweep();
    await hasFired(one!, 'reminder');
    await areHeld();
    expect(spy).toHaveBeenCalled();

    release();
    await Promise.all([swept, next.sweeper.sweep()]);
    await isThrough(number);
    expect(await house.firedOf(one!.subjectId)).toEqual(['reminder']);
    expect(await house.movesOf(number)).toHaveLength(1);
  });

  it('neither is there where the handler fails, and both are once it does not', async () => {
    const clock = standing('2026-06-02');
    const process = await house.startProcess(clock);
    const [one] = await armed(process);
    const number = await house.publish(process, longer());
    process.handler.diesAfter = 0;
    clock.set('2026-06-10');
    await process.sweeper.sweep();
    expect(await house.firedOf(one!.subjectId)).toEqual([]);
    expect(await house.movesOf(number)).toEqual([]);

    process.handler.diesAfter = Number.POSITIVE_INFINITY;
    clock.set('2026-06-10T09:10:00+08:00');
    await process.sweeper.sweep();
    expect(await house.firedOf(one!.subjectId)).toEqual(['reminder']);
    expect(await house.movesOf(number)).toHaveLength(1);
  });

  it('two processes fire each rung once and write each move once', async () => {
    const clock = standing('2026-06-02');
    const processes = [await house.startProcess(clock, SWEEP_MS), await house.startProcess(clock, SWEEP_MS)];
    await Promise.all(processes.map(({ sweeper }) => sweeper.sweep()));
    const terms = await armed(processes[0]!, 600);
    const release = holdReprojections(...processes);
    const number = await house.publish(processes[0]!, longer());
    await areHeld();
    clock.set('2026-06-10');
    const fired = () =>
      house.database.query<{ rung: string; count: number; subjects: number }>(
        `select rung, count(*)::int as count, count(distinct subject_id)::int as subjects from subsidies.reminded
         where subject_id = any($1::uuid[]) group by rung order by rung`,
        [terms.map(({ subjectId }) => subjectId)],
      );
    // In the middle of it, so that pages and batches meet.
    await until('some to have fired', async () => ((await fired())[0]?.count ?? 0) > 0);
    release();
    await isThrough(number);
    const all = (rung: string) => ({ rung, count: terms.length, subjects: terms.length });
    await until('all to have fired', async () => (await fired())[0]?.count === terms.length);
    clock.set('2026-06-16T00:01:00+08:00');
    await Promise.all(processes.map(({ sweeper }) => sweeper.sweep()));
    expect(await fired()).toEqual([all('reminder')]);
    expect(await house.movesOf(number)).toHaveLength(terms.length);
    expect(await house.movesOf(0)).toEqual([]);
  });

  it('another one that is published meanwhile is not undone by it', async () => {
    const clock = standing('2026-06-02');
    const [slow, other] = [await house.startProcess(clock), await house.startProcess(clock)];
    const [one] = await armed(slow);
    const release = holdReprojections(slow, other);
    const first = await house.publish(slow, longer());
    const swept = slow.sweeper.sweep();
    await areHeld();
    const second = await house.publish(other, amended('2026-06-11'));
    clock.set('2026-06-10');
    const sweptByOther = other.sweeper.sweep();
    await hasFired(one!, 'reminder');
    expect(await house.keptEndOf(one!)).toEqual(at('2026-06-17T00:00'));

    release();
    await Promise.all([swept, sweptByOther]);
    await isThrough(second);
    expect(await house.keptEndOf(one!)).toEqual(at('2026-06-17T00:00'));
    expect(await house.movesOf(first)).toEqual([]);
    expect(await house.movesOf(second)).toHaveLength(1);
  });

  it('what is due by the new one alone fires when its page has been worked out', async () => {
    const clock = standing('2026-06-02');
    const process = await house.startProcess(clock);
    const [one] = await armed(process);
    await house.publish(process, longer());
    await process.sweeper.sweep();
    clock.set('2026-06-16T12:00:00+08:00');
    await process.sweeper.sweep();
    expect(await house.firedOf(one!.subjectId)).toEqual(['reminder']);
    await house.publish(process, amended());
    await process.sweeper.sweep();
    expect(await house.keptEndOf(one!)).toEqual(OLD_END);
    expect(await house.firedOf(one!.subjectId)).toEqual(['reminder', 'due', 'overdue-1']);
  });
});
