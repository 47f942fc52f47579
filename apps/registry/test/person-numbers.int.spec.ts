import { jest } from '@jest/globals';
import { startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { FindDuplicates } from '../src/app/find-duplicates.js';
import { demoNumber } from './numbers.js';

const VILLAGE = '338801001001';
const TODAY = '2026-03-02';
const REASON = '公安机关已更正，见变更证明';
const PROOF = { kind: '公民身份号码变更证明', reference: '档案盒 2026-3' };

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;
let second: TestUser;
let deputy: TestUser;
let stranger: TestUser;
let rosters: TestUser;
let sequence = 101;

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
  rosters = await service.as('data-officer', { id: 'rosters' });
});

afterAll(() => service?.stop());

/** Nobody has it yet; of a man. */
const freshNumber = (birthDate = '1985-06-15') => demoNumber(birthDate, (sequence += 2));

const published = async (personId: string) =>
  (await service.published('registry')).filter(({ key }) => key === personId);

async function newPerson(name = '陈小明'): Promise<{ personId: string; number: string; version: number }> {
  const number = freshNumber();
  const { body } = await officer.post('/registry/persons', {
    name,
    identityNumber: number,
    divisionCode: VILLAGE,
  });
  return { personId: body.personId as string, number, version: 1 };
}

type Basis = 'changed' | 'mistaken' | 'first';

const propose = (
  person: { personId: string; version: number },
  identityNumber: string,
  basis: Basis = 'changed',
  by = officer,
) =>
  by.post(`/registry/persons/${person.personId}/number-changes`, {
    ...{ identityNumber, basis, since: '2026-02-01', proof: PROOF, reason: REASON },
    version: person.version,
  });

const approve = (decisionId: unknown, by = second) =>
  by.post(`/registry/identity-decisions/${decisionId as string}/approve`);

/** A person whose number was changed, by two. */
async function renumbered(basis: Basis = 'changed') {
  const person = await newPerson();
  const present = freshNumber('1985-06-16');
  const asked = await propose(person, present, basis);
  expect(asked.status).toBe(201);
  const done = await approve(asked.body.decisionId);
  expect(done).toMatchObject({ status: 200, body: { personId: person.personId, newPersonId: null } });
  return { ...person, present, version: done.body.version as number };
}

const find = (identityNumber: string, by = officer) => by.post('/registry/persons/find', { identityNumber });

