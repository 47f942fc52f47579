import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { Role } from '@app/access';
import { caseworkMigrations, CaseworkModule } from '@app/casework';
import {
  accountLeftV1,
  caseFacts,
  itemOpenedV1,
  personMergedV1,
  personRegisteredV1,
  personSplitV1,
  type NewEvent,
  type Owner,
} from '@app/contracts';
import {
  consumerFeatures,
  startService,
  testActor,
  testUnit,
  type ActorOptions,
  type ServiceUnderTest,
} from '@app/testing';
import { OwnerCases } from '../src/adapters/http/owner-cases.js';
import { workbench } from '../src/migrations.js';
import { WorkbenchModule } from '../src/workbench.module.js';
import { ok, refusal } from './organisation.js';

jest.setTimeout(120_000);

@Module({ imports: [CaseworkModule.forService('subsidies')] })
class Subsidies {}
@Module({ imports: [CaseworkModule.forService('rehabilitation')] })
class Rehabilitation {}

const MONDAY = '2026-03-02';
const [VILLAGE, OTHER_VILLAGE, ELSEWHERE] = ['338801001001', '338801001002', '338801002001'];
const TOWN = { from: '338801001000', to: '338801001999' };
const LIVING = 'subsidies/living-subsidy';
const CHILD_REHAB = 'rehabilitation/child-rehab-service-subsidy';
const OWNERS = ['subsidies', 'rehabilitation'] as const;

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'workbench',
    modules: [WorkbenchModule, Subsidies, Rehabilitation],
    migrated: [workbench, ...OWNERS.map((owner) => ({ service: owner, migrations: caseworkMigrations }))],
    now: MONDAY,
  });
});
afterAll(() => service.stop());
beforeEach(() => service.clock.set(MONDAY));

const handled: Record<string, number> = {};

/** What the owners have told since, in their order. */
async function told(): Promise<NewEvent[]> {
  const news: NewEvent[] = [];
  for (const owner of OWNERS) {
    const facts = (await service.published(owner)).filter(({ type }) => type.startsWith(`${owner}.case.`));
    news.push(
      ...facts.slice(handled[owner] ?? 0).map(({ type, key, data }) => ({
        type,
        key,
        data,
        topic: `${owner}.case`,
        divisionCode: data['divisionCode'] as string,
      })),
    );
    handled[owner] = facts.length;
  }
  return news;
}

/** The queue hears what the owners told. */
async function hear(): Promise<void> {
  await service.deliver('workbench', ...(await told()));
}

let version = 0;

function registered(personId: string, name: string, divisionCode: string = VILLAGE): NewEvent {
  return personRegisteredV1.of({
    personId,
    divisionCode,
    version: (version += 1),
    name,
    sex: 'female',
    birthDate: '1970-01-01',
    householdId: null,
    identityToken: `token-of-${personId}`,
  });
}

/** A case that the lifecycle opens. @returns its id */
async function opened(
  owner: Owner,
  itemId: string,
  {
    personId = randomUUID(),
    divisionCode = VILLAGE,
    mode = 'auto' as 'auto' | 'invite' | 'list',
    itemVersion = owner === 'subsidies' ? '2016-01' : '2018-10',
  } = {},
): Promise<string> {
  await service.deliver(
    owner,
    itemOpenedV1.of({
      personId,
      divisionCode,
      version: (version += 1),
      roundId: randomUUID(),
      cause: 'card-issued',
      itemId,
      itemVersion,
      owner,
      period: 'once',
      mode,
      because: [],
      entitledOn: MONDAY,
    }),
  );
  const [row] = await service.database.query<{ case_id: string }>(
    `select case_id from ${owner}.cases where person_id = $1 and item_id = $2`,
    [personId, itemId],
  );
  return row!.case_id;
}

