import { Catalogue } from '@app/catalogue';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { LifecycleModule } from '../src/lifecycle.module.js';
import { lifecycle } from '../src/migrations.js';
import { clubCatalogue } from './invented-catalogue.js';
import { Neighbours, OwnersCase, TODAY, VILLAGE } from './people.js';

let service: ServiceUnderTest;
let officer: TestUser;
const ann = new Neighbours();
let personPaths: string[];

beforeAll(async () => {
  service = await startService({
    name: 'lifecycle',
    modules: [{ module: LifecycleModule, providers: [{ provide: Catalogue, useValue: clubCatalogue() }] }],
    migrated: [lifecycle],
    now: TODAY,
  });
  officer = await service.as('federation-lead');
  await service.deliver(
    'lifecycle',
    ann.registered({ birthDate: '1980-05-05' }),
    ann.knows({ 'aid.dibao': true }),
    ann.issued(),
  );
  personPaths = ['chain', 'table', 'missing-facts', 'decisions', 'explain?item=club/allowance'].map(
    (path) => `/lifecycle/persons/${ann.personId}/${path}`,
  );
});

afterAll(() => service.stop());

const at = (path: string) => officer.get(`/lifecycle/persons/${ann.personId}/${path}`);

async function ok(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer;
  expect({ status, body: status === 200 ? null : body }).toEqual({ status: 200, body: null });
  return body;
}