describe('a changed identity number', () => {
  it('is proposed with its proof, seen masked, and decided by neither who proposed it nor their deputy', async () => {
    const person = await newPerson();
    const number = freshNumber();
    const { body } = await propose(person, number);
    const { decisionId } = body;
    expect((await find(number)).status).toBe(404);
    const list = await second.get('/registry/identity-decisions?limit=200');
    const line = (list.body.decisions as { decisionId: string }[]).find(
      (each) => each.decisionId === decisionId,
    );
    expect(line).toMatchObject({
      ...{ kind: 'number', personId: person.personId },
      number: { basis: 'changed', since: '2026-02-01', proof: PROOF },
    });
    expect(JSON.stringify(list.body)).not.toContain(number);
    for (const by of [officer, deputy]) {
      expect(await approve(decisionId, by)).toMatchObject({
        status: 403,
        body: { type: expect.stringContaining('identity-decision-four-eyes') },
      });
    }
    expect((await approve(decisionId, stranger)).status).toBe(404);
    expect((await approve(decisionId)).status).toBe(200);
    const [row] = await service.database.query<{ new_number: string | null }>(
      'select new_number from registry.identity_decisions where decision_id = $1',
      [decisionId],
    );
    expect(row).toEqual({ new_number: null });
  });

  it('leaves the former one in the file, by which the person is found, and is told by its token', async () => {
    const { personId, number, present } = await renumbered();
    expect(await find(present)).toMatchObject({
      status: 200,
      body: {
        ...{ personId, foundBy: 'current', birthDate: '1985-06-16' },
        formerNumbers: [{ basis: 'changed', until: '2026-02-01', ...PROOF, reason: REASON }],
      },
    });
    const byFormer = await find(number);
    expect(byFormer).toMatchObject({ status: 200, body: { personId, foundBy: 'former' } });
    expect(JSON.stringify(byFormer.body)).not.toContain(number);
    expect((await find(number, stranger)).status).toBe(404);
    const told = await published(personId);
    const tokenOf = (place: number) => told.at(place)!.data['identityToken'];
    expect(told.slice(-2).map(({ type }) => type)).toEqual([
      'registry.person.number-changed.v1',
      'registry.person.registered.v1',
    ]);
    expect(told.at(-2)!.data).toMatchObject({
      ...{ formerToken: tokenOf(0), because: 'changed', since: '2026-02-01', version: 2 },
    });
    expect(told.at(-1)!.data).toMatchObject({ birthDate: '1985-06-16', version: 3 });
    expect(tokenOf(-1)).not.toBe(tokenOf(0));
    const [kept] = await service.database.query<{ identity_number: string }>(
      'select identity_number from registry.former_numbers where person_id = $1',
      [personId],
    );
    expect(kept!.identity_number).not.toContain(number);
  });

  it('is refused while somebody else has it or had it, and says to merge', async () => {
    const [person, other, past] = [await newPerson(), await newPerson(), await renumbered()];
    expect(await propose(person, other.number)).toMatchObject({
      status: 409,
      body: {
        type: expect.stringContaining('number-of-another'),
        personId: other.personId,
        detail: expect.stringContaining('合并'),
      },
    });
    expect(await propose(person, past.number)).toMatchObject({
      status: 409,
      body: { personId: past.personId },
    });
    // Nobody is registered under a number that was somebody's.
    const again = await officer.post('/registry/persons', {
      name: '陈小明',
      identityNumber: past.number,
      divisionCode: VILLAGE,
    });
    expect(again).toMatchObject({ status: 409, body: { personId: past.personId } });
    // Registered meanwhile: the approval says so.
    const number = freshNumber();
    const { body } = await propose(person, number);
    await officer.post('/registry/persons', {
      name: '陈大明',
      identityNumber: number,
      divisionCode: VILLAGE,
    });
    expect(await approve(body.decisionId)).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('number-of-another') },
    });
  });

  it('does not say who has a number out of reach', async () => {
    const far = await stranger.post('/registry/persons', {
      name: '李远',
      identityNumber: freshNumber('1970-01-02'),
      divisionCode: '330302001001',
    });
    expect(far.status).toBe(201);
    const number = demoNumber('1970-01-02', sequence);
    const answer = await propose(await newPerson(), number);
    expect(answer).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('number-of-another') },
    });
    expect(answer.body).not.toHaveProperty('personId');
  });

  it('is of a file that was seen as it is, in reach, and another one', async () => {
    const person = await newPerson();
    expect(await propose({ ...person, version: 9 }, freshNumber())).toMatchObject({ status: 409 });
    expect((await propose(person, freshNumber(), 'changed', stranger)).status).toBe(404);
    expect(await propose(person, freshNumber(), 'first')).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('number-basis-differs') },
    });
    const asked = await propose(person, person.number);
    expect(await approve(asked.body.decisionId)).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('number-unchanged') },
    });
  });

  it('lets rosters that still have the former number mean the person, but not who the number never was', async () => {
    const changed = await renumbered();
    const mistaken = await renumbered('mistaken');
    const csv = ['姓名,身份证号,起始月']
      .concat([changed, mistaken].map(({ number }) => `陈小明,${number},2026-02`))
      .join('\n');
    const sent = await rosters.upload(
      '/registry/imports/dibao?asOf=2026-03-01&full=true',
      Buffer.from(csv),
      'text/csv',
    );
    expect(sent.body).toMatchObject({ applied: 1, failed: 1, notOnFile: 1, removed: 0 });
    const factsOf = async (personId: string) =>
      ((await officer.get(`/registry/persons/${personId}`)).body as { facts: { name: string }[] }).facts;
    expect(await factsOf(changed.personId)).toMatchObject([{ name: 'aid.dibao', value: true }]);
    expect(await factsOf(mistaken.personId)).toEqual([]);
    // By hand it is found, and said to have never been theirs; and who really has it comes on file.
    expect(await find(mistaken.number)).toMatchObject({
      body: { personId: mistaken.personId, foundBy: 'mistaken' },
    });
    const owner = await officer.post('/registry/persons', {
      name: '王真',
      identityNumber: mistaken.number,
      divisionCode: VILLAGE,
    });
    expect(owner.status).toBe(201);
    expect(await find(mistaken.number)).toMatchObject({
      body: { personId: owner.body.personId, foundBy: 'current' },
    });
  });

  it('makes a full roster under the former number take nothing away', async () => {
    const person = await newPerson();
    const send = (number: string) =>
      rosters.upload(
        '/registry/imports/tekun?asOf=2026-03-01&full=true',
        Buffer.from(`姓名,身份证号,起始月\n陈小明,${number},2026-02`),
        'text/csv',
      );
    expect((await send(person.number)).body).toMatchObject({ applied: 1 });
    const asked = await propose({ ...person, version: 2 }, freshNumber());
    expect((await approve(asked.body.decisionId)).status).toBe(200);
    const again = await rosters.upload(
      '/registry/imports/tekun?asOf=2026-03-02&full=true',
      Buffer.from(`姓名,身份证号,起始月\n陈小明,${person.number},2026-02`),
      'text/csv',
    );
    expect(again.body).toMatchObject({ failed: 0, removed: 0 });
    const { body } = await officer.get(`/registry/persons/${person.personId}`);
    expect(body.facts).toMatchObject([{ name: 'aid.tekun', value: true }]);
  });
});