const listOf = async (role: Role, query: string, options: ActorOptions = {}) =>
  ok(await (await service.as(role, options)).get(`/workbench/queue?limit=100&${query}`)) as unknown as {
    rows: {
      caseId: string;
      personName: string | null;
      title: string;
      status: string;
      task: { step: string; title: string; kind: string; roles: string[]; department: string | null } | null;
      term: { step: string; kind: string; dueAt: string | null; paused: boolean } | null;
      claim: { by: string; byName: string | null } | null;
      version: number;
    }[];
    total: { value: number; atLeast: boolean };
    next: string | null;
    asOf: string;
  };

const idsOf = async (role: Role, query: string, options: ActorOptions = {}) =>
  (await listOf(role, query, options)).rows.map(({ caseId }) => caseId);

/** What an owner itself shows this user, of its own cases. */
async function ownersAnswer(path: 'cases' | 'work', role: Role, options: ActorOptions = {}) {
  const user = await service.as(role, options);
  const found = await Promise.all(
    OWNERS.map(
      async (owner) => ok(await user.get(`/${owner}/${path}?limit=200`))['cases'] as { caseId: string }[],
    ),
  );
  return found
    .flat()
    .map(({ caseId }) => caseId)
    .sort();
}

interface TermOf {
  readonly step?: string;
  readonly kind?: 'statutory' | 'local_rule' | 'promised';
  readonly dueAt?: string | null;
  readonly version?: number;
  readonly paused?: boolean;
  readonly ended?: boolean;
  readonly holder?: 'office' | 'person';
}

function termOf(caseId: string, personId: string, term: TermOf = {}): NewEvent {
  const { step = 'receive', kind = 'statutory', dueAt = '2026-03-10T09:00:00.000Z', ended = false } = term;
  return caseFacts.subsidies.term.of({
    personId,
    divisionCode: VILLAGE,
    version: term.version ?? 1,
    caseId,
    itemId: LIVING,
    roundId: null,
    clockId: randomUUID(),
    step,
    holder: term.holder ?? 'office',
    kind,
    unit: 'working-day',
    value: 10,
    basis: '测试依据',
    anchorDay: MONDAY,
    dueAt: term.paused || ended ? null : dueAt,
    provisional: false,
    paused: term.paused ?? false,
    pausedSince: term.paused ? '2026-03-02T01:00:00.000Z' : null,
    pauseReason: term.paused ? 'supplement' : null,
    ended,
  });
}

