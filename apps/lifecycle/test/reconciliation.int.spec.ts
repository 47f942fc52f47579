import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Catalogue } from '@app/catalogue';
import { ClockSweeper } from '@app/clocks';
import { startService, until, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { Gaps } from '../src/adapters/postgres/gaps.js';
import { Trust } from '../src/adapters/postgres/trust.js';
import { Reconcile } from '../src/app/reconcile.js';
import { Sweep } from '../src/app/sweep.js';
import { LifecycleModule } from '../src/lifecycle.module.js';
import { lifecycle } from '../src/migrations.js';
import { clubCatalogue } from './invented-catalogue.js';
import { Neighbours, OwnersCase, TODAY } from './people.js';

const TOMORROW = '2026-03-03';
const PROMISE = {
  value: 5,
  unit: 'working-day' as const,
  kind: 'promised' as const,
  basis: '县对账办法（公开承诺）',
};

let service: ServiceUnderTest;
let lead: TestUser;
let villages = 0;

beforeAll(async () => {
  const catalogue = clubCatalogue(undefined, { gaps: { promise: PROMISE } });
  service = await startService({
    name: 'lifecycle',
    modules: [{ module: LifecycleModule, providers: [{ provide: Catalogue, useValue: catalogue }] }],
    migrated: [lifecycle],
    now: TODAY,
  });
  lead = await service.as('federation-lead');
});

afterEach(() => {
  jest.restoreAllMocks();
  service.clock.set(TODAY);
});

afterAll(() => service.stop());

const deliver = (...events: Parameters<ServiceUnderTest['deliver']>[1][]) =>
  service.deliver('lifecycle', ...events);

async function ok(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer;
  expect({ status, body: status === 200 ? null : body }).toEqual({ status: 200, body: null });
  return body;
}

/** Somebody in a village of their own, or in that of another. */
function somebody(village = `338801005${String((villages += 1)).padStart(3, '0')}`): Neighbours {
  const person = new Neighbours();
  person.divisionCode = village;
  return person;
}

/** A run of a village, to its end. */
async function reconcile(region: string) {
  const { runs } = await ok(lead.post('/lifecycle/reconciliations', { region }));
  return done(runs[0].runId);
}

async function done(runId: string) {
  return until('the run is done', async () => {
    const [run] = (await ok(lead.get(`/lifecycle/reconciliations?run=${runId}`))).runs;
    return run.status === 'done' ? run : null;
  });
}

/** Open gaps of a village, a word each. */
async function gapsOf(village: string): Promise<string[]> {
  const gaps = await listOf(village);
  return gaps.map(({ kind, itemId, reason }) => `${kind} ${itemId}: ${reason}`).sort();
}

async function listOf(village: string, query = ''): Promise<Answer['body'][]> {
  return (await ok(lead.get(`/lifecycle/gaps?from=${village}&to=${village}${query}`))).gaps;
}

/** Taken over with the living stock: entitled, and nothing was opened. */
async function takenOver(
  facts: Record<string, boolean> = { 'aid.dibao': true, 'aid.dibian': false },
): Promise<Neighbours> {
  const person = somebody();
  await deliver(person.registered(), person.knows(facts), person.takenOver());
  return person;
}

const TAKEN_OVER = [
  'should-have club/allowance: taken-over',
  'should-have club/greeting: taken-over',
  'should-have club/nursing: taken-over',
];

describe('应享未享', () => {
  it('whoever was taken over with the living stock and has nothing is found, with money, facts and day', async () => {
    const { divisionCode, personId } = await takenOver();
    const run = await reconcile(divisionCode);
    expect(await gapsOf(divisionCode)).toEqual(TAKEN_OVER);
    expect((await listOf(divisionCode, '&item=club/allowance'))[0]).toMatchObject({
      personId,
      monthly: 200_00,
      since: TODAY,
      openedOn: TODAY,
      zh: '应享未享：接管存量时即符合条件，但没有办理记录',
      because: expect.arrayContaining([{ fact: 'aid.dibao', zh: '低保家庭' }]),
      distrusted: [],
      task: null,
    });
    expect(run).toMatchObject({
      status: 'done',
      progress: { lookedAt: 1, expected: 1 },
      holders: 1,
      outcomes: { entitled: 3, waiting: 0, unknown: 3 },
      drifted: 0,
      missing: { persons: 1, facts: 3 },
      opened: 3,
      gaps: [{ kind: 'should-have', gaps: 3, persons: 1, monthly: 200_00, unpriced: 2, distrusted: 0 }],
    });
    expect(run.notLooked.map(({ what }: { what: string }) => what)).toEqual(['roster:death']);
  });

  it('is closed by the run after a case came, and opened once only however many runs see it', async () => {
    const { divisionCode, personId } = await takenOver();
    await reconcile(divisionCode);
    expect(await reconcile(divisionCode)).toMatchObject({ opened: 0, closed: 0 });
    const allowance = new OwnersCase(personId, 'subsidies', 'club/allowance', 'once', null);
    await deliver(allowance.opened('open'));
    service.clock.set(TOMORROW);
    expect(await reconcile(divisionCode)).toMatchObject({ opened: 0, closed: 1 });
    expect(await gapsOf(divisionCode)).toEqual(TAKEN_OVER.slice(1));
    expect(await listOf(divisionCode, '&state=closed')).toMatchObject([
      { itemId: 'club/allowance', openedOn: TODAY, closedOn: TOMORROW },
    ]);
  });

  it('waiting on a list, or having declined, is none', async () => {
    const { divisionCode, personId } = await takenOver();
    const [allowance, nursing] = ['club/allowance', 'club/nursing'].map(
      (itemId) => new OwnersCase(personId, 'subsidies', itemId, 'once', null),
    ) as [OwnersCase, OwnersCase];
    await deliver(allowance.opened('waiting'), nursing.opened(), nursing.declined());
    const run = await reconcile(divisionCode);
    expect(run.outcomes).toMatchObject({ entitled: 2, waiting: 1 });
    expect(await gapsOf(divisionCode)).toEqual(['should-have club/greeting: taken-over']);
  });

  it.each<[string, (person: Neighbours) => Parameters<typeof deliver>[0]]>([
    ['their fact changed', (person) => person.knows({ 'aid.dibao': false, 'device.needed': false })],
    ['the fact was withdrawn', (person) => person.withdraws('aid.dibao')],
  ])('is closed when %s', async (_name, fact) => {
    const person = await takenOver();
    await reconcile(person.divisionCode);
    await deliver(fact(person));
    await reconcile(person.divisionCode);
    expect(await gapsOf(person.divisionCode)).toEqual(TAKEN_OVER.slice(1));
  });

  it.each<[string, (person: Neighbours) => Parameters<typeof deliver>[0]]>([
    ['the person died', (person) => person.died()],
    ['the card was cancelled', (person) => person.cancelled()],
    ['the card was frozen', (person) => person.frozen()],
  ])('all of them are closed when %s', async (_name, fact) => {
    const person = await takenOver();
    await reconcile(person.divisionCode);
    await deliver(fact(person));
    expect(await reconcile(person.divisionCode)).toMatchObject({ closed: 3 });
    expect(await gapsOf(person.divisionCode)).toEqual([]);
  });

  it('goes with whoever moves to another village, and ends where no file covers the new place', async () => {
    const person = await takenOver();
    const old = person.divisionCode;
    await reconcile(old);
    const to = somebody().divisionCode;
    await deliver(person.movedTo(to));
    await reconcile(old);
    expect(await gapsOf(old)).toEqual([]);
    await reconcile(to);
    expect((await gapsOf(to)).length).toBeGreaterThan(0);
    await deliver(person.movedAway());
    await reconcile(to);
    expect(await gapsOf(to)).toEqual([]);
  });
});

describe('不应享而享', () => {
  it('what a day has ended and nobody has stopped is found; stored outcomes that were out of date are decided again', async () => {
    const person = somebody();
    await deliver(person.registered({ birthDate: '2008-03-03' }), person.issued());
    const roundId = await roundOf(person);
    const youth = new OwnersCase(person.personId, 'rehabilitation', 'club/youth', 'once', roundId);
    await deliver(youth.opened('open'), youth.granted());
    expect(await reconcile(person.divisionCode)).toMatchObject({ drifted: 0, opened: 0 });

    service.clock.set(TOMORROW);
    expect(await reconcile(person.divisionCode)).toMatchObject({ drifted: 1 });
    expect(await gapsOf(person.divisionCode)).toContain('should-not-have club/youth: facts');
    await service.get(Sweep).run();
    expect(await reconcile(person.divisionCode)).toMatchObject({ drifted: 0 });
    expect(await gapsOf(person.divisionCode)).not.toContain('should-not-have club/youth: facts');

    service.clock.set('2026-03-04');
    await reconcile(person.divisionCode);
    expect(await gapsOf(person.divisionCode)).toContain('unanswered club/youth: stop-proposed');
    await deliver(youth.held('granted', roundId));
    await reconcile(person.divisionCode);
    expect(await gapsOf(person.divisionCode)).not.toContain('unanswered club/youth: stop-proposed');
  });

  it('what came with the old lists and was never due is found, until its owner stops it or the fact comes', async () => {
    const person = await takenOver({ 'aid.dibao': false });
    const allowance = new OwnersCase(person.personId, 'subsidies', 'club/allowance', 'once', null);
    await deliver(allowance.opened('open'), allowance.granted());
    await reconcile(person.divisionCode);
    const gap = 'should-not-have club/allowance: never-qualified';
    expect(await gapsOf(person.divisionCode)).toContain(gap);
    await deliver(person.knows({ 'aid.dibao': true }));
    await reconcile(person.divisionCode);
    expect(await gapsOf(person.divisionCode)).not.toContain(gap);
  });
});

describe('承办未回应', () => {
  it('what was planned before today and has no case is found, and closed when its owner opens one', async () => {
    const person = somebody();
    await deliver(person.registered(), person.knows({ 'aid.dibao': true }), person.issued());
    await reconcile(person.divisionCode);
    expect(await gapsOf(person.divisionCode)).toEqual([]);
    service.clock.set(TOMORROW);
    await reconcile(person.divisionCode);
    expect(await gapsOf(person.divisionCode)).toEqual([
      'unanswered club/allowance: planned',
      'unanswered club/greeting: planned',
      'unanswered club/nursing: planned',
    ]);
    expect((await listOf(person.divisionCode))[0]).toMatchObject({ since: TODAY });
    const allowance = new OwnersCase(
      person.personId,
      'subsidies',
      'club/allowance',
      'once',
      await roundOf(person),
    );
    await deliver(allowance.opened());
    await reconcile(person.divisionCode);
    expect(await gapsOf(person.divisionCode)).not.toContain('unanswered club/allowance: planned');
  });
});

describe('a run', () => {
  it('does not double: asked for twice at once it is one, and two processes do not both do it', async () => {
    const { divisionCode } = await takenOver();
    const hold = holdUp();
    const [first, second] = await Promise.all(
      [1, 2].map(
        async () => (await ok(lead.post('/lifecycle/reconciliations', { region: divisionCode }))).runs[0],
      ),
    );
    expect(second.runId).toBe(first.runId);
    expect([first.begun, second.begun].sort()).toEqual([false, true]);
    await hold.reached;
    const other = anotherProcess();
    expect(await other.run(first.runId)).toBe(false);
    hold.goOn();
    expect(await done(first.runId)).toMatchObject({ progress: { lookedAt: 1 }, opened: 3 });
    expect(await gapsOf(divisionCode)).toHaveLength(3);
  });

  it('whoever has lost the lease writes nothing of the page at hand', async () => {
    const { divisionCode } = await takenOver();
    const hold = holdUp();
    const { runs } = await ok(lead.post('/lifecycle/reconciliations', { region: divisionCode }));
    await hold.reached;
    // It froze for longer than its lease, and another process took over.
    await service.database.query(
      `update lifecycle.reconciliations set lease_until = '-infinity' where run_id = $1`,
      [runs[0].runId],
    );
    jest.restoreAllMocks();
    expect(await anotherProcess().run(runs[0].runId)).toBe(true);
    hold.goOn();
    expect(await done(runs[0].runId)).toMatchObject({
      progress: { lookedAt: 1 },
      gaps: [{ kind: 'should-have', gaps: 3 }],
    });
    await service.get(Reconcile).run(runs[0].runId);
    expect(await done(runs[0].runId)).toMatchObject({ gaps: [{ kind: 'should-have', gaps: 3 }] });
  });

  it('goes on after the last page that was written, and leaves nobody out', async () => {
    const region = '338801007';
    const people = Array.from({ length: 230 }, (_, n) =>
      somebody(`${region}${String(n % 3).padStart(3, '0')}`),
    );
    for (let from = 0; from < people.length; from += 100) {
      const some = people.slice(from, from + 100);
      await deliver(...some.map((person) => person.registered()));
      await deliver(...some.map((person) => person.knows({ 'aid.dibao': true, 'aid.dibian': false })));
      await deliver(...some.map((person) => person.takenOver()));
    }
    const gaps = service.get(Gaps);
    const save = gaps.save.bind(gaps);
    let pages = 0;
    jest.spyOn(gaps, 'save').mockImplementation(async (...args) => {
      pages += 1;
      if (pages > 1) throw new Error('the process died');
      return save(...args);
    });
    const { runs } = await ok(lead.post('/lifecycle/reconciliations', { region }));
    await until('the first process died', async () => (pages > 1 ? true : null));
    await until('it let go', async () => {
      const [run] = (await ok(lead.get(`/lifecycle/reconciliations?run=${runs[0].runId}`))).runs;
      return run.progress.lookedAt === 200 && run.status === 'running' ? true : null;
    });
    jest.restoreAllMocks();
    await until('nobody holds it', async () => (await anotherProcess().resume(), true));
    expect(await done(runs[0].runId)).toMatchObject({
      progress: { lookedAt: 230, expected: 230 },
      opened: 690,
      gaps: [{ kind: 'should-have', gaps: 690, persons: 230, monthly: 230 * 200_00 }],
    });
    const [stored] = await service.database.query<{ gaps: number; persons: number }>(
      `select count(*)::int as gaps, count(distinct person_id)::int as persons from lifecycle.gaps
       where division_code like $1 || '%'`,
      [region],
    );
    expect(stored).toEqual({ gaps: 690, persons: 230 });
    const { points } = await ok(lead.get(`/lifecycle/reconciliations/trend?region=${region}&level=village`));
    expect(points.map(({ place, gaps: count }: { place: string; gaps: number }) => [place, count])).toEqual([
      [`${region}000`, 231],
      [`${region}001`, 231],
      [`${region}002`, 228],
    ]);
    const page = await ok(lead.get(`/lifecycle/gaps/villages?from=${region}000&to=${region}999&limit=2`));
    expect(page).toMatchObject({ villages: [{}, {}], next: `${region}001` });
  });

  it('comes every night for each county where somebody lives, and later where its night was missed', async () => {
    const reconciliation = service.get(Reconcile);
    await reconciliation.nightly();
    const nightly = async () =>
      (await ok(lead.get('/lifecycle/reconciliations?region=338801'))).runs.map(
        ({ day }: { day: string }) => day,
      );
    expect(await nightly()).toEqual([TODAY]);
    service.clock.set('2026-03-03T01:00:00+08:00');
    await reconciliation.overdue();
    expect(await nightly()).toEqual([TODAY]);
    service.clock.set('2026-03-04T09:00:00+08:00');
    await reconciliation.overdue();
    expect(await nightly()).toEqual(['2026-03-04', TODAY]);
  });
});

describe('what a run could not trust', () => {
  it('persons of whom a message is parked are marked, and left out of a release unless asked for', async () => {
    const { divisionCode, personId } = await takenOver();
    await park(personId);
    const run = await reconcile(divisionCode);
    expect(run.distrusted).toContainEqual({
      source: 'parked:decide-on-facts',
      reason: expect.stringContaining('1 条消息'),
      since: expect.stringMatching(/^\d{4}-/),
      messages: 1,
      persons: 1,
    });
    expect(run.gaps).toMatchObject([{ gaps: 3, distrusted: 3 }]);
    expect((await listOf(divisionCode))[0].distrusted).toEqual(['parked:decide-on-facts']);
    const doubts = async () =>
      (await ok(lead.get(`/lifecycle/gaps?from=${divisionCode}&to=${divisionCode}`))).doubts;
    expect(await doubts()).toMatchObject([
      { source: 'parked:decide-on-facts', region: divisionCode, day: TODAY, persons: 1 },
    ]);
    expect(
      (await ok(lead.get(`/lifecycle/gaps/villages?from=${divisionCode}&to=${divisionCode}`))).doubts,
    ).toHaveLength(1);
    const neighbour = await service.as('federation-lead', { from: '338802000000', to: '338802999999' });
    expect((await ok(neighbour.get('/lifecycle/gaps'))).doubts).toEqual([]);
    expect(await ok(lead.post('/lifecycle/gaps/release', { divisionCode }))).toEqual({
      released: 0,
      distrusted: 3,
      more: false,
    });
    await service.database.query(`update lifecycle.parked_messages set state = 'done' where key = $1`, [
      personId,
    ]);
    expect((await reconcile(divisionCode)).distrusted).toEqual([]);
    expect(await doubts()).toEqual([]);
    expect((await listOf(divisionCode))[0].distrusted).toEqual([]);
  });

  it('a roster that never came is told, and gaps that rest on what the counter says instead are marked', async () => {
    const person = somebody();
    await deliver(
      person.registered(),
      person.knows({ 'aid.dibao': true }, { kind: 'counter' }),
      person.takenOver(),
    );
    const run = await reconcile(person.divisionCode);
    expect(run.distrusted).toEqual([
      {
        source: 'roster:dibao',
        reason: expect.stringContaining('低保名册从未导入'),
        since: null,
        messages: null,
        persons: null,
      },
    ]);
    expect(run.gaps).toMatchObject([{ gaps: 3, distrusted: 1 }]);
    const marked = (await listOf(person.divisionCode)).filter(({ distrusted }) => distrusted.length > 0);
    expect(marked).toMatchObject([{ itemId: 'club/allowance', distrusted: ['roster:dibao'] }]);
  });

  it('a roster of which nothing holds any more is told', async () => {
    const person = somebody();
    await deliver(
      person.registered(),
      person.knows({ 'aid.dibao': true }, { validTo: '2026-02-28' }),
      person.takenOver(),
    );
    expect((await reconcile(person.divisionCode)).distrusted).toMatchObject([
      { source: 'roster:dibao', reason: expect.stringContaining('已全部过期（截至 2026-02-28）') },
    ]);
  });
});

describe('a released gap', () => {
  it('is a task of the officer of its item with the clock that the place has published, closed with the gap', async () => {
    const { divisionCode, personId } = await takenOver();
    await reconcile(divisionCode);
    const chair = await service.as('township-chair', {
      from: '338801005000',
      to: '338801005999',
    });
    expect(await ok(chair.post('/lifecycle/gaps/release', { divisionCode }))).toMatchObject({ released: 3 });
    expect(await ok(chair.post('/lifecycle/gaps/release', { divisionCode }))).toMatchObject({ released: 0 });
    const [task] = await listOf(divisionCode, '&state=released&owner=benefit-officer&item=club/allowance');
    // Five working days after Monday, 2 March.
    expect(task.task).toMatchObject({
      ownerRole: 'benefit-officer',
      status: 'open',
      releasedOn: TODAY,
      releasedBy: 'township-chair',
      clock: { kind: 'promised', value: 5, dueDay: '2026-03-09', mark: null, basis: PROMISE.basis },
    });
    service.clock.set('2026-03-10');
    const [late] = await listOf(divisionCode, '&item=club/allowance');
    expect(late.task.clock).toMatchObject({ mark: '超承诺', reminders: [] });

    // Its owner is reminded, then whoever stands over them; nobody of another place.
    await service.get(ClockSweeper).sweep();
    const told = async (role: 'benefit-officer' | 'federation-lead' | 'township-chair') =>
      (await ok((await service.as(role)).get('/lifecycle/notices?limit=200'))).notices
        .filter(({ caseId }: { caseId: string }) => caseId === late.gapId)
        .map(({ rung, item }: { rung: string; item: string }) => `${item} ${rung}`)
        .sort();
    expect(await told('benefit-officer')).toEqual([
      'club/allowance due',
      'club/allowance past-promise-1',
      'club/allowance reminder',
    ]);
    expect(await told('federation-lead')).toEqual(['club/allowance past-promise-1']);
    expect(await told('township-chair')).toEqual([]);
    expect(
      (await listOf(divisionCode, '&item=club/allowance'))[0].task.clock.reminders.map(
        ({ rung }: { rung: string }) => rung,
      ),
    ).toEqual(['reminder', 'due', 'past-promise-1']);
    const elsewhere = await service.as('benefit-officer', { from: '338802000000', to: '338802999999' });
    expect((await ok(elsewhere.get('/lifecycle/notices'))).notices).toEqual([]);

    const allowance = new OwnersCase(personId, 'subsidies', 'club/allowance', 'once', null);
    await deliver(allowance.opened('open'));
    await reconcile(divisionCode);
    expect(await listOf(divisionCode, '&state=closed')).toMatchObject([
      { itemId: 'club/allowance', task: { status: 'closed' } },
    ]);
    expect(await clockOf(late.gapId)).toEqual([{ status: 'stopped', next_rung: null }]);
    // Whoever has nothing left to do is told nothing more.
    const before = await told('benefit-officer');
    service.clock.set('2026-04-10');
    await service.get(ClockSweeper).sweep();
    expect(await told('benefit-officer')).toEqual(before);
  });

  it('follows who moves: whoever stands over them there is told, and sees the clock', async () => {
    const person = await takenOver();
    await reconcile(person.divisionCode);
    await ok(
      lead.post('/lifecycle/gaps/release', {
        divisionCode: person.divisionCode,
        itemId: 'club/greeting',
        ownerRole: 'village-liaison',
      }),
    );
    const to = somebody('338801006001').divisionCode;
    await deliver(person.movedTo(to));
    await reconcile(to);
    service.clock.set('2026-03-10');
    await service.get(ClockSweeper).sweep();
    const there = await service.as('village-liaison', { from: to, to });
    expect((await ok(there.get(`/lifecycle/gaps?from=${to}&to=${to}&state=released`))).gaps).toMatchObject([
      { itemId: 'club/greeting', task: { clock: { dueDay: '2026-03-09', mark: '超承诺' } } },
    ]);
    expect((await ok(there.get('/lifecycle/notices'))).notices).toHaveLength(3);
    const chair = await service.as('township-chair', { from: '338801006000', to: '338801006999' });
    expect((await ok(chair.get('/lifecycle/notices'))).notices).toMatchObject([{ rung: 'past-promise-1' }]);
  });

  it('is reminded of by a service of which the heartbeat is heard', async () => {
    const beats = () => service.database.query('select 1 from lifecycle.clock_beats');
    await until('the heart beats', async () => {
      const [next] = await service.database.query<{ at: Date }>(
        'select expected_at as at from lifecycle.clock_heartbeats',
      );
      if (!next) return null;
      service.clock.set(next.at.toISOString());
      await service.get(ClockSweeper).sweep();
      return (await beats()).length > 0 ? true : null;
    });
  });

  it('is never late where the place has set nothing', async () => {
    const person = somebody('338802001001');
    await deliver(person.registered(), person.takenOver());
    const home = await service.as('federation-lead', { from: '338802000000', to: '338802999999' });
    const { runs } = await ok(home.post('/lifecycle/reconciliations', { region: person.divisionCode }));
    await until('the run is done', async () => {
      const [run] = (await ok(home.get(`/lifecycle/reconciliations?run=${runs[0].runId}`))).runs;
      return run.status === 'done' ? run : null;
    });
    await ok(home.post('/lifecycle/gaps/release', { divisionCode: person.divisionCode }));
    service.clock.set('2027-03-10');
    await service.get(ClockSweeper).sweep();
    const { gaps } = await ok(home.get('/lifecycle/gaps?state=released'));
    expect(gaps).toMatchObject([
      {
        itemId: 'club/greeting',
        task: { clock: { kind: 'unknown', dueDay: null, mark: null, reminders: [] } },
      },
    ]);
    const officer = await service.as('care-officer', { from: '338802000000', to: '338802999999' });
    expect((await ok(officer.get('/lifecycle/notices'))).notices).toEqual([]);
  });

  it('is answered by its owner with a reason, once, and by nobody else', async () => {
    const { divisionCode } = await takenOver();
    await reconcile(divisionCode);
    await ok(
      lead.post('/lifecycle/gaps/release', {
        divisionCode,
        itemId: 'club/allowance',
        ownerRole: 'village-liaison',
      }),
    );
    const [gap] = await listOf(divisionCode, '&state=released');
    const answer = { gapId: gap.gapId, answer: '本人暂不申请，已告知政策' };
    const officer = await service.as('benefit-officer');
    expect((await officer.post('/lifecycle/gaps/answer', answer)).body).toMatchObject({
      status: 403,
      title: 'not-owner-of-gap',
    });
    const neighbour = await service.as('village-liaison', { from: '338801001001', to: '338801001001' });
    expect((await neighbour.post('/lifecycle/gaps/answer', answer)).body).toMatchObject({
      status: 409,
      title: 'gap-task-not-open',
    });
    const liaison = await service.as('village-liaison', { from: divisionCode, to: divisionCode });
    expect(await ok(liaison.post('/lifecycle/gaps/answer', answer))).toMatchObject({ status: 'answered' });
    expect(await clockOf(gap.gapId)).toEqual([{ status: 'stopped', next_rung: null }]);
    expect((await liaison.post('/lifecycle/gaps/answer', answer)).status).toBe(409);
    expect(await listOf(divisionCode, '&state=answered')).toMatchObject([
      { task: { answer: answer.answer, answeredOn: TODAY, answeredBy: 'village-liaison' } },
    ]);
    await reconcile(divisionCode);
    expect(await listOf(divisionCode, '&state=answered')).toHaveLength(1);
  });
});

describe('not for another user', () => {
  it('gaps, runs and counts of another place are not there, and nothing of it can be released or begun', async () => {
    const { divisionCode, personId } = await takenOver();
    const run = await reconcile(divisionCode);
    const neighbour = await service.as('federation-lead', { from: '338802000000', to: '338802999999' });
    const beside = await service.as('township-chair', { from: '338801001000', to: '338801001999' });
    for (const user of [neighbour, beside]) {
      for (const path of [
        `/lifecycle/gaps?from=${divisionCode}&to=${divisionCode}`,
        '/lifecycle/gaps/villages',
        `/lifecycle/reconciliations?run=${run.runId}`,
        `/lifecycle/reconciliations/trend?region=${divisionCode}`,
      ]) {
        const body = await ok(user.get(path));
        expect([
          path,
          JSON.stringify(body).includes(personId) || JSON.stringify(body).includes(divisionCode),
        ]).toEqual([path, false]);
      }
      expect((await user.post('/lifecycle/gaps/release', { divisionCode })).status).toBe(403);
      expect((await user.post('/lifecycle/reconciliations', { region: divisionCode })).status).toBe(403);
    }
    // Their own village is theirs, its county is not.
    const liaison = await service.as('township-chair', { from: divisionCode, to: divisionCode });
    expect((await liaison.post('/lifecycle/reconciliations', { region: '338801' })).status).toBe(403);
    expect((await ok(liaison.get(`/lifecycle/reconciliations?run=${run.runId}`))).runs).toHaveLength(1);
    const officer = await service.as('benefit-officer');
    expect((await officer.post('/lifecycle/gaps/release', { divisionCode })).status).toBe(403);
    expect((await officer.post('/lifecycle/reconciliations', { region: divisionCode })).status).toBe(403);
    for (const role of ['operator', 'reader'] as const) {
      const user = await service.as(role);
      for (const path of ['/lifecycle/gaps', '/lifecycle/gaps/villages', '/lifecycle/reconciliations'])
        expect([role, path, (await user.get(path)).status]).toEqual([role, path, 403]);
    }
    expect((await service.anonymous.get('/lifecycle/gaps')).status).toBe(401);
    // A rule about gaps is written by who answers for the place, and read by nobody elsewhere.
    const text = {
      nameZh: '通报',
      nameEn: 'report',
      match: {},
      to: [{ role: 'federation-lead', level: 'county' }],
    };
    const { status, body: rule } = await lead.post('/lifecycle/escalation-rules', text);
    expect(status).toBe(201);
    expect(
      (await ok(lead.get('/lifecycle/escalation-rules'))).map(({ ruleId }: typeof rule) => ruleId),
    ).toEqual([rule.ruleId]);
    expect((await ok(neighbour.get('/lifecycle/escalation-rules'))).length).toBe(0);
    expect((await neighbour.get(`/lifecycle/escalation-rules/${rule.ruleId}`)).status).toBe(404);
    expect((await officer.post('/lifecycle/escalation-rules', text)).status).toBe(403);
    expect((await officer.get('/lifecycle/clocks/moves?number=0')).status).toBe(403);
    expect((await service.anonymous.get('/lifecycle/notices')).status).toBe(401);
  });
});

/** The clock of a released gap, as it is stored. */
async function clockOf(gapId: string): Promise<unknown[]> {
  return service.database.query('select status, next_rung from lifecycle.clocks where subject_id = $1', [
    gapId,
  ]);
}

/** The round in which the card opened things. */
async function roundOf({ personId }: Neighbours): Promise<string> {
  const [round] = await service.database.query<{ round_id: string }>(
    'select round_id from lifecycle.rounds where person_id = $1 order by opened_at limit 1',
    [personId],
  );
  return round!.round_id;
}

/** A message of the person that nobody could handle. */
async function park(personId: string): Promise<void> {
  await service.database.query(
    `insert into lifecycle.parked_messages (consumer, message_id, topic, log_position, key, headers, state, reason)
     values ('decide-on-facts', $1, 'registry.fact', '0:1', $2, '{}', 'failed', 'malformed')`,
    [randomUUID(), personId],
  );
}

/** Stops the runs of this process while they read a page, until they may go on. */
function holdUp(): { readonly reached: Promise<void>; goOn(): void } {
  const trust = service.get(Trust);
  const parkedOf = trust.parkedOf.bind(trust);
  let goOn = () => undefined as void;
  let arrived = () => undefined as void;
  const may = new Promise<void>((resolve) => (goOn = resolve));
  const reached = new Promise<void>((resolve) => (arrived = resolve));
  jest.spyOn(trust, 'parkedOf').mockImplementation(async (...args) => {
    arrived();
    await may;
    return parkedOf(...args);
  });
  return { reached, goOn };
}

/** The same work as a second process would do it: with nothing of the first in memory. */
function anotherProcess(): Reconcile {
  const first = service.get(Reconcile) as unknown as Record<string, unknown>;
  const second = Object.create(Reconcile.prototype) as Record<string, unknown>;
  Object.assign(second, first, { underWay: new Map(), stopped: false });
  return second as unknown as Reconcile;
}
