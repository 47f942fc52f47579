import { jest } from '@jest/globals';
import { startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { randomUUID } from 'node:crypto';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

const VILLAGE = '338801001001';
const TODAY = '2026-03-02';
const REASON = '同一人重复建档，已核对户口簿';

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;
let second: TestUser;
let deputy: TestUser;
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
  second = await service.as('data-officer', { id: 'second' });
  deputy = await service.as('data-officer', { id: 'deputy', onBehalfOf: 'officer' });
  stranger = await service.as('card-officer', { id: 'stranger', from: '330302000000', to: '330302999999' });
});

afterAll(() => service?.stop());

async function newPerson(
  facts: Record<string, [value: unknown, asOf: string]> = {},
): Promise<{ personId: string; number: string; version: number }> {
  const number = demoNumber('1985-06-15', (sequence += 2) + 1);
  const { body } = await officer.post('/registry/persons', {
    name: '陈小明',
    identityNumber: number,
    divisionCode: VILLAGE,
  });
  const { personId } = body as { personId: string };
  if (Object.keys(facts).length === 0) return { personId, number, version: 1 };
  const stated = await officer.post(`/registry/persons/${personId}/facts`, {
    facts: Object.entries(facts).map(([name, [value, asOf]]) => ({
      name,
      value,
      source: { kind: 'counter', reference: null, asOf },
    })),
  });
  expect(stated.status).toBe(200);
  return { personId, number, version: stated.body.version as number };
}

const published = async (personId: string) =>
  (await service.published('registry')).filter(({ key }) => key === personId);

async function propose(
  absorbed: { personId: string; version: number },
  into: { personId: string; version: number },
): Promise<string> {
  const answer = await officer.post(`/registry/persons/${absorbed.personId}/merges`, {
    into: into.personId,
    reason: REASON,
    versions: { person: absorbed.version, into: into.version },
  });
  expect(answer.status).toBe(201);
  return (answer.body as { decisionId: string }).decisionId;
}

async function merged() {
  const absorbed = await newPerson({
    'aid.dibao': [true, '2026-02-01'],
    'care.residential': [true, '2026-01-01'],
  });
  const into = await newPerson({ 'care.residential': [false, '2026-02-15'] });
  const decisionId = await propose(absorbed, into);
  const answer = await second.post(`/registry/identity-decisions/${decisionId}/approve`);
  expect(answer.status).toBe(200);
  return { absorbed, into, version: answer.body.version as number };
}

