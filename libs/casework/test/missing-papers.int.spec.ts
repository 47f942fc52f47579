import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { caseworkMigrations, CaseworkModule } from '@app/casework';
import { ClockSweeper } from '@app/clocks';
import { caseFacts } from '@app/contracts';
import { ServiceModule } from '@app/service-host';
import { startService, testUnit, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { registeredFact } from './facts.js';
import { decide, inventedCatalogue, within, work, type InventedItem } from './tea-catalogue.js';

const never = { value: null, unit: 'natural-day', kind: 'unknown', basis: '茶法没有规定期限' } as const;
const fiveDays = { value: 5, unit: 'working-day', kind: 'statutory', basis: '茶法第七条' } as const;
const steps = [
  work('receive', 'benefit-officer', within(10)),
  decide('decide', 'benefit-officer', within(10)),
];
const materials: InventedItem['materials'] = [
  { id: 'account', zh: '一卡通账号', from: 'asked', source: null },
  { id: 'photo', zh: '照片', from: 'asked', source: null },
];

/** One item for each rule. */
const items: readonly InventedItem[] = [
  { id: 'invented/plain', mode: 'apply', period: 'round', steps, materials },
  {
    id: 'invented/suspends',
    mode: 'apply',
    period: 'round',
    steps,
    materials,
    supplement: {
      limit: fiveDays,
      effect: { kind: 'suspend', steps: ['receive', 'decide'], basis: '茶法第八条' },
      unsupplied: { as: 'withdrawn', basis: '茶法第八条第二款' },
      demo: true,
    },
    acceptIncomplete: {
      materials: ['photo'],
      when: null,
      basis: '茶法第九条',
      limit: fiveDays,
      suspends: { steps: ['receive', 'decide'], basis: '茶法第九条第二款' },
      blocks: 'decision',
      demo: true,
    },
  },
  {
    id: 'invented/taught',
    mode: 'apply',
    period: 'round',
    steps: [work('teach', 'school', within(10)), ...steps],
    materials,
  },
  {
    id: 'invented/restarts',
    mode: 'apply',
    period: 'round',
    steps,
    materials,
    supplement: {
      limit: never,
      effect: { kind: 'restart', steps: ['receive'], basis: '行政许可法第三十二条' },
      unsupplied: null,
      demo: true,
    },
    acceptIncomplete: {
      materials: ['photo'],
      when: '情况紧急',
      basis: '茶法第十条',
      limit: never,
      suspends: null,
      blocks: 'nothing',
      demo: true,
    },
  },
];

@Module({
  imports: [
    ServiceModule.forService('subsidies'),
    CaseworkModule.forService('subsidies', { catalogue: inventedCatalogue(items) }),
  ],
})
class TeaHouse {}

const PLACE = '338801001001';
const MONDAY = '2026-03-02';
const REFUSAL = { reason: '收入超过标准，不予批准', remedy: '可在六十日内申请行政复议' };

let service: ServiceUnderTest;
let officer: TestUser;
let colleague: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'subsidies',
    modules: [TeaHouse],
    migrated: [{ service: 'subsidies', migrations: caseworkMigrations }],
    now: MONDAY,
  });
});
beforeEach(async () => {
  await at(MONDAY);
  officer = await service.as('benefit-officer', { id: 'officer' });
  colleague = await service.as('benefit-officer', { id: 'colleague' });
});
afterAll(() => service.stop());

async function at(day: string): Promise<void> {
  service.clock.set(day);
  // Tokens are of the clock's time.
  officer = await service.as('benefit-officer', { id: 'officer' });
  colleague = await service.as('benefit-officer', { id: 'colleague' });
}

/** The clock stands at a later moment, and what came due until then has fired. */
async function sweepAt(instant: string): Promise<void> {
  await at(instant);
  await service.get(ClockSweeper).sweep();
}

async function applied(
  item: 'plain' | 'suspends' | 'restarts' | 'taught',
  personId: string = randomUUID(),
): Promise<string> {
  await service.deliver('subsidies', registeredFact(personId, PLACE));
  const { status, body } = await officer.post('/subsidies/cases', {
    personId,
    itemId: `invented/${item}`,
    divisionCode: PLACE,
  });
  expect(status).toBe(201);
  return `/subsidies/cases/${body.caseId as string}`;
}

const bring = async (path: string, material: string): Promise<Answer> => {
  const answer = await officer.post(`${path}/materials/${material}/receive`);
  expect(answer).toMatchObject({ status: 200 });
  return answer;
};

const seen = async (path: string) => {
  const answer = await officer.get(path);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
};

