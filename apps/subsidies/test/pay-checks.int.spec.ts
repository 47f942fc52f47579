import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ColumnCipher } from '@app/access';
import {
  deathClearedV1,
  deathRecordedV1,
  deathSuspectedV1,
  movedAwayV1,
  personMergedV1,
  personRegisteredV1,
  personSplitV1,
} from '@app/contracts';
import { consumerFeatures } from '@app/testing';
import { expectStatus, startPaying, VILLAGE, type Paying, type Run } from './paying.js';

jest.setTimeout(120_000);

let paying: Paying;

// Of a demo county's code, with right check digits.
const [MOTHER, CLERK] = ['338801197001010014', '338801198002020020'].map((number) => withCheck(number));

function withCheck(number: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  return `${number.slice(0, 17)}${'10X98765432'[sum % 11]!}`;
}

const known = (...persons: string[]) =>
  paying.service.database.query<{ person_id: string }>(
    'select * from subsidies.payment_persons where person_id = any($1) order by person_id',
    [persons],
  );

let version = 0;
const registered = (
  personId: string,
  { householdId = null as string | null, number = randomUUID() as string } = {},
) =>
  personRegisteredV1.of({
    personId,
    divisionCode: VILLAGE,
    version: (version += 1),
    ...{ name: '某人', sex: 'female', birthDate: '1970-01-01', householdId },
    identityToken: paying.service.get(ColumnCipher).blindIndex('identity', number),
  });

const suspected = (personId: string, matchId: string = randomUUID(), diedOn = '2026-02-20') =>
  deathSuspectedV1.of({ personId, divisionCode: VILLAGE, matchId, diedOn });
const cleared = (personId: string, matchId: string) =>
  deathClearedV1.of({ personId, divisionCode: VILLAGE, matchId, because: 'nobody' });
const suspicionsOf = (matchId: string) =>
  paying.service.database.query<{ subject_id: string; person_id: string; cleared: boolean }>(
    'select subject_id, person_id, cleared from subsidies.suspected_deaths where match_id = $1 order by subject_id',
    [matchId],
  );

interface Found {
  personId: string;
  check: string;
  state: string;
  since: string | null;
  fen: number;
  owner: string;
  todo: string;
  payeeName: string | null;
  by: string | null;
  note: string | null;
  carriedFrom: number | null;
}
const findings = async ({ runNo }: Run, query = '') =>
  expectStatus(await paying.planner.get(`/subsidies/pay-runs/${runNo}/findings?${query}`), 200).body
    .findings as Found[];
const settle = async (
  { runNo }: Run,
  { personId, check }: Pick<Found, 'personId' | 'check'>,
  outcome: string,
) =>
  expectStatus(
    await paying.planner.post(`/subsidies/pay-runs/${runNo}/findings`, {
      personId,
      check,
      outcome,
      note: '已入户核实',
    }),
    200,
  );
const declare = async (body: object = {}) =>
  (await paying.service.as('data-officer')).post('/subsidies/declared-relatives', {
    county: '338801',
    ...{
      name: '李大明',
      identityNumber: MOTHER,
      relation: '母亲',
      staffName: '李小明',
      declaredOn: '2026-01-05',
    },
    ...body,
  });
const kinds = (found: readonly Found[]) => found.map(({ personId, check }) => `${personId} ${check}`).sort();
const of = (persons: readonly { personId: string }[], check: string) =>
  persons.map(({ personId }) => `${personId} ${check}`).sort();

