import { randomUUID } from 'node:crypto';
import { personRegisteredV1 } from '@app/contracts';
import { startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import type { Role } from '@app/access';
import { subsidies } from '../src/migrations.js';
import { SubsidiesModule } from '../src/subsidies.module.js';

/**
 * The items of the house under their own limits, counted by hand on the calendar of 2026: the Mid-Autumn break is 25 to 27 September, the
 * National Day break 1 to 7 October, and Saturday 10 October is worked.
 */
const ELSEWHERE = '610103001000';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'subsidies',
    modules: [SubsidiesModule],
    migrated: [subsidies],
    now: '2026-09-21',
  });
});
afterAll(() => service.stop());

/** A user of the county in which the test is. */
let county = '338801';
beforeEach(() => (county = '338801'));
const as = (role: Role): Promise<TestUser> =>
  service.as(role, {
    from: `${county}000000`,
    to: `${county}999999`,
    ...(role === 'member-unit' ? { department: 'civil-affairs' } : {}),
  });

async function apply(itemId: string, more: object = {}, role: Role = 'village-liaison') {
  const divisionCode = `${county}001001`;
  const personId = randomUUID();
  await service.deliver(
    'subsidies',
    personRegisteredV1.of({
      personId,
      divisionCode,
      version: 1,
      name: '某人',
      sex: 'female',
      birthDate: '1970-01-01',
      householdId: null,
      identityToken: `token-of-${personId}`,
    }),
  );
  return (await as(role)).post('/subsidies/cases', { personId, itemId, divisionCode, ...more });
}

async function applied(itemId: string, more?: object, role?: Role): Promise<string> {
  const { status, body } = await apply(itemId, more, role);
  expect({ status, body: status === 201 ? null : body }).toEqual({ status: 201, body: null });
  return body.caseId as string;
}

/** Does a step on a day. */
async function done(caseId: string, step: string, role: Role, on: string, received: string[] = []) {
  service.clock.set(on);
  const user = await as(role);
  const path = `/subsidies/cases/${caseId}`;
  const { status, body } =
    step === 'decide'
      ? await user.post(`${path}/grant`, {})
      : await user.post(`${path}/steps/${step}`, { received });
  expect({ step, status, body: status === 200 ? null : body }).toEqual({ step, status: 200, body: null });
}

/** Anchor and last day of the terms that run, by name. */
async function runningOf(caseId: string) {
  const { body } = await (await as('benefit-officer')).get(`/subsidies/cases/${caseId}`);
  const terms = body.clocks as {
    step: string;
    status: string;
    anchorDay: string;
    dueDay: string | null;
    mark: string | null;
  }[];
  return terms
    .filter(({ status }) => status === 'running')
    .map(({ step, anchorDay, dueDay, mark }) => [step, anchorDay, dueDay, mark])
    .sort(([one], [other]) => (one! < other! ? -1 : 1));
}

describe.each(['subsidies/living-subsidy', 'subsidies/nursing-subsidy'])('%s', (itemId) => {
  it('applied for in another province runs by 3, 10 and 3 working days', async () => {
    service.clock.set('2026-09-24');
    const caseId = await applied(itemId, { receivedOn: '2026-09-23', appliedAt: ELSEWHERE });
    // After Wednesday 23 September: 24, 28 and 29.
    expect(await runningOf(caseId)).toEqual([['push', '2026-09-23', '2026-09-29', null]]);
    await done(caseId, 'push', 'township-chair', '2026-09-28', ['account', 'consent']);
    // After the 28th: 29, 30 September, 8, 9, 10, 12, 13, 14, 15 and 16 October, for the three steps together.
    expect(await runningOf(caseId)).toEqual([['receive', '2026-09-28', '2026-10-16', null]]);
    await done(caseId, 'receive', 'township-chair', '2026-09-30');
    expect(await runningOf(caseId)).toEqual([['review', '2026-09-28', '2026-10-16', null]]);
    await done(caseId, 'review', 'benefit-officer', '2026-10-09');
    expect(await runningOf(caseId)).toEqual([['decide', '2026-09-28', '2026-10-16', null]]);
    await done(caseId, 'decide', 'member-unit', '2026-10-16');
    // Monday 19, 20, 21.
    expect(await runningOf(caseId)).toEqual([['tell', '2026-10-16', '2026-10-21', null]]);
    service.clock.set('2026-10-22');
    expect(await runningOf(caseId)).toEqual([['tell', '2026-10-16', '2026-10-21', '超期']]);
    await done(caseId, 'tell', 'township-chair', '2026-10-22');
    expect(await runningOf(caseId)).toEqual([]);
  });

  it('applied for at home has no limit that a document gives, and is never late', async () => {
    for (const more of [{}, { appliedAt: '330302001000' }]) {
      service.clock.set('2026-09-24');
      const caseId = await applied(itemId, more);
      expect(await runningOf(caseId)).toEqual([['receive', '2026-09-24', null, null]]);
      service.clock.set('2027-09-24');
      expect(await runningOf(caseId)).toEqual([['receive', '2026-09-24', null, null]]);
    }
  });

  it('cannot have been applied for tomorrow', async () => {
    service.clock.set('2026-09-24');
    expect(await apply(itemId, { receivedOn: '2026-09-25' })).toMatchObject({
      status: 422,
      body: { title: 'day-in-future' },
    });
  });
});

