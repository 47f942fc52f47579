import { randomUUID } from 'node:crypto';
import { ClockSweeper } from '@app/clocks';
import { Permits, MONDAY, PLACE } from './permit-house.js';

let house: Permits;

beforeAll(async () => {
  house = await Permits.start();
});
beforeEach(() => house.service.clock.set(MONDAY));
afterAll(() => house.service.stop());

const GROUNDS = '认定的事实与实际情况不符';
const REASON = '认定事实不清，证据不足';

/** What is asked for, against the document; by default reconsideration, today. */
const asking = (documentId: string | null, changes: object = {}) => ({
  kind: 'reconsideration',
  filedOn: house.service.clock.today(),
  documentId,
  grounds: GROUNDS,
  ...changes,
});

/** Files it. @returns the address of the challenge */
async function filed(path: string, documentId: string | null, changes: object = {}): Promise<string> {
  await house.ok(house.village(), `${path}/challenges`, asking(documentId, changes));
  return `${path}/challenges/${(await house.seen(path)).challenges.at(-1).challengeId as string}`;
}

async function accepted(path: string, documentId: string | null, changes: object = {}): Promise<string> {
  const challenge = await filed(path, documentId, changes);
  await house.ok(house.officer(), `${challenge}/accept`, { on: house.service.clock.today() });
  return challenge;
}

const ruling = (outcome: string) => ({ on: house.service.clock.today(), outcome, reason: REASON });