const clockOf = async (path: string, step: string) => {
  const { clocks } = (await seen(path)) as { clocks: { step: string; status: string }[] };
  return clocks.find((clock) => clock.step === step && clock.status !== 'superseded');
};

const caseIdOf = (path: string) => path.split('/').at(-1)!;

const factsOf = async (path: string, type: string) =>
  (await service.published('subsidies')).filter(
    (fact) => fact.type === `subsidies.${type}` && fact.data['caseId'] === caseIdOf(path),
  );

const awaited = async (path: string) =>
  (await factsOf(path, 'case.papers-awaited.v1')).map(({ data }) => data['papers']);

describe('a notice of what is missing', () => {
  it('lists everything once, stands still the clock of the office, which goes on with the last paper', async () => {
    const path = await applied('suspends');
    expect(await clockOf(path, 'receive')).toMatchObject({ dueDay: '2026-03-16', paused: false });
    await at('2026-03-03');
    expect((await officer.post(`${path}/supplement`, { note: '请带原件' })).body).toMatchObject({
      missingMaterials: ['account', 'photo'],
      waitsForPapers: true,
    });
    expect(await seen(path)).toMatchObject({
      supplements: [
        {
          number: 1,
          state: 'open',
          note: '请带原件',
          basis: '茶法第七条',
          dueDay: '2026-03-10',
          effect: { kind: 'suspend', basis: '茶法第八条' },
          papers: [
            { material: 'account', title: '一卡通账号', reason: null },
            { material: 'photo', title: '照片' },
          ],
        },
      ],
    });
    expect(await clockOf(path, 'receive')).toMatchObject({ paused: true, dueDay: null, mark: null });
    expect(await clockOf(path, 'supplement:1')).toMatchObject({ holder: 'person', dueDay: '2026-03-10' });
    expect((await officer.post(`${path}/supplement`)).body).toMatchObject({
      status: 409,
      title: 'papers-already-asked',
    });

    await at('2026-03-05');
    await bring(path, 'photo');
    expect(await clockOf(path, 'receive')).toMatchObject({ paused: true });
    await at('2026-03-06');
    await bring(path, 'account');
    // Wednesday to Friday were not counted.
    expect(await clockOf(path, 'receive')).toMatchObject({
      paused: false,
      dueDay: '2026-03-19',
      suspensions: [{ reason: 'supplement', basis: '茶法第八条', by: 'officer' }],
    });
    expect(await clockOf(path, 'supplement:1')).toMatchObject({ status: 'stopped' });
    expect(await seen(path)).toMatchObject({ waitsForPapers: false, supplements: [{ state: 'answered' }] });
    expect(await awaited(path)).toEqual([['account', 'photo'], ['account'], []]);
    expect(await factsOf(path, 'message.requested.v1')).toMatchObject([
      { data: { template: 'missing-paper', params: { papers: ['一卡通账号', '照片'], day: '2026-03-10' } } },
    ]);
  });

  it('comes a second time for what came and was not in order, and names nothing else', async () => {
    const path = await applied('plain');
    await officer.post(`${path}/supplement`, { by: '2026-03-12' });
    await at('2026-03-03');
    await bring(path, 'photo');
    await officer.post(`${path}/materials/photo/refuse`, { reason: '不是白底，请重照' });
    expect(await officer.post(`${path}/supplement`, { by: '2026-03-13' })).toMatchObject({ status: 200 });
    expect(await seen(path)).toMatchObject({
      supplements: [
        { number: 1, dueDay: '2026-03-12', effect: null },
        { number: 2, dueDay: '2026-03-13', papers: [{ material: 'photo', reason: '不是白底，请重照' }] },
      ],
    });
    // No source touches the term of the office: it runs on.
    expect(await clockOf(path, 'receive')).toMatchObject({ paused: false, dueDay: '2026-03-16' });
  });

  it('shows no day where no source has one and none was set', async () => {
    const path = await applied('plain');
    await officer.post(`${path}/supplement`);
    expect(await seen(path)).toMatchObject({
      supplements: [{ dueDay: null, basis: '没有来源规定补正的期限' }],
    });
    await sweepAt('2027-06-01');
    expect(await clockOf(path, 'supplement:1')).toMatchObject({ mark: null, rungs: [] });
    expect((await officer.post(`${path}/supplement`, { by: '2027-06-02' })).status).toBe(409);
  });

  it('moves the anchor to the day of the last paper, where only what is complete is accepted', async () => {
    const path = await applied('restarts');
    await officer.post(`${path}/supplement`);
    expect(await clockOf(path, 'receive')).toMatchObject({ paused: true });
    await sweepAt('2026-04-01');
    expect(await clockOf(path, 'receive')).toMatchObject({ paused: true, mark: null });
    await bring(path, 'photo');
    await at('2026-04-02');
    await bring(path, 'account');
    expect(await clockOf(path, 'receive')).toMatchObject({
      anchorDay: '2026-04-02',
      status: 'running',
      paused: false,
    });
    const { clocks } = (await seen(path)) as {
      clocks: { step: string; status: string; replacedBy: string | null }[];
    };
    expect(clocks.filter(({ step }) => step === 'receive').map(({ status }) => status)).toEqual([
      'superseded',
      'running',
    ]);
  });

  it('is one, when two officers send it at once, or one whose answer was lost sends it again', async () => {
    const path = await applied('suspends');
    const answers = await Promise.all([
      officer.post(`${path}/supplement`),
      colleague.post(`${path}/supplement`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await awaited(path)).toEqual([['account', 'photo']]);

    const lost = await applied('suspends');
    const key = { 'idempotency-key': randomUUID() };
    // The process died after the commit: the answer never came, and the same request comes again.
    const [first, again] = [
      await officer.post(`${lost}/supplement`, {}, key),
      await officer.post(`${lost}/supplement`, {}, key),
    ];
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
    expect((await seen(lost)).supplements).toHaveLength(1);
    expect(await factsOf(lost, 'message.requested.v1')).toHaveLength(1);
  });

  it('is given by the institution that has a step, and by no other', async () => {
    const path = await applied('taught');
    expect((await officer.post(`${path}/place`, { unitId: testUnit('school') })).status).toBe(200);
    const [school, other] = [await service.as('school'), await service.as('school', { unit: randomUUID() })];
    expect((await other.post(`${path}/supplement`)).status).toBe(404);
    expect(await school.post(`${path}/supplement`)).toMatchObject({ status: 200 });
    expect((await school.get(path)).body).toMatchObject({ supplements: [{ byRole: 'school' }] });
    expect(await factsOf(path, 'message.requested.v1')).toHaveLength(1);
  });

  it('is not given, and not seen, by those whom the case is none of their business', async () => {
    const path = await applied('suspends');
    await officer.post(`${path}/supplement`);
    const elsewhere = await service.as('benefit-officer', {
      id: 'elsewhere',
      from: '338802000000',
      to: '338802999999',
    });
    const [liaison, card] = [await service.as('village-liaison'), await service.as('card-officer')];
    for (const [who, status] of [
      [elsewhere, 404],
      [liaison, 403],
      [card, 404],
    ] as const) {
      for (const [action, body] of [
        ['supplement', {}],
        ['accept-incomplete', { obligations: [{ material: 'photo' }], reason: '本人住院，出院后补交' }],
        ['materials/photo/waive', { reason: '系统内已有近照' }],
        ['deem-withdrawn', { reason: '逾期未补正材料', remedy: '可以申请行政复议' }],
      ] as const) {
        expect([action, (await who.post(`${path}/${action}`, body)).status]).toEqual([action, status]);
      }
    }
    for (const table of ['case_supplements', 'case_obligations']) {
      expect(await elsewhere.get('/subsidies/cases?waitingForPapers=true')).toMatchObject({
        body: { cases: [] },
      });
      const [{ forced }] = (await service.database.query<{ forced: boolean }>(
        `select relrowsecurity as forced from pg_class where oid = 'subsidies.${table}'::regclass`,
      )) as [{ forced: boolean }];
      expect([table, forced]).toEqual([table, true]);
    }
  });
});

describe('the time for papers', () => {
  it('reminds the person, and when it is over those who work on the case; nothing is refused by itself', async () => {
    const path = await applied('suspends');
    await officer.post(`${path}/steps/receive`);
    await officer.post(`${path}/supplement`);
    expect(await clockOf(path, 'decide')).toMatchObject({ paused: true });
    await sweepAt('2026-03-09T12:00:00+08:00');
    const rungs = async () => (await factsOf(path, 'case.reminded.v1')).map(({ data }) => data['rung']);
    expect(await rungs()).toEqual(['reminder', 'due']);
    await bring(path, 'photo');
    const told = async () =>
      (await factsOf(path, 'message.requested.v1')).map(({ data }) => {
        const { papers, day, again } = data['params'] as Record<string, unknown>;
        return [data['template'], papers, day, again];
      });
    expect(await told()).toEqual([
      ['missing-paper', ['一卡通账号', '照片'], '2026-03-09', false],
      ['missing-paper', ['一卡通账号', '照片'], '2026-03-09', true],
      ['missing-paper', ['一卡通账号', '照片'], '2026-03-09', true],
    ]);
    expect((await colleague.post(`${path}/refuse`, REFUSAL)).body).toMatchObject({
      status: 409,
      title: 'papers-missing',
      missing: ['account'],
    });
    expect(
      (
        await colleague.post(`${path}/deem-withdrawn`, {
          reason: '逾期未补正材料',
          remedy: '可以申请行政复议',
        })
      ).status,
    ).toBe(409);
    await sweepAt('2026-03-11T10:00:00+08:00');
    expect(await rungs()).toEqual(['reminder', 'due', 'expired']);
    expect(await seen(path)).toMatchObject({
      status: 'deciding',
      waitsForPapers: true,
      supplements: [{ state: 'lapsed' }],
    });
    // The office has the rest of its own term from the moment the person's was over: Tuesday to Monday were not counted.
    expect(await clockOf(path, 'decide')).toMatchObject({ paused: false, dueDay: '2026-03-23' });
    expect((await colleague.post(`${path}/grant`)).status).toBe(409);
    expect((await colleague.post(`${path}/refuse`, REFUSAL)).body).toMatchObject({ status: 'refused' });
    expect(await clockOf(path, 'supplement:1')).toMatchObject({ status: 'stopped' });
  });

  it('is no ground to refuse what came late after all', async () => {
    const path = await applied('suspends');
    await officer.post(`${path}/steps/receive`);
    await officer.post(`${path}/supplement`);
    await sweepAt('2026-03-11T10:00:00+08:00');
    await bring(path, 'account');
    await bring(path, 'photo');
    expect(
      (
        await colleague.post(`${path}/deem-withdrawn`, {
          reason: '逾期未补正材料',
          remedy: '可以申请行政复议',
        })
      ).status,
    ).toBe(409);
    expect((await colleague.post(`${path}/grant`)).body).toMatchObject({ status: 'granted' });
  });

  it('when over is taken for a withdrawal by a named person, where the law says so', async () => {
    const path = await applied('suspends');
    await officer.post(`${path}/supplement`);
    await sweepAt('2026-03-11T10:00:00+08:00');
    expect(
      (await officer.post(`${path}/deem-withdrawn`, { reason: '逾期未补正材料', remedy: '可以申请行政复议' }))
        .body,
    ).toMatchObject({
      status: 'withdrawn',
      standing: { reason: '逾期未补正材料（茶法第八条第二款）' },
    });
    expect((await factsOf(path, 'message.requested.v1')).at(-1)).toMatchObject({
      data: { template: 'decision-ready' },
    });
    const plain = await applied('plain');
    await officer.post(`${plain}/supplement`);
    expect(
      (
        await officer.post(`${plain}/deem-withdrawn`, {
          reason: '逾期未补正材料',
          remedy: '可以申请行政复议',
        })
      ).body,
    ).toMatchObject({
      title: 'withdrawal-not-in-rule',
    });
  });
});

describe('a case that is accepted without some of its papers', () => {
  const request = { obligations: [{ material: 'photo' }], reason: '本人住院，出院后补交' };

  it('says who brings what by when; its clock stands still by rule and goes on with the paper', async () => {
    const path = await applied('suspends');
    await bring(path, 'account');
    expect((await officer.post(`${path}/accept-incomplete`, request)).body).toMatchObject({
      waitsForPapers: true,
    });
    expect(await seen(path)).toMatchObject({
      obligations: [
        {
          material: 'photo',
          title: '照片',
          who: 'person',
          basis: '茶法第九条',
          reason: '本人住院，出院后补交',
          dueDay: '2026-03-09',
          suspends: '茶法第九条第二款',
          blocks: 'decision',
          state: 'open',
          by: 'officer',
        },
      ],
    });
    expect(await clockOf(path, 'receive')).toMatchObject({ paused: true });
    expect(await factsOf(path, 'message.requested.v1')).toMatchObject([
      { data: { template: 'missing-paper', params: { papers: ['照片'], day: '2026-03-09' } } },
    ]);
    const waiting = await officer.get('/subsidies/cases?waitingForPapers=true&limit=200');
    expect(waiting.body.cases).toContainEqual(expect.objectContaining({ caseId: caseIdOf(path) }));

    await at('2026-03-04');
    expect((await colleague.post(`${path}/steps/receive`)).body).toMatchObject({ status: 'deciding' });
    expect(await clockOf(path, 'decide')).toMatchObject({ paused: true });
    expect((await officer.post(`${path}/grant`)).body).toMatchObject({
      title: 'papers-missing',
      missing: ['photo'],
    });
    await at('2026-03-05');
    // Taken over from an earlier case of the person.
    const paper = caseFacts.community.paperChecked.of({
      personId: (await seen(path)).personId as string,
      divisionCode: PLACE,
      caseId: randomUUID(),
      paperId: randomUUID(),
      material: 'photo',
      fileRef: null,
      checkedOn: MONDAY,
    });
    await service.deliver('subsidies', paper);
    const { paperId } = paper.data as { paperId: string };
    expect(await officer.post(`${path}/materials/photo/use`, { paperId })).toMatchObject({ status: 200 });
    expect(await clockOf(path, 'decide')).toMatchObject({ paused: false, dueDay: '2026-03-19' });
    expect(await clockOf(path, 'paper:photo')).toMatchObject({ status: 'stopped' });
    expect(await seen(path)).toMatchObject({ waitsForPapers: false, obligations: [{ state: 'fulfilled' }] });
    expect((await officer.post(`${path}/grant`)).body).toMatchObject({ status: 'granted' });
  });

  it('is decided first only where the rule says so; the paper is owed afterwards', async () => {
    const path = await applied('restarts');
    await bring(path, 'account');
    const until = { ...request, obligations: [{ material: 'photo', by: '2026-03-20' }] };
    expect(await officer.post(`${path}/accept-incomplete`, until)).toMatchObject({ status: 200 });
    expect(await clockOf(path, 'receive')).toMatchObject({ paused: false });
    await officer.post(`${path}/steps/receive`);
    expect((await colleague.post(`${path}/grant`)).body).toMatchObject({
      status: 'granted',
      waitsForPapers: true,
    });
    expect(await clockOf(path, 'paper:photo')).toMatchObject({ status: 'running', dueDay: '2026-03-20' });
    await sweepAt('2026-03-23');
    expect(await seen(path)).toMatchObject({ status: 'granted', obligations: [{ state: 'lapsed' }] });
    await bring(path, 'photo');
    expect(await seen(path)).toMatchObject({ waitsForPapers: false, obligations: [{ state: 'fulfilled' }] });
  });

  it('is refused where no rule says so, and for a paper that no rule lets come later', async () => {
    expect((await officer.post(`${await applied('plain')}/accept-incomplete`, request)).body).toMatchObject({
      title: 'accept-incomplete-not-allowed',
    });
    const path = await applied('suspends');
    expect(
      (
        await officer.post(`${path}/accept-incomplete`, {
          ...request,
          obligations: [{ material: 'account' }],
        })
      ).body,
    ).toMatchObject({ title: 'paper-not-later', later: ['photo'] });
    const unnamed = { ...request, obligations: [{ material: 'photo', who: 'fetched-from' }] };
    expect((await officer.post(`${path}/accept-incomplete`, unnamed)).status).toBe(400);
  });

  it('is the office’s own delay, where it fetches the paper itself', async () => {
    const path = await applied('suspends');
    const fetched = {
      ...request,
      obligations: [{ material: 'photo', who: 'fetched-from', from: '县公安局' }],
    };
    await officer.post(`${path}/accept-incomplete`, fetched);
    expect(await clockOf(path, 'paper:photo')).toMatchObject({ holder: 'office', dueDay: '2026-03-09' });
    expect(await factsOf(path, 'message.requested.v1')).toEqual([]);
    await sweepAt('2026-03-10T10:00:00+08:00');
    expect(await clockOf(path, 'paper:photo')).toMatchObject({ mark: '超期' });
    expect(await seen(path)).toMatchObject({ obligations: [{ state: 'open' }] });
  });

  it('needs no paper that is not for it, and says why', async () => {
    const path = await applied('plain');
    await bring(path, 'account');
    expect(
      (await officer.post(`${path}/materials/photo/waive`, { reason: '系统内已有近照' })).body,
    ).toMatchObject({
      missingMaterials: [],
    });
    await officer.post(`${path}/steps/receive`);
    expect((await colleague.post(`${path}/grant`)).body).toMatchObject({ status: 'granted' });
    const [entry] = await service.database.query<{ what: string[]; why: string | null }>(
      `select what, why from subsidies.audit_entries where $1 = any(case_ids) and 'case.paper-waived' = any(what)`,
      [caseIdOf(path)],
    );
    expect(entry).toMatchObject({ why: '系统内已有近照' });
  });
});
