import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

const VILLAGE = '338801001001';
const OTHER_VILLAGE = '338801002001';
const TODAY = '2026-03-02';
const COUNTER = { kind: 'counter', reference: null, asOf: '2026-03-01' };

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;
let stranger: TestUser;
let sequence = 100;

beforeAll(async () => {
  service = await startService({
    name: 'registry',
    modules: [RegistryModule],
    migrated: [registry],
    now: TODAY,
  });
  officer = await service.as('card-officer', { id: 'officer' });
  stranger = await service.as('card-officer', {
    id: 'stranger',
    from: '330302000000',
    to: '330302999999',
  });
});

afterAll(() => service?.stop());

async function newPerson(
  change: Record<string, unknown> = {},
): Promise<{ personId: string; number: string }> {
  const number = demoNumber('1985-06-15', (sequence += 2) + 1);
  const answer = await officer.post('/registry/persons', {
    name: '陈小明',
    identityNumber: number,
    divisionCode: VILLAGE,
    ...change,
  });
  expect(answer.status).toBe(201);
  return { personId: (answer.body as { personId: string }).personId, number };
}

async function published(personId: string) {
  return (await service.published('registry')).filter(({ key }) => key === personId);
}

const facts = (facts: Record<string, unknown>) => ({
  facts: Object.entries(facts).map(([name, value]) => ({ name, value, source: COUNTER })),
});

function factId(answer: Answer, name: string): string {
  return (answer.body as { facts: { name: string; factId: string }[] }).facts.find(
    (fact) => fact.name === name,
  )!.factId;
}