describe('before a run', () => {
  beforeEach(async () => {
    paying = await startPaying('2026-03-02');
  });
  afterEach(() => paying.service.stop());

  it('tells of money for who died, moved away or has no valid card, each to its owner, and holds the run until somebody decides', async () => {
    const [died, reported, moved, frozen, fine] = [
      await paying.beneficiary(),
      await paying.beneficiary(),
      await paying.beneficiary(),
      await paying.beneficiary(),
      await paying.beneficiary(),
    ];
    await paying.deliver(
      ...[died, moved].map(({ personId }) => registered(personId)),
      // Nothing was proposed for this one yet: registry alone knows.
      deathRecordedV1.of({
        personId: died.personId,
        divisionCode: VILLAGE,
        version: (version += 1),
        factId: randomUUID(),
        diedOn: '2026-02-20',
        source: { kind: 'counter', reference: null, asOf: '2026-03-01' },
      }),
      movedAwayV1.of({
        personId: moved.personId,
        divisionCode: VILLAGE,
        version: (version += 1),
        from: VILLAGE,
        to: '330302001001',
        movedOn: '2026-02-25',
      }),
      paying.stopProposed(reported, '2026-03-01'),
      paying.stopProposed(frozen, '2026-03-01', 'card-stopped'),
    );
    const run = await paying.planned('2026-03');
    const found = await findings(run);
    expect(kinds(found)).toEqual(
      [...of([died, reported], 'died'), ...of([moved], 'moved-away'), ...of([frozen], 'card-stopped')].sort(),
    );
    expect(found.find(({ personId }) => personId === died.personId)).toMatchObject({
      since: '2026-02-20',
      fen: 60_000,
      owner: 'benefit-officer',
      payeeName: '王*明',
      state: 'open',
      by: null,
    });
    // February of who is held from March on.
    expect(found.find(({ personId }) => personId === frozen.personId)).toMatchObject({
      since: '2026-03-01',
      fen: 30_000,
    });
    expect(run.checks).toContainEqual(
      expect.objectContaining({
        check: 'died',
        state: 'open',
        findings: 2,
        fen: 90_000,
        owner: 'benefit-officer',
      }),
    );
    expect(kinds(await findings(run, 'check=moved-away'))).toEqual(of([moved], 'moved-away'));
    expect(await findings(run, 'owner=federation-lead')).toEqual([]);
    expect(
      await paying.approver.post(`/subsidies/pay-runs/${run.runNo}/approve`, {
        version: run.version,
        count: run.count,
        fen: run.fen,
      }),
    ).toMatchObject({ status: 409 });
    for (const each of found)
      await settle(run, each, each.personId === frozen.personId ? 'passed' : 'taken-out');
    await paying.ordered(run);
    const sums = (await paying.lines(run)).map(({ personId, state, fen }) => [personId, state, fen]);
    expect(sums).toEqual(
      expect.arrayContaining([
        [fine.personId, 'ordered', 60_000],
        [frozen.personId, 'ordered', 30_000],
        [died.personId, 'left-out', 60_000],
      ]),
    );

    // What is left to be held says why, and whose it is.
    paying.service.clock.set('2026-04-02');
    const next = await paying.planned('2026-04');
    const reasons = new Map((await paying.lines(next)).map(({ personId, reason }) => [personId, reason]));
    expect(reasons.get(frozen.personId)).toBe('card-stopped');
    expect(next.reasons).toContainEqual(
      expect.objectContaining({ reason: 'card-stopped', lines: 1, owner: 'benefit-officer' }),
    );
    // Not to pay was for that run alone, and each month of who died is asked about.
    expect(kinds(await findings(next, 'state=open'))).toEqual(
      [...of([died, reported], 'died'), ...of([moved], 'moved-away')].sort(),
    );
  });

  it('asks in each run about whom a death list may mean, until it is decided whom; nobody is skipped for it', async () => {
    const [one, two, fine] = [
      await paying.beneficiary(),
      await paying.beneficiary(),
      await paying.beneficiary(),
    ];
    const [row, decided] = [randomUUID(), randomUUID()];
    await paying.deliver(
      suspected(one.personId, row),
      suspected(two.personId, row),
      suspected(fine.personId, decided),
      cleared(fine.personId, decided),
    );
    const run = await paying.planned('2026-03');
    expect((await paying.lines(run)).map(({ state }) => state)).toEqual(['planned', 'planned', 'planned']);
    const found = await findings(run, 'check=death-suspected');
    expect(kinds(found)).toEqual(of([one, two], 'death-suspected'));
    expect(found[0]).toMatchObject({
      since: '2026-02-20',
      fen: 60_000,
      owner: 'benefit-officer',
      state: 'open',
    });
    const approve = () =>
      paying.approver.post(`/subsidies/pay-runs/${run.runNo}/approve`, {
        version: run.version,
        count: run.count,
        fen: run.fen,
      });
    expect(await approve()).toMatchObject({ status: 409 });
    for (const each of found)
      await settle(run, each, each.personId === one.personId ? 'passed' : 'taken-out');
    await paying.ordered(run);

    // Undecided still, whoever was paid is asked about again; who is cleared gets the arrears without a question.
    await paying.deliver(cleared(two.personId, row));
    paying.service.clock.set('2026-04-02');
    const next = await paying.planned('2026-04');
    expect(kinds(await findings(next))).toEqual(of([one], 'death-suspected'));
    const sums = new Map((await paying.lines(next)).map(({ personId, fen }) => [personId, fen]));
    expect([sums.get(one.personId), sums.get(two.personId)]).toEqual([30_000, 90_000]);
  });

  it('asks once about a telephone of three; the decision to pay is carried over until the account is another', async () => {
    const persons = [1, 2, 3].map(() => paying.beneficiary({ account: false }));
    const [one, two, three] = await Promise.all(persons);
    for (const { personId } of [one!, two!, three!]) await paying.account(personId, { phone: '13800000000' });
    const run = await paying.planned('2026-03');
    const found = await findings(run);
    expect(kinds(found)).toEqual(of([one!, two!, three!], 'shared-phone'));
    await settle(run, found[0]!, 'passed');
    await settle(run, found[1]!, 'passed');
    await settle(run, found[2]!, 'taken-out');
    await paying.ordered(run);

    paying.service.clock.set('2026-04-02');
    // The second one's account is replaced by another with the same telephone.
    await paying.service.database.query(
      `update subsidies.payee_accounts set status = 'replaced' where person_id = $1`,
      [found[1]!.personId],
    );
    await paying.account(found[1]!.personId, { phone: '13800000000' });
    const next = await paying.planned('2026-04');
    const again = await findings(next);
    expect(again.map(({ personId, state, carriedFrom }) => [personId, state, carriedFrom])).toEqual([
      [found[0]!.personId, 'passed', run.runNo],
      [found[1]!.personId, 'open', null],
      [found[2]!.personId, 'open', null],
    ]);
    expect(again[0]).toMatchObject({ by: (await findings(run))[0]!.by, note: '已入户核实' });
    for (const each of again.slice(1)) await settle(next, each, 'passed');
    await paying.ordered(next);
    paying.service.clock.set('2026-05-02');
    const third = await paying.planned('2026-05');
    expect((await findings(third)).map(({ carriedFrom }) => carriedFrom)).toEqual([
      run.runNo,
      next.runNo,
      next.runNo,
    ]);
    expect(third.openFindings).toBe(0);
  });

  it('holds who is paid against the staff and their relatives, by number or as the holder of an account', async () => {
    const [relative, cared, fine] = [
      await paying.beneficiary(),
      await paying.beneficiary({ account: false }),
      await paying.beneficiary(),
    ];
    await paying.account(cared.personId, { validUntil: '2027-01-01', name: '赵小职' });
    await paying.deliver(registered(relative.personId, { number: MOTHER! }), registered(fine.personId));
    expect(await declare()).toMatchObject({ status: 201, body: { entered: 1, changed: 0, unchanged: 0 } });
    expect(await declare()).toMatchObject({ body: { entered: 0, changed: 0, unchanged: 1 } });
    expect(
      await declare({ name: '赵小职', identityNumber: CLERK, relation: '本人', staffName: '赵小职' }),
    ).toMatchObject({ status: 201 });
    const run = await paying.planned('2026-03');
    const found = await findings(run, 'owner=federation-lead');
    expect(kinds(found)).toEqual(of([relative, cared], 'staff-relative'));
    expect(found[0]).toMatchObject({ since: '2026-01-05', owner: 'federation-lead', fen: 60_000 });
    for (const each of found) await settle(run, each, 'passed');
    await paying.ordered(run);

    // The declaration is changed: what was decided rested on another one.
    paying.service.clock.set('2026-04-02');
    expect(await declare({ relation: '岳母' })).toMatchObject({ body: { changed: 1 } });
    const next = await paying.planned('2026-04');
    const state = new Map((await findings(next)).map((each) => [each.personId, each.state]));
    expect(state.get(relative.personId)).toBe('open');
    expect(state.get(cared.personId)).toBe('passed');
  });

  it('tells of one person in two households, and of a household that draws twice what it has once', async () => {
    const [one, other, alone] = [
      await paying.beneficiary({ account: false }),
      await paying.beneficiary({ account: false }),
      await paying.beneficiary({ account: false }),
    ];
    const [a, b, c] = [
      await paying.beneficiary({ itemId: 'invented/per-household' }),
      await paying.beneficiary({ itemId: 'invented/per-household' }),
      await paying.beneficiary({ itemId: 'invented/per-household' }),
    ];
    const [here, there, house] = [randomUUID(), randomUUID(), randomUUID()];
    for (const { personId } of [one, other]) await paying.account(personId, { token: '6222000011112222' });
    // The same holder's name at another account is somebody else.
    await paying.account(alone.personId);
    await paying.deliver(
      registered(one.personId, { householdId: here }),
      registered(other.personId, { householdId: there }),
      registered(alone.personId, { householdId: there }),
      registered(a.personId, { householdId: house }),
      registered(b.personId, { householdId: house }),
      registered(c.personId, { householdId: here }),
    );
    const run = await paying.planned('2026-03');
    expect(kinds(await findings(run))).toEqual(
      [...of([one, other], 'two-households'), ...of([a, b], 'household-twice')].sort(),
    );
  });
});

