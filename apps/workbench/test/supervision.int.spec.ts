import { randomUUID } from 'node:crypto';
import type { Role } from '@app/access';
import { caseFacts, type CaseWork } from '@app/contracts';
import { testActor, type ActorOptions } from '@app/testing';
import { FindSupervision } from '../src/app/find-supervision.js';
import { ok, refusal, startOrganisation, type Organisation } from './organisation.js';

const [VILLAGE, OTHER_VILLAGE, ELSEWHERE] = ['338801001001', '338801001002', '338801002001'];
const TOWN = { from: '338801001000', to: '338801001999' };
const OTHER_TOWN = { from: '338801002000', to: '338801002999' };
const LIVING = 'subsidies/living-subsidy';
const READERS = ['federation-lead', 'township-chair', 'village-liaison', 'benefit-officer'];

let office: Organisation;

beforeAll(async () => {
  office = await startOrganisation();
  for (const user of ['chair.one', 'chair.two']) {
    await office.give(await office.open(user, 'town1'), 'township-chair', 'town1');
  }
});
afterAll(() => office.service.stop());
beforeEach(async () => {
  await office.service.database.query('delete from workbench.work_items');
  await office.service.database.query('delete from workbench.work_terms');
  await office.service.database.query('delete from workbench.work_done');
});

interface Told {
  readonly caseId?: string;
  readonly divisionCode?: string;
  readonly doers?: readonly string[] | null;
  readonly by?: string;
  readonly readers?: readonly string[];
  readonly unitId?: string;
  readonly lastDoneBy?: readonly string[];
  readonly version?: number;
}

function workOf(told: Told): CaseWork {
  const { doers = ['township-chair'], by, readers = READERS, unitId = null, lastDoneBy = [] } = told;
  return {
    mode: 'invite',
    task: doers && { step: 'receive', doers: [...doers] },
    readers: [...readers],
    unitId,
    claim: by === undefined ? null : { by, at: '2026-02-20T01:00:00.000Z' },
    waitsForPapers: false,
    lastDoneBy: [...lastDoneBy],
  };
}

function about(told: Told) {
  return {
    personId: randomUUID(),
    divisionCode: told.divisionCode ?? VILLAGE!,
    version: told.version ?? 1,
    caseId: told.caseId ?? randomUUID(),
    itemId: LIVING,
    itemVersion: '2016-01',
    period: 'once',
    roundId: null,
    status: 'open' as const,
    work: workOf(told),
  };
}

interface TermOf {
  readonly kind?: 'statutory' | 'local_rule' | 'promised';
  /** Null: it stands still. */
  readonly dueAt: string | null;
}

/** A case, with a term if it has one. @returns its id */
async function told(options: Told, term?: TermOf): Promise<string> {
  const fact = about(options);
  await office.service.deliver('workbench', caseFacts.subsidies.opened.of({ ...fact, mode: 'invite' }));
  if (!term) return fact.caseId;
  await office.service.deliver(
    'workbench',
    caseFacts.subsidies.term.of({
      personId: fact.personId,
      divisionCode: fact.divisionCode,
      version: 1,
      caseId: fact.caseId,
      itemId: LIVING,
      roundId: null,
      clockId: randomUUID(),
      step: 'receive',
      holder: 'office',
      kind: term.kind ?? 'statutory',
      unit: 'working-day',
      value: 10,
      basis: '测试依据',
      anchorDay: '2026-02-16',
      dueAt: term.dueAt,
      provisional: false,
      paused: term.dueAt === null,
      pausedSince: term.dueAt === null ? '2026-03-01T00:00:00.000Z' : null,
      pauseReason: term.dueAt === null ? 'supplement' : null,
      ended: false,
    }),
  );
  return fact.caseId;
}

const ask = async (path: string, role: Role, options: ActorOptions = {}) =>
  ok(await (await office.service.as(role, options)).get(`/workbench/supervision/${path}`));

const idsOf = async (asked: object, role: Role, options: ActorOptions = {}) => {
  const user = await office.service.as(role, options);
  const page = ok(await user.post('/workbench/supervision/cases', asked));
  const rows = page['rows'] as { caseId: string }[];
  expect((page['total'] as { value: number }).value).toBe(rows.length);
  return rows.map(({ caseId }) => caseId);
};

/** One case of each standing, in the first village; today is 2 March, and the clock stands at its midnight. */
async function oneOfEach(divisionCode: string = VILLAGE!) {
  return {
    overdue: await told({ divisionCode }, { dueAt: '2026-03-01T09:00:00.000Z' }),
    local: await told({ divisionCode }, { dueAt: '2026-03-01T10:00:00.000Z', kind: 'local_rule' }),
    promised: await told({ divisionCode }, { dueAt: '2026-03-01T09:00:00.000Z', kind: 'promised' }),
    // The end of the day, in Shanghai, is its own.
    today: await told({ divisionCode }, { dueAt: '2026-03-02T16:00:00.000Z' }),
    week: await told({ divisionCode }, { dueAt: '2026-03-09T16:00:00.000Z' }),
    later: await told({ divisionCode }, { dueAt: '2026-03-09T16:00:00.001Z' }),
    paused: await told({ divisionCode }, { dueAt: null }),
    unknown: await told({ divisionCode }),
    // Nothing is left to do.
    done: await told({ divisionCode, doers: null }),
  };
}

