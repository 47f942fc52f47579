import { jest } from '@jest/globals';
import { paymentFailedV1, paymentOrderedV1 } from '@app/contracts';
import { until } from '@app/testing';
import { demoFormats } from '../src/domain/bank-file/index.js';
import { expectStatus, referenceIn, returnFile, startPaying, VILLAGE, type Paying } from './paying.js';

jest.setTimeout(120_000);

let paying: Paying;

beforeEach(async () => {
  paying = await startPaying('2026-03-02');
});
afterEach(() => paying.service.stop());

const slugOf = ({ status, body }: { status: number; body: { type?: string } }) => [
  status,
  body.type?.split(':').at(-1),
];
const send = (runNo: number, file: Buffer) =>
  paying.payer.upload(`/subsidies/pay-runs/${runNo}/returns`, file, 'application/octet-stream');

describe('a run', () => {
  it('is planned, approved by a second person, ordered, exported and answered; the same month has nothing more to pay', async () => {
    const one = await paying.beneficiary();
    const other = await paying.beneficiary({ grade: 3 });
    const run = await paying.planned('2026-03');
    // February and March of 300 and of 150 yuan.
    expect(run).toMatchObject({ state: 'planned', count: 2, fen: 90_000, leftOut: 0, serial: 1 });
    expect(await paying.books(one)).toEqual([
      { month: '2026-02', owed: 30_000, paid: 0 },
      { month: '2026-03', owed: 30_000, paid: 0 },
    ]);

    const ordered = await paying.ordered(run);
    expect(ordered).toMatchObject({ state: 'ordered', orderedCount: 2, orderedFen: 90_000 });
    expect(await paying.books(other)).toEqual([
      { month: '2026-02', owed: 15_000, paid: 15_000 },
      { month: '2026-03', owed: 15_000, paid: 15_000 },
    ]);
    const facts = (await paying.service.published('subsidies')).filter(
      ({ type }) => type === paymentOrderedV1.type,
    );
    expect(facts.map(({ key, data }) => [key, data['fen']]).sort()).toEqual(
      [
        [one.personId, 60_000],
        [other.personId, 30_000],
      ].sort(),
    );

    const file = await paying.exported(run);
    expect(file.lines.map((line) => Number(line[3])).sort()).toEqual([300, 600]);
    expect(file.bytes.toString('utf8')).toMatch(/\nTOTAL\|2\|900\.00\n$/);
    const again = await paying.exported(run);
    expect(again).toEqual(file);

    const answered = await send(
      run.runNo,
      returnFile(file.lines.map((line) => [line[4]!, Number(line[3]) * 100])),
    );
    expect(answered).toMatchObject({
      status: 200,
      body: { paid: 2, failed: 0, unanswered: 0, problems: [] },
    });
    expect(await paying.run(run.runNo)).toMatchObject({ state: 'closed' });

    const second = await paying.planned('2026-03');
    expect(second).toMatchObject({ count: 0, fen: 0, leftOut: 0, serial: 2 });
    expect(await paying.ordered(second)).toMatchObject({ state: 'closed', orderedCount: 0 });
  });

  it('pays what came back again in the next run, and a return file sent twice counts once', async () => {
    const one = await paying.beneficiary();
    await paying.beneficiary();
    const run = await paying.planned('2026-03');
    await paying.ordered(run);
    const { lines } = await paying.exported(run);
    const mine = (await paying.lines(run)).find(({ personId }) => personId === one.personId)!;
    const place = lines.findIndex((line) => Number(line[4]!.split('-')[1]) === mine.lineNo);
    const answer = returnFile([[referenceIn(lines, place), 60_000, '账户已销户']]);
    expect(await send(run.runNo, answer)).toMatchObject({
      status: 200,
      body: { lines: 1, paid: 0, failed: 1, unchanged: 0, unanswered: 1 },
    });
    expect(await send(run.runNo, answer)).toMatchObject({ body: { failed: 0, unchanged: 1, unanswered: 1 } });
    expect(await paying.lines(run, 'state=failed')).toEqual([
      expect.objectContaining({
        ...{ personId: one.personId, payeeName: '王*明', reason: '账户已销户', again: null },
      }),
    ]);
    expect((await paying.run(run.runNo)).reasons).toContainEqual(
      expect.objectContaining({ state: 'failed', lines: 1, owner: 'benefit-officer' }),
    );
    const failed = (await paying.service.published('subsidies')).filter(
      ({ type }) => type === paymentFailedV1.type,
    );
    expect(failed.map(({ key, data }) => [key, data['fen']])).toEqual([[one.personId, 60_000]]);
    expect(await paying.books(one)).toEqual([
      { month: '2026-02', owed: 30_000, paid: 0 },
      { month: '2026-03', owed: 30_000, paid: 0 },
    ]);

    const second = await paying.planned('2026-03');
    expect(second).toMatchObject({ count: 1, fen: 60_000, serial: 2 });
    const again = { runNo: second.runNo, month: '2026-03', serial: 2, reason: null };
    expect(await paying.lines(run, 'state=failed')).toMatchObject([
      { again: { ...again, state: 'planned' } },
    ]);
    await paying.ordered(second);
    expect(await paying.lines(run, 'state=failed')).toMatchObject([
      { again: { ...again, state: 'ordered' } },
    ]);
    expect(await paying.lines(second)).toMatchObject([{ again: null }]);
    expect((await paying.books(one)).map(({ paid }) => paid)).toEqual([30_000, 30_000]);
    const { body } = await paying.planner.get(`/subsidies/benefits/${one.benefitId}/books`);
    expect(
      (body.entries as { month: string; kind: string; cause: string }[])
        .filter(({ month }) => month === '2026-02')
        .map(({ kind, cause }) => [kind, cause]),
    ).toEqual([
      ['entitlement', 'month'],
      ['top-up', `run:${run.runNo}`],
      ['return', `run:${run.runNo}`],
      ['top-up', `run:${second.runNo}`],
    ]);
  });

  it('refuses an answer of another sum, of another run, or against what was answered before', async () => {
    await paying.beneficiary();
    const run = await paying.planned('2026-03');
    await paying.ordered(run);
    const { lines } = await paying.exported(run);
    const reference = referenceIn(lines, 0);
    const wrong = await send(run.runNo, returnFile([[reference, 59_900]]));
    expect(wrong).toMatchObject({ status: 200, body: { paid: 0, unanswered: 1 } });
    expect(wrong.body.problems[0].sentence).toMatch('返回金额与发放金额不一致');
    expect(slugOf(await send(run.runNo, returnFile([['000099-0000001', 60_000]])))).toEqual([
      422,
      'return-not-of-run',
    ]);
    await send(run.runNo, returnFile([[reference, 60_000]]));
    const other = await send(run.runNo, returnFile([[reference, 60_000, '户名不符']]));
    expect(other.body).toMatchObject({ paid: 0, failed: 0, unanswered: 0 });
    expect(other.body.problems[0].sentence).toMatch('此前的回盘文件对这一笔的结果不同');
  });

  it('leaves out with the reason, and pays the arrears once the reason is gone', async () => {
    const [held, parked, none, changed, ended, paid] = [
      await paying.beneficiary(),
      await paying.beneficiary(),
      await paying.beneficiary({ account: false }),
      await paying.beneficiary({ account: false }),
      await paying.beneficiary({ account: false }),
      await paying.beneficiary(),
    ];
    await paying.account(changed.personId, { heldUntil: '2026-03' });
    await paying.account(ended.personId, { validUntil: '2026-03-19' });
    await paying.deliver(paying.stopProposed(held, '2026-03-01'));
    await paying.service.database.query(
      `insert into subsidies.parked_messages (consumer, message_id, topic, log_position, key, headers, state, reason)
       values ('c', gen_random_uuid(), 't', '1', $1, '{}', 'failed', 'r')`,
      [parked.personId],
    );
    const run = await paying.planned('2026-03');
    const reasons = new Map(
      (await paying.lines(run)).map(({ personId, reason, fen }) => [personId, [reason, fen]]),
    );
    // February of who is held from March on is paid; March waits.
    expect(reasons.get(held.personId)).toEqual([null, 30_000]);
    expect(reasons.get(parked.personId)).toEqual(['parked', 60_000]);
    expect(reasons.get(none.personId)).toEqual(['no-account', 60_000]);
    expect(reasons.get(changed.personId)).toEqual(['account-held', 60_000]);
    expect(reasons.get(ended.personId)).toEqual(['proof-ended', 60_000]);
    expect(reasons.get(paid.personId)).toEqual([null, 60_000]);
    expect(run).toMatchObject({ count: 2, leftOut: 4, fen: 90_000 });
    // What somebody gets who is held for their death is looked at.
    expectStatus(
      await paying.planner.post(`/subsidies/pay-runs/${run.runNo}/findings`, {
        personId: held.personId,
        check: 'died',
        outcome: 'passed',
        note: '二月应发，已核实',
      }),
      200,
    );
    await paying.ordered(run);

    paying.service.clock.set('2026-04-02');
    await paying.deliver(paying.stopWithdrawn(held));
    await paying.account(none.personId);
    await paying.service.database.query(`update subsidies.parked_messages set state = 'done'`);
    const next = await paying.planned('2026-04');
    const sums = new Map(
      (await paying.lines(next)).map(({ personId, reason, fen }) => [personId, [reason, fen]]),
    );
    expect(sums.get(held.personId)).toEqual([null, 60_000]);
    expect(sums.get(parked.personId)).toEqual([null, 90_000]);
    expect(sums.get(none.personId)).toEqual([null, 90_000]);
    expect(sums.get(changed.personId)).toEqual([null, 90_000]);
    expect(sums.get(ended.personId)).toEqual(['proof-ended', 90_000]);
    expect(sums.get(paid.personId)).toEqual([null, 30_000]);
  });

  it('is dated by the clock that accounts are dated by: one that was changed after the last run waits one run, whatever its month', async () => {
    const [one, other] = [await paying.beneficiary({ account: false }), await paying.beneficiary()];
    const enterer = await paying.service.as('village-liaison', { from: VILLAGE, to: VILLAGE });
    const confirmer = await paying.service.as('township-chair');
    const paidTo = async (accountNumber: string) => {
      const form = {
        personId: one.personId,
        holder: 'self',
        holderName: '王小明',
        bank: '某银行',
        accountNumber,
      };
      const { accountId } = expectStatus(await enterer.post('/subsidies/payees', form), 201).body;
      expectStatus(
        await confirmer.post(`/subsidies/payees/${accountId}/confirm`, { version: 1, accountNumber }),
        200,
      );
    };
    await paidTo('622200001111');
    const march = await paying.ordered(await paying.planned('2026-03'));
    expect(march).toMatchObject({ orderedCount: 2 });
    paying.service.clock.set('2026-03-25');
    await paidTo('622200002222');
    // The cycle for which it is held is over; the run of April is the first one since all the same.
    paying.service.clock.set('2026-04-02');
    const reasons = new Map(
      (await paying.lines(await paying.ordered(await paying.planned('2026-04')))).map((line) => [
        line.personId,
        line.reason,
      ]),
    );
    expect([reasons.get(one.personId), reasons.get(other.personId)]).toEqual(['account-held', null]);
    paying.service.clock.set('2026-05-02');
    expect(await paying.planned('2026-05')).toMatchObject({ count: 2, leftOut: 0 });
  });

  it('leaves out at ordering who changed since it was planned', async () => {
    const one = await paying.beneficiary();
    const other = await paying.beneficiary();
    const run = await paying.planned('2026-03');
    await paying.deliver(paying.stopProposed(one, '2026-03-01'));
    const ordered = await paying.ordered(run);
    expect(ordered).toMatchObject({ count: 2, orderedCount: 1, orderedFen: 60_000, leftOut: 1 });
    expect(await paying.lines(run, 'state=left-out')).toEqual([
      expect.objectContaining({ personId: one.personId, reason: 'changed' }),
    ]);
    expect((await paying.books(one)).map(({ paid }) => paid)).toEqual([0, 0]);
    expect((await paying.books(other)).map(({ paid }) => paid)).toEqual([30_000, 30_000]);
  });

  it('plans nobody twice who moves to a later place meanwhile', async () => {
    await paying.beneficiary();
    const run = await paying.planned('2026-03');
    const before = await paying.lines(run);
    // As if every benefit had moved behind the place where the run stands.
    await paying.service.database.query(
      `update subsidies.pay_runs set state = 'planning', at_division = '', at_benefit = '00000000-0000-0000-0000-000000000000'`,
    );
    await until(
      () => 'the run waits again',
      async () => (await paying.run(run.runNo)).state === 'planned',
      { timeoutMs: 30_000 },
    );
    expect(await paying.lines(run)).toEqual(before);
    expect(await paying.run(run.runNo)).toMatchObject({ count: 1, fen: 60_000 });
  });

  it('books what is learnt late in the open month, and no month that is closed takes an entry', async () => {
    const one = await paying.beneficiary();
    await paying.ordered(await paying.planned('2026-03'));
    paying.service.clock.set('2026-04-02');
    // Dead since January: nothing was owed, and somebody decided so.
    await paying.deliver(paying.stopProposed(one, '2026-02-01'));
    expectStatus(
      await paying.planner.post(`/subsidies/cases/${one.caseId}/stop`, {
        reason: '本人已于一月死亡',
        stoppedFrom: '2026-02-01',
        remedy: '可在六十日内申请行政复议',
      }),
      200,
    );
    const run = await paying.planned('2026-04');
    expect(run).toMatchObject({ count: 0 });
    expect(await paying.books(one)).toEqual([
      { month: '2026-02', owed: 0, paid: 30_000 },
      { month: '2026-03', owed: 0, paid: 30_000 },
    ]);
    const { body } = await paying.planner.get(`/subsidies/benefits/${one.benefitId}/books`);
    expect(
      (body.entries as { kind: string; fen: number; bookedIn: string; month: string }[])
        .filter(({ kind }) => kind === 'correction')
        .map(({ month, fen, bookedIn }) => [month, fen, bookedIn]),
    ).toEqual([
      ['2026-02', -30_000, '2026-04'],
      ['2026-03', -30_000, '2026-04'],
    ]);
    await expect(
      paying.service.database.query(
        `insert into subsidies.benefit_entries (benefit_id, month, kind, cause, fen, county, booked_in, booked_by, booked_by_role)
         values ($1, '2026-03', 'correction', 'x', 1, '338801', '2026-03', 't', 't')`,
        [one.benefitId],
      ),
    ).rejects.toThrow('open month');
  });
});

