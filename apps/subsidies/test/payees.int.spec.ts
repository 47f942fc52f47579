import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { ColumnCipher, serviceActor, type Role } from '@app/access';
import { representativesChangedV1 } from '@app/contracts';
import { Database } from '@app/platform';
import { keysOfServices } from '@app/service-host';
import {
  canary,
  findCanaries,
  scopeFindings,
  startService,
  type ActorOptions,
  type Answer,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { accountNumberOf, accountsOf } from '../src/adapters/postgres/payable-accounts.js';
import { prePayChecks } from '../src/adapters/postgres/payee-checks.js';
import { subsidies } from '../src/migrations.js';
import { SubsidiesModule } from '../src/subsidies.module.js';

jest.setTimeout(120_000);

const MONDAY = '2026-03-02';
const VILLAGE = '338801001001';
const NEXT_VILLAGE = '338801001002';
const only = (place: string) => ({ from: place, to: place });

let service: ServiceUnderTest;
let liaison: TestUser;
let chair: TestUser;

/** Lines of the service's log, which is at its most talkative. */
const logged: string[] = [];

beforeAll(async () => {
  const write = process.stdout.write.bind(process.stdout);
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    if (!String(chunk).startsWith('{"level"')) return write(chunk, ...(rest as []));
    logged.push(String(chunk));
    return true;
  });
  service = await startService({
    settings: { LOG_LEVEL: 'trace' },
    name: 'subsidies',
    modules: [SubsidiesModule],
    migrated: [subsidies],
    now: MONDAY,
  });
  liaison = await service.as('village-liaison', only(VILLAGE));
  chair = await service.as('township-chair');
});
beforeEach(() => service.clock.set(MONDAY));
afterAll(async () => {
  await service?.stop();
  jest.restoreAllMocks();
});

const user = (role: Role, options?: ActorOptions) => service.as(role, options);

/** A person with a benefit in the village, as the decision on a case leaves it. */
async function beneficiary(divisionCode = VILLAGE): Promise<string> {
  const personId = randomUUID();
  await service.database.query(
    `with opened as (
       insert into subsidies.cases (case_id, person_id, division_code, item_id, item_version, period, mode, fact_version, because,
         missing_materials, status, state, task_doers, readers, version, created_by, created_by_role, changed_by, changed_by_role)
       values (gen_random_uuid(), $1, $2, 'i', 'v', 'once', 'invite', 1, '[]', '[]', 'granted', '{"status": "granted"}', '[]', '[]', 1,
         't', 't', 't', 't') returning case_id)
     insert into subsidies.benefits (benefit_id, case_id, person_id, division_code, item_id, item_version, status, from_month, version,
       created_by, created_by_role, changed_by, changed_by_role)
     select gen_random_uuid(), case_id, $1, $2, 'i', 'v', 'running', '2026-01', 1, 't', 't', 't', 't' from opened`,
    [personId, divisionCode],
  );
  return personId;
}

let serial = 1000;
const freshNumber = () => `62220000${(serial += 1)}`;
const form = (personId: string, more: object = {}) => ({
  personId,
  holder: 'self',
  holderName: '王小明',
  bank: '某银行某支行',
  accountNumber: freshNumber(),
  ...more,
});
const guardian = (validUntil: string) => ({
  holder: 'guardian',
  relation: '母亲',
  proof: '户口簿（村委会核对）',
  validUntil,
});
const enter = (body: object, by = liaison) => by.post('/subsidies/payees', body);
const confirm = (accountId: string, accountNumber: string, by = chair, version = 1) =>
  by.post(`/subsidies/payees/${accountId}/confirm`, { version, accountNumber });
const idOf = ({ body }: Answer) => (body as { accountId: string }).accountId;
const slugOf = ({ status, body }: Answer) => [status, (body as { type?: string }).type?.split(':').at(-1)];

/** Entered by one, confirmed by the other. @returns the account's id */
async function paidTo(personId: string, more: object = {}): Promise<string> {
  const body = form(personId, more);
  const accountId = idOf(await enter(body));
  expect(await confirm(accountId, body.accountNumber)).toMatchObject({ status: 200 });
  return accountId;
}
async function accountsIn(query: string, by = chair) {
  const { body } = await by.get(`/subsidies/payees?${query}`);
  return body.payees as Record<string, unknown>[];
}