describe('the queue', () => {
  it('shows everybody what the owners themselves show them, and nobody else', async () => {
    const child = await opened('rehabilitation', CHILD_REHAB);
    await opened('rehabilitation', CHILD_REHAB, { mode: 'invite', divisionCode: OTHER_VILLAGE });
    await opened('subsidies', LIVING);
    await opened('subsidies', LIVING, { mode: 'invite', divisionCode: ELSEWHERE });
    await opened('subsidies', LIVING, { mode: 'list', divisionCode: ELSEWHERE });
    const officer = await service.as('rehab-officer');
    ok(await officer.post(`/rehabilitation/cases/${child}/place`, { unitId: testUnit('rehab-provider') }));
    await hear();

    const everybody: [Role, ActorOptions?][] = [
      ['federation-lead'],
      ['benefit-officer'],
      ['rehab-officer'],
      ['township-chair', TOWN],
      ['village-liaison', { from: VILLAGE, to: VILLAGE }],
      ['village-liaison', { from: OTHER_VILLAGE, to: OTHER_VILLAGE }],
      ['member-unit', { department: 'civil-affairs' }],
      ['member-unit', { department: 'health' }],
      ['employment-officer'],
      ['rehab-provider'],
      ['rehab-provider', { unit: randomUUID() }],
      ['school'],
      ['commissioner', { from: '338802000000', to: '338802999999' }],
    ];
    const seen: Record<string, number> = {};
    for (const [role, options] of everybody) {
      const all = (await idsOf(role, 'view=all', options)).sort();
      const pool = (await idsOf(role, 'view=pool', options)).sort();
      expect([role, all]).toEqual([role, await ownersAnswer('cases', role, options)]);
      expect([role, pool]).toEqual([role, await ownersAnswer('work', role, options)]);
      seen[`${role} ${JSON.stringify(options ?? {})}`] = all.length;
    }
    // The comparison would hold for empty lists as well.
    expect(seen['federation-lead {}']).toBe(5);
    expect(seen['rehab-provider {}']).toBe(1);
    expect(seen['school {}']).toBe(0);
    expect(Object.values(seen).filter((count) => count === 0).length).toBeGreaterThan(2);
  });

  it('says what a case waits for, in words, with the masked name and who has it', async () => {
    const personId = randomUUID();
    const caseId = await opened('subsidies', LIVING, { personId });
    await service.deliver('workbench', registered(personId, '欧阳小明'));
    await hear();
    const chair = await service.as('township-chair', { id: 'chair', ...TOWN });
    ok(await chair.post(`/subsidies/cases/${caseId}/claim`));
    await hear();
    const { rows, asOf } = await listOf('township-chair', 'view=mine', { id: 'chair', ...TOWN });
    expect(rows).toEqual([
      {
        caseId,
        owner: 'subsidies',
        personId,
        personName: '欧**明',
        divisionCode: VILLAGE,
        divisionName: null,
        itemId: LIVING,
        title: '困难残疾人生活补贴',
        period: 'once',
        status: 'open',
        task: {
          step: 'receive',
          title: '乡镇（街道）受理初审',
          kind: 'work',
          roles: ['township-chair'],
          department: null,
        },
        term: null,
        waitsForPapers: false,
        claim: { by: 'chair', byName: null, at: expect.any(String) },
        version: 2,
        updatedAt: expect.any(String),
      },
    ]);
    expect(Date.parse(asOf)).toBe(service.clock.now().getTime());
    // Whose it is, is nobody else's.
    expect(await idsOf('township-chair', 'view=mine', { id: 'other', ...TOWN })).toEqual([]);
    expect(await idsOf('township-chair', 'view=pool', TOWN)).not.toContain(caseId);
    // Whoever acts for them has it, too.
    expect(
      await idsOf('township-chair', 'view=mine', { id: 'deputy', onBehalfOf: 'chair', ...TOWN }),
    ).toEqual([caseId]);

    ok(await chair.post(`/subsidies/cases/${caseId}/claim/release`));
    await hear();
    expect(await idsOf('township-chair', 'view=pool', TOWN)).toContain(caseId);

    ok(await chair.post(`/subsidies/cases/${caseId}/claim`));
    await service.deliver(
      'subsidies',
      accountLeftV1.of({
        accountId: randomUUID(),
        version: 1,
        divisionCode: VILLAGE,
        userId: 'chair',
        successorId: 'heir',
        on: MONDAY,
      }),
    );
    await hear();
    expect(await idsOf('township-chair', 'view=mine', { id: 'heir', ...TOWN })).toEqual([caseId]);
  });

  it('gives the decision for review to a second person only', async () => {
    const caseId = await opened('subsidies', LIVING);
    const chair = await service.as('township-chair', TOWN);
    ok(await chair.post(`/subsidies/cases/${caseId}/steps/receive`, {}));
    const maker = { id: 'two-hats', department: 'civil-affairs' as const };
    ok(
      await (
        await service.as('benefit-officer', { id: maker.id })
      ).post(`/subsidies/cases/${caseId}/steps/review`, {}),
    );
    await hear();
    expect(await idsOf('member-unit', 'view=review', { department: 'civil-affairs' })).toEqual([caseId]);
    expect(await idsOf('member-unit', 'view=review', maker)).toEqual([]);
    expect(await idsOf('member-unit', 'view=review', { ...maker, id: 'x', onBehalfOf: maker.id })).toEqual(
      [],
    );
    expect(await idsOf('benefit-officer', 'view=review')).toEqual([]);
    const [row] = (await listOf('member-unit', 'view=review', { department: 'civil-affairs' })).rows;
    expect(row!.task).toMatchObject({
      step: 'decide',
      kind: 'decide',
      roles: ['member-unit'],
      department: 'civil-affairs',
    });
  });

  it('takes the nearest running term of the office, whatever the order in which facts come', async () => {
    const personId = randomUUID();
    const caseId = await opened('subsidies', LIVING, { personId });
    const later = termOf(caseId, personId, { step: 'whole', dueAt: '2026-03-20T09:00:00.000Z' });
    const moved = termOf(caseId, personId, { dueAt: '2026-03-06T09:00:00.000Z', version: 3 });
    const old = termOf(caseId, personId, { dueAt: '2026-03-04T09:00:00.000Z', version: 2 });
    const persons = termOf(caseId, personId, {
      step: 'paper:x',
      dueAt: '2026-03-03T09:00:00.000Z',
      holder: 'person',
    });
    const standing = await told();
    const term = async () =>
      (await listOf('benefit-officer', 'view=all')).rows.find((row) => row.caseId === caseId)?.term;

    await service.deliver('workbench', later, moved, old, persons);
    expect(await term()).toBeUndefined();
    await service.deliver('workbench', ...standing.toReversed());
    expect(await term()).toMatchObject({ step: 'receive', dueAt: '2026-03-06T09:00:00.000Z' });
    await service.deliver('workbench', termOf(caseId, personId, { version: 4, paused: true }));
    expect(await term()).toMatchObject({ step: 'whole', paused: false });
    await service.deliver('workbench', termOf(caseId, personId, { step: 'whole', version: 4, ended: true }));
    expect(await term()).toMatchObject({ step: 'receive', paused: true, dueAt: null });
    await service.deliver('workbench', termOf(caseId, personId, { version: 5, ended: true }));
    expect(await term()).toBeNull();
  });

  it('does not go back when an older fact comes later', async () => {
    const caseId = await opened('subsidies', LIVING);
    const chair = await service.as('township-chair', TOWN);
    ok(await chair.post(`/subsidies/cases/${caseId}/steps/receive`, {}));
    const facts = await told();
    await service.deliver('workbench', facts.at(-1)!);
    await service.deliver('workbench', ...facts.slice(0, -1));
    const row = (await listOf('benefit-officer', 'view=pool')).rows.find((each) => each.caseId === caseId);
    expect(row).toMatchObject({ task: { step: 'review' }, version: 2 });
  });

  it('counts and lists what is overdue, today and soon, by working days', async () => {
    const place = { divisionCode: '338801009001' };
    const range = 'division=338801009';
    const due = {
      passed: '2026-03-01T09:00:00.000Z',
      today: '2026-03-02T09:00:00.000Z',
      // The second working day after Monday is Wednesday; it ends at 16:00 UTC.
      soon: '2026-03-04T15:59:00.000Z',
      later: '2026-03-04T16:01:00.000Z',
    };
    const ids: Record<string, string> = {};
    for (const [name, dueAt] of Object.entries(due)) {
      const personId = randomUUID();
      ids[name] = await opened('subsidies', LIVING, { ...place, personId });
      await service.deliver('workbench', termOf(ids[name], personId, { dueAt }));
    }
    const promised = randomUUID();
    ids['promised'] = await opened('subsidies', LIVING, { ...place, personId: promised });
    ids['none'] = await opened('subsidies', LIVING, place);
    await service.deliver(
      'workbench',
      termOf(ids['promised'], promised, { kind: 'promised', dueAt: due.passed }),
    );
    await hear();
    const list = (query: string) => idsOf('benefit-officer', `${range}&${query}`);
    expect(await list('view=overdue')).toEqual([ids['passed']]);
    expect(await list('view=all&due=overdue')).toEqual([ids['passed']]);
    expect(await list('view=all&due=today')).toEqual([ids['today']]);
    expect(await list('view=all&due=soon')).toEqual([ids['soon']]);
    const everything = await list('view=all');
    expect(everything).toHaveLength(6);
    expect(everything.slice(2, 5)).toEqual([ids['today'], ids['soon'], ids['later']]);
    expect(everything.at(-1)).toBe(ids['none']);

    const officer = await service.as('benefit-officer');
    const exactly = (value: number) => ({ value, atLeast: false });
    expect(ok(await officer.get(`/workbench/queue/counts?${range}`))).toEqual({
      pool: exactly(0),
      mine: exactly(0),
      review: exactly(0),
      papers: exactly(0),
      overdue: exactly(1),
      all: exactly(6),
      today: exactly(1),
      soon: exactly(1),
    });
    expect(await list('view=all&owner=rehabilitation')).toEqual([]);
    expect(await list('view=all&item=subsidies/living-subsidy&status=open')).toHaveLength(6);
    expect(await list('view=all&status=granted')).toEqual([]);
  });

  it('goes on from page to page without leaving out or repeating any', async () => {
    const officer = await service.as('benefit-officer');
    for (const sort of ['due', 'opened']) {
      const all = await idsOf('benefit-officer', `view=all&sort=${sort}`);
      const paged: string[] = [];
      let after = '';
      do {
        const page = ok(
          await officer.get(`/workbench/queue?view=all&sort=${sort}&limit=2${after && `&after=${after}`}`),
        ) as unknown as { rows: { caseId: string }[]; next: string | null; total: { value: number } };
        expect(page.total).toEqual({ value: all.length, atLeast: false });
        paged.push(...page.rows.map(({ caseId }) => caseId));
        after = page.next ?? '';
      } while (after);
      expect(paged).toEqual(all);
    }
    const { next } = ok(await officer.get('/workbench/queue?view=all&limit=1'));
    expect(refusal(await officer.get(`/workbench/queue?view=all&sort=opened&after=${String(next)}`))).toBe(
      '422 work-cursor-not-valid',
    );
    expect(refusal(await officer.get('/workbench/queue?view=all&after=abc'))).toBe(
      '422 work-cursor-not-valid',
    );
  });

  it('finds by name, reading and initials, within what somebody may see', async () => {
    const [one, other, merged] = [randomUUID(), randomUUID(), randomUUID()];
    const first = await opened('subsidies', LIVING, { personId: one });
    const there = await opened('subsidies', LIVING, { personId: other, divisionCode: ELSEWHERE });
    await service.deliver('workbench', registered(one, '单小红'));
    await hear();
    // Its case is told after the person, and stands at another place than where the person lives.
    await service.deliver('workbench', registered(other, '单小红', '338801003001'));
    const elsewhere = await opened('rehabilitation', CHILD_REHAB, {
      personId: other,
      divisionCode: OTHER_VILLAGE,
    });
    await hear();
    const find = async (name: string, role: Role = 'federation-lead', options: ActorOptions = {}) => {
      const answer = ok(
        await (await service.as(role, options)).post('/workbench/queue/search', { view: 'all', name }),
      ) as unknown as { rows: { caseId: string }[]; total: { value: number } };
      expect(answer.total.value).toBe(answer.rows.length);
      return answer.rows.map(({ caseId }) => caseId).sort();
    };
    const all = [first, there, elsewhere].sort();
    for (const name of ['单小红', '单', '小红', 'shanxiaohong', 'SXH', 'Shan Xiao']) {
      expect([name, await find(name)]).toEqual([name, all]);
    }
    expect(await find('红')).toEqual([]);
    expect(await find('单小红', 'township-chair', TOWN)).toEqual([first, elsewhere].sort());
    expect(await find('单小红', 'rehab-provider')).toEqual([]);
    ok(
      await (
        await service.as('rehab-officer')
      ).post(`/rehabilitation/cases/${elsewhere}/place`, {
        unitId: testUnit('rehab-provider'),
      }),
    );
    await hear();
    expect(await find('单小红', 'rehab-provider')).toEqual([elsewhere]);
    const lead = await service.as('federation-lead');
    expect(refusal(await lead.post('/workbench/queue/search', { view: 'all', name: '单xiao' }))).toBe(
      '422 work-name-not-valid',
    );

    await service.deliver(
      'workbench',
      personMergedV1.of({ personId: one, divisionCode: VILLAGE, version: (version += 1), absorbedId: other }),
    );
    expect(
      (await listOf('federation-lead', 'view=all')).rows.filter((row) => all.includes(row.caseId)),
    ).toMatchObject([{ personId: one, personName: '单*红' }, { personId: one }, { personId: one }]);
    await service.deliver(
      'workbench',
      registered(merged, '单大明', ELSEWHERE),
      personSplitV1.of({
        personId: one,
        divisionCode: VILLAGE,
        version: (version += 1),
        newPersonId: merged,
        aliasId: null,
        subjects: [elsewhere],
      }),
    );
    expect(await find('单大明', 'township-chair', TOWN)).toEqual([elsewhere]);
    // A fact that names the old person later is about the new one.
    expect(await find('单小红')).toEqual([first, there].sort());
  });

  it('finds the cases of a person and the case of a number, within what somebody may see', async () => {
    const personId = randomUUID();
    const mine = [
      await opened('subsidies', LIVING, { personId }),
      await opened('rehabilitation', CHILD_REHAB, { personId }),
    ];
    const other = await opened('subsidies', LIVING);
    await hear();
    const lead = await service.as('federation-lead');
    const numbered = async (body: object, role: Role = 'federation-lead', options: ActorOptions = {}) => {
      const answer = ok(
        await (await service.as(role, options)).post('/workbench/queue/search', { view: 'all', ...body }),
      ) as unknown as { rows: { caseId: string }[]; total: { value: number } };
      expect(answer.total.value).toBe(answer.rows.length);
      return answer.rows.map(({ caseId }) => caseId);
    };

    expect((await idsOf('federation-lead', `view=all&personId=${personId}`)).sort()).toEqual(mine.toSorted());
    expect(await idsOf('federation-lead', `view=all&personId=${randomUUID()}`)).toEqual([]);
    expect(await numbered({ caseId: other })).toEqual([other]);
    expect(await numbered({ caseId: other.toUpperCase() })).toEqual([other]);
    // Not for another user: of another place, or whose case it is not.
    const elsewhere = { from: ELSEWHERE, to: ELSEWHERE };
    expect(await idsOf('village-liaison', `view=all&personId=${personId}`, elsewhere)).toEqual([]);
    expect(await numbered({ caseId: other }, 'village-liaison', elsewhere)).toEqual([]);
    expect(await numbered({ caseId: other }, 'school')).toEqual([]);
    // Of an institution only what is placed with it.
    const officer = await service.as('rehab-officer');
    ok(
      await officer.post(`/rehabilitation/cases/${mine[1]}/place`, {
        unitId: testUnit('rehab-provider'),
      }),
    );
    await hear();
    expect(await idsOf('rehab-provider', `view=all&personId=${personId}`)).toEqual([mine[1]]);

    for (const body of [{}, { name: '单小红', caseId: other }, { caseId: 'not-a-number' }]) {
      expect((await lead.post('/workbench/queue/search', { view: 'all', ...body })).status).toBe(400);
    }
  });

  it('refuses who has no business with cases', async () => {
    for (const role of ['system-admin', 'security-admin', 'auditor', 'operator'] as const) {
      const user = await service.as(role);
      expect(refusal(await user.get('/workbench/queue?view=all'))).toBe('403 not-allowed');
      expect(refusal(await user.post('/workbench/queue/take-next'))).toBe('403 not-allowed');
    }
    expect((await service.anonymous.get('/workbench/queue')).status).toBe(401);
  });
});