describe('what runs are held against', () => {
  beforeAll(async () => {
    paying = await startPaying('2026-03-02');
  });
  afterAll(() => paying.service.stop());

  it('are staff and relatives, by a file, the right rows once; numbers leave masked, and what is withdrawn counts no more', async () => {
    const officer = await paying.service.as('data-officer');
    const file = Buffer.from(
      [
        '姓名,身份证号,与工作人员的关系,工作人员姓名,申报日期',
        `李大明,${MOTHER},母亲,李小明,2026-01-05`,
        `赵小职,${CLERK},本人,赵小职,2026-01-05`,
        '钱某,338801197001010019,配偶,李小明,2026-01-05',
        '',
      ].join('\n'),
    );
    const send = () => officer.upload('/subsidies/declared-relatives/file?county=338801', file, 'text/csv');
    const first = expectStatus(await send(), 200).body as { problems: object[] };
    expect(first).toMatchObject({ rows: 3, entered: 2, changed: 0, unchanged: 0 });
    expect(first.problems).toEqual([expect.objectContaining({ row: 4, column: '身份证号' })]);
    expect(JSON.stringify(first)).not.toContain('338801197001010019');
    expect((await send()).body).toMatchObject({ entered: 0, changed: 0, unchanged: 2 });

    const { body } = await officer.get('/subsidies/declared-relatives?county=338801');
    const list = body.declarations as {
      entryId: string;
      name: string;
      version: number;
      identityNumber: string;
    }[];
    expect(list).toHaveLength(2);
    expect(JSON.stringify(body)).not.toContain(MOTHER);
    expect(list.map(({ name }) => name).sort()).toEqual(['李*明', '赵*职']);

    const withdraw = (by = officer, at = 1) =>
      by.post(`/subsidies/declared-relatives/${list[0]!.entryId}/withdraw`, {
        version: at,
        reason: '已调离本单位',
      });
    const elsewhere = await paying.service.as('data-officer', { from: '338802000000', to: '338802999999' });
    expect((await withdraw(elsewhere)).status).toBe(404);
    expect((await elsewhere.get('/subsidies/declared-relatives')).body).toEqual({
      declarations: [],
      next: null,
    });
    expect(
      await elsewhere.upload('/subsidies/declared-relatives/file?county=338801', file, 'text/csv'),
    ).toMatchObject({ status: 403 });
    for (const stranger of [paying.planner, paying.approver]) {
      expect((await stranger.get('/subsidies/declared-relatives')).status).toBe(403);
    }
    expect((await withdraw(officer, 9)).status).toBe(409);
    expect(await withdraw()).toMatchObject({ status: 200 });
    expect((await withdraw(officer, 2)).status).toBe(409);
    // Declared again, it is a new entry beside the one that was withdrawn.
    expect((await send()).body).toMatchObject({ entered: 1, unchanged: 1 });
  });

  it('forgets the absorbed file when two are merged, also what is told of it late', async () => {
    const [stays, absorbed] = [randomUUID(), randomUUID()];
    const late = registered(absorbed);
    await paying.deliver(registered(stays), registered(absorbed));
    await paying.deliver(
      personMergedV1.of({
        personId: stays,
        divisionCode: VILLAGE,
        version: (version += 1),
        absorbedId: absorbed,
      }),
    );
    const before = await known(stays, absorbed);
    expect(before.map(({ person_id }) => person_id)).toEqual([stays]);
    await paying.deliver({
      ...late,
      data: { ...(late.data as object), version: (version += 1) },
    } as typeof late);
    expect(await known(stays, absorbed)).toEqual(before);
  });

  it('follows whom a death list may mean through a merge and its undoing, in any order of the news', async () => {
    const [stays, absorbed, again, row] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const later = randomUUID();
    await paying.deliver(suspected(stays, row), suspected(absorbed, row));
    await paying.deliver(
      personMergedV1.of({
        personId: stays,
        divisionCode: VILLAGE,
        version: (version += 1),
        absorbedId: absorbed,
      }),
      suspected(absorbed, later),
    );
    expect(await suspicionsOf(later)).toMatchObject([{ subject_id: absorbed, person_id: stays }]);
    const of = async () => new Map((await suspicionsOf(row)).map((each) => [each.subject_id, each]));
    expect((await of()).get(absorbed)).toMatchObject({ person_id: stays, cleared: false });
    await paying.deliver(
      personSplitV1.of({
        personId: stays,
        divisionCode: VILLAGE,
        version: (version += 1),
        newPersonId: again,
        aliasId: absorbed,
        subjects: [],
      }),
    );
    expect((await of()).get(absorbed)).toMatchObject({ person_id: again });
    expect((await of()).get(stays)).toMatchObject({ person_id: stays });
    // Decided is decided, also where the suspicion comes after it.
    const late = randomUUID();
    await paying.deliver(cleared(stays, late));
    await paying.deliver(suspected(stays, late));
    expect(await suspicionsOf(late)).toMatchObject([{ cleared: true }]);
  });

  consumerFeatures({
    consumer: 'subsidies/know-suspicion-on-death-suspected',
    service: () => paying.service,
    fact: () => suspected(randomUUID()),
    effect: ({ key }) =>
      paying.service.database.query('select * from subsidies.suspected_deaths where person_id = $1', [key]),
  });

  consumerFeatures({
    consumer: 'subsidies/know-household-on-person-registered',
    service: () => paying.service,
    fact: () => registered(randomUUID(), { householdId: randomUUID() }),
    effect: ({ key }) =>
      paying.service.database.query('select * from subsidies.payment_persons where person_id = $1', [key]),
  });
});
