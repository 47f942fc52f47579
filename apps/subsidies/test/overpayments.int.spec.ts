import { jest } from '@jest/globals';
import { paymentRecoveredV1 } from '@app/contracts';
import type { Answer } from '@app/testing';
import {
  expectStatus,
  referenceIn,
  returnFile,
  startPaying,
  type Beneficiary,
  type Paying,
} from './paying.js';

jest.setTimeout(180_000);

let paying: Paying;
beforeEach(async () => {
  paying = await startPaying('2026-03-02');
});
afterEach(() => paying.service.stop());

const slugOf = ({ status, body }: Answer) => [status, (body as { type?: string }).type?.split(':').at(-1)];
const post = (id: string, path: string, body: object, by = paying.planner) =>
  by.post(`/subsidies/overpayments/${id}/${path}`, body);

/** What was told of money that came back. */
const told = async () =>
  (await paying.service.published('subsidies'))
    .filter(({ type }) => type === paymentRecoveredV1.type)
    .map(({ key, data }) => [key, data['overpaymentId'], data['version'], data['months']]);

/** Paid 300 yuan for March, and owed 150: the decision was corrected after the payment. @returns the id of what was found by the next run */
async function overpaid(): Promise<{ one: Beneficiary; id: string }> {
  const one = await paying.beneficiary();
  const run = await paying.planned('2026-03');
  await paying.ordered(run);
  paying.service.clock.set('2026-04-02');
  await paying.service.database.query(
    `update subsidies.benefits set rates = '[{"fromMonth": "2026-02", "fen": 30000}, {"fromMonth": "2026-03", "fen": 15000}]',
       version = version + 1 where benefit_id = $1`,
    [one.benefitId],
  );
  const next = await paying.planned('2026-04');
  // April's 150; nothing is kept of it by itself.
  expect(next).toMatchObject({ count: 1, fen: 15_000 });
  await paying.ordered(next);
  const { body } = expectStatus(
    await paying.planner.get(`/subsidies/overpayments?personId=${one.personId}`),
    200,
  );
  expect(body.overpayments).toEqual([
    expect.objectContaining({
      state: 'open',
      months: [{ month: '2026-03', fen: 15_000 }],
      foundFen: 15_000,
      foundInRun: next.runNo,
      benefitVersion: 2,
      version: 1,
    }),
  ]);
  return { one, id: body.overpayments[0].overpaymentId as string };
}

it('is set off by instalments as agreed, and settled when all has come back', async () => {
  const { one, id } = await overpaid();
  expect(
    await post(id, 'agree', { version: 1, method: 'set-off', instalment: 10_000, note: '协议书一号' }),
  ).toMatchObject({ status: 200, body: { state: 'agreed', openFen: 15_000, version: 2 } });
  paying.service.clock.set('2026-05-02');
  const may = await paying.planned('2026-05');
  expect(may).toMatchObject({ count: 1, fen: 5_000 });
  await paying.ordered(may);
  const { lines } = await paying.exported(may);
  expect(lines[0]![3]).toBe('50.00');
  expect(await told()).toEqual([[one.personId, id, 3, [{ month: '2026-03', fen: 10_000 }]]]);
  expect((await paying.books(one)).find(({ month }) => month === '2026-03')).toMatchObject({
    owed: 15_000,
    paid: 20_000,
  });
  // The bank returns what it was given; what was set off stays paid.
  expectStatus(
    await paying.payer.upload(
      `/subsidies/pay-runs/${may.runNo}/returns`,
      returnFile([[referenceIn(lines, 0), 5_000, '账户已销户']]),
      'application/octet-stream',
    ),
    200,
  );
  expect((await paying.books(one)).find(({ month }) => month === '2026-05')).toMatchObject({
    owed: 15_000,
    paid: 10_000,
  });
  paying.service.clock.set('2026-06-02');
  const june = await paying.planned('2026-06');
  // 50 of May and 150 of June, less the last 50.
  expect(june).toMatchObject({ count: 1, fen: 15_000 });
  await paying.ordered(june);
  expect((await paying.books(one)).filter(({ owed, paid }) => owed !== paid)).toEqual([]);
  const { body } = await paying.planner.get(`/subsidies/overpayments?personId=${one.personId}`);
  expect(body.overpayments).toEqual([expect.objectContaining({ state: 'settled', months: [] })]);
});

it('is paid back with a receipt, never more than is open, and once', async () => {
  const { one, id } = await overpaid();
  const receipt = (version: number, fen: number) =>
    post(id, 'receipts', { version, fen, receivedOn: '2026-04-02', proof: '收据一号' });
  expect(slugOf(await receipt(1, 15_001))).toEqual([409, 'recovered-too-much']);
  expect(await receipt(1, 6_000)).toMatchObject({ status: 200, body: { openFen: 9_000, version: 2 } });
  expect(slugOf(await receipt(1, 6_000))).toEqual([409, 'overpayment-changed']);
  expect(await receipt(2, 9_000)).toMatchObject({ body: { state: 'settled', openFen: 0 } });
  expect(await told()).toEqual([
    [one.personId, id, 2, [{ month: '2026-03', fen: 6_000 }]],
    [one.personId, id, 3, [{ month: '2026-03', fen: 9_000 }]],
  ]);
  expect((await paying.books(one)).filter(({ owed, paid }) => owed !== paid)).toEqual([]);
  expect(
    slugOf(await post(id, 'receipts', { version: 3, fen: 1, receivedOn: '2026-04-03', proof: '收据二号' })),
  ).toEqual([422, 'day-in-future']);
});

it('is let be by a second person only, and then not asked for again', async () => {
  const { one, id } = await overpaid();
  const both = paying.approver;
  expect(await post(id, 'waiver', { version: 1, reason: '生活确有困难' }, both)).toMatchObject({
    body: { state: 'waiver-asked' },
  });
  expect(slugOf(await post(id, 'waiver/decide', { version: 2, grants: true, reason: '同意' }, both))).toEqual(
    [409, 'four-eyes'],
  );
  const lead = await paying.service.as('federation-lead');
  expect(await post(id, 'waiver/decide', { version: 2, grants: true, reason: '同意' }, lead)).toMatchObject({
    body: { state: 'waived', openFen: 15_000 },
  });
  paying.service.clock.set('2026-05-02');
  expect(await paying.planned('2026-05')).toMatchObject({ count: 1, fen: 15_000 });
  const { body } = await paying.planner.get(`/subsidies/overpayments?personId=${one.personId}`);
  expect(body.overpayments).toEqual([expect.objectContaining({ state: 'waived' })]);
});

it('shows nothing to another county, nor to who has no business with it', async () => {
  const { id } = await overpaid();
  const stranger = await paying.service.as('benefit-officer', { from: '338802000000', to: '338802999999' });
  expect((await stranger.get('/subsidies/overpayments')).body.overpayments).toEqual([]);
  expect(slugOf(await post(id, 'waiver', { version: 1, reason: '生活确有困难' }, stranger))).toEqual([
    404,
    'overpayment-not-found',
  ]);
  const liaison = await paying.service.as('village-liaison');
  expect(slugOf(await liaison.get('/subsidies/overpayments'))).toEqual([403, 'not-allowed']);
});