describe('taking the next one', () => {
  const place = { from: '338801007000', to: '338801007999' };

  it('claims the first by its term at its owner, for the one who asks, and each gets another', async () => {
    const cases: string[] = [];
    for (const dueAt of ['2026-03-09T09:00:00.000Z', '2026-03-05T09:00:00.000Z']) {
      const personId = randomUUID();
      const caseId = await opened('subsidies', LIVING, { personId, divisionCode: '338801007001' });
      await service.deliver('workbench', termOf(caseId, personId, { dueAt }));
      cases.unshift(caseId);
    }
    await hear();
    const chair = (id: string) => service.as('township-chair', { id, ...place });
    const first = ok(await (await chair('a')).post('/workbench/queue/take-next'));
    expect(first).toMatchObject({ caseId: cases[0], claim: { by: 'a' }, version: 2 });
    // Its fact has not come yet; the owner knows, and so does the queue.
    expect(ok(await (await chair('a')).get(`/subsidies/cases/${cases[0]}`))).toMatchObject({
      claim: { by: 'a' },
    });
    expect(await idsOf('township-chair', 'view=mine', { id: 'a', ...place })).toEqual([cases[0]]);
    const [second, third] = await Promise.all([
      (await chair('b')).post('/workbench/queue/take-next'),
      (await chair('c')).post('/workbench/queue/take-next'),
    ]);
    expect([second.status, third.status].sort()).not.toEqual([200, 200]);
    expect([second, third].filter(({ status }) => status === 200).map(({ body }) => body.caseId)).toEqual([
      cases[1],
    ]);
    const nothing = await (await chair('d')).post('/workbench/queue/take-next');
    expect(nothing.status).toBe(204);
    await hear();
    const rows = (await listOf('township-chair', 'view=all', place)).rows;
    expect(rows.map(({ claim }) => claim !== null)).toEqual([true, true]);
  });

  it('passes over one that somebody took meanwhile, and says so if an owner is away', async () => {
    const [taken, free] = [
      await opened('subsidies', LIVING, { divisionCode: '338801007001' }),
      await opened('subsidies', LIVING, { divisionCode: '338801007001' }),
    ];
    await hear();
    const [first] = (await listOf('township-chair', 'view=pool', place)).rows;
    const other = [taken, free].find((caseId) => caseId !== first!.caseId);
    ok(
      await (
        await service.as('township-chair', { id: 'quick', ...place })
      ).post(`/subsidies/cases/${first!.caseId}/claim`),
    );
    const chair = await service.as('township-chair', { id: 'slow', ...place });
    expect(ok(await chair.post('/workbench/queue/take-next'))).toMatchObject({ caseId: other });
    // Only the one that another has is left in the queue, until its fact comes.
    expect(refusal(await chair.post('/workbench/queue/take-next'))).toBe('409 next-taken');
    await hear();
    expect((await chair.post('/workbench/queue/take-next')).status).toBe(204);
    expect(
      await service.get(OwnerCases).claim(testActor('township-chair'), 'community', randomUUID(), 1),
    ).toBe('away');
  });
});