describe('registering a person', () => {
  it('takes sex and birth date from the number, keeps secrets encrypted, and tells others the whole state without them', async () => {
    const { personId, number } = await newPerson({ phone: '13800001234', address: '幸福路1号' });
    expect(await published(personId)).toEqual([
      {
        type: 'registry.person.registered.v1',
        key: personId,
        data: {
          personId,
          divisionCode: VILLAGE,
          version: 1,
          name: '陈小明',
          sex: 'male',
          birthDate: '1985-06-15',
          householdId: null,
          identityToken: expect.any(String) as string,
        },
      },
    ]);
    const [row] = await service.database.query<Record<string, string>>(
      'select * from registry.persons where person_id = $1',
      [personId],
    );
    const stored = JSON.stringify(row);
    for (const secret of [number, '13800001234', '幸福路']) expect(stored).not.toContain(secret);

    const view = (await officer.get(`/registry/persons/${personId}`)).body as Record<string, unknown>;
    expect(view).toMatchObject({
      name: '陈*明',
      identityNumber: `3388${'*'.repeat(10)}${number.slice(-4)}`,
      phone: '1380***1234',
      hasAddress: true,
      version: 1,
    });
    expect(JSON.stringify(view)).not.toContain('幸福路');
  });

  it('refuses a second file for one number, and says where the first is only to those who may see it', async () => {
    const { personId, number } = await newPerson();
    const again = { name: '陈小明', identityNumber: ` ${number.toLowerCase()} `, divisionCode: VILLAGE };
    const answer = await officer.post('/registry/persons', again);
    expect(answer).toMatchObject({ status: 409, body: { title: 'identity-number-on-file', personId } });
    const hidden = await stranger.post('/registry/persons', { ...again, divisionCode: '330302001001' });
    expect(hidden).toMatchObject({ status: 409, body: { title: 'identity-number-on-file' } });
    expect(hidden.body).not.toHaveProperty('personId');
  });

  it('registers one of two who send the same number at the same moment', async () => {
    const body = {
      name: '李四',
      identityNumber: demoNumber('1990-01-01', 777),
      divisionCode: VILLAGE,
    };
    const answers = await Promise.all([1, 2, 3].map(() => officer.post('/registry/persons', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('answers a repeated request with the first result', async () => {
    const body = { name: '李五', identityNumber: demoNumber('1990-01-01', 779), divisionCode: VILLAGE };
    const key = { 'idempotency-key': randomUUID() };
    const first = await officer.post('/registry/persons', body, key);
    const second = await officer.post('/registry/persons', body, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });

  it('refuses a form that contradicts the number', async () => {
    const answer = await officer.post('/registry/persons', {
      name: '王芳',
      identityNumber: demoNumber('1985-06-15', 101),
      divisionCode: VILLAGE,
      sex: 'female',
    });
    expect(answer).toMatchObject({ status: 422, body: { title: 'person-contradicted' } });
  });

  it('corrects a wrong name and publishes the whole state again; a number has a way of its own', async () => {
    const { personId } = await newPerson();
    const path = `/registry/persons/${personId}/correct`;
    const answer = await officer.post(path, { name: '陈晓明', phone: '13900000000' });
    expect(answer).toMatchObject({ status: 200, body: { version: 2 } });
    expect((await published(personId)).at(-1)!.data).toMatchObject({ name: '陈晓明', version: 2 });
    const view = await officer.get(`/registry/persons/${personId}`);
    expect(view).toMatchObject({ status: 200, body: { phone: '1390***0000' } });
    const number = demoNumber('1986-07-16', 202);
    const refused = await officer.post(path, { name: '陈晓明', identityNumber: number });
    expect(refused).toMatchObject({ status: 400 });
    expect(JSON.stringify(refused.body)).toContain('number-changes');
    expect(JSON.stringify(refused.body)).not.toContain(number);
  });
});

describe('facts', () => {
  it('replace what was known under their name, in one event, and say nothing when nothing is new', async () => {
    const { personId } = await newPerson();
    const path = `/registry/persons/${personId}/facts`;
    const first = await officer.post(path, facts({ 'aid.dibao': true, 'employment.status': 'unemployed' }));
    expect(first).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await officer.post(path, facts({ 'aid.dibao': true }))).toMatchObject({ body: { version: 2 } });
    const third = await officer.post(path, facts({ 'aid.dibao': false, 'employment.status': 'unemployed' }));
    expect(third).toMatchObject({ body: { version: 3 } });
    const events = await published(personId);
    expect(events.map(({ type, data }) => [type, data['version']])).toEqual([
      ['registry.person.registered.v1', 1],
      ['registry.fact.recorded.v1', 2],
      ['registry.fact.recorded.v1', 3],
    ]);
    expect(events[1]!.data['facts']).toHaveLength(2);
    expect(events[2]!.data['facts']).toMatchObject([{ name: 'aid.dibao', value: false }]);
    const kept = await service.database.query(
      `select state, count(*)::int from registry.facts where person_id = $1 group by state order by state`,
      [personId],
    );
    expect(kept).toEqual([
      { state: 'current', count: 2 },
      { state: 'replaced', count: 1 },
    ]);
  });

  it('are withdrawn with a reason, and corrected as withdrawn and recorded in one transaction', async () => {
    const { personId } = await newPerson();
    const stated = await officer.post(
      `/registry/persons/${personId}/facts`,
      facts({ 'aid.dibao': true, 'employment.status': 'unemployed' }),
    );
    const withdrawn = await officer.post(`/registry/facts/${factId(stated, 'aid.dibao')}/withdraw`, {
      reason: '民政核对后确认不是该户',
    });
    expect(withdrawn).toMatchObject({
      status: 200,
      body: { version: 3, facts: [{ name: 'employment.status' }] },
    });
    const wrong = factId(stated, 'employment.status');
    const corrected = await officer.post(`/registry/facts/${wrong}/correct`, {
      value: 'student',
      reason: '实际在校就读，登记时选错',
    });
    expect(corrected).toMatchObject({ status: 200, body: { version: 5, facts: [{ value: 'student' }] } });
    const events = (await published(personId)).slice(2);
    expect(events.map(({ type, data }) => [type, data['version']])).toEqual([
      ['registry.fact.withdrawn.v1', 3],
      ['registry.fact.withdrawn.v1', 4],
      ['registry.fact.recorded.v1', 5],
    ]);
    expect(events[2]!.data).toMatchObject({
      facts: [
        { name: 'employment.status', value: 'student', source: { kind: 'correction', reference: wrong } },
      ],
    });
    const [{ xids }] = (await service.database.query(
      `select count(distinct xid)::int as xids from registry.outbox_messages
       where key = $1 and (payload->>'version')::int in (4, 5)`,
      [personId],
    )) as [{ xids: number }];
    expect(xids).toBe(1);
    expect(
      await officer.post(`/registry/facts/${wrong}/withdraw`, { reason: '再撤回一次试试' }),
    ).toMatchObject({
      status: 404,
      body: { title: 'fact-not-found' },
    });
  });

  it('are refused when no condition could read them', async () => {
    const { personId } = await newPerson();
    const path = `/registry/persons/${personId}/facts`;
    for (const wrong of [
      { 'aid.unknown': true },
      { 'card.grade': 1 },
      { 'aid.dibao': '是' },
      { 'employment.status': '未就业' },
    ]) {
      expect(await officer.post(path, facts(wrong))).toMatchObject({
        status: 422,
        body: { title: 'fact-not-valid' },
      });
    }
    const future = {
      facts: [{ name: 'aid.dibao', value: true, source: { ...COUNTER, asOf: '2026-03-03' } }],
    };
    expect((await officer.post(path, future)).status).toBe(422);
    const backwards = {
      facts: [
        { name: 'aid.dibao', value: true, source: COUNTER, validFrom: '2026-02-01', validTo: '2026-01-01' },
      ],
    };
    expect((await officer.post(path, backwards)).status).toBe(422);
    expect(await published(personId)).toHaveLength(1);
  });

  it('stated at the same moment by many each get their own version', async () => {
    const { personId } = await newPerson();
    const names = ['aid.dibao', 'aid.dibian', 'aid.tekun', 'care.wanted', 'device.needed', 'rehab.needed'];
    await Promise.all(
      names.map((name) => officer.post(`/registry/persons/${personId}/facts`, facts({ [name]: true }))),
    );
    // Neither xid nor id is commit order, so the rows may stand in another one.
    const versions = (await published(personId)).map(({ data }) => Number(data['version']));
    expect(versions.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('death', () => {
  it('is a stop fact, once however often it is stated, and is taken back when the match was wrong', async () => {
    const { personId } = await newPerson();
    const path = `/registry/persons/${personId}/death`;
    const died = await officer.post(path, { diedOn: '2026-02-20', source: COUNTER });
    expect(died).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await officer.post(path, { diedOn: '2026-02-20', source: COUNTER })).toMatchObject({
      body: died.body,
    });
    expect(await officer.post(path, { diedOn: '2026-02-21', source: COUNTER })).toMatchObject({
      status: 409,
      body: { title: 'death-on-file-differs', diedOn: '2026-02-20' },
    });
    expect(
      await officer.post(`/registry/persons/${personId}/facts`, facts({ 'aid.dibao': true })),
    ).toMatchObject({
      status: 409,
      body: { title: 'person-is-dead' },
    });
    const back = await officer.post(`${path}/withdraw`, { reason: '同名同姓，比对有误' });
    expect(back).toMatchObject({ status: 200, body: { version: 3 } });
    expect((await published(personId)).slice(1)).toMatchObject([
      { type: 'registry.fact.death-recorded.v1', data: { version: 2, diedOn: '2026-02-20' } },
      { type: 'registry.fact.death-withdrawn.v1', data: { version: 3 } },
    ]);
    const [recorded, withdrawn] = (await published(personId)).slice(1);
    expect(withdrawn!.data['factId']).toBe(recorded!.data['factId']);
    expect(await officer.post(`${path}/withdraw`, { reason: '同名同姓，比对有误' })).toMatchObject({
      status: 409,
      body: { title: 'person-is-not-dead' },
    });
    expect((await officer.post(path, { diedOn: '2026-02-25', source: COUNTER })).status).toBe(200);
    expect((await officer.get(`/registry/persons/${personId}`)).body).toMatchObject({ diedOn: '2026-02-25' });
  });

  it('cannot lie in the future or before the birth', async () => {
    const { personId } = await newPerson();
    for (const diedOn of ['2026-03-03', '1985-06-14']) {
      expect(
        await officer.post(`/registry/persons/${personId}/death`, { diedOn, source: COUNTER }),
      ).toMatchObject({ status: 422, body: { title: 'day-not-possible' } });
    }
  });
});

describe('moves', () => {
  it('inside the county take the file along; out of it they stop; back again they move in', async () => {
    const { personId } = await newPerson();
    const path = `/registry/persons/${personId}/move`;
    expect(await officer.post(path, { to: OTHER_VILLAGE, movedOn: '2026-01-10' })).toMatchObject({
      status: 200,
      body: { version: 3, divisionCode: OTHER_VILLAGE, away: null },
    });
    expect(await officer.post(path, { to: OTHER_VILLAGE, movedOn: '2026-01-10' })).toMatchObject({
      status: 409,
      body: { title: 'move-not-possible' },
    });
    expect(await officer.post(path, { to: '330302001001', movedOn: '2026-02-10' })).toMatchObject({
      status: 200,
      body: { version: 4, divisionCode: OTHER_VILLAGE },
    });
    // Where the person went, the counter sees the file and takes it over.
    expect(await stranger.get(`/registry/persons/${personId}`)).toMatchObject({
      status: 200,
      body: { movedAwayOn: '2026-02-10' },
    });
    expect(await stranger.post(path, { to: '330302001001', movedOn: '2026-02-11' })).toMatchObject({
      status: 200,
      body: { version: 6, divisionCode: '330302001001', away: null },
    });
    expect((await officer.get(`/registry/persons/${personId}`)).status).toBe(404);
    expect((await published(personId)).slice(1)).toMatchObject([
      {
        type: 'registry.fact.moved-in.v1',
        data: { from: VILLAGE, to: OTHER_VILLAGE, divisionCode: OTHER_VILLAGE },
      },
      { type: 'registry.person.registered.v1', data: { divisionCode: OTHER_VILLAGE, version: 3 } },
      { type: 'registry.fact.moved-away.v1', data: { to: '330302001001', divisionCode: OTHER_VILLAGE } },
      { type: 'registry.fact.moved-in.v1', data: { from: OTHER_VILLAGE, to: '330302001001' } },
      { type: 'registry.person.registered.v1', data: { version: 6 } },
    ]);
  });
});

describe('households and guardians', () => {
  it('a household is joined and left, its head is known, and each change publishes the person again', async () => {
    const head = await newPerson();
    const child = await newPerson();
    const added = await officer.post('/registry/households', { divisionCode: VILLAGE, householdNo: 'H-1' });
    expect(added.status).toBe(201);
    expect(
      await officer.post('/registry/households', { divisionCode: OTHER_VILLAGE, householdNo: 'H-1' }),
    ).toMatchObject({
      status: 409,
      body: { title: 'household-no-taken' },
    });
    const { householdId } = added.body as { householdId: string };
    await officer.post(`/registry/persons/${head.personId}/household`, { householdId, relation: '户主' });
    const joined = await officer.post(`/registry/persons/${child.personId}/household`, {
      householdId,
      relation: '子',
    });
    expect(joined).toMatchObject({ status: 200, body: { version: 2, householdId } });
    expect((await officer.get(`/registry/households/${householdId}`)).body).toMatchObject({
      headPersonId: head.personId,
      members: [{ personId: expect.any(String) as string }, {}],
    });
    await officer.post(`/registry/persons/${child.personId}/household`, { householdId: null });
    expect((await published(child.personId)).map(({ data }) => data['householdId'])).toEqual([
      null,
      householdId,
      null,
    ]);
  });

  it('a guardian is an adult other than the person, is known once, and ends', async () => {
    const number = demoNumber('2015-05-05', 101);
    const child = await officer.post('/registry/persons', {
      name: '小宝',
      identityNumber: number,
      divisionCode: VILLAGE,
    });
    const { personId } = child.body as { personId: string };
    const path = `/registry/persons/${personId}/guardians`;
    const mother = {
      basis: 'minor',
      relation: '母亲',
      name: '王秀英',
      identityNumber: demoNumber('1988-08-08', 222),
      phone: '13700000001',
    };
    const first = await officer.post(path, mother);
    expect(first.status).toBe(201);
    expect((await officer.post(path, mother)).body).toEqual(first.body);
    for (const wrong of [
      { ...mother, identityNumber: number },
      { ...mother, identityNumber: demoNumber('2010-01-01', 111) },
    ]) {
      expect(await officer.post(path, wrong)).toMatchObject({
        status: 422,
        body: { title: 'guardian-not-valid' },
      });
    }
    const adult = await newPerson();
    expect((await officer.post(`/registry/persons/${adult.personId}/guardians`, mother)).status).toBe(422);
    const view = await officer.get(`/registry/persons/${personId}`);
    expect(view.body).toMatchObject({ guardians: [{ name: '王*英', phone: '1370***0001' }] });
    const { guardianId } = first.body as { guardianId: string };
    const end = { endedOn: '2026-03-01', reason: '监护人变更为祖父' };
    expect((await officer.post(`/registry/guardians/${guardianId}/end`, end)).status).toBe(204);
    expect((await officer.post(`/registry/guardians/${guardianId}/end`, end)).status).toBe(404);
  });
});

describe('the snapshot', () => {
  it('gives everybody in reach once, page by page, with facts', async () => {
    const all = await service.database.query<{ person_id: string }>(
      `select person_id from registry.persons where division_code like '338801%'`,
    );
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Answer = await officer.get(
        `/registry/persons?from=338801000000&to=338801999999&limit=5${after ? `&after=${after}` : ''}`,
      );
      const body = page.body as { persons: { personId: string }[]; next: string | null };
      seen.push(...body.persons.map(({ personId }) => personId));
      after = body.next;
    } while (after);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.sort()).toEqual(all.map(({ person_id }) => person_id).sort());
    expect((await stranger.get('/registry/persons?from=338801000000&to=338801999999')).body).toEqual({
      persons: [],
      next: null,
    });
  });
});
