import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { deathRecordedV1 } from '@app/contracts';
import { expectStatus, returnFile, VILLAGE } from './paying.js';
import {
  benefit,
  card,
  DAY,
  NEXT_VILLAGE,
  openCase,
  payee,
  startTakingOver,
  STEPPED,
  type Row,
  type TakingOver,
} from './taking-over.js';

jest.setTimeout(120_000);

let county: TakingOver;

beforeEach(async () => {
  county = await startTakingOver();
});
afterEach(() => county.service.stop());

const path = (rest = '') => `/subsidies/take-overs/${county.id}${rest}`;
const slugOf = ({ status, body }: { status: number; body: { type?: string } }) => [
  status,
  body.type?.split(':').at(-1),
];
const kinds = (findings: readonly Row[]) =>
  findings.map(({ list, row, kind, column }) => [list, row, kind, column]);
/** Clocks of cases. */
const clocks = () =>
  county.service.database.query<{ anchor_day: string; status: string }>(
    'select anchor_day::text, status from subsidies.clocks where subject_id in (select case_id from subsidies.cases)',
  );
const diesIn = (personId: string) =>
  county.deliver(
    deathRecordedV1.of({
      ...{ personId, divisionCode: VILLAGE, version: 2, diedOn: '2026-01-05' },
      factId: randomUUID(),
      source: { kind: 'counter', reference: null, asOf: '2026-01-05' },
    }),
  );
/** One holder with everything in order. */
async function holder(place = VILLAGE, more: Row = {}): Promise<{ id: string; rows: Record<string, Row> }> {
  const id = await county.person(place);
  return { id, rows: { card: card(id), benefit: benefit(id, more), payee: payee(id) } };
}
async function sendAll(holders: readonly { rows: Record<string, Row> }[]): Promise<void> {
  await county.send(
    'cards',
    holders.map(({ rows }) => rows['card']!),
  );
  await county.send(
    'benefits',
    holders.map(({ rows }) => rows['benefit']!),
  );
  await county.send(
    'payees',
    holders.map(({ rows }) => rows['payee']!),
  );
}