describe('低保 as a household of one', () => {
  const ITEM = 'subsidies/minimum-living-single-household';

  async function referred(place: string): Promise<string> {
    county = place;
    service.clock.set('2026-09-21');
    const caseId = await applied(ITEM, {}, 'township-chair');
    // Nobody has accepted it yet.
    expect(await runningOf(caseId)).toEqual([['refer', '2026-09-21', null, null]]);
    await done(caseId, 'refer', 'benefit-officer', '2026-09-21', ['income-check']);
    return caseId;
  }

  // 22, 23, 24, 28, 29, 30 September; 8, 9, 10, 12 to 16, 19 to 23, 26 to 30 October; 2 to 6 and 9 November.
  const whole = ['overall', '2026-09-21', '2026-11-09', null];

  it('has its inquiry begun within 3 working days, is published for 7 days and decided within 10, and within 30 in all', async () => {
    const caseId = await referred('610103');
    expect(await runningOf(caseId)).toEqual([['begin', '2026-09-21', '2026-09-24', null], whole]);
    await done(caseId, 'begin', 'township-chair', '2026-09-24');
    expect(await runningOf(caseId)).toEqual([['investigate', '2026-09-24', null, null], whole]);
    await done(caseId, 'investigate', 'township-chair', '2026-10-12');
    expect(await runningOf(caseId)).toEqual([['notice', '2026-10-12', '2026-10-19', null], whole]);
    await done(caseId, 'notice', 'village-liaison', '2026-10-20');
    // 21, 22, 23, 26 to 30 October, 2 and 3 November.
    expect(await runningOf(caseId)).toEqual([['decide', '2026-10-20', '2026-11-03', null], whole]);
    service.clock.set('2026-11-10');
    expect(await runningOf(caseId)).toEqual([
      ['decide', '2026-10-20', '2026-11-03', '超期'],
      ['overall', '2026-09-21', '2026-11-09', '超期'],
    ]);
    await done(caseId, 'decide', 'member-unit', '2026-11-10');
    expect(await runningOf(caseId)).toEqual([]);
  });

  it('has 45 working days in special circumstances, when the department says which', async () => {
    const caseId = await referred('610103');
    await done(caseId, 'begin', 'township-chair', '2026-09-24');
    const extend = async (value: number) =>
      (await as('member-unit')).post(`/subsidies/cases/${caseId}/terms/overall/extend`, {
        value,
        reason: '家庭成员在外地，收入需要异地核查',
      });
    expect(await extend(16)).toMatchObject({ status: 409, body: { title: 'extension-not-allowed' } });
    const { status, body } = await extend(15);
    expect(status).toBe(200);
    const terms = body.terms as { step: string }[];
    // 10 to 13, 16 to 20, 23 to 27 and 30 November.
    expect(terms.find(({ step }) => step === 'overall')).toMatchObject({
      title: '受理至作出决定的全部期限',
      basis: expect.stringMatching(/57号.*30个工作日/) as unknown,
      lastDay: '2026-11-30',
      totals: { counted: 45 },
    });
    expect(await runningOf(caseId)).toContainEqual(['overall', '2026-09-21', '2026-11-30', null]);
  });

  it.each(['610103', '330302'])('in %s tells of a refusal within 3 working days', async (place) => {
    const caseId = await referred(place);
    await done(caseId, 'begin', 'township-chair', '2026-09-22');
    await done(caseId, 'investigate', 'township-chair', '2026-09-23');
    await done(caseId, 'notice', 'village-liaison', '2026-09-30');
    service.clock.set('2026-09-30');
    const path = `/subsidies/cases/${caseId}`;
    const refused = await (await as('member-unit')).post(`${path}/refuse`, { reason: '家庭收入超过标准' });
    expect(refused.status).toBe(200);
    // 8, 9 and Saturday 10 October.
    expect(await runningOf(caseId)).toEqual([['tell-refusal', '2026-09-30', '2026-10-10', null]]);
    service.clock.set('2026-10-12');
    expect(await runningOf(caseId)).toEqual([['tell-refusal', '2026-09-30', '2026-10-10', '超期']]);
    const { body } = await (await as('benefit-officer')).get(path);
    const { documentId } = body.documents[0] as { documentId: string };
    const served = await (
      await as('village-liaison')
    ).post(`${path}/documents/${documentId}/service`, {
      method: 'direct',
      on: '2026-10-12',
      receivedBy: 'person',
    });
    expect(served.status).toBe(200);
    const left = (await runningOf(caseId)).map(([step]) => step);
    expect(left).toEqual(['remedy:litigation', 'remedy:reconsideration']);
  });

  it('in Zhejiang is inquired into within 15 working days of acceptance and decided within 5, and else as in the nation', async () => {
    const caseId = await referred('330302');
    expect(await runningOf(caseId)).toEqual([['begin', '2026-09-21', '2026-09-24', null], whole]);
    await done(caseId, 'begin', 'township-chair', '2026-09-24');
    // Not from the 24th: 22, 23, 24, 28, 29, 30 September; 8, 9, 10, 12 to 16 and 19 October.
    expect(await runningOf(caseId)).toEqual([['investigate', '2026-09-21', '2026-10-19', null], whole]);
    await done(caseId, 'investigate', 'township-chair', '2026-10-12');
    expect(await runningOf(caseId)).toEqual([['notice', '2026-10-12', '2026-10-19', null], whole]);
    await done(caseId, 'notice', 'village-liaison', '2026-10-20');
    // 21, 22, 23, 26 and 27.
    expect(await runningOf(caseId)).toEqual([['decide', '2026-10-20', '2026-10-27', null], whole]);
    await done(caseId, 'decide', 'member-unit', '2026-10-27');
    expect(await runningOf(caseId)).toEqual([]);
  });
});