describe('a challenge of a refusal', () => {
  it('runs under its own clocks, and brings the case back to the decision when it is revoked', async () => {
    const path = await house.refused();
    const documentId = await house.served(path);
    const challenge = await filed(path, documentId);
    // What was asked for is asked; the other way is still open.
    expect(await house.running(path)).toEqual({ 'remedy:litigation': '2026-09-02' });
    house.service.clock.set('2026-03-04');
    await house.ok(house.officer(), `${challenge}/accept`, { on: '2026-03-04' });
    await house.ok(house.officer(), `${challenge}/evidence`, { copyReceivedOn: '2026-03-04' });
    expect(await house.running(path)).toEqual({
      'remedy:litigation': '2026-09-02',
      'challenge:reconsideration': '2026-05-03',
      'evidence:reconsideration': '2026-03-18',
    });
    expect(await house.told(path)).toEqual(await house.running(path));
    house.service.clock.set('2026-03-16');
    await house.ok(house.officer(), `${challenge}/evidence`, { answeredOn: '2026-03-16' });
    expect(await house.running(path)).not.toHaveProperty('evidence:reconsideration');
    expect(await house.told(path)).toEqual(await house.running(path));

    await house.ok(house.officer(), `${challenge}/decide`, ruling('revoked'));
    const seen = await house.seen(path);
    expect(seen).toMatchObject({
      status: 'deciding',
      task: { step: 'approve' },
      steps: [
        { step: 'survey', done: { by: 'officer' } },
        { step: 'approve', done: null },
      ],
      challenges: [
        {
          kind: 'reconsideration',
          late: false,
          lastDay: '2026-05-06',
          status: 'decided',
          acceptedOn: '2026-03-04',
          decided: { outcome: 'revoked', on: '2026-03-16', documentId: expect.any(String) as string },
          evidence: { copyReceivedOn: '2026-03-04', answeredOn: '2026-03-16' },
          next: ['litigation'],
        },
      ],
    });
    expect(seen.documents).toMatchObject([
      { kind: 'refusal' },
      { kind: 'challenge-decision', remedy: expect.stringContaining('15日内向人民法院') as string },
    ]);
    // The decision is gone, and with it the terms against it.
    expect(await house.running(path)).toEqual({});
    expect(await house.told(path)).toEqual({});
    expect((await house.facts(path)).at(-1)).toMatchObject({
      type: 'decision-revoked',
      data: {
        status: 'deciding',
        revoked: 'refused',
        remedy: 'reconsideration',
        outcome: 'revoked',
        nextStep: 'approve',
      },
    });
    await house.ok(house.affairs(), `${path}/grant`, {});
    expect(await house.seen(path)).toMatchObject({
      status: 'granted',
      steps: [{}, { done: { by: 'affairs' } }],
    });
  });

  it('stands still while the body hears the person, and that is told', async () => {
    const path = await house.refused();
    const challenge = await accepted(path, await house.served(path));
    await house.ok(house.officer(), `${challenge}/pause`, { reason: 'hearing' });
    expect(await house.told(path)).toEqual({
      'remedy:litigation': '2026-09-02',
      'challenge:reconsideration': null,
    });
    house.service.clock.set('2026-03-04');
    await house.ok(house.officer(), `${challenge}/resume`, { reason: 'hearing' });
    const { 'challenge:reconsideration': lastDay } = await house.told(path);
    expect(lastDay).toBe('2026-05-03');
    expect(await house.told(path)).toEqual(await house.running(path));
  });

  it('is not decided again by whoever brought it back', async () => {
    const path = await house.refused();
    const challenge = await accepted(path, await house.served(path));
    await house.ok(house.affairs('one'), `${challenge}/decide`, ruling('remanded'));
    expect(await house.refusedBy(house.affairs('one'), `${path}/grant`, {})).toEqual([409, 'four-eyes']);
    await house.ok(house.affairs('two'), `${path}/grant`, {});
  });

  it('that is upheld or withdrawn changes nothing; after upholding the next instance is open once it was told', async () => {
    const path = await house.refused();
    const documentId = await house.served(path);
    const withdrawn = await filed(path, documentId);
    await house.ok(house.officer(), `${withdrawn}/decide`, ruling('withdrawn'));
    expect((await house.seen(path)).documents).toHaveLength(1);
    const challenge = await accepted(path, documentId);
    await house.ok(house.officer(), `${challenge}/decide`, ruling('upheld'));
    expect(await house.seen(path)).toMatchObject({ status: 'refused' });
    const decision = (await house.document(path)).split('/').at(-1)!;
    const suing = () => asking(decision, { kind: 'litigation' });
    expect(await house.refusedBy(house.village(), `${path}/challenges`, suing())).toEqual([
      409,
      'challenge-not-open',
    ]);
    house.service.clock.set('2026-03-10');
    await house.served(path);
    expect(await house.running(path)).toEqual({ 'remedy:litigation': '2026-03-25' });
    const suit = await accepted(path, decision, { kind: 'litigation' });
    await house.ok(house.officer(), `${suit}/decide`, ruling('changed'));
    expect(await house.seen(path)).toMatchObject({ status: 'deciding' });
    // The last instance has spoken: nothing lies against what it said.
    const last = await house.served(path);
    expect(
      await house.refusedBy(house.village(), `${path}/challenges`, asking(last, { kind: 'litigation' })),
    ).toEqual([409, 'challenge-not-open']);
  });

  it('is taken down also when it is late: whether it counts a person says, by the arithmetic', async () => {
    const path = await house.refused();
    const documentId = await house.served(path);
    house.service.clock.set('2026-05-07');
    const challenge = await filed(path, documentId);
    expect((await house.seen(path)).challenges).toMatchObject([
      { filedOn: '2026-05-07', lastDay: '2026-05-06', late: true },
    ]);
    const on = '2026-05-07';
    expect(await house.refusedBy(house.officer(), `${challenge}/accept`, { on })).toEqual([
      409,
      'late-without-reason',
    ]);
    await house.ok(house.officer(), `${challenge}/accept`, { on, lateReason: '住院治疗，障碍五月六日消除' });
    expect((await house.seen(path)).challenges).toMatchObject([
      { status: 'accepted', late: true, lateReason: '住院治疗，障碍五月六日消除' },
    ]);
  });

  it('is not admitted as late where it is not, nor sent to no body', async () => {
    const path = await house.refused();
    const challenge = await filed(path, await house.served(path));
    const saying = { on: MONDAY, reason: '经审查不符合受理条件' };
    const not = (request: object) => house.refusedBy(house.officer(), `${challenge}/not-admit`, request);
    expect(await not({ ...saying, why: 'out-of-time' })).toEqual([409, 'not-late']);
    expect(await not({ ...saying, why: 'wrong-body' })).toEqual([422, 'wrong-body-without-body']);
    await house.ok(house.officer(), `${challenge}/not-admit`, {
      ...saying,
      why: 'wrong-body',
      handedTo: '演示市人民政府',
    });
    expect((await house.seen(path)).challenges).toMatchObject([
      { status: 'not-admitted', notAdmitted: { why: 'wrong-body', handedTo: '演示市人民政府' } },
    ]);
    expect(await not({ ...saying, why: 'other' })).toEqual([409, 'challenge-not-ready']);
  });

  it('does not bring back a case beside another one that lives', async () => {
    const personId = randomUUID();
    const first = await house.refused(personId);
    const challenge = await accepted(first, await house.served(first));
    const second = await house.deciding('invented/tea-permit', personId);
    await house.service.database.query(
      `update subsidies.cases set period = (select period from subsidies.cases where case_id = $1) where case_id = $2`,
      [first.split('/').at(-1), second.split('/').at(-1)],
    );
    await house.ok(house.officer(), `${challenge}/decide`, ruling('revoked'));
    expect(await house.seen(first)).toMatchObject({
      status: 'refused',
      challenges: [{ status: 'decided', decided: { outcome: 'revoked', notBack: 'another-lives' } }],
    });
  });
});