describe('benefits of the old list', () => {
  it('run as paid from where the list ends, once, with a case that nobody decided here and no clock', async () => {
    const [one, other] = [await holder(), await holder(NEXT_VILLAGE, { fen: 15_000 })];
    await sendAll([one, other]);
    expect(await county.check()).toEqual({ rows: 6, findings: {} });
    expect(await county.load()).toEqual({ loaded: 4, takenBack: 0 });

    const [running] = await county.benefitsOf(one.id);
    // As paid, and by the county's own values from where these change.
    expect(running).toMatchObject({
      status: 'running',
      fromMonth: '2025-05',
      rates: [
        { fromMonth: '2025-05', fen: 30_000 },
        { fromMonth: '2026-07', fen: 33_000 },
      ],
      version: 1,
    });
    expect(
      await county.service.database.query(
        `select books_from, through, owed::int, paid::int from subsidies.benefit_books where benefit_id = $1`,
        [running!['benefitId']],
      ),
    ).toEqual([{ books_from: '2026-03', through: '2026-02', owed: 0, paid: 0 }]);
    const facts = await county.service.published('subsidies');
    expect(
      facts
        .filter(({ key }) => key === one.id)
        .map(({ type, data }) => [type, data['status'], data['roundId'], data['paidThrough']]),
    ).toEqual([
      ['subsidies.case.opened.v1', 'granted', null, undefined],
      ['subsidies.benefit.granted.v1', 'running', undefined, '2026-02'],
    ]);
    expect(await clocks()).toEqual([]);

    // The same again: nothing is read, nothing is made.
    await county
      .send(
        'benefits',
        [one, other].map(({ rows }) => rows['benefit']!),
      )
      .then((answer) => expect(answer).toEqual({ known: true, changed: 0, gone: 0 }));
    expect(await county.load()).toEqual({ loaded: 0, takenBack: 0 });
    expect(await county.service.published('subsidies')).toEqual(facts);

    // The first run pays what the old list would have paid.
    const run = await county.planned('2026-03');
    expect((await county.lines(run)).map(({ fen, months }) => [fen, months]).sort()).toEqual([
      [15_000, [{ month: '2026-03', fen: 15_000 }]],
      [30_000, [{ month: '2026-03', fen: 30_000 }]],
    ]);
  });

  it('with what is wrong in them are reported at row and column, and the good ones are in once', async () => {
    const good = await holder();
    const twice = await county.person();
    const [dead, late, early, stopped, none, odd, repeated] = await Promise.all(
      Array.from({ length: 7 }, () => county.person()),
    );
    const stranger = await county.person('338802001001');
    await diesIn(dead!);
    const rows = [
      good.rows['benefit']!,
      benefit(twice),
      benefit(twice, { fen: 15_000 }),
      benefit(dead!),
      benefit(late!, { lastPaid: '2026-04' }),
      benefit(early!, { lastPaid: '2025-03' }),
      benefit(stopped!, { stoppedFrom: '2026-01' }),
      benefit(none!, { itemId: 'invented/none' }),
      benefit(odd!, { fen: 29_900 }),
      benefit(repeated!),
      benefit(repeated!),
      benefit(stranger),
      {
        ...benefit(null),
        faults: [{ kind: 'person-not-on-file', column: '身份证号', reason: '人口信息中没有此人' }],
      },
      {
        personId: null,
        content: null,
        faults: [{ kind: 'unreadable', column: '月标准', reason: '月标准不是数字' }],
      },
    ];
    expect(await county.send('benefits', rows, 3)).toMatchObject({ known: false });
    await county.check();
    expect(kinds(await county.findings())).toEqual([
      ['benefits', 3, 'two-benefits-of-one-item', '项目'],
      ['benefits', 4, 'two-benefits-of-one-item', '项目'],
      ['benefits', 5, 'person-dead', '身份证号'],
      ['benefits', 6, 'last-month-to-come', '最后发放月'],
      ['benefits', 7, 'last-month-before-start', '最后发放月'],
      ['benefits', 8, 'last-month-after-stop', '停发月份'],
      ['benefits', 9, 'item-not-here', '项目'],
      ['benefits', 10, 'rate-unlike-region', '月标准'],
      ['benefits', 12, 'row-repeated', null],
      ['benefits', 13, 'person-elsewhere', '身份证号'],
      ['benefits', 14, 'person-not-on-file', '身份证号'],
      ['benefits', 15, 'unreadable', '月标准'],
    ]);
    expect(await county.load()).toEqual({ loaded: 2, takenBack: 0 });
    expect(await county.benefitsOf(good.id)).toHaveLength(1);
    expect(await county.benefitsOf(repeated!)).toHaveLength(1);
    for (const id of [twice, dead!, late!, early!, stopped!, none!, odd!, stranger]) {
      expect(await county.benefitsOf(id)).toEqual([]);
    }
    // What only contradicts is loaded when a supervisor has released its village, as the list has it.
    await county.release(VILLAGE);
    expect(await county.benefitsOf(odd!)).toMatchObject([{ rates: [{ fromMonth: '2025-05', fen: 29_900 }] }]);
    expect(await county.benefitsOf(twice)).toEqual([]);
    const { state, villages } = await county.one();
    expect([
      state,
      (villages as Row[]).map(({ divisionCode, isReleased }) => [divisionCode, isReleased]),
    ]).toEqual([
      'loaded',
      [
        ['338801000000', false],
        [VILLAGE, true],
      ],
    ]);
    await county.release('338801000000');
    expect((await county.one())['state']).toBe('released');
  });

  it('in a corrected file change where they are corrected, and nowhere else', async () => {
    const [same, changed, gone] = [await holder(), await holder(), await holder()];
    await sendAll([same, changed, gone]);
    await county.check();
    await county.load();
    // Nothing was found: no village has to be released.
    expect((await county.one())['state']).toBe('released');
    const before = await county.benefitsOf(same.id);
    const next = await holder();
    const corrected = [next.rows['benefit']!, benefit(changed.id, { fen: 15_000 }), same.rows['benefit']!];
    expect(await county.send('benefits', corrected)).toEqual({ known: false, changed: 2, gone: 1 });
    expect(slugOf(await county.keeper.post(path('/load')))).toEqual([409, 'take-over-not-checked']);
    await county.check();
    expect(await county.load()).toEqual({ loaded: 1, takenBack: 2 });
    expect(await county.benefitsOf(same.id)).toEqual(before);
    expect(
      (await county.benefitsOf(changed.id))
        .map(({ status, rates, toMonth }) => [status, rates[0].fen, toMonth])
        .sort(),
    ).toEqual([
      ['running', 15_000, null],
      ['stopped', 30_000, '2025-04'],
    ]);
    expect(await county.benefitsOf(gone.id)).toMatchObject([{ status: 'stopped', toMonth: '2025-04' }]);
    // The newcomer has no account and no card: it waits for its village.
    expect(kinds(await county.findings('list=benefits'))).toEqual([
      ['benefits', 2, 'benefit-without-card', '身份证号'],
      ['benefits', 2, 'benefit-without-account', null],
    ]);
    expect((await county.one())['state']).toBe('loaded');
    await county.release(VILLAGE);
    expect(await county.benefitsOf(next.id)).toMatchObject([{ status: 'running' }]);
  });
});