describe('the queue beside the truth of the owners', () => {
  const check = async (owner: Owner, repair = false) =>
    ok(await (await service.as('operator')).post('/workbench/queue/checks', { owner, repair }));

  it('finds what is missing, too much, or otherwise, and takes the owner’s word', async () => {
    const [missing, different, newest] = [
      await opened('subsidies', LIVING),
      await opened('subsidies', LIVING),
      await opened('subsidies', LIVING),
    ];
    await hear();
    // Terms that the specs above made up are none of the owner's.
    await check('subsidies', true);
    const before = await listOf('federation-lead', 'view=all&owner=subsidies&sort=opened');
    expect(await check('subsidies')).toMatchObject({
      missing: 0,
      extra: 0,
      different: 0,
      drift: [],
      next: null,
    });

    const extra = randomUUID();
    const sql = (text: string, params: unknown[]) => service.database.query(text, params);
    await sql('delete from workbench.work_items where case_id = $1', [missing]);
    await sql(
      `update workbench.work_items set status = 'granted', due_at = now(), told_at = '2026-03-01' where case_id = $1`,
      [different],
    );
    await sql(`update workbench.work_items set version = 9 where case_id = $1`, [newest]);
    await sql(
      `insert into workbench.work_items select (jsonb_populate_record(w, jsonb_build_object('case_id', $2::uuid))).*
       from workbench.work_items w where case_id = $1`,
      [different, extra],
    );
    const found = await check('subsidies');
    expect(found).toMatchObject({ missing: 1, extra: 1, different: 2, repaired: 0 });
    expect(found['drift']).toEqual(
      expect.arrayContaining([
        { caseId: missing, kind: 'missing', owner: { version: 1, status: 'open', dueAt: null }, queue: null },
        expect.objectContaining({ caseId: extra, kind: 'extra', owner: null }),
        expect.objectContaining({ caseId: different, kind: 'different' }),
      ]),
    );
    expect(await check('subsidies', true)).toMatchObject({ missing: 1, extra: 1, different: 2 });
    // What the queue says to have heard later than the owner told is left as it is, and shown again.
    expect(await check('subsidies')).toMatchObject({ missing: 0, extra: 0, different: 1 });
    await sql('delete from workbench.work_items where case_id = $1', [newest]);
    await check('subsidies', true);
    const after = await listOf('federation-lead', 'view=all&owner=subsidies&sort=opened');
    const shown = ({ rows }: typeof before) =>
      rows
        .map((row) => ({ ...row, updatedAt: null }))
        .sort((one, other) => (one.caseId < other.caseId ? -1 : 1));
    expect(shown(after)).toEqual(shown(before));
    expect(after.rows.length).toBeGreaterThan(2);
    expect(
      await service.database.query(
        `select detail ->> 'owner' as owner from workbench.audit_entries where 'work-queue.repair' = any(what) limit 1`,
      ),
    ).toHaveLength(1);
  });

  it('is compared by operators only, and says if an owner does not answer', async () => {
    const lead = await service.as('federation-lead');
    expect(refusal(await lead.post('/workbench/queue/checks', { owner: 'subsidies' }))).toBe(
      '403 not-allowed',
    );
    expect(refusal(await lead.get('/subsidies/told-cases'))).toBe('403 not-allowed');
    const operator = await service.as('operator');
    expect(refusal(await operator.post('/workbench/queue/checks', { owner: 'community' }))).toBe(
      '409 owner-away',
    );
  });
});

