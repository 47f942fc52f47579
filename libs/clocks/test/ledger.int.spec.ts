import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { serviceActor } from '@app/access';
import {
  clocksMigrations,
  ExtensionNotAllowed,
  LegalClocks,
  NoTermRuns,
  PauseNotAllowed,
  WorkingCalendar,
  type NewTerm,
} from '@app/clocks';
import { Jobs, openBackend, type QueueBackend } from '@app/jobs';
import { Database, migrate, type Tx } from '@app/platform';
import { migrationsOf } from '@app/service-host';
import { createTestDatabase, serviceLogin, TestClock, uniquePrefix, type TestDatabase } from '@app/testing';
import { RuleBook } from '../src/clock-rule.js';
import { NearHorizon } from '../src/near-horizon.js';

jest.setTimeout(60_000);

/** What happens to a term: it stands still and goes on, is extended, and is superseded; all in PostgreSQL. */
describe('the ledger of a legal clock', () => {
  const actor = serviceActor('subsidies');
  const head = { ...actor, id: 'head', role: 'federation-lead' };
  const clock = new TestClock(new Date());
  let database: TestDatabase;
  let own: Database;
  let backend: QueueBackend;
  let jobs: Jobs;
  let clocks: LegalClocks;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { url, servicePassword } = serviceLogin(database.url);
    const migrations = migrationsOf({ service: 'subsidies', migrations: clocksMigrations });
    await migrate({ service: 'subsidies', url: database.url, migrations, servicePassword, queuesHere: true });
    own = new Database({ service: 'subsidies', url, poolSize: 3, logger: new Logger('ledger-test') });
    await own.open();
    backend = openBackend({
      QUEUE_BACKEND: 'postgres',
      QUEUE_PREFIX: uniquePrefix().replace('.', ''),
      REDIS_URL: undefined,
      DATABASE_URL: url,
    });
    jobs = new Jobs('subsidies', backend);
    clocks = new LegalClocks(
      own,
      new RuleBook(),
      WorkingCalendar.load(),
      clock,
      new NearHorizon(jobs, clock),
    );
  });
  afterAll(async () => {
    await jobs.close();
    await backend.close();
    await own.close();
    await database.drop();
  });

  /** Sixty days, to be extended by thirty; it stands still for a hearing. */
  const petition = (overrides: Partial<NewTerm> = {}): NewTerm => ({
    subjectId: randomUUID(),
    step: 'decide',
    divisionCode: '338801001001',
    kind: 'statutory',
    value: 60,
    unit: 'natural-day',
    basis: '信访工作条例第三十四条',
    anchorDay: '2026-03-02',
    pauses: [{ reason: 'hearing', basis: '信访工作条例第三十六条' }],
    extension: { value: 30, basis: '信访工作条例第三十四条', role: 'federation-lead' },
    ...overrides,
  });
  const inTx = <Result>(work: (tx: Tx) => Promise<Result>, by = actor) => own.transaction(by, work);
  const of = async (term: NewTerm) => (await clocks.of(actor, term.subjectId))[0]!;

  it('has no end and fires nothing while it stands still, and ends later by the days it stood', async () => {
    const term = petition();
    clock.set('2026-03-02');
    await inTx((tx) => clocks.arm(tx, [term]));
    expect(await of(term)).toMatchObject({ dueDay: '2026-05-01', paused: false });

    clock.set('2026-03-10T10:00:00+08:00');
    const [change] = await inTx((tx) =>
      clocks.suspend(tx, [{ ...term, reason: 'hearing', note: '举行听证' }]),
    );
    expect(change).toMatchObject({ paused: { reason: 'hearing', basis: '信访工作条例第三十六条' } });
    expect(await of(term)).toMatchObject({ dueDay: null, dueAt: null, paused: true, mark: null });
    const [row] = await database.query(
      `select next_rung, next_at from subsidies.clocks where subject_id = $1`,
      [term.subjectId],
    );
    expect(row).toEqual({ next_rung: null, next_at: null });

    // The same reason again changes nothing.
    expect(await inTx((tx) => clocks.suspend(tx, [{ ...term, reason: 'hearing' }]))).toEqual([]);

    clock.set('2026-03-20T10:00:00+08:00');
    await inTx((tx) => clocks.resume(tx, [{ ...term, reason: 'hearing' }]));
    const view = await of(term);
    // Ten days, 11 to 20 March, do not count.
    expect(view).toMatchObject({ dueDay: '2026-05-11', paused: false });
    expect(view.suspensions).toEqual([
      expect.objectContaining({ reason: 'hearing', note: '举行听证', by: actor.id, to: clock.now() }),
    ]);
    expect((await clocks.explain(actor, term.subjectId))[0]).toMatchObject({ step: 'decide' });
  });

  it('stands still for no reason that its item does not name', async () => {
    const term = petition();
    clock.set('2026-03-02');
    await inTx((tx) => clocks.arm(tx, [term]));
    await expect(inTx((tx) => clocks.suspend(tx, [{ ...term, reason: 'holiday' }]))).rejects.toThrow(
      PauseNotAllowed,
    );
    await expect(
      inTx((tx) => clocks.suspend(tx, [{ subjectId: term.subjectId, step: 'notify', reason: 'hearing' }])),
    ).rejects.toThrow(NoTermRuns);
    // Without a step, those terms stand still that may.
    expect(
      await inTx((tx) => clocks.suspend(tx, [{ subjectId: term.subjectId, reason: 'holiday' }])),
    ).toEqual([]);
    expect(await of(term)).toMatchObject({ dueDay: '2026-05-01' });
  });

  it('is extended by the role that may, up to what the article allows, and not once it is over', async () => {
    const term = petition();
    const extend = (value: number, by = head) =>
      inTx((tx) => clocks.extend(tx, { ...term, value, reason: '情况复杂' }), by);
    clock.set('2026-03-02');
    await inTx((tx) => clocks.arm(tx, [term]));
    await expect(extend(30, actor)).rejects.toThrow(ExtensionNotAllowed);
    await extend(20);
    await expect(extend(11)).rejects.toThrow(ExtensionNotAllowed);
    await extend(10);
    expect(await of(term)).toMatchObject({
      dueDay: '2026-05-31',
      extensions: [{ value: 20, by: 'head', reason: '情况复杂' }, { value: 10 }],
    });
    const short = petition({ extension: null });
    await inTx((tx) => clocks.arm(tx, [short]));
    await expect(
      inTx((tx) => clocks.extend(tx, { ...short, value: 1, reason: '情况复杂' }), head),
    ).rejects.toThrow(ExtensionNotAllowed);
    const over = petition();
    await inTx((tx) => clocks.arm(tx, [over]));
    clock.set('2026-05-02T00:00:00+08:00');
    await expect(
      inTx((tx) => clocks.extend(tx, { ...over, value: 1, reason: '情况复杂' }), head),
    ).rejects.toThrow(ExtensionNotAllowed);
  });

  it('is superseded by a moved anchor, and both show', async () => {
    const term = petition();
    clock.set('2026-03-02');
    await inTx((tx) => clocks.arm(tx, [term]));
    await inTx((tx) => clocks.suspend(tx, [{ ...term, reason: 'hearing' }]));
    const moved = { ...term, anchorDay: '2026-03-12' };
    clock.set('2026-03-12');
    await inTx((tx) => clocks.arm(tx, [moved]));
    const [before, after] = await clocks.of(actor, term.subjectId);
    expect(before).toMatchObject({
      status: 'superseded',
      replacedBy: after!.clockId,
      paused: false,
      mark: null,
    });
    expect(before!.suspensions[0]!.to).toEqual(clock.now());
    expect(after).toMatchObject({ status: 'running', anchorDay: '2026-03-12', dueDay: '2026-05-11' });
  });

  it('keeps what it stood still for when it is stopped and goes on', async () => {
    const term = petition();
    clock.set('2026-03-02');
    await inTx((tx) => clocks.arm(tx, [term]));
    await inTx((tx) => clocks.suspend(tx, [{ ...term, reason: 'hearing' }]));
    clock.set('2026-03-12');
    const [stopped] = await inTx((tx) => clocks.stop(tx, [term.subjectId]));
    expect(stopped).toMatchObject({ status: 'stopped', subjectId: term.subjectId });
    const [again] = await inTx((tx) => clocks.arm(tx, [term]));
    expect(again).toMatchObject({ status: 'running', due: { day: '2026-05-11' } });
  });

  it('shows 期满 for a term of the person, never 超期', async () => {
    const term = petition({ holder: 'person', value: 30, step: 'remedy:review' });
    clock.set('2026-03-02');
    await inTx((tx) => clocks.arm(tx, [term]));
    clock.set('2026-06-01');
    expect(await of(term)).toMatchObject({ mark: '期满', holder: 'person' });
  });
});