describe('merging two files of one person', () => {
  it('is decided by neither who proposed it nor their deputy', async () => {
    const decisionId = await propose(await newPerson(), await newPerson());
    for (const user of [officer, deputy]) {
      const answer = await user.post(`/registry/identity-decisions/${decisionId}/approve`);
      expect(answer).toMatchObject({
        status: 403,
        body: { type: expect.stringContaining('identity-decision-four-eyes') },
      });
    }
    expect((await second.post(`/registry/identity-decisions/${decisionId}/approve`)).status).toBe(200);
  });

  it('is not for another place: neither seen, proposed nor decided', async () => {
    const [absorbed, into] = [await newPerson(), await newPerson()];
    const asked = {
      into: into.personId,
      reason: REASON,
      versions: { person: absorbed.version, into: into.version },
    };
    expect((await stranger.post(`/registry/persons/${absorbed.personId}/merges`, asked)).status).toBe(404);
    const decisionId = await propose(absorbed, into);
    expect((await stranger.post(`/registry/identity-decisions/${decisionId}/approve`)).status).toBe(404);
    const { body } = await stranger.get('/registry/identity-decisions?limit=200');
    expect(body.decisions).toEqual([]);
    const mine = await second.get('/registry/identity-decisions?limit=200');
    expect((mine.body.decisions as { decisionId: string }[]).map((each) => each.decisionId)).toContain(
      decisionId,
    );
  });

  it('keeps the surviving file, takes over what only the other had or a source confirmed later, and tells all of it', async () => {
    const { absorbed, into, version } = await merged();
    const view = await officer.get(`/registry/persons/${into.personId}`);
    const facts = (view.body as { facts: { name: string; value: unknown }[] }).facts;
    expect(Object.fromEntries(facts.map(({ name, value }) => [name, value]))).toEqual({
      'aid.dibao': true,
      'care.residential': false,
    });
    const told = (await published(into.personId)).slice(-3);
    expect(told.map(({ type }) => type)).toEqual([
      'registry.person.merged.v1',
      'registry.person.registered.v1',
      'registry.fact.recorded.v1',
    ]);
    expect(told[0]!.data).toMatchObject({ personId: into.personId, absorbedId: absorbed.personId });
    expect(told[0]!.data['version']).toBeGreaterThan(Math.max(absorbed.version, into.version));
    expect(told[2]!.data['version']).toBe(version);
    expect((told[2]!.data['facts'] as unknown[]).length).toBe(2);
  });

  it('lets the absorbed id and number answer with the surviving file', async () => {
    const { absorbed, into } = await merged();
    const byId = await officer.get(`/registry/persons/${absorbed.personId}`);
    expect(byId.body).toMatchObject({ personId: into.personId });
    const byNumber = await officer.post('/registry/persons/find', { identityNumber: absorbed.number });
    expect(byNumber.body).toMatchObject({ personId: into.personId });
    // A command under the old id has its effect on the file that stays.
    const death = await officer.post(`/registry/persons/${absorbed.personId}/death`, {
      diedOn: '2026-03-01',
      source: { kind: 'counter', reference: null, asOf: TODAY },
    });
    expect(death.status).toBe(200);
    expect((await published(absorbed.personId)).some(({ type }) => type.includes('death'))).toBe(false);
    expect((await published(into.personId)).at(-1)).toMatchObject({
      type: 'registry.fact.death-recorded.v1',
    });
    // And nobody is listed twice, or registered again.
    const { body: page } = await officer.get('/registry/persons?limit=1000');
    expect((page.persons as { personId: string }[]).map(({ personId }) => personId)).not.toContain(
      absorbed.personId,
    );
    const again = await officer.post('/registry/persons', {
      name: '陈小明',
      identityNumber: absorbed.number,
      divisionCode: VILLAGE,
    });
    expect(again).toMatchObject({ status: 409, body: { personId: into.personId } });
  });

  it('is decided once, and not of a file that was changed meanwhile', async () => {
    const [absorbed, into] = [await newPerson(), await newPerson()];
    const decisionId = await propose(absorbed, into);
    await officer.post(`/registry/persons/${into.personId}/facts`, {
      facts: [{ name: 'aid.dibao', value: true, source: { kind: 'counter', reference: null, asOf: TODAY } }],
    });
    const changed = await second.post(`/registry/identity-decisions/${decisionId}/approve`);
    expect(changed).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('person-changed-meanwhile') },
    });
    expect(
      (await second.post(`/registry/identity-decisions/${decisionId}/refuse`, { reason: REASON })).status,
    ).toBe(204);
    const late = await second.post(`/registry/identity-decisions/${decisionId}/approve`);
    expect(late).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('identity-decision-not-open') },
    });
  });

  it('does not follow a death that stands in one file only', async () => {
    const [absorbed, into] = [await newPerson(), await newPerson()];
    const died = await officer.post(`/registry/persons/${absorbed.personId}/death`, {
      diedOn: '2026-03-01',
      source: { kind: 'counter', reference: null, asOf: TODAY },
    });
    const decisionId = await propose({ ...absorbed, version: died.body.version as number }, into);
    const answer = await second.post(`/registry/identity-decisions/${decisionId}/approve`);
    expect(answer).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('files-contradict') },
    });
  });

  it('keeps the facts of a roster that names the person by the absorbed number', async () => {
    const { absorbed, into } = await merged();
    const csv = ['姓名,身份证号,起始月', `陈小明,${absorbed.number},2026-02`].join('\n');
    const sent = await (
      await service.as('data-officer', { id: 'rosters' })
    ).upload('/registry/imports/dibao?asOf=2026-03-01&full=true', Buffer.from(csv), 'text/csv');
    expect(sent.status).toBeLessThan(300);
    expect(sent.body).toMatchObject({ failed: 0 });
    const { body } = await officer.get(`/registry/persons/${into.personId}`);
    expect(
      (body.facts as { name: string; value: unknown }[]).find(({ name }) => name === 'aid.dibao')?.value,
    ).toBe(true);
  });
});