describe('accounts of the old list', () => {
  it('are confirmed by it, each with the list as its proof; what contradicts the other lists is not', async () => {
    const [one, kin, shared1, shared2, shared3] = await Promise.all([1, 2, 3, 4, 5].map(() => holder()));
    const stray = await county.person();
    const all = [one!, kin!, shared1!, shared2!, shared3!];
    const guardian = { holder: 'guardian', relation: '母亲', proof: '户口簿', validUntil: '2027-01-01' };
    await county.send(
      'cards',
      all.map(({ rows }) => rows['card']!),
    );
    await county.send(
      'benefits',
      all.map(({ rows }) => rows['benefit']!),
    );
    await county.send('payees', [
      payee(one!.id),
      payee(kin!.id, guardian),
      ...[shared1!, shared2!, shared3!].map(({ id }) => payee(id, { accountNumber: '6222000011112222' })),
      payee(stray),
    ]);
    await county.check();
    expect(kinds(await county.findings())).toEqual([
      ['payees', 4, 'account-shared', '账号'],
      ['payees', 5, 'account-shared', '账号'],
      ['payees', 6, 'account-shared', '账号'],
      ['payees', 7, 'account-without-benefit', '身份证号'],
    ]);
    await county.load();
    const { body } = await county.planner.get(`/subsidies/payees?personId=${kin!.id}`);
    expect(body.payees).toMatchObject([{ status: 'confirmed', relation: '母亲', heldUntilMonth: null }]);
    const { body: detail } = await county.planner.get(
      `/subsidies/payees/${body.payees[0].accountId as string}`,
    );
    expect(detail.history).toMatchObject([
      { version: 1, status: 'confirmed', reason: expect.stringMatching(`存量接管（${DAY}）：旧名单第3行`) },
    ]);
    expect((await county.planner.get(`/subsidies/payees?personId=${stray}`)).body.payees).toEqual([]);
    const stored = await county.service.database.query<{ content: Row; account_number: string }>(
      `select content, account_number from subsidies.take_over_rows where list = 'payees'`,
    );
    expect(JSON.stringify(stored)).not.toMatch(/62220000/);
  });

  it('two of one person, one that is on file, and one without proof are said and not taken', async () => {
    const [two, onFile, unproved, ended] = await Promise.all([1, 2, 3, 4].map(() => holder()));
    const all = [two!, onFile!, unproved!, ended!];
    await county.account(onFile!.id);
    await county.send(
      'benefits',
      all.map(({ rows }) => rows['benefit']!),
    );
    const agent = { holder: 'agent', relation: '邻居', proof: '委托书', validUntil: '2026-01-01' };
    await county.send('payees', [
      payee(two!.id),
      payee(two!.id),
      payee(onFile!.id),
      payee(unproved!.id, { holder: 'agent' }),
      payee(ended!.id, agent),
    ]);
    await county.check();
    expect(kinds(await county.findings())).toEqual([
      ['payees', 2, 'two-accounts', '账号'],
      ['payees', 3, 'two-accounts', '账号'],
      ['payees', 4, 'account-on-file', '账号'],
      ['payees', 5, 'proof-missing', '证明材料'],
      ['payees', 6, 'proof-ended', '证明有效期至'],
    ]);
  });
});

