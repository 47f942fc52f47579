import { jest } from '@jest/globals';
import { representativesChangedV1 } from '@app/contracts';
import { scopeFindings, startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { registry } from '../src/migrations.js';
import { TellUntold } from '../src/app/tell-untold.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

const VILLAGE = '338801001001';
const REASON = { reason: '核对证明材料后登记' };

jest.setTimeout(60_000);

let service: ServiceUnderTest;
let officer: TestUser;
let sequence = 100;

beforeAll(async () => {
  service = await startService({
    name: 'registry',
    modules: [RegistryModule],
    migrated: [registry],
    now: '2026-03-02',
  });
  officer = await service.as('card-officer', { id: 'officer' });
});
afterAll(() => service?.stop());

const newNumber = (birthDate = '1970-06-15') => demoNumber(birthDate, (sequence += 1));

async function person(birthDate = '1985-06-15', number = newNumber(birthDate)) {
  const answer = await officer.post('/registry/persons', {
    name: '被代理',
    identityNumber: number,
    divisionCode: VILLAGE,
  });
  expect(answer.status).toBe(201);
  return { personId: answer.body.personId as string, number };
}

const act = (personId: string, form: object) => officer.post(`/registry/persons/${personId}/guardians`, form);

async function acting(personId: string, form: object): Promise<string> {
  const answer = await act(personId, form);
  expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
  return answer.body.guardianId as string;
}

const mother = (identityNumber: string) => ({
  basis: 'minor',
  relation: '母亲',
  name: '王芳',
  identityNumber,
});
const agent = (identityNumber: string, more: object = {}) => ({
  kind: 'agent',
  relation: '邻居',
  name: '李邻居',
  identityNumber,
  since: '2026-01-01',
  until: '2026-06-30',
  acts: ['receive', 'apply'],
  proof: '授权委托书（2026）3号',
  ...more,
});

async function may(personId: string, identityNumber: string, what: string, on?: string, user = officer) {
  const answer = await user.post(`/registry/persons/${personId}/may-sign`, {
    identityNumber,
    act: what,
    ...(on ? { on } : {}),
  });
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return answer.body as { allowed: boolean; reason: string; text: string; until: string | null };
}

async function told(personId: string) {
  const all = await service.published('registry');
  return all
    .filter(({ type, data }) => type === representativesChangedV1.type && data['personId'] === personId)
    .map(({ data }) => data as unknown as ReturnType<typeof representativesChangedV1.of>['data']);
}

describe('guardians of before', () => {
  it('are told of once, where nobody was told of any', async () => {
    const [one, other] = [await person('2015-05-05'), await person('2015-05-05')];
    for (const { personId } of [one, other]) await acting(personId, mother(newNumber()));
    // On file before the list of who may act was a fact.
    await service.database.query(
      'update registry.persons set representatives_version = 0 where person_id = $1',
      [one.personId],
    );
    expect(await service.get(TellUntold).run()).toBe(1);
    expect(
      (await told(one.personId)).map(({ version, representatives }) => [version, representatives.length]),
    ).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(await told(other.personId)).toHaveLength(1);
    expect(await service.get(TellUntold).run()).toBe(0);
  });
});

describe('everybody', () => {
  it('is told of once more for an operator, page by page, each as their file stands', async () => {
    const { personId } = await person('2015-05-05');
    await acting(personId, mother(newNumber()));
    const gone = await person();
    await service.database.query('update registry.persons set merged_into = $2 where person_id = $1', [
      gone.personId,
      personId,
    ]);
    const operator = await service.as('operator');
    const before = await service.published('registry');
    const pages: number[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { status, body } = await operator.post('/registry/told-again', { after, limit: 2 });
      expect(status).toBe(200);
      pages.push(body.persons as number);
      more = (after = body.next as string | null) !== null;
    }
    const [row] = await service.database.query<{ count: number }>(
      'select count(*)::int as count from registry.persons where merged_into is null',
    );
    expect(pages.reduce((sum, persons) => sum + persons, 0)).toBe(row!.count);
    const again = (await service.published('registry')).slice(before.length);
    const registered = ({ type, key }: { type: string; key: string }) =>
      type === 'registry.person.registered.v1' && key === personId;
    expect(again.filter(registered).map(({ data }) => data)).toEqual(
      before.filter(registered).map(({ data }) => data),
    );
    expect(again.filter(({ key }) => key === gone.personId)).toEqual([]);
    const lists = await told(personId);
    expect(lists.map(({ version }) => version)).toEqual([1, 2]);
    expect(lists[1]!.representatives).toEqual(lists[0]!.representatives);
  });

  it('is told of by nobody but an operator', async () => {
    for (const user of [officer, await service.as('data-officer'), await service.as('monitor')]) {
      expect((await user.post('/registry/told-again', {})).status).toBe(403);
    }
    expect((await service.anonymous.post('/registry/told-again', {})).status).toBe(401);
  });
});

describe('who may sign', () => {
  it('is answered by kind, act and day, with the reason', async () => {
    const { personId, number } = await person('1985-06-15');
    const of = newNumber();
    expect(await may(personId, of, 'apply')).toMatchObject({ allowed: false, reason: 'not-on-file' });
    expect(await may(personId, number, 'apply')).toMatchObject({ allowed: true, reason: 'self' });
    const representativeId = await acting(personId, agent(of));
    expect(await may(personId, of, 'apply')).toMatchObject({
      allowed: true,
      reason: 'in-force',
      representativeId,
      kind: 'agent',
      from: '2026-01-01',
      until: '2026-06-30',
      proof: '授权委托书（2026）3号',
    });
    expect(await may(personId, of, 'account')).toMatchObject({
      allowed: false,
      reason: 'other-act',
      text: expect.stringContaining('只可办理：提出申请、签收文书；不含“登记或变更收款账户”') as string,
    });
    expect(await may(personId, of, 'apply', '2026-06-30')).toMatchObject({ allowed: true });
    expect(await may(personId, of, 'apply', '2026-07-01')).toMatchObject({ reason: 'expired' });
    expect(await may(personId, of, 'apply', '2025-12-31')).toMatchObject({ reason: 'not-yet' });
    await officer.post(`/registry/guardians/${representativeId}/end`, { endedOn: '2026-03-01', ...REASON });
    expect(await may(personId, of, 'apply')).toMatchObject({ allowed: false, reason: 'ended' });
    expect(await may(personId, of, 'apply', '2026-02-28')).toMatchObject({ allowed: true });

    const guardian = newNumber();
    await acting(personId, {
      kind: 'appointed',
      basis: 'mental',
      relation: '村委会指定',
      name: '陈指定',
      identityNumber: guardian,
      proof: '（2025）示民特1号判决书',
    });
    expect(await may(personId, guardian, 'account')).toMatchObject({ allowed: true, kind: 'appointed' });
    expect(await may(personId, number, 'apply')).toMatchObject({ allowed: false, reason: 'guardian-signs' });
    await officer.post(`/registry/persons/${personId}/death`, {
      diedOn: '2026-03-01',
      source: { kind: 'counter', reference: null, asOf: '2026-03-01' },
    });
    expect(await may(personId, guardian, 'account')).toMatchObject({ allowed: false, reason: 'person-dead' });
  });

  it('ends for the guardian of a minor on the eighteenth birthday, unless another ground is on file', async () => {
    const [child, leap] = [await person('2008-03-10'), await person('2012-02-29')];
    const parent = newNumber();
    await acting(child.personId, mother(parent));
    await acting(leap.personId, mother(parent));
    expect(await may(child.personId, parent, 'apply', '2026-03-09')).toMatchObject({
      allowed: true,
      until: '2026-03-09',
      text: expect.stringContaining('未登记证明材料') as string,
    });
    expect(await may(child.personId, parent, 'apply', '2026-03-10')).toMatchObject({ reason: 'grown-up' });
    expect(await may(child.personId, child.number, 'apply', '2026-03-09')).toMatchObject({
      reason: 'guardian-signs',
    });
    expect(await may(child.personId, child.number, 'apply', '2026-03-10')).toMatchObject({ reason: 'self' });
    expect(await may(leap.personId, parent, 'apply', '2030-02-28')).toMatchObject({ allowed: true });
    expect(await may(leap.personId, parent, 'apply', '2030-03-01')).toMatchObject({ reason: 'grown-up' });
    await acting(child.personId, { ...mother(parent), basis: 'intellectual', proof: '残疾评定表' });
    expect(await may(child.personId, parent, 'apply', '2026-03-10')).toMatchObject({
      allowed: true,
      until: null,
    });
  });

  it('is refused to be recorded without what the law asks for', async () => {
    const { personId } = await person();
    const of = newNumber();
    for (const [why, form] of [
      ['no term', agent(of, { until: undefined })],
      ['no proof', agent(of, { proof: undefined })],
      ['an agent with a ground of guardianship', agent(of, { basis: 'mental' })],
      ['a guardian without', { ...mother(of), basis: undefined }],
      ['appointed without a decision', { ...mother(of), basis: 'mental', kind: 'appointed' }],
      ['over before it begins', agent(of, { until: '2025-12-31' })],
      ['all, and one', agent(of, { acts: ['all', 'apply'] })],
      ['under age', agent(newNumber('2010-01-01'))],
    ] as const) {
      const { status, body } = await act(personId, form);
      expect([why, status, body]).toEqual([
        why,
        422,
        expect.objectContaining({ type: expect.stringContaining('guardian-not-valid') as string }),
      ]);
    }
    expect((await act(personId, agent(of, { acts: [] }))).status).toBe(400);
  });

  it('is told to others as a whole list, without number and name, also after a merge', async () => {
    const one = await person();
    const two = await person();
    const [a, b] = [newNumber(), newNumber()];
    const first = await acting(one.personId, agent(a));
    await acting(one.personId, agent(a));
    const second = await acting(one.personId, agent(b, { name: '赵代理', acts: ['account'] }));
    await acting(two.personId, agent(b, { name: '赵代理', acts: ['legal-aid'] }));
    await officer.post(`/registry/guardians/${first}/end`, { endedOn: '2026-03-01', ...REASON });
    const lists = await told(one.personId);
    expect(lists.map(({ version, representatives }) => [version, representatives.length])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 1],
    ]);
    expect(lists.at(-1)!.representatives).toMatchObject([
      { representativeId: second, kind: 'agent', acts: ['account'], from: '2026-01-01', until: '2026-06-30' },
    ]);
    expect(JSON.stringify(lists)).not.toMatch(/赵代理|李邻居|\d{15}/);
    const versions = async (id: string) =>
      ((await officer.get(`/registry/persons/${id}`)).body as { version: number }).version;
    const proposed = await officer.post(`/registry/persons/${one.personId}/merges`, {
      into: two.personId,
      versions: { person: await versions(one.personId), into: await versions(two.personId) },
      reason: '同一人重复建档',
    });
    const other = await service.as('data-officer', { id: 'other' });
    const approved = await other.post(
      `/registry/identity-decisions/${proposed.body.decisionId as string}/approve`,
    );
    expect(approved.status).toBe(200);
    const merged = (await told(two.personId)).at(-1)!;
    expect(merged.version).toBe(5);
    expect(merged.representatives.flatMap(({ acts }) => acts).toSorted()).toEqual(['account', 'legal-aid']);
  });

  it('is listed before it runs out, where it has, and where it does not go together', async () => {
    const township = { from: '338801003000', to: '338801003999' };
    const clerk = await service.as('township-chair', { id: 'clerk', ...township });
    const here = async (birthDate?: string) => {
      const found = await person(birthDate);
      await service.database.query(
        `update registry.persons set division_code = '338801003001' where person_id = $1`,
        [found.personId],
      );
      return found;
    };
    const [ward, grown, adult] = [await here(), await here('2008-03-01'), await here()];
    const dead = await here('1950-01-01');
    const soon = await acting(ward.personId, agent(newNumber(), { until: '2026-03-20' }));
    const later = await acting(ward.personId, agent(newNumber(), { until: '2026-05-20', acts: ['account'] }));
    await service.database.query(
      `update registry.persons set birth_date = '2008-03-03' where person_id = $1`,
      [grown.personId],
    );
    const minor = await acting(grown.personId, mother(newNumber()));
    await service.database.query(
      `update registry.persons set birth_date = '2008-03-01' where person_id = $1`,
      [grown.personId],
    );
    const guardian = await acting(adult.personId, { ...mother(dead.number), basis: 'mental' });
    const beside = await acting(adult.personId, agent(newNumber(), { acts: ['all'], until: '2027-01-01' }));
    const overlaps = await acting(adult.personId, agent(newNumber(), { until: '2027-01-01' }));
    await officer.post(`/registry/persons/${dead.personId}/death`, {
      diedOn: '2026-03-01',
      source: { kind: 'counter', reference: null, asOf: '2026-03-01' },
    });
    const expiring = async (days: number, user = clerk) => {
      const { status, body } = await user.get(
        `/registry/representatives/expiring?withinDays=${days}&limit=200`,
      );
      expect(status).toBe(200);
      return (body.representatives as { representativeId: string; lastDay: string; isOver: boolean }[])
        .map(({ representativeId, lastDay, isOver }) => [representativeId, lastDay, isOver])
        .toSorted();
    };
    const over = [minor, '2026-02-28', true];
    expect(await expiring(0)).toEqual([over]);
    expect(await expiring(18)).toEqual([over, [soon, '2026-03-20', false]].toSorted());
    expect(await expiring(100)).toEqual(
      [over, [soon, '2026-03-20', false], [later, '2026-05-20', false]].toSorted(),
    );
    expect((await clerk.get('/registry/representatives/expiring')).status).toBe(400);

    const findings: unknown[] = [];
    for (let after = ''; ;) {
      const { status, body } = await clerk.get(
        `/registry/representatives/contradictions?limit=2${after && `&after=${after}`}`,
      );
      expect(status).toBe(200);
      findings.push(
        ...(body.findings as { representativeId: string; finding: string }[]).map((each) => [
          each.representativeId,
          each.finding,
        ]),
      );
      if (!body.next) break;
      after = body.next as string;
    }
    expect(findings.toSorted()).toEqual(
      [
        [minor, 'grown-up'],
        [guardian, 'guardian-dead'],
        [beside, 'agent-beside-guardian'],
        [overlaps, 'agent-beside-guardian'],
        [[beside, overlaps].toSorted()[0], 'agents-overlap'],
      ].toSorted(),
    );
  });

  it('is shown to nobody out of reach', async () => {
    const { personId } = await person();
    await acting(personId, agent(newNumber(), { until: '2026-03-10' }));
    const other = await service.as('card-officer', {
      id: 'elsewhere',
      from: '338801002000',
      to: '338801002999',
    });
    const question = { identityNumber: newNumber(), act: 'apply' };
    expect((await other.post(`/registry/persons/${personId}/may-sign`, question)).status).toBe(404);
    expect((await other.get('/registry/representatives/expiring?withinDays=365')).body).toMatchObject({
      representatives: [],
    });
    expect((await other.get('/registry/representatives/contradictions')).body).toMatchObject({
      findings: [],
    });
    const monitor = await service.as('monitor');
    expect((await monitor.post(`/registry/persons/${personId}/may-sign`, question)).status).toBe(403);
    expect((await monitor.get('/registry/representatives/expiring?withinDays=365')).status).toBe(403);
    expect((await monitor.get('/registry/representatives/contradictions')).status).toBe(403);
    expect((await service.anonymous.post(`/registry/persons/${personId}/may-sign`, question)).status).toBe(
      401,
    );
    expect(await scopeFindings(service.database, 'registry')).toEqual([]);
  });
});

