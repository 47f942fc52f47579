import { randomUUID } from 'node:crypto';
import { ClockSweeper } from '@app/clocks';
import { personRegisteredV1 } from '@app/contracts';
import { startService, type Answer, type ServiceUnderTest, type TestUser } from '@app/testing';
import { LegalAidModule } from '../src/legal-aid.module.js';
import { legalAid } from '../src/migrations.js';

const MONDAY = '2026-03-02';
const PLACE = '338801001001';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'legal-aid',
    modules: [LegalAidModule],
    migrated: [legalAid],
    now: MONDAY,
  });
});
beforeEach(() => service.clock.set(MONDAY));
afterAll(() => service.stop());

const user = {
  village: () => service.as('village-liaison'),
  officer: () => service.as('rights-officer'),
  petitions: (id = 'petitions') => service.as('member-unit', { id, department: 'petitions' }),
};

async function ok(who: Promise<TestUser>, path: string, body: unknown = {}): Promise<Answer['body']> {
  const answer = await (await who).post(path, body);
  expect([path, answer.status, answer.body]).toEqual([path, path.endsWith('s') ? 201 : 200, answer.body]);
  return answer.body;
}

const seen = async (path: string): Promise<Answer['body']> => (await (await user.officer()).get(path)).body;

/** The running terms of a case: last day by step; null while one stands still. */
async function running(path: string): Promise<Record<string, string | null>> {
  const { clocks } = await seen(path);
  return Object.fromEntries(
    (clocks as { step: string; status: string; dueDay: string | null }[])
      .filter(({ status }) => status === 'running')
      .map(({ step, dueDay }) => [step, dueDay]),
  );
}

/** A petition that was answered, not to the person's liking. */
async function answered(): Promise<string> {
  const path = await accepted();
  await ok(user.petitions(), `${path}/grant`);
  return path;
}

/** A petition that is being handled. */
async function accepted(): Promise<string> {
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
  const itemId = 'petitions/petition-handling';
  const { caseId } = await ok(user.officer(), '/legal-aid/cases', { personId, itemId, divisionCode: PLACE });
  const path = `/legal-aid/cases/${caseId as string}`;
  await ok(user.officer(), `${path}/steps/notify`, { received: ['petition'] });
  return path;
}

/** The last document of the case reached the person. @returns its id */
async function served(path: string, on: string): Promise<string> {
  const documentId = (await seen(path)).documents.at(-1).documentId as string;
  await ok(user.village(), `${path}/documents/${documentId}/service`, {
    method: 'direct',
    on,
    receivedBy: 'person',
  });
  return documentId;
}

async function asked(path: string, kind: string, documentId: string): Promise<string> {
  const filedOn = service.clock.today();
  await ok(user.village(), `${path}/challenges`, {
    kind,
    filedOn,
    documentId,
    grounds: '处理意见与事实不符',
  });
  return `${path}/challenges/${(await seen(path)).challenges.at(-1).challengeId as string}`;
}

