import { randomUUID } from 'node:crypto';
import { ClockSweeper } from '@app/clocks';
import { personRegisteredV1 } from '@app/contracts';
import { startService, type ServiceUnderTest, type TestUser } from '@app/testing';
import { LegalAidModule } from '../src/legal-aid.module.js';
import { legalAid } from '../src/migrations.js';

/**
 * The items of the house under their own limits, counted by hand on the calendar of 2026: the Mid-Autumn break is 25 to 27 September, the
 * National Day break 1 to 7 October, and Saturday 10 October is worked.
 */
const PLACE = '338801001001';

let service: ServiceUnderTest;
let officer: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'legal-aid',
    modules: [LegalAidModule],
    migrated: [legalAid],
    now: '2026-09-21',
  });
  officer = await service.as('rights-officer');
});
afterAll(() => service.stop());

async function apply(itemId: string, more: object = {}): Promise<string> {
  const personId = randomUUID();
  await service.deliver(
    'legal-aid',
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
  const answer = await officer.post('/legal-aid/cases', { personId, itemId, divisionCode: PLACE, ...more });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body.caseId as string;
}

async function ok(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  expect({ status, body: status < 300 ? null : body }).toEqual({ status: 200, body: null });
}

/** Of the term that runs for a step: last day and mark. */
async function termOf(caseId: string, step: string) {
  const { body } = await officer.get(`/legal-aid/cases/${caseId}`);
  const terms = body.clocks as {
    step: string;
    status: string;
    anchorDay: string;
    dueDay: string | null;
    mark: string | null;
    basis: string;
  }[];
  return terms.find((term) => term.step === step && term.status === 'running');
}

describe('a petition', () => {
  const petition = 'petitions/petition-handling';

  it('that was passed on is objected to within five working days, and answered within fifteen days of its receipt', async () => {
    service.clock.set('2026-09-24');
    const caseId = await apply(petition, { transferred: true });
    // Working days after Thursday 24 September: 28, 29, 30 September, 8 and 9 October.
    expect(await termOf(caseId, 'jurisdiction')).toMatchObject({
      anchorDay: '2026-09-24',
      dueDay: '2026-10-09',
      basis: expect.stringContaining('第二十三条第三款'),
    });
    service.clock.set('2026-09-28');
    await ok(officer.post(`/legal-aid/cases/${caseId}/steps/jurisdiction`));
    // Fifteen days from the receipt, not from the step before.
    expect(await termOf(caseId, 'notify')).toMatchObject({ anchorDay: '2026-09-24', dueDay: '2026-10-09' });
  });

  it('of the person goes straight to the answer, is decided within sixty days of its acceptance, and thirty more by the head', async () => {
    service.clock.set('2026-09-24');
    const caseId = await apply(petition);
    expect(await termOf(caseId, 'jurisdiction')).toBeUndefined();
    expect(await termOf(caseId, 'notify')).toMatchObject({ dueDay: '2026-10-09' });
    service.clock.set('2026-10-09');
    await ok(officer.post(`/legal-aid/cases/${caseId}/steps/notify`, { received: ['petition'] }));
    // 22 days are left of October, 30 are in November: the sixtieth is 8 December.
    expect(await termOf(caseId, 'decide')).toMatchObject({ anchorDay: '2026-10-09', dueDay: '2026-12-08' });

    const head = await service.as('member-unit', { department: 'petitions' });
    const extend = (user: TestUser, value: number) =>
      user.post(`/legal-aid/cases/${caseId}/terms/decide/extend`, { value, reason: '情况复杂' });
    expect((await extend(officer, 30)).status).toBe(403);
    expect((await extend(head, 31)).body).toMatchObject({ title: 'extension-not-allowed' });
    expect((await extend(head, 30)).status).toBe(200);
    // 23 days are left of December: the thirtieth is 7 January.
    expect(await termOf(caseId, 'decide')).toMatchObject({ dueDay: '2027-01-07', mark: null });
    expect((await extend(head, 1)).body).toMatchObject({ title: 'extension-not-allowed' });
    service.clock.set('2027-01-08');
    expect(await termOf(caseId, 'decide')).toMatchObject({ mark: '超期' });
  });

  it('tells the chain of each term as it begins, moves and ends', async () => {
    service.clock.set('2026-09-24');
    const caseId = await apply(petition);
    service.clock.set('2026-10-09');
    await ok(officer.post(`/legal-aid/cases/${caseId}/steps/notify`));
    const head = await service.as('member-unit', { department: 'petitions' });
    await ok(head.post(`/legal-aid/cases/${caseId}/terms/decide/extend`, { value: 30, reason: '情况复杂' }));
    const told = (await service.published('legal-aid')).filter(
      ({ type, data }) => type === 'legal-aid.case.term.v1' && data['caseId'] === caseId,
    );
    expect(told.map(({ data }) => [data['step'], data['dueAt'], data['ended']])).toEqual([
      ['notify', expect.stringMatching(/^2026-10-09T/), false],
      ['notify', null, true],
      ['decide', expect.stringMatching(/^2026-12-08T/), false],
      ['decide', expect.stringMatching(/^2027-01-07T/), false],
    ]);
  });
});

describe('legal aid', () => {
  it('is decided within seven and assigned within three days, and is late only by both readings of the law', async () => {
    service.clock.set('2026-09-21');
    const caseId = await apply('legal-aid/legal-aid');
    // Passing it on has no limit.
    expect(await termOf(caseId, 'forward')).toMatchObject({ dueDay: null, mark: null });
    await ok(officer.post(`/legal-aid/cases/${caseId}/steps/forward`, { received: ['matter'] }));
    // Working days after Monday 21 September: 22, 23, 24, 28, 29, 30 September and 8 October. Natural days would end on the 28th.
    expect(await termOf(caseId, 'decide')).toMatchObject({ anchorDay: '2026-09-21', dueDay: '2026-10-08' });
    service.clock.set('2026-09-29');
    expect(await termOf(caseId, 'decide')).toMatchObject({ mark: null });
    service.clock.set('2026-10-09');
    expect(await termOf(caseId, 'decide')).toMatchObject({ mark: '超期' });
    const justice = await service.as('member-unit', { department: 'justice' });
    await ok(justice.post(`/legal-aid/cases/${caseId}/grant`, {}));
    // Saturday 10 October is worked; then 12 and 13.
    expect(await termOf(caseId, 'assign')).toMatchObject({ anchorDay: '2026-10-09', dueDay: '2026-10-13' });
    await ok(justice.post(`/legal-aid/cases/${caseId}/steps/assign`));
    expect(await termOf(caseId, 'assign')).toBeUndefined();
  });

  it('reminds of a decision before its end, and tells who supervises after it', async () => {
    service.clock.set('2026-09-21');
    const caseId = await apply('legal-aid/legal-aid');
    await ok(officer.post(`/legal-aid/cases/${caseId}/steps/forward`, { received: ['matter'] }));
    service.clock.set('2026-10-09');
    await service.get(ClockSweeper).sweep();
    const reminded = (await service.published('legal-aid')).filter(
      ({ type, data }) => type === 'legal-aid.case.reminded.v1' && data['caseId'] === caseId,
    );
    expect(reminded.map(({ data }) => [data['rung'], data['level']])).toEqual([
      ['reminder', 0],
      ['due', 0],
      ['overdue-1', 1],
    ]);
  });
});