describe('over HTTP', () => {
  it('a chain shows its rounds, what each item waits for, and who must act next', async () => {
    const before = await ok(at('chain'));
    expect(before).toMatchObject({ personId: ann.personId, divisionCode: VILLAGE, version: 4 });
    const [round] = before.rounds;
    expect(round).toMatchObject({
      cause: 'card-issued',
      zh: '残疾人证核发',
      status: 'open',
      causedOn: TODAY,
    });
    expect(round.items.map((item: { itemId: string }) => item.itemId)).toEqual([
      'club/allowance',
      'club/greeting',
      'club/nursing',
    ]);
    expect(round.items[0]).toMatchObject({
      status: 'planned',
      outcome: null,
      waitsFor: { step: 'answer', roles: [] },
    });

    const allowance = new OwnersCase(ann.personId, 'subsidies', 'club/allowance', 'once', round.roundId);
    await service.deliver('lifecycle', allowance.opened());
    expect((await ok(at('chain'))).rounds[0].items[0].waitsFor).toMatchObject({
      step: 'consent',
      roles: ['village-liaison', 'commissioner', 'township-chair'],
    });
    await service.deliver('lifecycle', allowance.advanced('receive'));
    await service.deliver('lifecycle', allowance.advanced('decide', 'deciding'));
    expect((await ok(at('chain'))).rounds[0].items[0].waitsFor).toEqual({
      step: 'decide',
      zh: 'decide（民政：残工委成员单位）',
      roles: ['member-unit'],
      department: 'civil-affairs',
      since: expect.stringMatching(/Z$/),
      unitId: null,
    });
    await service.deliver('lifecycle', allowance.granted());
    expect((await ok(at('chain'))).rounds[0].items[0]).toMatchObject({ outcome: 'granted', waitsFor: null });
  });

  it('the table has every item in force with its outcome, reasons in Chinese, and what the person has', async () => {
    const table = await ok(at('table'));
    expect(table).toMatchObject({ day: TODAY, card: 'valid', region: { code: '338801', name: '示范县' } });
    const byId = Object.fromEntries(table.items.map((item: { itemId: string }) => [item.itemId, item]));
    expect(Object.keys(byId)).toHaveLength(7);
    expect(byId['club/allowance']).toMatchObject({
      outcome: 'entitled',
      zh: '符合条件（残疾人证有效：是；低保家庭：是）',
      has: [{ period: 'once', status: 'granted', stops: [] }],
    });
    expect(byId['club/youth']).toMatchObject({
      outcome: 'not-entitled',
      reasons: [{ fact: 'person.age', zh: '周岁', value: 45, valueZh: '45' }],
    });
    expect(byId['club/device']).toMatchObject({
      outcome: 'needs-fact',
      missing: [{ fact: 'device.needed', question: '是否需要辅助器具？' }],
    });
  });

  it('a missing fact is asked once per person, with all the items that wait for it', async () => {
    const { facts } = await ok(at('missing-facts'));
    expect(facts.map(({ fact, items }: { fact: string; items: unknown[] }) => [fact, items.length])).toEqual([
      ['device.needed', 1],
      ['household.members', 1],
      ['petition.raised', 1],
    ]);
  });

  it('missing facts of a place come village by village, page by page', async () => {
    const [ben, cas] = [new Neighbours(), new Neighbours()];
    cas.divisionCode = '338801002001';
    await service.deliver('lifecycle', ben.registered(), ben.issued(), cas.registered(), cas.issued());
    const all = await ok(officer.get('/lifecycle/missing-facts'));
    expect(all.villages.map(({ divisionCode }: { divisionCode: string }) => divisionCode)).toEqual([
      VILLAGE,
      '338801002001',
    ]);
    expect(all.villages[0].persons).toHaveLength(2);
    expect(all.questions).toContainEqual(
      expect.objectContaining({ fact: 'aid.dibao', question: '是否属于最低生活保障（低保）家庭？' }),
    );
    const first = await ok(officer.get('/lifecycle/missing-facts?limit=2'));
    const second = await ok(officer.get(`/lifecycle/missing-facts?limit=2&after=${first.next}`));
    expect(second).toMatchObject({ villages: [{ persons: [{ personId: cas.personId }] }], next: null });
    const village = await ok(officer.get('/lifecycle/missing-facts?from=338801002000&to=338801002999'));
    expect(village.villages).toHaveLength(1);
    const liaison = await service.as('village-liaison', { from: '338801002001', to: '338801002001' });
    expect((await ok(liaison.get('/lifecycle/missing-facts'))).villages).toHaveLength(1);
  });

  it('an explanation walks through the conditions with the facts that were found', async () => {
    const explained = await ok(at('explain?item=club/allowance'));
    expect(explained).toMatchObject({
      outcome: 'entitled',
      itemVersion: '2020-01',
      sources: [{ id: 'charter' }],
    });
    expect(JSON.stringify(explained.trace)).toContain('低保家庭为是（现为：是）');
    expect((await at('explain?item=club/nothing')).body).toMatchObject({
      status: 404,
      title: 'unknown-item',
    });
    expect((await at('explain?item=nothing')).status).toBe(400);
  });

  it('decisions are kept, each with what it changed', async () => {
    const { decisions } = await ok(at('decisions'));
    expect(decisions[0]).toMatchObject({ decision: 1, cause: 'card-issued', decidedOn: TODAY });
    expect(decisions[0].changes).toContainEqual({
      itemId: 'club/allowance',
      before: null,
      after: 'entitled',
      itemVersion: '2020-01',
      needs: [],
    });
    await expect(
      service.database.query(`set role lifecycle_app; delete from lifecycle.determination_changes`),
    ).rejects.toThrow(/permission denied/);
    await service.database.query('reset role');
  });

  it('open rounds of a place come oldest first, page by page', async () => {
    const first = await ok(officer.get('/lifecycle/rounds?limit=1'));
    expect(first.rounds).toMatchObject([{ personId: ann.personId, status: 'open' }]);
    const rest = await ok(officer.get(`/lifecycle/rounds?after=${first.next}`));
    expect(rest.rounds).toHaveLength(2);
    expect(rest.next).toBeNull();
  });

  it('the catalogue in force is shown with its sources', async () => {
    const { items, region } = await ok(officer.get(`/lifecycle/catalogue?division=${VILLAGE}`));
    expect(region).toEqual({ code: '338801', name: '示范县', demo: true });
    expect(items[0]).toMatchObject({ itemId: 'club/allowance', sources: [{ quotation: '会员享受。' }] });
    expect((await officer.get('/lifecycle/catalogue?division=110101001001')).status).toBe(404);
  });

  it('somebody of whom only a card is known cannot be determined yet, and the answer says what to do', async () => {
    const dee = new Neighbours();
    await service.deliver('lifecycle', dee.issued());
    expect((await officer.get(`/lifecycle/persons/${dee.personId}/table`)).body).toMatchObject({
      status: 409,
      title: 'person-not-determined',
    });
    expect(await ok(officer.get(`/lifecycle/persons/${dee.personId}/chain`))).toMatchObject({ rounds: [] });
  });

  it('a round shows until when each item runs, why it stands still, and which one it waits for last', async () => {
    const person = new Neighbours();
    await service.deliver(
      'lifecycle',
      person.registered(),
      person.knows({ 'aid.dibao': true }),
      person.issued(),
    );
    const chain = async () =>
      (await ok(officer.get(`/lifecycle/persons/${person.personId}/chain`))).rounds[0];
    const { roundId, clock } = await chain();
    expect(clock).toMatchObject({ day: null, promise: null, critical: [] });
    expect(clock.openEnded).toEqual(['club/allowance', 'club/greeting', 'club/nursing', 'club/device']);

    const allowance = new OwnersCase(person.personId, 'subsidies', 'club/allowance', 'once', roundId);
    const nursing = new OwnersCase(person.personId, 'subsidies', 'club/nursing', 'once', roundId);
    const greeting = new OwnersCase(person.personId, 'community', 'club/greeting', '2026', roundId);
    const unitId = '5b7c1f0e-9f5b-4a1e-8a57-2f7b6f1c9e20';
    await service.deliver(
      'lifecycle',
      allowance.opened('open'),
      allowance.advanced('receive'),
      allowance.term('receive', '2026-03-09'),
      allowance.placed(unitId),
      nursing.opened('deciding'),
      nursing.advanced('decide', 'deciding'),
      nursing.term('decide', '2026-03-20', { kind: 'local_rule', basis: '县办法第三条' }),
      greeting.opened('open'),
      greeting.granted(),
    );
    const running = await chain();
    // Five working days after 9 March: 10, 11, 12, 13 and 16.
    expect(running.items[0]).toMatchObject({
      waitsFor: { step: 'receive', unitId },
      terms: [{ step: 'receive', dueDay: '2026-03-09', basis: '章程第二条', mark: null, paused: false }],
      end: { day: '2026-03-16', openStep: null, zh: '至迟 2026-03-16 办结', en: 'decided by 2026-03-16' },
    });
    expect(running.items[1]).toMatchObject({ itemId: 'club/greeting', outcome: 'granted', end: null });
    expect(running.clock).toMatchObject({
      day: '2026-03-20',
      critical: ['club/nursing', 'club/device'],
      openEnded: ['club/device'],
      followUps: [
        { itemId: 'club/device', after: 'club/nursing', fact: 'device.needed', openStep: 'decide' },
      ],
      zh: '最早 2026-03-20；另有 1 个事项没有可以计算的期限',
    });

    await service.deliver('lifecycle', nursing.term('decide', null), allowance.placementEnded(unitId));
    const standing = await chain();
    expect(standing.items[0].waitsFor.unitId).toBeNull();
    expect(standing.items[2]).toMatchObject({
      itemId: 'club/nursing',
      terms: [
        {
          paused: true,
          pauseReason: 'hearing',
          pausedSince: '2026-03-02T01:00:00.000Z',
          dueDay: null,
          mark: null,
        },
      ],
      end: { day: null, openStep: 'decide' },
    });
    expect(standing.clock).toMatchObject({ day: '2026-03-16', critical: ['club/allowance'] });

    await service.deliver(
      'lifecycle',
      nursing.granted(),
      nursing.term('decide', null, { paused: false, pausedSince: null, pauseReason: null, ended: true }),
      allowance.term('receive', '2026-02-27'),
    );
    const late = await chain();
    expect(late.items[0].terms).toMatchObject([{ dueDay: '2026-02-27', mark: '超期' }]);
    expect(late.items[2]).toMatchObject({ outcome: 'granted', terms: [], end: null });
  });

  it('a round says for which papers an item waits without a day, and which of its terms hold it', async () => {
    const person = new Neighbours();
    await service.deliver(
      'lifecycle',
      person.registered(),
      person.knows({ 'aid.dibao': true }),
      person.issued(),
    );
    const chain = async () =>
      (await ok(officer.get(`/lifecycle/persons/${person.personId}/chain`))).rounds[0];
    const { roundId } = await chain();
    const allowance = new OwnersCase(person.personId, 'subsidies', 'club/allowance', 'once', roundId);
    await service.deliver(
      'lifecycle',
      allowance.opened('open'),
      allowance.advanced('receive'),
      allowance.term('receive', '2026-03-09'),
      allowance.term('challenge:reconsideration', '2026-05-08'),
      allowance.term('evidence:reconsideration', '2026-03-20'),
      allowance.awaits(['income-proof']),
    );
    const asked = await chain();
    expect(asked.items[0]).toMatchObject({
      papers: [{ material: 'income-proof', zh: 'income-proof' }],
      terms: [
        { step: 'challenge:reconsideration', holds: false },
        { step: 'evidence:reconsideration', holds: false },
        { step: 'receive', holds: true },
      ],
      end: {
        day: '2026-03-09',
        openStep: 'papers',
        zh: '等待补交材料（没有规定交的日期），办理期限至 2026-03-09',
        en: 'papers are to come, without a day; the term of the step runs until 2026-03-09',
      },
    });
    expect(asked.clock.openEnded).toContain('club/allowance');

    await service.deliver('lifecycle', allowance.term('supplement:1', '2026-03-13', { holder: 'person' }));
    const dated = await chain();
    expect(dated.items[0].end).toMatchObject({ day: '2026-03-16', openStep: null });
    expect(dated.items[0].terms).toContainEqual(
      expect.objectContaining({ step: 'supplement:1', holder: 'person', holds: true }),
    );

    await service.deliver('lifecycle', allowance.awaits([]));
    expect((await chain()).items[0]).toMatchObject({
      papers: [],
      end: { day: '2026-03-16', openStep: null },
    });

    await service.deliver(
      'lifecycle',
      allowance.awaits(['income-proof']),
      allowance.refused(),
      allowance.term('receive', null, { paused: false, pausedSince: null, pauseReason: null, ended: true }),
      allowance.term('remedy:reconsideration', '2026-05-01', { holder: 'person' }),
    );
    expect((await chain()).items[0]).toMatchObject({
      outcome: 'refused',
      papers: [],
      end: null,
      terms: expect.arrayContaining([
        expect.objectContaining({ step: 'supplement:1', holds: false }),
        expect.objectContaining({ step: 'remedy:reconsideration', holder: 'person', holds: false }),
      ]),
    });
  });

  it('every answer stands in the OpenAPI document', async () => {
    const { body } = await service.anonymous.get('/openapi.json');
    // What libs/clocks brings is its own.
    const own = /^\/lifecycle\/(?!notices|escalation-rules|clocks)/;
    for (const path of Object.keys(body.paths).filter((each: string) => own.test(each))) {
      for (const { responses } of Object.values<Answer['body']>(body.paths[path])) {
        const answer = responses['200'].content['application/json'].schema;
        expect([path, JSON.stringify(answer)]).toEqual([path, expect.stringContaining('$ref')]);
      }
    }
  });
});