describe('open cases of the old office', () => {
  it('come with the day on which they were received; nothing counts until a person has looked', async () => {
    const [one, running, late] = [await county.person(), await holder(), await county.person()];
    await county.send('benefits', [benefit(running.id, { itemId: STEPPED })]);
    await county.send('cases', [
      openCase(one, { itemId: 'invented/timed' }),
      openCase(running.id),
      openCase(late, { receivedOn: '2026-03-05' }),
    ]);
    await county.check();
    expect(kinds(await county.findings())).toEqual([
      ['cases', 3, 'case-of-running-benefit', '项目'],
      ['cases', 4, 'received-after-day', '受理日期'],
    ]);
    expect(await county.load()).toEqual({ loaded: 2, takenBack: 0 });
    const { body } = await county.planner.get(`/subsidies/cases?personId=${one}`);
    const [{ caseId, status }] = body.cases as { caseId: string; status: string }[] as [
      { caseId: string; status: string },
    ];
    expect(status).toBe('open');
    expect((await county.planner.get(`/subsidies/cases/${caseId}`)).body).toMatchObject({
      appliedOn: '2025-11-03',
    });
    expect(await clocks()).toEqual([]);
    const looked = await county.lead.post(path(`/cases/${caseId}/looked-at`));
    expect(looked).toMatchObject({ status: 200 });
    // From the day on which it was received: it is late, and that shows now.
    expect(await clocks()).toEqual([{ anchor_day: '2025-11-03', status: 'running' }]);
    const terms = (await county.planner.get(`/subsidies/cases/${caseId}`)).body.clocks as Row[];
    expect(terms).toMatchObject([{ mark: '超期' }]);
    expect(slugOf(await county.lead.post(path(`/cases/${one}/looked-at`)))).toEqual([
      409,
      'case-not-taken-over',
    ]);
  });
});

