import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Role } from '@app/access';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

jest.setTimeout(60_000);

const VILLAGE = '338801001001';
const TOWNSHIP = { from: '338801001000', to: '338801001999' };
const ELSEWHERE = { from: '338801002000', to: '338801002999' };
const COUNTER = { kind: 'counter', reference: null, asOf: '2026-03-01' };
const REASON = { reason: '核对后确认登记有误' };

let service: ServiceUnderTest;
let officer: TestUser;
let number: string;
let ids: { person: string; fact: string; guardian: string; household: string; import: string };

beforeAll(async () => {
  service = await startService({
    name: 'registry',
    modules: [RegistryModule],
    migrated: [registry],
    now: '2026-03-02',
  });
  officer = await service.as('card-officer', { id: 'officer' });
  number = demoNumber('2012-06-15', 101);
  const id = (answer: Answer, name: string) => (answer.body as Record<string, string>)[name]!;
  const person = id(
    await officer.post('/registry/persons', {
      name: '陈小明',
      identityNumber: number,
      divisionCode: VILLAGE,
    }),
    'personId',
  );
  const facts = await officer.post(`/registry/persons/${person}/facts`, {
    facts: [{ name: 'aid.dibao', value: true, source: COUNTER }],
  });
  const guardian = await officer.post(`/registry/persons/${person}/guardians`, {
    basis: 'minor',
    relation: '父亲',
    name: '陈建国',
    identityNumber: demoNumber('1980-01-01', 101),
  });
  const household = await officer.post('/registry/households', { divisionCode: VILLAGE });
  const roster = await officer.upload(
    '/registry/imports/persons',
    Buffer.from(`姓名,身份证号,户籍区划代码\n甲,123,${VILLAGE}`),
    'text/csv',
  );
  ids = {
    person,
    fact: (facts.body as { facts: { factId: string }[] }).facts[0]!.factId,
    guardian: id(guardian, 'guardianId'),
    household: id(household, 'householdId'),
    import: id(roster, 'importId'),
  };
});

afterAll(() => service?.stop());

type Call = (user: TestUser) => Promise<Answer>;

/** Every endpoint about something that exists in one village. */
const endpoints = (): Record<string, Call> => ({
  view: (user) => user.get(`/registry/persons/${ids.person}`),
  find: (user) => user.post('/registry/persons/find', { identityNumber: number }),
  correct: (user) => user.post(`/registry/persons/${ids.person}/correct`, { name: '某人' }),
  facts: (user) =>
    user.post(`/registry/persons/${ids.person}/facts`, {
      facts: [{ name: 'aid.dibian', value: true, source: COUNTER }],
    }),
  'withdraw a fact': (user) => user.post(`/registry/facts/${ids.fact}/withdraw`, REASON),
  'correct a fact': (user) => user.post(`/registry/facts/${ids.fact}/correct`, { value: false, ...REASON }),
  death: (user) =>
    user.post(`/registry/persons/${ids.person}/death`, { diedOn: '2026-02-01', source: COUNTER }),
  'withdraw a death': (user) => user.post(`/registry/persons/${ids.person}/death/withdraw`, REASON),
  move: (user) =>
    user.post(`/registry/persons/${ids.person}/move`, { to: '338801002001', movedOn: '2026-02-01' }),
  'join a household': (user) =>
    user.post(`/registry/persons/${ids.person}/household`, { householdId: null, relation: '子' }),
  'add a guardian': (user) =>
    user.post(`/registry/persons/${ids.person}/guardians`, {
      basis: 'minor',
      relation: '母亲',
      name: '王芳',
      identityNumber: demoNumber('1981-01-01', 102),
    }),
  'end a guardian': (user) =>
    user.post(`/registry/guardians/${ids.guardian}/end`, { endedOn: '2026-03-01', ...REASON }),
  household: (user) => user.get(`/registry/households/${ids.household}`),
  import: (user) => user.get(`/registry/imports/${ids.import}`),
  'error workbook': (user) => user.get(`/registry/imports/${ids.import}/errors.xlsx`),
});

async function state(): Promise<string> {
  const rows = await service.database.query(
    `select (select json_agg(p order by person_id) from registry.persons p) as persons,
            (select json_agg(f order by fact_id) from registry.facts f) as facts,
            (select json_agg(g order by guardian_id) from registry.guardians g) as guardians,
            (select count(*) from registry.outbox_messages) as told`,
  );
  return JSON.stringify(rows);
}