describe('that nothing was done', () => {
  it('goes to reconsideration first, and an order to act leaves the case where it is', async () => {
    const path = await house.deciding();
    expect(
      await house.refusedBy(house.village(), `${path}/challenges`, asking(null, { kind: 'litigation' })),
    ).toEqual([409, 'challenge-not-open']);
    const challenge = await accepted(path, null);
    await house.ok(house.officer(), `${challenge}/decide`, ruling('remanded'));
    expect(await house.seen(path)).toMatchObject({
      status: 'deciding',
      challenges: [{ documentId: null, lastDay: null, decided: { outcome: 'remanded' } }],
    });
    expect((await house.facts(path)).map(({ type }) => type)).not.toContain('decision-revoked');
  });
});

describe('a challenge of a grant', () => {
  it('against the amount brings it back to the decision', async () => {
    const path = await house.deciding();
    await house.ok(house.affairs(), `${path}/grant`, {});
    const challenge = await accepted(path, await house.served(path));
    await house.ok(house.officer(), `${challenge}/decide`, ruling('changed'));
    expect(await house.seen(path)).toMatchObject({ status: 'deciding', task: { step: 'approve' } });
    expect((await house.facts(path)).at(-1)).toMatchObject({
      data: { revoked: 'granted', status: 'deciding' },
    });
  });
});

describe('a challenge of papers taken for a withdrawal', () => {
  it('brings the case back to where it stood, with the term of its step anew', async () => {
    const path = await house.lapsed();
    expect(await house.seen(path)).toMatchObject({ status: 'withdrawn', task: null });
    const challenge = await accepted(path, await house.served(path));
    house.service.clock.set('2026-03-16');
    await house.ok(house.officer(), `${challenge}/decide`, ruling('revoked'));
    expect(await house.seen(path)).toMatchObject({
      status: 'open',
      task: { step: 'survey' },
      challenges: [{ decided: { outcome: 'revoked' } }],
      documents: [{ kind: 'supplement' }, { kind: 'lapse' }, { kind: 'challenge-decision' }],
    });
    expect((await house.seen(path)).challenges[0].decided).not.toHaveProperty('notBack');
    // Ten working days from the day on which it came back.
    expect(await house.running(path)).toMatchObject({ survey: '2026-03-30' });
    expect(await house.told(path)).toEqual(await house.running(path));
    expect((await house.facts(path)).at(-1)).toMatchObject({
      type: 'decision-revoked',
      data: { revoked: 'withdrawn', status: 'open', nextStep: 'survey', outcome: 'revoked', reason: REASON },
    });
    // The time for the papers was over before, and is not told again.
    const told = await house.messages(path);
    await house.service.get(ClockSweeper).sweep();
    expect(await house.messages(path)).toEqual(told);
    await house.ok(house.officer('colleague'), `${path}/steps/survey`);
    expect(await house.seen(path)).toMatchObject({ status: 'deciding' });
  });

  it('brings nothing back beside a case that was opened meanwhile, and says why', async () => {
    const personId = randomUUID();
    const path = await house.lapsed(personId);
    const challenge = await accepted(path, await house.served(path));
    const opened = await (
      await house.officer()
    ).post('/subsidies/cases', { personId, itemId: 'invented/tea-papers', divisionCode: PLACE });
    await house.service.database.query(
      `update subsidies.cases set period = (select period from subsidies.cases where case_id = $1) where case_id = $2`,
      [path.split('/').at(-1), opened.body.caseId],
    );
    await house.ok(house.officer(), `${challenge}/decide`, ruling('revoked'));
    expect(await house.seen(path)).toMatchObject({
      status: 'withdrawn',
      challenges: [{ decided: { outcome: 'revoked', notBack: 'another-lives' } }],
    });
    expect((await house.facts(path)).map(({ type }) => type)).not.toContain('decision-revoked');
  });
});

