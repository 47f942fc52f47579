import { ClockSweeper } from '@app/clocks';
import { MONDAY, Permits } from './permit-house.js';

/** In March 2026 every weekday is worked; 清明 is Saturday 4 to Monday 6 April, and the May break 1 to 5 May, with 9 May worked. */
let house: Permits;

beforeAll(async () => {
  house = await Permits.start();
});
beforeEach(() => house.service.clock.set(MONDAY));
afterAll(() => house.service.stop());

const ITEM = 'invented/tea-aid';
const township = () => house.service.as('township-chair');
const accepted = () => house.deciding(ITEM);

async function deciding(on: string): Promise<string> {
  const path = await accepted();
  house.service.clock.set(on);
  await house.ok(township(), `${path}/steps/inquire`);
  return path;
}

async function refused(on: string): Promise<string> {
  const path = await deciding(on);
  await house.ok(house.affairs(), `${path}/refuse`, { reason: '不符合演示条件' });
  return path;
}

const documentsOf = async (path: string): Promise<string[]> =>
  ((await house.seen(path)).documents as { documentId: string; kind: string }[])
    .filter(({ kind }) => kind === 'refusal')
    .map(({ documentId }) => documentId);
const serve = (path: string, documentId: string, on: string) =>
  house.ok(house.village(), `${path}/documents/${documentId}/service`, {
    method: 'direct',
    on,
    receivedBy: 'person',
  });

describe('the term of the whole', () => {
  it('runs beside the steps from acceptance to decision, is told and explained, and is late by itself', async () => {
    const path = await accepted();
    // 3 to 6, 9 to 13, 16 to 20, 23 to 27 March: 19; 30 and 31 March, 1, 2, 3 April: 24; 7 to 10: 28; 13 and 14.
    const whole = { overall: '2026-04-14' };
    expect(await house.running(path)).toEqual({ inquire: null, ...whole });
    expect(await house.told(path)).toEqual(whole);
    const { body } = await (await house.officer()).get(`${path}/terms`);
    expect((body.terms as { step: string }[]).find(({ step }) => step === 'overall')).toMatchObject({
      title: '受理至作出决定的全部期限',
      basis: '演示办法第二十一条',
      anchorDay: MONDAY,
      firstDay: '2026-03-03',
      lastDay: '2026-04-14',
      totals: { counted: 30 },
    });

    house.service.clock.set('2026-04-10');
    await house.ok(township(), `${path}/steps/inquire`);
    expect(await house.running(path)).toEqual({ approve: '2026-04-24', ...whole });
    house.service.clock.set('2026-04-15');
    await house.service.get(ClockSweeper).sweep();
    const marks = ((await house.seen(path)).clocks as { step: string; status: string; mark: string | null }[])
      .filter(({ status }) => status === 'running')
      .map(({ step, mark }) => [step, mark]);
    expect(marks.sort()).toEqual([
      ['approve', null],
      ['overall', '超期'],
    ]);
    const reminded = (await house.facts(path)).filter(({ type }) => type === 'reminded');
    expect(reminded.map(({ data }) => data['rung'])).toContain('overdue-1');
    await house.ok(house.affairs(), `${path}/grant`, {});
    expect(await house.running(path)).toEqual({});
    expect(await house.told(path)).toEqual({});
  });

  it('is extended by whom its article names, with a reason and a document, by what it allows', async () => {
    const path = await accepted();
    const extend = `${path}/terms/overall/extend`;
    const reason = '家庭情况特殊，需要异地核查';
    const refusal = await (await house.officer()).post(extend, { value: 15, reason });
    expect(refusal.status).toBe(403);
    expect(await house.refusedBy(house.affairs(), extend, { value: 16, reason })).toEqual([
      409,
      'extension-not-allowed',
    ]);
    expect(await house.running(path)).toMatchObject({ overall: '2026-04-14' });
    await house.ok(house.affairs(), extend, { value: 15, reason });
    // 15 to 17, 20 to 24, 27 to 30 April: 12; 6 to 8 May.
    expect(await house.running(path)).toMatchObject({ overall: '2026-05-08' });
    expect(await house.told(path)).toEqual({ overall: '2026-05-08' });
    expect((await house.seen(path)).documents).toMatchObject([
      { kind: 'extension', step: 'overall', reason },
    ]);
    expect(await house.refusedBy(house.affairs(), extend, { value: 1, reason })).toEqual([
      409,
      'extension-not-allowed',
    ]);
  });

  it('stands still for nothing that its text does not name', async () => {
    const path = await accepted();
    const pause = { reason: 'hearing', note: '听证' };
    expect(await house.refusedBy(house.affairs(), `${path}/terms/overall/pause`, pause)).toEqual([
      409,
      'pause-not-of-step',
    ]);
  });

  it('stands still for missing papers where the rule names it, and moves by what it stood still', async () => {
    const path = await house.deciding('invented/tea-aid-papers');
    house.service.clock.set('2026-03-04');
    await house.ok(house.officer(), `${path}/supplement`);
    expect(await house.running(path)).toMatchObject({ overall: null, 'supplement:1': '2026-03-11' });
    expect(await house.told(path)).toMatchObject({ overall: null });
    house.service.clock.set('2026-03-09');
    await house.ok(house.officer(), `${path}/materials/photo/receive`);
    // Counted are 3 March and, from 9 March on, 29 more: to 13 (6), 20 (11), 27 March (16), 3 (21), 10 (25), 17 April (30).
    expect(await house.running(path)).toEqual({ inquire: null, overall: '2026-04-17' });
    expect(await house.told(path)).toMatchObject({ overall: '2026-04-17' });
  });
});