describe('the whole', () => {
  it('is undone while nothing was decided on it: benefits owe nothing, accounts are withdrawn, and it can begin anew', async () => {
    const [one, other] = [await holder(), await holder(NEXT_VILLAGE)];
    const applicant = await county.person();
    await sendAll([one, other]);
    await county.send('cases', [openCase(applicant)]);
    await county.check();
    await county.load();
    const undone = await county.keeper.post(path('/undo'), { reason: '名单版本有误' });
    expect(undone).toMatchObject({ status: 200, body: { takenBack: 5 } });
    expect((await county.one())['state']).toBe('undone');
    expect(await county.benefitsOf(one.id)).toMatchObject([{ status: 'stopped', toMonth: '2025-04' }]);
    expect((await county.planner.get(`/subsidies/payees?personId=${one.id}`)).body.payees).toMatchObject([
      { status: 'withdrawn' },
    ]);
    expect((await county.planner.get(`/subsidies/cases?personId=${applicant}`)).body.cases).toMatchObject([
      { status: 'withdrawn' },
    ]);
    expect(await county.planned('2026-03')).toMatchObject({ count: 0, leftOut: 0, fen: 0 });
    expect(slugOf(await county.keeper.post(path('/load')))).toEqual([409, 'take-over-not-ready']);
    const again = await county.keeper.post('/subsidies/take-overs', { county: '338801', day: '2026-03-01' });
    expect(again).toMatchObject({ status: 200, body: { state: 'dry-run' } });
    expect((again.body as { takeOverId: string }).takeOverId).not.toBe(county.id);
  });

  it('is not undone once a run was made or a case was decided', async () => {
    const one = await holder();
    await sendAll([one]);
    await county.check();
    await county.load();
    const [{ caseId }] = (await county.benefitsOf(one.id)) as [{ caseId: string }];
    const stop = { reason: '本人要求停发', stoppedFrom: '2026-04-01', remedy: '可申请行政复议' };
    expectStatus(await county.planner.post(`/subsidies/cases/${caseId}/stop`, stop), 200);
    const undo = () => county.keeper.post(path('/undo'), { reason: '名单版本有误' });
    expect(slugOf(await undo())).toEqual([409, 'take-over-decided-on']);
    await county.planned('2026-03');
    expect((await undo()).body).toMatchObject({ what: 'pay-run' });
  });

  it('is one at a time, of one day, and nobody’s of another county or role', async () => {
    const open = (day: string) => county.keeper.post('/subsidies/take-overs', { county: '338801', day });
    expect((await open(DAY)).body).toMatchObject({ takeOverId: county.id });
    expect(slugOf(await open('2026-03-01'))).toEqual([409, 'take-over-under-way']);
    await sendAll([await holder(VILLAGE, { fen: 29_900 })]);
    await county.check();
    await county.load();
    const elsewhere = { from: '338802000000', to: '338802999999' };
    const stranger = await county.service.as('data-officer', elsewhere);
    for (const rest of ['', '/findings']) {
      expect(slugOf(await stranger.get(path(rest)))).toEqual([404, 'take-over-not-found']);
    }
    for (const rest of ['/check', '/load']) {
      expect(slugOf(await stranger.post(path(rest)))).toEqual([404, 'take-over-not-found']);
    }
    expect(slugOf(await stranger.post(path('/undo'), { reason: '名单版本有误' }))).toEqual([
      404,
      'take-over-not-found',
    ]);
    expect((await stranger.get('/subsidies/take-overs')).body).toEqual({ takeOvers: [] });
    expect(slugOf(await stranger.post('/subsidies/take-overs', { county: '338801', day: DAY }))).toEqual([
      403,
      'not-allowed',
    ]);
    const liaison = await county.service.as('village-liaison', { from: VILLAGE, to: VILLAGE });
    expect(slugOf(await liaison.get(path()))).toEqual([403, 'not-allowed']);
    const health = await county.service.as('member-unit', { department: 'health' });
    expect(slugOf(await health.get(path()))).toEqual([403, 'not-allowed']);
    // Who loads does not release.
    const [{ digest }] = (await county.one())['villages'] as [{ digest: string }];
    const body = { divisionCode: VILLAGE, digest, note: '已逐户核对' };
    expect(slugOf(await county.keeper.post(path('/villages'), body))).toEqual([403, 'not-allowed']);
    const other = { ...body, digest: '0'.repeat(32) };
    expect(slugOf(await county.lead.post(path('/villages'), other))).toEqual([409, 'village-list-changed']);
    expect(
      slugOf(await county.lead.post(path('/villages'), { ...body, divisionCode: NEXT_VILLAGE })),
    ).toEqual([409, 'village-not-to-release']);
  });
});