describe('not for another user', () => {
  it('a person out of reach is not there, like one who does not exist', async () => {
    const neighbour = await service.as('federation-lead', { from: '338802000000', to: '338802999999' });
    const nobody = '00000000-0000-4000-8000-000000000000';
    for (const path of personPaths) {
      const hidden = await neighbour.get(path);
      const missing = await officer.get(path.replace(ann.personId, nobody));
      expect([path, hidden.status, hidden.body.title]).toEqual([path, 404, 'person-not-found']);
      expect([path, missing.status, missing.body.title]).toEqual([path, 404, 'person-not-found']);
    }
    expect(await ok(neighbour.get('/lifecycle/rounds'))).toEqual({ rounds: [], next: null });
    expect(
      (await ok(neighbour.get('/lifecycle/missing-facts?from=338801000000&to=338801999999'))).villages,
    ).toEqual([]);
  });

  it('member units, providers and operators may not look at persons, and nobody without a token at anything', async () => {
    const paths = [...personPaths, '/lifecycle/rounds', '/lifecycle/missing-facts'];
    for (const role of ['member-unit', 'rehab-provider', 'operator'] as const) {
      const user = await service.as(role, role === 'member-unit' ? { department: 'civil-affairs' } : {});
      for (const path of paths) expect([path, (await user.get(path)).status]).toEqual([path, 403]);
      expect((await user.get(`/lifecycle/catalogue?division=${VILLAGE}`)).status).toBe(200);
    }
    for (const path of [...paths, `/lifecycle/catalogue?division=${VILLAGE}`]) {
      expect([path, (await service.anonymous.get(path)).status]).toEqual([path, 401]);
    }
  });
});