describe('somebody without a number', () => {
  const stated = {
    ...{ name: '无名氏甲', sex: 'female', birthDate: '1960-01-01', birthDateEstimated: true },
    ...{ divisionCode: VILLAGE, reason: 'unidentified' },
    ...{ vouchedBy: '某县救助管理站', vouchedAs: '救助管理站', reviewOn: '2026-04-01' },
  };

  async function temporary(more: object = {}, by = officer) {
    const answer = await by.post('/registry/temporary-registrations', { ...stated, ...more });
    expect(answer.status).toBe(201);
    return answer.body as { personId: string; version: number; reference: string };
  }

  const listed = async (by: TestUser, query = 'limit=200') =>
    (await by.get(`/registry/temporary-registrations?${query}`)).body.persons as {
      personId: string;
      isDue: boolean;
    }[];

  it('comes on file under a reference that is no number, and is listed where they are seen', async () => {
    const { personId, reference } = await temporary();
    expect(reference).toMatch(/^LS2026-\d{6}$/);
    const view = await officer.get(`/registry/persons/${personId}`);
    expect(view.body).toMatchObject({
      ...{ identityNumber: null, birthDate: '1960-01-01' },
      temporary: { reference, reason: 'unidentified', isOpen: true, reviewOn: '2026-04-01' },
    });
    const found = await officer.post('/registry/persons/find', {
      temporaryReference: reference.toLowerCase().replace('-', ''),
    });
    expect(found).toMatchObject({ status: 200, body: { personId, foundBy: 'temporary' } });
    const misused = await find(reference);
    expect(misused).toMatchObject({ status: 422 });
    expect(JSON.stringify(misused.body)).toContain('临时登记编号');
    expect((await published(personId)).map(({ type, data }) => [type, data['identityToken']])).toEqual([
      ['registry.person.registered.v1', `temporary:${personId}`],
    ]);
    const line = (await listed(officer)).find((each) => each.personId === personId);
    expect(line).toMatchObject({ reference, isDue: false, vouchedAs: '救助管理站', version: 1 });
    expect((await listed(officer, 'dueBy=2026-03-31')).map((each) => each.personId)).not.toContain(personId);
    expect(await listed(stranger)).toEqual([]);
    const reveal = await officer.post(`/registry/persons/${personId}/reveal`, {
      field: 'identity',
      purpose: '核对此人的证件信息',
    });
    expect(reveal).toMatchObject({ status: 404, body: { type: expect.stringContaining('nothing-on-file') } });
  });

  it('is stated possible: born by today, to be looked at again', async () => {
    for (const wrong of [{ birthDate: '2026-03-03' }, { reviewOn: TODAY }]) {
      const answer = await officer.post('/registry/temporary-registrations', { ...stated, ...wrong });
      expect(answer.status).toBe(422);
    }
    const elsewhere = await stranger.post('/registry/temporary-registrations', stated);
    expect(elsewhere.status).toBe(403);
  });

  it('has no number for a name, which is kept and told in the clear', async () => {
    const answer = await officer.post('/registry/temporary-registrations', {
      ...stated,
      name: `无名氏 ${demoNumber('1960-01-01', 77)}`,
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('请删去号码');
  });

  it('is looked at again until there is a number', async () => {
    const { personId } = await temporary();
    const path = `/registry/persons/${personId}/temporary-registration/review`;
    const next = { reviewOn: '2026-05-01', reason: '仍未查明身份' };
    expect((await stranger.post(path, next)).status).toBe(404);
    expect((await officer.post(path, next)).status).toBe(204);
    expect((await officer.get(`/registry/persons/${personId}`)).body).toMatchObject({
      temporary: { reviewOn: '2026-05-01' },
    });
    const numbered = await newPerson();
    const none = await officer.post(
      `/registry/persons/${numbered.personId}/temporary-registration/review`,
      next,
    );
    expect(none.status).toBe(409);
  });

  it('gets the number with proof by two, and is told of with it', async () => {
    const { personId, version, reference } = await temporary();
    const number = freshNumber('1961-02-03');
    expect(await propose({ personId, version }, number)).toMatchObject({ status: 409 });
    const asked = await propose({ personId, version }, number, 'first');
    expect(asked.status).toBe(201);
    expect((await approve(asked.body.decisionId)).status).toBe(200);
    expect(await find(number)).toMatchObject({
      body: {
        ...{ personId, foundBy: 'current', sex: 'male', birthDate: '1961-02-03', formerNumbers: [] },
        temporary: { reference, isOpen: false },
      },
    });
    expect((await listed(officer)).map((each) => each.personId)).not.toContain(personId);
    expect((await published(personId)).map(({ type }) => type)).toEqual([
      'registry.person.registered.v1',
      'registry.person.registered.v1',
    ]);
  });

  it('whose number is on file already is to be merged, into that file; a wrong merge is undone', async () => {
    const person = await newPerson('李有号');
    const { personId, version, reference } = await temporary({ name: '李有号', birthDate: '1985-06-15' });
    expect(await propose({ personId, version }, person.number, 'first')).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('number-of-another'), personId: person.personId },
    });
    await service.get(FindDuplicates).run();
    const { body: pairs } = await officer.get('/registry/duplicates?limit=200');
    expect(
      (pairs.duplicates as { one: { personId: string }; other: { personId: string } }[]).some(
        ({ one, other }) =>
          [one.personId, other.personId].sort().join() === [personId, person.personId].sort().join(),
      ),
    ).toBe(true);
    const merge = (absorbed: string, into: string) =>
      officer.post(`/registry/persons/${absorbed}/merges`, {
        ...{ into, reason: '同一人，身份已核实' },
        versions: { person: 1, into: 1 },
      });
    const wrong = await merge(person.personId, personId);
    expect(await approve(wrong.body.decisionId)).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('files-contradict') },
    });
    const right = await merge(personId, person.personId);
    const merged = await approve(right.body.decisionId);
    expect(merged.status).toBe(200);
    expect((await listed(officer)).map((each) => each.personId)).not.toContain(person.personId);
    const found = await officer.post('/registry/persons/find', { temporaryReference: reference });
    expect(found.body).toMatchObject({ personId: person.personId });

    const split = await officer.post(`/registry/persons/${person.personId}/splits`, {
      ...{ version: merged.body.version, reason: '不是同一人，合并有误', subjects: [] },
      undoes: personId,
    });
    const parted = await approve(split.body.decisionId);
    expect(parted.status).toBe(200);
    const again = (await listed(officer)).find((each) => each.personId === parted.body.newPersonId);
    expect(again).toMatchObject({ reference });
    const view = await officer.get(`/registry/persons/${parted.body.newPersonId as string}`);
    expect(view.body).toMatchObject({ identityNumber: null, temporary: { reference, isOpen: true } });
  });
});