describe('the first run', () => {
  const differenceOf = async (runNo: number) =>
    expectStatus(await county.planner.get(`/subsidies/pay-runs/${runNo}/difference`), 200).body as Row;
  const sign = (runNo: number, sha256: string, by = county.planner) =>
    by.post(`/subsidies/pay-runs/${runNo}/difference/signatures`, { sha256 });

  it('differs from the old list exactly where it does, and is exported when two persons have signed that', async () => {
    const [same, dead, unlike, moved] = await Promise.all([1, 2, 3, 4].map(() => holder()));
    await diesIn(dead!.id);
    const all = [same!, dead!, unlike!, moved!];
    const without = await county.person();
    await county.send('cards', [...all.map(({ rows }) => rows['card']!), card(without)]);
    await county.send('benefits', [...all.map(({ rows }) => rows['benefit']!), benefit(without)]);
    await county.send(
      'payees',
      all.map(({ rows }) => rows['payee']!),
    );
    await county.check();
    await county.load();
    await county.release(VILLAGE);
    // What is decided after the take-over: one more, another rate, another account.
    const extra = await county.beneficiary();
    const [{ benefitId }] = (await county.benefitsOf(unlike!.id)) as [{ benefitId: string }];
    await county.service.database.query(
      `update subsidies.benefits set rates = '[{"fromMonth": "2025-05", "fen": 15000}]', version = version + 1 where benefit_id = $1`,
      [benefitId],
    );
    await county.service.database.query(
      `update subsidies.payee_accounts set account_token = 'another' where person_id = $1`,
      [moved!.id],
    );

    const run = await county.planned('2026-03');
    const seen = await differenceOf(run.runNo);
    expect(seen['counts']).toEqual({ missing: 2, extra: 1, 'amount-differs': 1, 'account-differs': 1 });
    expect(
      (seen['lines'] as Row[]).map(({ kind, row, personId, expectedFen, actualFen, why }) => [
        ...[kind, row, personId, expectedFen, actualFen, why],
      ]),
    ).toEqual([
      ['missing', 3, dead!.id, 30_000, 0, 'person-dead'],
      ['amount-differs', 4, unlike!.id, 30_000, 15_000, null],
      ['account-differs', 5, moved!.id, 30_000, 30_000, null],
      ['missing', 6, without, 30_000, 0, 'no-account'],
      ['extra', null, extra.personId, null, 60_000, null],
    ]);

    expect(slugOf(await sign(run.runNo, seen['sha256'] as string))).toEqual([409, 'pay-run-not-ready']);
    const ordered = await county.ordered(run);
    const file = () => county.payer.post(`/subsidies/pay-runs/${run.runNo}/file?format=demo-delimited`);
    expect(slugOf(await file())).toEqual([409, 'difference-not-signed']);
    const { sha256 } = (await differenceOf(run.runNo)) as { sha256: string };
    expect(sha256).toBe(seen['sha256']);
    expect(slugOf(await sign(run.runNo, '0'.repeat(64)))).toEqual([409, 'difference-changed']);
    expect(await sign(run.runNo, sha256)).toMatchObject({
      status: 200,
      body: { signatures: 1, isClosed: false },
    });
    expect(slugOf(await sign(run.runNo, sha256))).toEqual([409, 'four-eyes']);
    expect(slugOf(await file())).toEqual([409, 'difference-not-signed']);
    expect(await sign(run.runNo, sha256, county.approver)).toMatchObject({
      status: 200,
      body: { signatures: 2, isClosed: true },
    });
    expect(await county.one()).toMatchObject({ state: 'closed', firstRun: run.runNo });
    const { lines } = await county.exported(ordered);
    expect(lines).toHaveLength(4);
    const answer = returnFile(lines.map((line) => [line[4]!, Number(line[3]) * 100]));
    const upload = `/subsidies/pay-runs/${run.runNo}/returns`;
    expectStatus(await county.payer.upload(upload, answer, 'application/octet-stream'), 200);
    // What was signed stays to be looked at, with those who signed it.
    const { signatures, ...stays } = await differenceOf(run.runNo);
    expect({ ...stays, signatures: [] }).toEqual(seen);
    expect(signatures).toMatchObject([{ role: 'benefit-officer' }, { role: 'member-unit' }]);
  });

  it('is signed and seen by nobody of another county or of those who do not pay', async () => {
    await sendAll([await holder()]);
    await county.check();
    await county.load();
    const run = await county.planned('2026-03');
    const elsewhere = { from: '338802000000', to: '338802999999' };
    const stranger = await county.service.as('benefit-officer', elsewhere);
    const door = `/subsidies/pay-runs/${run.runNo}/difference`;
    expect(slugOf(await stranger.get(door))).toEqual([404, 'pay-run-not-found']);
    expect(slugOf(await sign(run.runNo, '0'.repeat(64), stranger))).toEqual([404, 'pay-run-not-found']);
    const health = await county.service.as('member-unit', { department: 'health' });
    expect(slugOf(await health.get(door))).toEqual([403, 'not-allowed']);
    expect(slugOf(await sign(run.runNo, '0'.repeat(64), county.keeper))).toEqual([403, 'not-allowed']);
  });
});
