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
const PLACE = '338801001001';
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

const as = (role: Role): Promise<TestUser> =>
  service.as(role, role === 'member-unit' ? { department: 'civil-affairs' } : {});

async function apply(itemId: string, more: object = {}, role: Role = 'village-liaison') {
  const personId = randomUUID();
  await service.deliver(
    'subsidies',
    personRegisteredV1.of({
      personId,
      divisionCode: PLACE,
      version: 1,
      name: '某人',
      sex: 'female',
      birthDate: '1970-01-01',
      householdId: null,
      identityToken: `token-of-${personId}`,
    }),
  );
  return (await as(role)).post('/subsidies/cases', { personId, itemId, divisionCode: PLACE, ...more });
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

/** Anchor and last day of the term that runs. */
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
    .map(({ step, anchorDay, dueDay, mark }) => [step, anchorDay, dueDay, mark]);
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

describe('低保 as a household of one in Zhejiang', () => {
  it('is inquired into within 15 working days, published for 7 days and decided within 5 working days', async () => {
    service.clock.set('2026-09-21');
    const caseId = await applied('subsidies/minimum-living-single-household', {}, 'township-chair');
    await done(caseId, 'refer', 'benefit-officer', '2026-09-21', ['income-check']);
    // 22, 23, 24, 28, 29, 30 September; 8, 9, 10, 12 to 16 and 19 October.
    expect(await runningOf(caseId)).toEqual([['investigate', '2026-09-21', '2026-10-19', null]]);
    await done(caseId, 'investigate', 'township-chair', '2026-10-12');
    expect(await runningOf(caseId)).toEqual([['notice', '2026-10-12', '2026-10-19', null]]);
    await done(caseId, 'notice', 'village-liaison', '2026-10-20');
    // 21, 22, 23, 26 and 27.
    expect(await runningOf(caseId)).toEqual([['decide', '2026-10-20', '2026-10-27', null]]);
  });
});