describe('an organisation', () => {
  /** Made up by the rule of the standard. */
  const CODE = '54338801MJ0000001G';
  const committee = (more: object = {}, officer = '张主任') => ({
    basis: 'mental',
    relation: '住所地村民委员会',
    name: '演示县演示村村民委员会',
    organisation: { kind: 'villagers-committee', code: CODE, officer },
    ...more,
  });
  const asked = async (personId: string, what: string) =>
    (
      await officer.post(`/registry/persons/${personId}/may-sign`, {
        organisationCode: CODE.toLowerCase(),
        act: what,
      })
    ).body;

  it('is guardian through its officer, may sign what it holds, and ends like every other', async () => {
    const { personId, number } = await person();
    const guardianId = await acting(personId, committee({ acts: ['apply', 'receive'] }));
    const { body } = await officer.get(`/registry/persons/${personId}`);
    expect(body.guardians).toMatchObject([
      {
        guardianId,
        kind: 'statutory',
        organisation: { kind: 'villagers-committee', officer: expect.stringMatching(/^张\*/) },
      },
    ]);
    expect(await asked(personId, 'apply')).toMatchObject({
      allowed: true,
      representativeId: guardianId,
      text: expect.stringContaining('请核对来人是否为登记的经办人'),
      organisation: { kind: 'villagers-committee', officer: expect.stringMatching(/^张\*/) },
    });
    expect(await asked(personId, 'account')).toMatchObject({ allowed: false, reason: 'other-act' });
    // The ward has a guardian now, and does not sign alone.
    expect(await may(personId, number, 'apply')).toMatchObject({ allowed: false, reason: 'guardian-signs' });

    const ended = await officer.post(`/registry/guardians/${guardianId}/end`, {
      endedOn: '2026-03-01',
      ...REASON,
    });
    expect(ended.status).toBe(204);
    expect(await asked(personId, 'apply')).toMatchObject({ allowed: false, reason: 'ended' });
    expect((await told(personId)).at(-1)!.representatives).toEqual([]);
  });

  it('is told to the others by the tokens of its name and of its officer; another officer is stated again', async () => {
    const { personId } = await person();
    const first = await acting(personId, committee());
    expect(await acting(personId, committee({}, '李委员'))).toBe(first);
    const [before, after] = (await told(personId)).map(({ representatives: [only] }) => only!);
    expect(before).toMatchObject({ representativeId: first, nameToken: expect.any(String) });
    expect(after).toMatchObject({ representativeId: first, nameToken: before!.nameToken });
    expect(after!.officerToken).not.toBe(before!.officerToken);
    expect(JSON.stringify([before, after])).not.toMatch(/张主任|李委员|演示村/u);
    // A person who acts has no officer.
    const minor = await person('2015-05-05');
    await acting(minor.personId, mother(newNumber()));
    expect((await told(minor.personId))[0]!.representatives[0]).not.toHaveProperty('officerToken');
  });

  it('that is neither a committee nor civil affairs shows who consented, and a wrong code is refused', async () => {
    const { personId } = await person();
    const willing = (more: object = {}) =>
      committee({ organisation: { kind: 'other', code: CODE, officer: '张干事' }, ...more });
    const refused = await act(personId, willing());
    expect([refused.status, refused.body.detail]).toEqual([422, expect.stringContaining('同意文件')]);
    const misspelt = await act(
      personId,
      committee({ organisation: { kind: 'civil-affairs', code: '54338801MJ00000011', officer: '张科长' } }),
    );
    expect([misspelt.status, misspelt.body.detail]).toEqual([422, expect.stringContaining('校验位')]);
    expect(misspelt.body.detail).not.toContain('54338801');
    const both = await act(personId, committee({ identityNumber: newNumber() }));
    const neither = await act(personId, committee({ organisation: undefined }));
    expect([both.status, neither.status]).toEqual([400, 400]);
    await acting(personId, willing({ proof: '演示村村民委员会同意书（2026）2号' }));
  });

  it('is refused for who is of age by the word of a minor, as a person is', async () => {
    const { personId } = await person('1985-06-15');
    expect((await act(personId, committee({ basis: 'minor' }))).status).toBe(422);
  });
});