describe('splitting a file', () => {
  it('gives back what a merge had taken: a new id, the old number, the facts', async () => {
    const { absorbed, into, version } = await merged();
    const caseId = randomUUID();
    const asked = await officer.post(`/registry/persons/${into.personId}/splits`, {
      version,
      reason: '两人同名，合并有误',
      subjects: [caseId],
      undoes: absorbed.personId,
    });
    expect(asked.status).toBe(201);
    const path = `/registry/identity-decisions/${asked.body.decisionId as string}/approve`;
    expect((await officer.post(path)).status).toBe(403);
    expect((await stranger.post(path)).status).toBe(404);
    const answer = await second.post(path);
    expect(answer.status).toBe(200);
    const newPersonId = answer.body.newPersonId as string;
    expect([absorbed.personId, into.personId]).not.toContain(newPersonId);
    for (const find of [
      () => officer.get(`/registry/persons/${absorbed.personId}`),
      () => officer.post('/registry/persons/find', { identityNumber: absorbed.number }),
    ]) {
      expect((await find()).body).toMatchObject({
        personId: newPersonId,
        facts: [
          { name: 'aid.dibao', value: true },
          { name: 'care.residential', value: true },
        ],
      });
    }
    const { body } = await officer.get(`/registry/persons/${into.personId}`);
    expect(body.facts).toMatchObject([{ name: 'care.residential', value: false }]);
    expect((await published(into.personId)).find(({ type }) => type.includes('split'))?.data).toMatchObject({
      newPersonId,
      aliasId: absorbed.personId,
      subjects: [caseId],
    });
    expect((await published(newPersonId)).map(({ type }) => type)).toEqual([
      'registry.person.registered.v1',
      'registry.fact.recorded.v1',
    ]);
  });

  it('makes a file for a second person who had none', async () => {
    const person = await newPerson();
    const number = demoNumber('1990-01-01', 501);
    const asked = await officer.post(`/registry/persons/${person.personId}/splits`, {
      version: person.version,
      reason: '档案中混有两个人的资料',
      person: { name: '陈大明', identityNumber: number },
    });
    expect(asked.status).toBe(201);
    const answer = await second.post(
      `/registry/identity-decisions/${asked.body.decisionId as string}/approve`,
    );
    expect(answer.status).toBe(200);
    const found = await officer.post('/registry/persons/find', { identityNumber: number });
    expect(found.body).toMatchObject({ personId: answer.body.newPersonId, birthDate: '1990-01-01' });
  });

  it('gives back only what had gone into this file', async () => {
    const [person, other] = [await newPerson(), await newPerson()];
    for (const undoes of [other.personId, person.personId, randomUUID()]) {
      const answer = await officer.post(`/registry/persons/${person.personId}/splits`, {
        version: person.version,
        reason: '两人同名，合并有误',
        undoes,
      });
      expect(answer).toMatchObject({
        status: 422,
        body: { type: expect.stringContaining('split-not-possible') },
      });
    }
  });

  it('says who goes, once', async () => {
    const person = await newPerson();
    const answer = await officer.post(`/registry/persons/${person.personId}/splits`, {
      version: person.version,
      reason: '档案中混有两个人的资料',
    });
    expect(answer).toMatchObject({
      status: 422,
      body: { type: expect.stringContaining('split-not-possible') },
    });
  });
});
