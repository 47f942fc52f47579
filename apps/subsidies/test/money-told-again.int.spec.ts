import { jest } from '@jest/globals';
import { paymentFailedV1, paymentOrderedV1, paymentRecoveredV1 } from '@app/contracts';
import type { Answer } from '@app/testing';
import { expectStatus, referenceIn, returnFile, startPaying, type Paying } from './paying.js';

jest.setTimeout(180_000);

let paying: Paying;
beforeAll(async () => {
  paying = await startPaying('2026-03-02');
});
afterAll(() => paying?.service.stop());

const MONEY: readonly string[] = [paymentOrderedV1.type, paymentFailedV1.type, paymentRecoveredV1.type];

/** What was told of money, each fact as text, in no order. */
const told = async () =>
  (await paying.service.published('subsidies'))
    .filter(({ type }) => MONEY.includes(type))
    .map(({ type, key, data }) =>
      JSON.stringify([type, key, Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1))]),
    )
    .toSorted();

it('what was paid, returned and recovered is told once more from the books, page by page, as it was told once', async () => {
  const one = await paying.beneficiary();
  const other = await paying.beneficiary({ grade: 2 });
  await paying.ordered(await paying.planned('2026-03'));

  // Less was owed for March than was paid: it is found, and comes back by a receipt and from what a run pays.
  paying.service.clock.set('2026-04-02');
  await paying.service.database.query(
    `update subsidies.benefits set rates = '[{"fromMonth": "2026-02", "fen": 30000}, {"fromMonth": "2026-03", "fen": 15000}]',
       version = version + 1 where benefit_id = $1`,
    [one.benefitId],
  );
  await paying.ordered(await paying.planned('2026-04'));
  const { body } = expectStatus(
    await paying.planner.get(`/subsidies/overpayments?personId=${one.personId}`),
    200,
  );
  const path = `/subsidies/overpayments/${body.overpayments[0].overpaymentId as string}`;
  const receipt = { version: 1, fen: 4_000, receivedOn: '2026-04-02', proof: '收据一号' };
  expectStatus(await paying.planner.post(`${path}/receipts`, receipt), 200);
  const terms = { version: 2, method: 'set-off', instalment: 10_000, note: '协议书一号' };
  expectStatus(await paying.planner.post(`${path}/agree`, terms), 200);
  paying.service.clock.set('2026-05-02');
  const may = await paying.planned('2026-05');
  await paying.ordered(may);
  const { lines } = await paying.exported(may);
  const mine = (await paying.lines(may)).find(({ personId }) => personId === other.personId)!;
  const place = lines.findIndex((line) => Number(line[4]!.split('-')[1]) === mine.lineNo);
  const answer = returnFile([[referenceIn(lines, place), mine.fen, '账户已销户']]);
  const returns = `/subsidies/pay-runs/${may.runNo}/returns`;
  expectStatus(await paying.payer.upload(returns, answer, 'application/octet-stream'), 200);

  const before = await told();
  const kinds = (type: string) => before.filter((fact) => fact.includes(type)).length;
  expect(MONEY.map(kinds)).toEqual([6, 1, 2]);

  const operator = await paying.service.as('operator');
  const pages: { benefits: number; facts: number }[] = [];
  for (let after: string | null = null, more = true; more; more = after !== null) {
    const { body: page }: Answer = expectStatus(
      await operator.post('/subsidies/told-again', { after, limit: 1 }),
      200,
    );
    pages.push({ benefits: page.benefits, facts: page.facts });
    after = page.next;
  }
  expect(pages.reduce((sum, { facts }) => sum + facts, 0)).toBe(9);
  expect(await told()).toEqual([...before, ...before].toSorted());

  for (const user of [paying.planner, paying.payer]) {
    expect((await user.post('/subsidies/told-again', {})).status).toBe(403);
  }
  expect((await paying.service.anonymous.post('/subsidies/told-again', {})).status).toBe(401);
});