describe('an account', () => {
  it('waits until a second person has entered its number again; who entered it cannot', async () => {
    const personId = await beneficiary();
    const body = form(personId, { accountNumber: '6222 0000 9999 01' });
    const entered = await enter(body, chair);
    expect(entered).toMatchObject({ status: 201, body: { status: 'pending', version: 1 } });
    const accountId = idOf(entered);
    expect(slugOf(await confirm(accountId, body.accountNumber))).toEqual([409, 'four-eyes']);
    const affairs = await user('member-unit', { department: 'civil-affairs' });
    expect(slugOf(await confirm(accountId, '62220000999902', affairs))).toEqual([
      409,
      'account-not-as-entered',
    ]);
    expect(await confirm(accountId.toUpperCase(), '62220000999901', affairs)).toMatchObject({
      status: 200,
      body: { status: 'confirmed', heldUntilMonth: null, version: 2 },
    });
    expect((await chair.get(`/subsidies/payees/${accountId}`)).body).toMatchObject({
      holderName: '王*明',
      accountNumber: '6222******9901',
      status: 'confirmed',
      history: [
        { version: 1, status: 'pending', day: MONDAY, role: 'township-chair' },
        { version: 2, status: 'confirmed', day: MONDAY, role: 'member-unit' },
      ],
    });
  });

  it('that replaces another holds payment for the month, also when the other was withdrawn before', async () => {
    const personId = await beneficiary();
    const first = await paidTo(personId);
    const second = await paidTo(personId);
    expect(await accountsIn(`personId=${personId}&status=confirmed`)).toMatchObject([
      { accountId: second, heldUntilMonth: '2026-03', replaces: first },
    ]);
    expect(await accountsIn(`personId=${personId}&status=replaced`)).toMatchObject([
      { accountId: first, version: 3 },
    ]);
    const withdrawn = await chair.post(`/subsidies/payees/${second}/withdraw`, {
      version: 2,
      reason: '账户已销户',
    });
    expect(withdrawn).toMatchObject({ status: 200, body: { status: 'withdrawn' } });
    service.clock.set('2026-05-04');
    const third = await paidTo(personId);
    expect(await accountsIn(`personId=${personId}&status=confirmed`)).toMatchObject([
      { accountId: third, heldUntilMonth: '2026-05', replaces: second },
    ]);
  });

  it('waits alone: a second one is a conflict, whoever was first', async () => {
    const personId = await beneficiary();
    const answers = await Promise.all([enter(form(personId)), enter(form(personId), chair)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('is confirmed once, however many try at once', async () => {
    const body = form(await beneficiary());
    const accountId = idOf(await enter(body));
    const answers = await Promise.all([1, 2, 3].map(() => confirm(accountId, body.accountNumber)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('is refused or taken back with a reason that its history keeps; what is paid only by who confirms', async () => {
    const personId = await beneficiary();
    const refused = idOf(await enter(form(personId)));
    const end = { version: 1, reason: '户名与本人不符' };
    expect(await liaison.post(`/subsidies/payees/${refused}/refuse`, end)).toMatchObject({ status: 403 });
    expect(await chair.post(`/subsidies/payees/${refused}/refuse`, end)).toMatchObject({ status: 200 });
    expect((await liaison.get(`/subsidies/payees/${refused}`)).body).toMatchObject({
      status: 'refused',
      history: [{ reason: null }, { reason: '户名与本人不符' }],
    });
    const takenBack = idOf(await enter(form(personId)));
    expect(
      await liaison.post(`/subsidies/payees/${takenBack}/withdraw`, { version: 1, reason: '录入有误' }),
    ).toMatchObject({ status: 200 });
    const paid = await paidTo(personId);
    const stop = { version: 2, reason: '账户已销户' };
    expect(await liaison.post(`/subsidies/payees/${paid}/withdraw`, stop)).toMatchObject({ status: 403 });
    expect(slugOf(await chair.post(`/subsidies/payees/${paid}/withdraw`, { ...stop, version: 1 }))).toEqual([
      409,
      'payee-changed',
    ]);
    expect(await chair.post(`/subsidies/payees/${paid}/withdraw`, stop)).toMatchObject({ status: 200 });
  });

  it('of somebody else needs relation and a proof that counts; a number needs digits', async () => {
    const personId = await beneficiary();
    expect(await enter(form(personId, { holder: 'guardian' }))).toMatchObject({ status: 400 });
    expect(slugOf(await enter(form(personId, guardian('2026-03-01'))))).toEqual([409, 'proof-ended']);
    expect(slugOf(await enter(form(personId, { accountNumber: '6222一二三四' })))).toEqual([
      422,
      'account-number-not-possible',
    ]);
    const accountId = await paidTo(personId, guardian('2026-12-31'));
    expect(await accountsIn(`personId=${personId}`)).toMatchObject([
      { accountId, holder: 'guardian', relation: '母亲', validUntil: '2026-12-31' },
    ]);
  });

  it('of somebody else is that of who is on file for it today, once registry has told who acts for the person', async () => {
    const personId = await beneficiary();
    const nameToken = service.get(ColumnCipher).blindIndex('name', '王芳');
    let version = 0;
    const tell = (...representatives: object[]) =>
      service.deliver(
        'subsidies',
        representativesChangedV1.of({
          personId,
          divisionCode: VILLAGE,
          version: (version += 1),
          representatives: representatives.map((more) => ({
            representativeId: randomUUID(),
            kind: 'statutory' as const,
            acts: ['all' as const],
            from: '2026-01-01',
            until: '2026-06-30',
            nameToken,
            ...more,
          })),
        }),
      );
    const mother = (validUntil = '2026-06-30') =>
      form(personId, { ...guardian(validUntil), holderName: '王芳' });
    await tell({ nameToken: 'of-another' });
    expect(slugOf(await enter(mother()))).toEqual([409, 'holder-not-on-file']);
    await tell({ kind: 'agent', acts: ['receive'] });
    expect(slugOf(await enter(mother()))).toEqual([409, 'holder-not-on-file']);
    expect(slugOf(await enter({ ...mother(), holder: 'agent' }))).toEqual([
      409,
      'holder-may-not-name-account',
    ]);
    await tell({ until: '2026-03-01' });
    expect(slugOf(await enter(mother()))).toEqual([409, 'holder-authority-over']);
    await tell({});
    expect(slugOf(await enter(mother('2026-07-01')))).toEqual([422, 'proof-outlives-authority']);
    const body = mother();
    const accountId = idOf(await enter(body));
    // It was ended before the second person looked.
    await tell();
    expect(slugOf(await confirm(accountId, body.accountNumber))).toEqual([409, 'holder-not-on-file']);
    await tell({});
    expect(await confirm(accountId, body.accountNumber)).toMatchObject({ status: 200 });
    // A list that comes late changes nothing.
    version = 1;
    await tell();
    expect(
      await service.database.query(
        'select version from subsidies.case_representatives where person_id = $1',
        [personId],
      ),
    ).toEqual([{ version: 6 }]);
  });
});

describe('who sees it', () => {
  it('is not another village’s user, nor a member unit that neither decides nor pays', async () => {
    const personId = await beneficiary();
    const body = form(personId);
    const accountId = idOf(await enter(body));
    const neighbour = await user('township-chair', only(NEXT_VILLAGE));
    const path = `/subsidies/payees/${accountId}`;
    expect(await accountsIn(`personId=${personId}`, neighbour)).toEqual([]);
    expect(slugOf(await neighbour.get(path))).toEqual([404, 'payee-not-found']);
    expect(slugOf(await confirm(accountId, body.accountNumber, neighbour))).toEqual([404, 'payee-not-found']);
    expect(slugOf(await enter(form(personId), neighbour))).toEqual([404, 'person-has-no-benefit']);
    expect((await neighbour.get('/subsidies/payees/findings')).body).toEqual({ findings: [], next: null });
    const schools = await user('member-unit', { department: 'education' });
    expect(await schools.get('/subsidies/payees')).toMatchObject({ status: 403 });
    expect(await schools.get(path)).toMatchObject({ status: 403 });
    expect(await confirm(accountId, body.accountNumber, schools)).toMatchObject({ status: 403 });
    expect(
      await accountsIn(`personId=${personId}`, await user('member-unit', { department: 'finance' })),
    ).toHaveLength(1);
    expect(await scopeFindings(service.database, 'subsidies')).toEqual([]);
  });

  it('sees no number in the clear: not in an answer, a log, the audit log, a repeated request or a row', async () => {
    const personId = await beneficiary();
    const body = form(personId, { accountNumber: canary.account, holderName: canary.name });
    const key = { 'idempotency-key': randomUUID() };
    const entered = await liaison.post('/subsidies/payees', body, key);
    const accountId = idOf(entered);
    const answers = [
      entered,
      await liaison.post('/subsidies/payees', body, key),
      await enter(body),
      await enter({ ...body, bank: 1, proof: canary.account }),
      await confirm(accountId, `${canary.account}x`),
      await confirm(accountId, canary.account),
      await chair.get(`/subsidies/payees/${accountId}`),
      await chair.get(`/subsidies/payees?personId=${personId}`),
      await chair.get('/subsidies/payees/findings'),
    ];
    expect(logged).not.toEqual([]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 409, 400, 422, 200, 200, 200, 200]);
    const rows = await Promise.all(
      [
        'payee_accounts',
        'payee_account_history',
        'audit_entries',
        'idempotent_requests',
        'outbox_messages',
      ].map(async (table) => ({
        where: table,
        text: JSON.stringify(
          await service.database.query(`select to_jsonb(t) - 'holder_name' as row from subsidies.${table} t`),
        ),
      })),
    );
    expect(
      findCanaries([
        { where: 'answers', text: JSON.stringify(answers.map(({ body: answer }) => answer as unknown)) },
        { where: 'log', text: logged.join('') },
        ...rows,
      ]),
    ).toEqual([]);
  });
});

describe('what pay runs take', () => {
  const asRun = <Result>(work: Parameters<Database['read']>[1]) =>
    service.get(Database).read(serviceActor('subsidies'), work) as Promise<Result>;

  it('is the confirmed account of each person, with who is paid and until when it is held', async () => {
    const [paid, changed, waiting] = [await beneficiary(), await beneficiary(), await beneficiary()];
    const accountNumber = freshNumber();
    const accountId = await paidTo(paid, { ...guardian('2026-12-31'), accountNumber });
    await paidTo(changed);
    await paidTo(changed);
    await enter(form(waiting));
    const accounts = await asRun<Awaited<ReturnType<typeof accountsOf>>>((tx) =>
      accountsOf(tx, [paid, changed, waiting]),
    );
    expect([...accounts.keys()].sort()).toEqual([paid, changed].sort());
    expect(accounts.get(paid)).toMatchObject({
      accountId,
      relation: '母亲',
      validUntil: '2026-12-31',
      heldUntilMonth: null,
    });
    expect(accounts.get(paid)!.payeeName.reveal()).toBe('王小明');
    expect(accounts.get(changed)).toMatchObject({ relation: null, heldUntilMonth: '2026-03' });
    const cipher = service.get(ColumnCipher);
    expect(accountNumberOf(cipher, accounts.get(paid)!.accountNumber).reveal()).toBe(accountNumber);
  });

  it('is checked first: shared accounts, ended proofs, changes since the last run; of the planned persons only', async () => {
    const people = await Promise.all([1, 2, 3, 4, 5, 6].map(() => beneficiary()));
    const [first, second, third, ward, mover, twin] = people as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const shared = { accountNumber: freshNumber() };
    for (const personId of [first, second]) await paidTo(personId, shared);
    const twins = { accountNumber: freshNumber() };
    await paidTo(twin, twins);
    await paidTo(ward, guardian('2026-03-31'));
    await paidTo(mover);
    const changed = await paidTo(mover, twins);
    const check = (planned: readonly string[], on: string, since: string | null) =>
      asRun<Awaited<ReturnType<typeof prePayChecks>>>((tx) =>
        prePayChecks(
          tx,
          { sql: 'select unnest($1::uuid[]) as person_id', params: [planned] },
          { on, since: since ? new Date(`${since}T00:00:00+08:00`) : null },
        ),
      );
    expect(await check(people, '2026-03-31', null)).toEqual([]);
    await paidTo(third, shared);
    const found = await check([first, ward, mover, twin], '2026-04-01', '2026-02-10');
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        {
          check: 'shared-account',
          personId: first,
          accountId: expect.any(String),
          reason: '该账户共用于3名残疾人的发放，请核实户主与各人的关系、各人是否知情同意。',
          since: expect.any(String),
          // Another account of the person is another finding.
          basis: expect.any(String),
        },
        expect.objectContaining({
          check: 'proof-ended',
          personId: ward,
          reason: expect.stringContaining('2026-03-31'),
        }),
        expect.objectContaining({ check: 'account-changed', personId: mover, accountId: changed }),
      ]),
    );
    expect(await check([mover], '2026-04-01', '2026-03-03')).toEqual([]);
    const pages: unknown[] = [];
    let next: string | null = '';
    service.clock.set('2026-04-01');
    while (next !== null) {
      const { body } = await chair.get(
        `/subsidies/payees/findings?since=2026-02-10&limit=1${next ? `&after=${next}` : ''}`,
      );
      pages.push(...(body.findings as unknown[]));
      next = body.next as string | null;
    }
    expect(pages).toEqual(
      expect.arrayContaining([
        ...found.map(({ basis: _, ...finding }) =>
          expect.objectContaining({ ...finding, owner: 'benefit-officer' }),
        ),
        expect.objectContaining({ check: 'shared-account', personId: third }),
      ]),
    );
    expect(new Set(pages.map((finding) => JSON.stringify(finding))).size).toBe(pages.length);
  });
});

it('a telephone that three leave is asked about, however it is written; it leaves masked', async () => {
  const [one, two, three] = [await beneficiary(), await beneficiary(), await beneficiary()];
  expect(slugOf(await enter(form(one, { phone: '打村里电话' })))).toEqual([422, 'phone-not-possible']);
  await paidTo(one, { phone: '139 0000-0000' });
  await paidTo(two, { phone: '+86 13900000000' });
  const findings = async () =>
    (
      (await chair.get('/subsidies/payees/findings?limit=1000')).body.findings as {
        check: string;
        personId: string;
      }[]
    )
      .filter(({ check }) => check === 'shared-phone')
      .map(({ personId }) => personId);
  expect(await findings()).toEqual([]);
  await paidTo(three, { phone: '１３９００００００００' });
  expect((await findings()).sort()).toEqual([one, two, three].sort());
  expect(await accountsIn(`personId=${one}`)).toMatchObject([{ phone: '1390***0000' }]);
  expect(JSON.stringify(await accountsIn('limit=200'))).not.toContain('13900000000');
});

it('numbers are encrypted anew with the keys of the service, and still open', async () => {
  const personId = await beneficiary();
  await paidTo(personId);
  const file = service.config.DATA_KEYS_FILE!;
  const keys = JSON.parse(readFileSync(file, 'utf8')) as { keys: Record<string, object>; index: object };
  writeFileSync(file, JSON.stringify({ ...keys, current: 'k2', keys: { ...keys.keys, k2: keys.index } }));
  const report = await keysOfServices(
    [subsidies],
    'rotate',
    { DATABASE_URL: service.config.DATABASE_URL, DATA_KEYS_FILE: file },
    () => undefined,
    0,
  );
  expect(report.uses).toEqual([
    { column: 'subsidies.payee_accounts.account_number', keyId: 'k2', values: expect.any(Number) },
    { column: 'subsidies.payee_accounts.phone', keyId: 'k2', values: 3 },
  ]);
  expect(await accountsIn(`personId=${personId}`)).toMatchObject([
    { accountNumber: expect.stringMatching(/^6222\*+\d{4}$/) },
  ]);
});