describe('a petition whose answer the person does not accept', () => {
  it('goes to 复查 and 复核, each with the days of its article, and after 复核 nowhere', async () => {
    const path = await answered();
    expect((await seen(path)).documents[0].remedy).toBe(
      '不服的，可以自收到之日起30日内向原办理机关、单位的上一级机关、单位请求复查（信访工作条例第三十五条）。',
    );
    service.clock.set('2026-03-10');
    const answer = await served(path, '2026-03-10');
    expect(await running(path)).toEqual({ 'remedy:review': '2026-04-09' });

    service.clock.set('2026-03-20');
    const review = await asked(path, 'review', answer);
    // Thirty days from receipt; an office's own term does not move off a Sunday.
    expect(await running(path)).toEqual({ 'challenge:review': '2026-04-19' });
    await ok(user.officer(), `${review}/accept`, { on: '2026-03-20' });
    service.clock.set('2026-04-15');
    await ok(user.officer(), `${review}/decide`, {
      on: '2026-04-15',
      outcome: 'upheld',
      reason: '维持原处理意见',
    });
    expect(await running(path)).toEqual({});

    service.clock.set('2026-04-16');
    const reviewed = await served(path, '2026-04-16');
    // A Saturday: the person's term ends on the next working day.
    expect(await running(path)).toEqual({ 'remedy:final-review': '2026-05-18' });
    service.clock.set('2026-05-11');
    const final = await asked(path, 'final-review', reviewed);
    await ok(user.officer(), `${final}/accept`, { on: '2026-05-11' });
    expect(await running(path)).toEqual({ 'challenge:final-review': '2026-06-10' });

    // The hearing does not count; nothing else stops this term.
    service.clock.set('2026-05-20');
    const pausing = await (await user.officer()).post(`${final}/pause`, { reason: 'assessment' });
    expect(pausing.status).toBe(409);
    await ok(user.officer(), `${final}/pause`, { reason: 'hearing' });
    expect(await running(path)).toEqual({ 'challenge:final-review': null });
    service.clock.set('2026-05-25');
    await ok(user.officer(), `${final}/resume`, { reason: 'hearing' });
    expect(await running(path)).toEqual({ 'challenge:final-review': '2026-06-15' });

    service.clock.set('2026-06-01');
    await ok(user.officer(), `${final}/decide`, {
      on: '2026-06-01',
      outcome: 'remanded',
      reason: '事实不清，责令重新办理',
    });
    expect(await seen(path)).toMatchObject({
      status: 'deciding',
      task: { step: 'decide' },
      challenges: [
        { kind: 'review', decided: { outcome: 'upheld' }, next: ['final-review'] },
        { kind: 'final-review', decided: { outcome: 'remanded' }, next: [] },
      ],
    });
    const last = await served(path, '2026-06-01');
    for (const kind of ['review', 'final-review', 'litigation']) {
      const answerTo = await (
        await user.village()
      ).post(`${path}/challenges`, { kind, filedOn: '2026-06-01', documentId: last, grounds: '仍然不服' });
      expect([kind, answerTo.status]).toEqual([kind, 409]);
    }
    // Handled anew, it is answered anew, and that answer can be looked at again.
    await ok(user.petitions('another'), `${path}/grant`);
    await served(path, '2026-06-01');
    expect(await running(path)).toEqual({ 'remedy:review': '2026-07-01' });
  });

  it('was told in writing of more time, against which nothing lies', async () => {
    const path = await accepted();
    await ok(user.petitions(), `${path}/terms/decide/extend`, {
      value: 30,
      reason: '情况复杂，经负责人批准延长',
    });
    expect((await seen(path)).documents).toMatchObject([
      { kind: 'extension', adverse: false, reason: '情况复杂，经负责人批准延长', remedy: null },
    ]);
    const told = await served(path, MONDAY);
    expect(Object.keys(await running(path))).toEqual(['decide']);
    const answer = await (
      await user.village()
    ).post(`${path}/challenges`, {
      kind: 'review',
      filedOn: MONDAY,
      documentId: told,
      grounds: '不同意延长',
    });
    expect(answer.status).toBe(409);
  });

  it('is told when the body that reviews is late; the end of the person’s own days is nobody’s delay', async () => {
    const path = await answered();
    const answer = await served(path, MONDAY);
    const reminders = async () =>
      (await service.published('legal-aid'))
        .filter(
          ({ type, data }) => type.endsWith('.reminded.v1') && data['caseId'] === path.split('/').at(-1),
        )
        .map(({ data }) => data['level'] as number);
    const sweeper = service.get(ClockSweeper);
    // Nobody asked within thirty days.
    service.clock.set('2026-04-03');
    await sweeper.sweep();
    expect((await seen(path)).remedies[0]).toMatchObject({
      kind: 'review',
      term: { mark: '期满', overdue: false },
    });
    expect(Math.max(0, ...(await reminders()))).toBe(0);

    // It is taken down all the same, and the body says why it counts.
    const review = await asked(path, 'review', answer);
    const accepting = await (await user.officer()).post(`${review}/accept`, { on: '2026-04-03' });
    expect(accepting.body.title).toBe('late-without-reason');
    await ok(user.officer(), `${review}/accept`, { on: '2026-04-03', lateReason: '住院治疗，经核实属实' });
    service.clock.set('2026-05-04');
    await sweeper.sweep();
    expect((await seen(path)).challenges[0]).toMatchObject({
      late: true,
      terms: [{ step: 'challenge:review', dueDay: '2026-05-03', mark: '超期', overdue: true }],
    });
    expect(Math.max(0, ...(await reminders()))).toBeGreaterThanOrEqual(1);
  });
});