describe('the term of telling a refusal', () => {
  it('runs from the decision until the refusal is served, also late', async () => {
    const path = await refused('2026-03-05');
    // Friday 6, Monday 9 and 10.
    expect(await house.running(path)).toEqual({ 'tell-refusal': '2026-03-10' });
    expect(await house.told(path)).toEqual({ 'tell-refusal': '2026-03-10' });
    house.service.clock.set('2026-03-11');
    const { body } = await (await house.village()).get('/subsidies/unserved-documents');
    expect(
      (body.documents as { caseId: string }[]).find(({ caseId }) => path.endsWith(caseId)),
    ).toMatchObject({ kind: 'refusal', serveBy: '2026-03-10', late: true });
    const [documentId] = await documentsOf(path);
    await serve(path, documentId!, '2026-03-11');
    expect(Object.keys(await house.running(path)).sort()).toEqual([
      'remedy:litigation',
      'remedy:reconsideration',
    ]);
    expect(await house.told(path)).toEqual(await house.running(path));
  });

  it('does not end with the service of a refusal that was revoked meanwhile', async () => {
    const path = await refused('2026-03-05');
    const [first] = await documentsOf(path);
    await house.ok(house.village(), `${path}/challenges`, {
      kind: 'reconsideration',
      filedOn: '2026-03-05',
      documentId: first,
      grounds: '认定的事实与实际情况不符',
    });
    const challenge = `${path}/challenges/${(await house.seen(path)).challenges[0].challengeId as string}`;
    await house.ok(house.officer(), `${challenge}/accept`, { on: '2026-03-05' });
    const ruling = { on: '2026-03-05', outcome: 'revoked', reason: '认定事实不清' };
    await house.ok(house.officer(), `${challenge}/decide`, ruling);
    // The decision is made again; neither the telling nor the whole runs.
    expect(await house.running(path)).toEqual({ approve: '2026-03-19' });
    house.service.clock.set('2026-03-09');
    await house.ok(house.affairs(), `${path}/refuse`, { reason: '仍不符合演示条件' });
    expect(await house.running(path)).toMatchObject({ 'tell-refusal': '2026-03-12' });
    const [, second] = await documentsOf(path);
    await serve(path, first!, '2026-03-09');
    expect(await house.running(path)).toMatchObject({ 'tell-refusal': '2026-03-12' });
    await serve(path, second!, '2026-03-09');
    expect(await house.running(path)).not.toHaveProperty('tell-refusal');
  });
});