const ONE_OF_EACH = {
  overdue: 2,
  'promise-passed': 1,
  today: 1,
  week: 1,
  later: 1,
  paused: 1,
  unknown: 1,
};

describe('deadlines', () => {
  it('are counted each in one standing: what is promised, stands still or has no number is never overdue', async () => {
    const ids = await oneOfEach();
    expect(await ask('deadlines', 'township-chair', TOWN)).toEqual({
      level: 'village',
      weekUntil: '2026-03-09',
      cells: [
        {
          divisionCode: VILLAGE,
          divisionName: '1镇1村',
          owner: 'subsidies',
          itemId: LIVING,
          title: '困难残疾人生活补贴',
          counts: ONE_OF_EACH,
        },
      ],
      asOf: expect.any(String),
      stale: false,
    });
    const list = (standing: string) => idsOf({ standing }, 'township-chair', TOWN);
    expect(await list('overdue')).toEqual([ids.overdue, ids.local]);
    expect(await list('promise-passed')).toEqual([ids.promised]);
    expect(await list('today')).toEqual([ids.today]);
    expect(await list('week')).toEqual([ids.week]);
    expect(await list('later')).toEqual([ids.later]);
    expect(await list('paused')).toEqual([ids.paused]);
    expect(await list('unknown')).toEqual([ids.unknown]);
    expect(await idsOf({}, 'township-chair', TOWN)).not.toContain(ids.done);
  });

  it('of a county stand by town, and of a town by village', async () => {
    await oneOfEach(VILLAGE);
    await told({ divisionCode: OTHER_VILLAGE });
    await told({ divisionCode: ELSEWHERE });
    const cellsOf = async (path: string, role: Role, options: ActorOptions = {}) => {
      const { level, cells } = await ask(path, role, options);
      return [
        level,
        ...(cells as { divisionName: string; counts: Record<string, number> }[]).map(
          ({ divisionName, counts }) => [divisionName, counts['unknown']],
        ),
      ];
    };
    expect(await cellsOf('deadlines', 'federation-lead')).toEqual(['town', ['第1镇', 2], ['第2镇', 1]]);
    const inTown = ['village', ['1镇1村', 1], ['1镇2村', 1]];
    expect(await cellsOf('deadlines?division=338801001', 'federation-lead')).toEqual(inTown);
    expect(await cellsOf('deadlines', 'township-chair', TOWN)).toEqual(inTown);
    expect(await idsOf({ division: ELSEWHERE, item: LIVING }, 'federation-lead')).toHaveLength(1);
  });

  it('are not of another unit, nor of cases that the role may not see, nor for a role that supervises nobody', async () => {
    const ids = await oneOfEach();
    await told({ readers: ['rights-officer'] });
    const { cells } = await ask('deadlines', 'township-chair', OTHER_TOWN);
    expect(cells).toEqual([]);
    expect(await idsOf({}, 'township-chair', OTHER_TOWN)).toEqual([]);
    // Asking for the neighbours' division does not widen the reach.
    const asked = await ask('deadlines?division=338801001', 'township-chair', OTHER_TOWN);
    expect(asked['cells']).toEqual([]);
    expect(await idsOf({}, 'township-chair', TOWN)).toHaveLength(Object.keys(ids).length - 1);
    for (const role of ['benefit-officer', 'village-liaison', 'operator', 'rehab-provider'] as const) {
      const user = await office.service.as(role);
      expect((await user.get('/workbench/supervision/deadlines')).status).toBe(403);
      expect((await user.get('/workbench/supervision/workload')).status).toBe(403);
      expect((await user.post('/workbench/supervision/cases', {})).status).toBe(403);
    }
  });

  it('a second role that may look at more does not widen the numbers', async () => {
    await told({ divisionCode: ELSEWHERE });
    const chair = testActor('township-chair', TOWN);
    const both = { ...chair, grants: [...chair.grants, ...testActor('benefit-officer').grants] };
    const { cells } = await office.service.get(FindSupervision).deadlines(both, undefined);
    expect(cells).toEqual([]);
  });
});