describe('a stay', () => {
  it('puts a stop on hold; upheld, it counts from the day from which it had counted', async () => {
    const path = await house.stopped();
    const challenge = await accepted(path, await house.served(path));
    const order = { by: '演示县人民政府', on: MONDAY, basis: '演示办法第四十二条' };
    await house.ok(house.officer(), `${challenge}/stay`, order);
    expect(await house.seen(path)).toMatchObject({
      status: 'held',
      standing: { heldFrom: 'granted' },
      challenges: [{ stay: { ...order, endedOn: null } }],
    });
    expect((await house.facts(path)).at(-1)).toMatchObject({
      type: 'held',
      data: { heldFrom: 'granted', effectiveOn: MONDAY },
    });
    expect(await house.refusedBy(house.officer(), `${challenge}/stay`, order)).toEqual([409, 'stay-stands']);
    await house.ok(house.officer(), `${challenge}/decide`, ruling('upheld'));
    expect(await house.seen(path)).toMatchObject({
      status: 'stopped',
      standing: { stoppedFrom: MONDAY, reason: '不再符合演示条件' },
      challenges: [{ stay: { endedOn: MONDAY } }],
    });
  });

  it('of a stop that is revoked ends in what it was before; also without a stay', async () => {
    for (const stayed of [true, false]) {
      const path = await house.stopped();
      const challenge = await accepted(path, await house.served(path));
      if (stayed) {
        const order = { by: '演示县人民政府', on: MONDAY, basis: '演示办法第四十二条' };
        await house.ok(house.officer(), `${challenge}/stay`, order);
      }
      await house.ok(house.officer(), `${challenge}/decide`, ruling('revoked'));
      expect(await house.seen(path)).toMatchObject({ status: 'granted' });
      expect((await house.facts(path)).at(-1)).toMatchObject({
        type: 'decision-revoked',
        data: { revoked: stayed ? 'held' : 'stopped', status: 'granted' },
      });
    }
  });

  it('of a refusal is written down, and there is nothing to hold', async () => {
    const path = await house.refused();
    const challenge = await filed(path, await house.served(path));
    const order = { by: '演示县人民政府', on: MONDAY, basis: '演示办法第四十二条' };
    await house.ok(house.officer(), `${challenge}/stay`, order);
    expect(await house.seen(path)).toMatchObject({ status: 'refused', challenges: [{ stay: order }] });
  });
});

describe('the door of challenges', () => {
  it('takes one of a kind at a time, and none against what decides nothing or is of another case', async () => {
    const path = await house.refused();
    const documentId = await house.served(path);
    await filed(path, documentId);
    expect(await house.refusedBy(house.village(), `${path}/challenges`, asking(documentId))).toEqual([
      409,
      'challenge-pending',
    ]);
    const other = await house.refused();
    expect(await house.refusedBy(house.village(), `${other}/challenges`, asking(documentId))).toEqual([
      422,
      'document-not-of-case',
    ]);
    expect(
      await house.refusedBy(house.officer(), `${other}/challenges/${randomUUID()}/accept`, { on: MONDAY }),
    ).toEqual([422, 'challenge-not-of-case']);
    expect(
      await house.refusedBy(house.village(), `${other}/challenges`, asking(null, { kind: 'review' })),
    ).toEqual([409, 'challenge-not-open']);
  });

  it('is closed to another village, and what bodies say is not for the village to write down', async () => {
    const path = await house.refused();
    const documentId = await house.served(path);
    const challenge = await filed(path, documentId);
    const neighbour = await house.service.as('village-liaison', { from: '338801002001', to: '338801002001' });
    expect((await neighbour.post(`${path}/challenges`, asking(documentId))).status).toBe(404);
    for (const [action, request] of [
      ['accept', { on: MONDAY }],
      ['not-admit', { on: MONDAY, why: 'other', reason: '经审查不符合受理条件' }],
      ['evidence', { copyReceivedOn: MONDAY }],
      ['pause', { reason: 'hearing' }],
      ['resume', { reason: 'hearing' }],
      ['stay', { by: '演示县人民政府', on: MONDAY, basis: '演示办法第四十二条' }],
      ['decide', ruling('withdrawn')],
    ] as const) {
      expect([action, (await neighbour.post(`${challenge}/${action}`, request)).status]).toEqual([
        action,
        404,
      ]);
      const answer = await (await house.village()).post(`${challenge}/${action}`, request);
      expect([action, answer.status]).toEqual([action, 403]);
    }
    expect((await house.seen(path)).challenges).toMatchObject([{ status: 'received' }]);
  });
});