const itemOf = ({ data }: NewEvent) =>
  service.database.query(
    'select version, status, task, claimed_by from workbench.work_items where case_id = $1',
    [(data as { caseId: string }).caseId],
  );

consumerFeatures({
  consumer: 'workbench/keep-work-item-on-case-fact',
  service: () => service,
  fact: async () => {
    await opened('subsidies', LIVING);
    return (await told()).find(({ type }) => type === caseFacts.subsidies.opened.type)!;
  },
  effect: itemOf,
});

consumerFeatures({
  consumer: 'workbench/know-name-on-person-registered',
  service: () => service,
  fact: () => registered(randomUUID(), '赵某'),
  effect: ({ key }) =>
    service.database.query(
      'select p.version, count(*)::int from workbench.work_persons p join workbench.work_name_tokens using (person_id) where person_id = $1 group by 1',
      [key],
    ),
});

consumerFeatures({
  consumer: 'workbench/follow-person-on-merged-or-split',
  service: () => service,
  fact: async () => {
    const absorbedId = randomUUID();
    await opened('subsidies', LIVING, { personId: absorbedId });
    await hear();
    return personMergedV1.of({
      personId: randomUUID(),
      divisionCode: VILLAGE,
      version: (version += 1),
      absorbedId,
    });
  },
  effect: ({ key }) =>
    service.database.query('select case_id from workbench.work_items where person_id = $1', [key]),
});