describe('the workload', () => {
  it('says who has what in hand, since when, and what waits for whom', async () => {
    const held = await told({ by: 'chair.one' }, { dueAt: '2026-03-01T09:00:00.000Z' });
    const second = await told({ by: 'chair.one' });
    await told({ by: 'chair.two' });
    const free = await told(
      { doers: ['village-liaison', 'commissioner'] },
      { dueAt: '2026-03-02T10:00:00.000Z' },
    );
    const placed = await told({ doers: ['rehab-provider'], unitId: office.unit['clinic']! });
    const { holders, waiting, doneSince } = await ask('workload', 'township-chair', TOWN);
    expect(holders).toEqual([
      {
        userId: 'chair.one',
        name: '张三',
        unitName: '第1镇',
        posts: [{ role: 'township-chair', department: null, unitName: '第1镇' }],
        open: 2,
        counts: { overdue: 1, unknown: 1 },
        oldestAt: '2026-02-20T01:00:00.000Z',
        done: { week: 0, month: 0 },
      },
      expect.objectContaining({ userId: 'chair.two', open: 1 }),
    ]);
    expect(waiting).toEqual([
      {
        doers: ['rehab-provider'],
        roles: ['rehab-provider'],
        department: null,
        divisionCode: VILLAGE,
        divisionName: '1镇1村',
        unitId: office.unit['clinic'],
        unitName: '一镇卫生院',
        open: 1,
        counts: { unknown: 1 },
        oldestAt: expect.any(String),
      },
      expect.objectContaining({
        roles: ['village-liaison', 'commissioner'],
        unitId: null,
        unitName: null,
        counts: { today: 1 },
      }),
    ]);
    expect(doneSince).toBeNull();
    expect((await idsOf({ holder: 'chair.one' }, 'township-chair', TOWN)).sort()).toEqual(
      [held, second].sort(),
    );
    const waitsFor = { doers: ['village-liaison', 'commissioner'], unitId: null };
    expect(await idsOf({ waitsFor }, 'township-chair', TOWN)).toEqual([free]);
    const withClinic = { doers: ['rehab-provider'], unitId: office.unit['clinic'] };
    expect(await idsOf({ waitsFor: withClinic }, 'township-chair', TOWN)).toEqual([placed]);
  });

  it('counts steps and decisions of the last seven and thirty days once, whoever did them', async () => {
    const done = async (at: string, version = 2, caseId: string = randomUUID()) => {
      const fact = about({ caseId, version, lastDoneBy: ['chair.one', 'holder'] });
      const advanced = caseFacts.subsidies.advanced.of({ ...fact, doneStep: 'receive', nextStep: null });
      await office.service.deliver('workbench', advanced);
      await office.service.database.query('update workbench.work_done set done_at = $2 where case_id = $1', [
        caseId,
        at,
      ]);
      return { fact, advanced };
    };
    const { fact, advanced } = await done('2026-02-23T16:00:00Z');
    // Delivered twice, it is one.
    await office.service.deliver('workbench', advanced);
    await done('2026-02-23T15:59:59Z');
    await done('2026-01-31T16:00:00Z');
    await done('2026-01-31T15:59:59Z');
    await done('2026-01-20T16:00:00Z');
    await office.service.deliver(
      'workbench',
      caseFacts.subsidies.decided.of({
        ...fact,
        version: 3,
        status: 'granted',
        decidedOn: '2026-03-02',
        effectiveFrom: null,
        reason: null,
      }),
      // The person's consent, and what a service does, are nobody's steps.
      caseFacts.subsidies.advanced.of({
        ...about({ lastDoneBy: ['chair.one'], version: 2 }),
        doneStep: 'consent',
        nextStep: null,
      }),
      caseFacts.subsidies.advanced.of({
        ...about({ lastDoneBy: ['service:subsidies'], version: 2 }),
        doneStep: 'receive',
        nextStep: null,
      }),
    );
    const { holders, doneSince } = await ask('workload', 'township-chair', TOWN);
    expect(holders).toEqual([
      expect.objectContaining({ userId: 'chair.one', open: 0, oldestAt: null, done: { week: 2, month: 4 } }),
    ]);
    // What is older than anybody asks for is gone.
    expect(doneSince).toBe('2026-01-31T15:59:59.000Z');
  });

  it('is not of another unit', async () => {
    await told({ by: 'chair.one', lastDoneBy: ['chair.one'] });
    await told({});
    await office.service.deliver(
      'workbench',
      caseFacts.subsidies.advanced.of({
        ...about({ lastDoneBy: ['chair.one'], version: 2 }),
        doneStep: 'receive',
        nextStep: null,
      }),
    );
    expect(await ask('workload', 'township-chair', OTHER_TOWN)).toMatchObject({ holders: [], waiting: [] });
    expect(await idsOf({ holder: 'chair.one' }, 'township-chair', OTHER_TOWN)).toEqual([]);
    const lead = await ask('workload?division=338801002', 'federation-lead');
    expect(lead).toMatchObject({ holders: [], waiting: [] });
  });

  it('refuses what is no question', async () => {
    const lead = await office.service.as('federation-lead');
    expect(refusal(await lead.get('/workbench/supervision/workload?division=3388'))).toBe('200 ');
    expect((await lead.get('/workbench/supervision/workload?division=33880')).status).toBe(400);
    expect((await lead.post('/workbench/supervision/cases', { standing: 'late' })).status).toBe(400);
    expect(refusal(await lead.post('/workbench/supervision/cases', { after: 'abc' }))).toBe(
      '422 work-cursor-not-valid',
    );
  });
});