it('takes no format with a number of somebody in it, wherever it stands', async () => {
  const [format] = demoFormats;
  const keep = (body: object) => paying.payer.post('/subsidies/bank-formats', body);
  for (const wrong of [{ id: '6222000011112222' }, { zh: '账号 6222 0000 1111 2222' }]) {
    expect(slugOf(await keep({ ...format, ...wrong }))).toEqual([400, 'request-malformed']);
  }
  expect(await keep({ ...format })).toMatchObject({ status: 200 });
});

describe('who may', () => {
  it('approve: a second person who saw this state, and not while a finding is open', async () => {
    const shared = '6222000011112222';
    const persons = await Promise.all([1, 2, 3].map(() => paying.beneficiary({ account: false })));
    for (const { personId } of persons) await paying.account(personId, { token: shared });
    const run = await paying.planned('2026-03');
    expect(run).toMatchObject({ openFindings: 3, count: 3 });
    const approve = (body: object, by = paying.approver) =>
      by.post(`/subsidies/pay-runs/${run.runNo}/approve`, {
        version: run.version,
        count: 3,
        fen: 180_000,
        ...body,
      });
    expect(slugOf(await approve({}))).toEqual([409, 'findings-open']);
    const settle = (place: number, outcome: string) =>
      paying.planner.post(`/subsidies/pay-runs/${run.runNo}/findings`, {
        personId: persons[place]!.personId,
        check: 'shared-account',
        outcome,
        note: '同一户，已核实',
      });
    expect(await settle(0, 'passed')).toMatchObject({ status: 200, body: { openFindings: 2 } });
    expect(await settle(1, 'passed')).toMatchObject({ status: 200, body: { openFindings: 1 } });
    expect(await settle(2, 'taken-out')).toMatchObject({ status: 200, body: { openFindings: 0 } });
    expect(slugOf(await settle(2, 'passed'))).toEqual([409, 'finding-not-open']);
    // Three were seen, and one was taken out since.
    expect(slugOf(await approve({}))).toEqual([409, 'pay-run-changed']);
    const { version, count, fen } = await paying.run(run.runNo);
    expect([count, fen]).toEqual([2, 120_000]);
    const lead = await paying.service.as('federation-lead');
    expect(await approve({ version, count, fen }, lead)).toMatchObject({ status: 200 });
    expect(await paying.lines(run, 'state=left-out')).toEqual([
      expect.objectContaining({ personId: persons[2]!.personId, reason: 'taken-out' }),
    ]);
  });

  it('not who prepared it, nor their deputy', async () => {
    await paying.beneficiary();
    const both = await paying.service.as('member-unit', {
      department: 'civil-affairs',
      id: 'u-one',
    } as never);
    const { body } = await both.post('/subsidies/pay-runs', {
      county: '338801',
      month: '2026-03',
      payOn: '2026-03-20',
    });
    const runNo = (body as { runNo: number }).runNo;
    await until(
      () => 'the run waits for approval',
      async () => (await paying.run(runNo)).state === 'planned',
    );
    const { version, count, fen } = await paying.run(runNo);
    expect(slugOf(await both.post(`/subsidies/pay-runs/${runNo}/approve`, { version, count, fen }))).toEqual([
      409,
      'four-eyes',
    ]);
    expect(
      await both.post(`/subsidies/pay-runs/${runNo}/cancel`, { version, reason: '金额有误' }),
    ).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  });

  it('nobody of another county or of a village, and one run at a time', async () => {
    await paying.beneficiary();
    const run = await paying.planned('2026-03');
    const begin = (by = paying.planner, county = '338801', month = '2026-03') =>
      by.post('/subsidies/pay-runs', { county, month, payOn: '2026-03-20' });
    expect(slugOf(await begin())).toEqual([409, 'pay-run-under-way']);
    expect(slugOf(await begin(paying.planner, '338802'))).toEqual([403, 'not-allowed']);
    const stranger = await paying.service.as('benefit-officer', { from: '338802000000', to: '338802999999' });
    for (const path of ['', '/lines', '/findings']) {
      expect(slugOf(await stranger.get(`/subsidies/pay-runs/${run.runNo}${path}`))).toEqual([
        404,
        'pay-run-not-found',
      ]);
    }
    expect((await stranger.get('/subsidies/pay-runs')).body).toEqual({ runs: [], next: null });
    expect(
      slugOf(
        await stranger.post(`/subsidies/pay-runs/${run.runNo}/cancel`, {
          version: 1,
          reason: '看看能否作废',
        }),
      ),
    ).toEqual([404, 'pay-run-not-found']);
    const liaison = await paying.service.as('village-liaison', { from: VILLAGE, to: VILLAGE });
    expect(slugOf(await liaison.get(`/subsidies/pay-runs/${run.runNo}`))).toEqual([403, 'not-allowed']);
    const health = await paying.service.as('member-unit', { department: 'health' });
    expect(slugOf(await health.get(`/subsidies/pay-runs/${run.runNo}`))).toEqual([403, 'not-allowed']);
    expect(slugOf(await begin(paying.planner, '338801', '2026-04'))).toEqual([
      409,
      'pay-run-month-not-possible',
    ]);
  });
});