it('shows and changes nothing for a user of another township: it answers as if it were not there', async () => {
  const before = await state();
  const other = await service.as('card-officer', { id: 'other', ...ELSEWHERE });
  const nobody = { ...ids };
  for (const [name, call] of Object.entries(endpoints())) {
    const hidden = await call(other);
    expect([name, hidden.status]).toEqual([name, 404]);
    ids = {
      person: randomUUID(),
      fact: randomUUID(),
      guardian: randomUUID(),
      household: randomUUID(),
      import: randomUUID(),
    };
    if (name !== 'find')
      expect([name, (await call(other)).body]).toMatchObject([
        name,
        { detail: (hidden.body as { detail: string }).detail },
      ]);
    ids = nobody;
  }
  expect(await state()).toBe(before);
});

it('lets nobody in without a token, or without a role for it', async () => {
  const before = await state();
  const monitor = await service.as('monitor');
  for (const [name, call] of Object.entries(endpoints())) {
    expect([name, (await call(service.anonymous)).status]).toEqual([name, 401]);
    expect([name, (await call(monitor)).status]).toEqual([name, 403]);
  }
  for (const path of ['/registry/persons', '/registry/imports/templates/persons.csv']) {
    expect((await service.anonymous.get(path)).status).toBe(401);
    expect((await monitor.get(path)).status).toBe(403);
  }
  expect(await state()).toBe(before);
});

it('lets a role that may look, but not act, look only', async () => {
  const before = await state();
  const lead = await service.as('federation-lead');
  for (const [name, call] of Object.entries(endpoints())) {
    const expected = ['view', 'find', 'household'].includes(name) ? 200 : 403;
    expect([name, (await call(lead)).status]).toEqual([name, expected]);
  }
  // A village liaison states, but does not take back.
  const liaison = await service.as('village-liaison', { from: VILLAGE, to: VILLAGE });
  for (const name of ['correct', 'withdraw a fact', 'correct a fact', 'withdraw a death', 'move']) {
    expect([name, (await endpoints()[name]!(liaison)).status]).toEqual([name, 403]);
  }
  expect(await state()).toBe(before);
});

it('writes down who changed what and why, for every change that is no fact of its own, too', async () => {
  const id = (answer: Answer, name: string) => (answer.body as Record<string, string>)[name]!;
  const registered = await officer.post('/registry/persons', {
    name: '查小账',
    identityNumber: demoNumber('2013-06-15', 501),
    divisionCode: VILLAGE,
  });
  const person = id(registered, 'personId');
  const path = `/registry/persons/${person}`;
  const dibao = { facts: [{ name: 'aid.dibao', value: true, source: COUNTER }] };
  const stated = await officer.post(`${path}/facts`, dibao);
  await officer.post(`${path}/facts`, dibao);
  await officer.post(`${path}/correct`, { phone: '13800000000' });
  const guardian = {
    basis: 'minor',
    relation: '父亲',
    name: '某',
    identityNumber: demoNumber('1980-01-01', 501),
  };
  const guardianId = id(await officer.post(`${path}/guardians`, guardian), 'guardianId');
  const end = { endedOn: '2026-03-01', reason: '监护人变更为祖父' };
  await officer.post(`/registry/guardians/${guardianId}/end`, end);
  const [fact] = (stated.body as { facts: { factId: string }[] }).facts;
  await officer.post(`/registry/facts/${fact!.factId}/withdraw`, REASON);
  const entries = await service.database.query(
    `select actor_id, actor_role, what, why, detail - 'guardianId' as detail from registry.audit_entries
     where person_ids @> array[$1::uuid] order by entry_id`,
    [person],
  );
  const by = { actor_id: 'officer', actor_role: 'card-officer' };
  expect(entries).toEqual([
    {
      ...by,
      what: ['person.secrets-changed', 'registry.person.registered.v1'],
      why: null,
      detail: { fields: ['identityNumber', 'phone', 'address'] },
    },
    { ...by, what: ['registry.fact.recorded.v1'], why: null, detail: null },
    { ...by, what: ['person.confirmed'], why: null, detail: null },
    { ...by, what: ['person.secrets-changed'], why: null, detail: { fields: ['phone'] } },
    {
      ...by,
      what: ['registry.person.representatives-changed.v1', 'guardian.recorded'],
      why: null,
      detail: {},
    },
    {
      ...by,
      what: ['registry.person.representatives-changed.v1', 'guardian.ended'],
      why: end.reason,
      detail: {},
    },
    { ...by, what: ['registry.fact.withdrawn.v1'], why: REASON.reason, detail: null },
  ]);
});

it('registers nobody in a place out of reach', async () => {
  const chair = await service.as('township-chair', { id: 'chair', ...TOWNSHIP });
  const person = (divisionCode: string) => ({
    name: '某人',
    identityNumber: demoNumber('1970-01-01', 333),
    divisionCode,
  });
  expect(await chair.post('/registry/persons', person('338801002001'))).toMatchObject({
    status: 403,
    body: { title: 'not-allowed' },
  });
  expect((await chair.post('/registry/households', { divisionCode: '338801002001' })).status).toBe(403);
  expect((await chair.post('/registry/persons', person(VILLAGE))).status).toBe(201);
});

it('takes from a member unit only the rosters of its own department, about people in its reach', async () => {
  const file = Buffer.from(`姓名,身份证号,起始月\n陈小明,${number},2026-01`);
  const upload = (user: TestUser, kind: string) => user.upload(`/registry/imports/${kind}`, file, 'text/csv');
  const as = (department: 'civil-affairs' | 'health', reach = {}, role: Role = 'member-unit') =>
    service.as(role, { id: `${department}`, department, ...reach });
  expect((await upload(await as('health'), 'dibao')).status).toBe(403);
  expect((await upload(await as('civil-affairs'), 'persons')).status).toBe(403);
  expect(await upload(await as('civil-affairs', ELSEWHERE), 'dibao')).toMatchObject({
    status: 200,
    body: { applied: 0, notOnFile: 1 },
  });
  expect(await upload(await as('civil-affairs'), 'dibao')).toMatchObject({
    status: 200,
    body: { applied: 1 },
  });
  const civil = await as('civil-affairs');
  expect((await civil.get(`/registry/imports/${ids.import}`)).status).toBe(404);
});

it('lets an identity number be in no event, answer, URL, log or plain column, whichever endpoint it was sent to', async () => {
  const written: string[] = [];
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  const canaries = {
    good: demoNumber('1999-09-09', 909),
    bad: '338801199909099090',
    old: '338801990909909',
    second: demoNumber('1998-08-08', 808),
  };
  const urls: string[] = [];
  const answers: Answer[] = [];
  const post = async (path: string, body: unknown) => {
    urls.push(path);
    answers.push(await officer.post(path, body));
  };
  try {
    for (const canary of Object.values(canaries)) {
      await post('/registry/persons', { name: '金丝雀', identityNumber: canary, divisionCode: VILLAGE });
      await post('/registry/persons', {
        name: '金丝雀',
        identityNumber: canary,
        divisionCode: 'x',
        sex: canary,
      });
      await post('/registry/persons/find', { identityNumber: canary });
      await post(`/registry/persons/${ids.person}/guardians`, {
        basis: 'minor',
        relation: '父亲',
        name: '某',
        identityNumber: canary,
      });
      await post(`/registry/persons/${ids.person}/correct`, { identityNumber: canary });
      await post(`/registry/persons/${ids.person}/facts`, {
        facts: [{ name: canary, value: canary, source: COUNTER }],
      });
      const source = { ...COUNTER, reference: `证件${canary}` };
      await post(`/registry/persons/${ids.person}/facts`, {
        facts: [{ name: 'aid.dibian', value: true, source }],
      });
      await post(`/registry/persons/${ids.person}/death`, { diedOn: '2026-02-01', source });
      await post(`/registry/facts/${ids.fact}/withdraw`, { reason: `号码应为${canary}` });
      for (const kind of ['persons', 'dibao', 'death']) {
        const rows = `姓名,身份证号,户籍区划代码,起始月,死亡日期,性别\n金丝雀,${canary},${canary},${canary},${canary},${canary}\n`;
        const answer = await officer.upload(`/registry/imports/${kind}`, Buffer.from(rows), 'text/csv');
        answers.push(answer);
        await officer.get(`/registry/imports/${(answer.body as { importId: string }).importId}`);
      }
    }
  } finally {
    spy.mockRestore();
  }
  const tables = await service.database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'registry'`,
  );
  const stored = await Promise.all(
    tables.map(({ name }) => service.database.query(`select * from registry.${name}`)),
  );
  expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(3);
  const everything = JSON.stringify([stored, answers.map(({ body }) => body as unknown), urls, written]);
  for (const [name, canary] of Object.entries(canaries)) {
    expect([name, everything.includes(canary)]).toEqual([name, false]);
  }
});
