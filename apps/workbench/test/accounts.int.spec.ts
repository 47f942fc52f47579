import { jest } from '@jest/globals';
import { lookingAs, roles, type Actor, type Role } from '@app/access';
import { Database } from '@app/platform';
import { scopeFindings, testActor, type TestUser } from '@app/testing';
import { GrantsOfAccount } from '../src/app/grants-of-account.js';
import { ok, refusal, startOrganisation, TODAY, type Organisation } from './organisation.js';

jest.setTimeout(60_000);

let house: Organisation;
let keeper: TestUser;
let security: TestUser;

beforeAll(async () => {
  house = await startOrganisation();
  ({ keeper, security } = house);
});
afterAll(() => house?.service.stop());

const grantsOf = (userId: string, day = TODAY) => house.service.get(GrantsOfAccount).grantsOf(userId, day);
const view = async (id: string, user = keeper) => ok(await user.get(`/workbench/accounts/${id}`));
const as = (role: Role, id: string, more: object = {}) => house.service.as(role, { id, ...more });
const rows = (sql: string) => house.service.database.query<Record<string, unknown>>(sql);
const giving = (role: Role, unit: string, from = '2026-01-01', to: string | null = null) => ({
  role,
  unitId: house.unit[unit],
  from,
  to,
});

describe('accounts', () => {
  it('are opened for people of the place, with the phone encrypted, masked, and in nobody’s log', async () => {
    const id = await house.open('phone-user', 'federation');
    expect(await view(id)).toMatchObject({ userId: 'phone-user', state: 'active', phone: '1380***1111' });
    const [stored] = await rows(`select phone from workbench.accounts where user_id = 'phone-user'`);
    expect(stored!['phone']).toMatch(/^[^.]+\..{20,}/);
    const kept = JSON.stringify([
      await rows('select * from workbench.audit_entries'),
      await rows('select payload from workbench.outbox_messages'),
      await rows('select result from workbench.idempotent_requests'),
    ]);
    expect(kept).toContain('account.open');
    expect(kept).not.toMatch(/13800001111|张三/);
    const again = await keeper.post('/workbench/accounts', {
      userId: 'phone-user',
      name: '李四',
      unitId: house.unit['federation'],
    });
    expect(refusal(again)).toBe('409 user-id-taken');
  });

  it('are not for another county, nor for roles that keep none', async () => {
    const id = await house.open('local', 'town1');
    const neighbour = await as('system-admin', 'neighbour', { from: '338802000000', to: '338802999999' });
    const before = await rows('select account_id, version, state, name from workbench.accounts order by 1');
    expect(refusal(await neighbour.get(`/workbench/accounts/${id}`))).toBe('404 account-not-found');
    expect(ok(await neighbour.get('/workbench/accounts'))['accounts']).toEqual([]);
    expect(refusal(await neighbour.post(`/workbench/accounts/${id}/correct`, { name: '王五' }))).toBe(
      '404 account-not-found',
    );
    expect(
      refusal(await neighbour.post(`/workbench/accounts/${id}/posts`, giving('commissioner', 'town1'))),
    ).toBe('403 not-allowed');
    const opened = { userId: 'foreign', name: '王五', unitId: house.unit['town1'] };
    expect(refusal(await neighbour.post('/workbench/accounts', opened))).toBe('403 not-allowed');
    for (const role of ['card-officer', 'auditor', 'operator', 'assessor'] as const) {
      const user = await as(role, role);
      expect(refusal(await user.get(`/workbench/accounts/${id}`))).toBe('403 not-allowed');
      expect(refusal(await user.post('/workbench/accounts', opened))).toBe('403 not-allowed');
    }
    expect(await rows('select account_id, version, state, name from workbench.accounts order by 1')).toEqual(
      before,
    );
  });

  it('see nothing through the database itself unless their administrators ask', async () => {
    const database = house.service.get(Database);
    const seen = async (actor: Actor) => {
      const tables = ['accounts', 'posts', 'deputies'].map(
        (table) => `(select count(*)::int from ${table}) as ${table}`,
      );
      const [counts] = await database.query(lookingAs(actor), `select ${tables.join(', ')}`);
      return counts;
    };
    const none = { accounts: 0, posts: 0, deputies: 0 };
    const post = await house.give(
      await house.open('guarded.two', 'federation'),
      'card-officer',
      'federation',
    );
    const deputy = { deputy: 'guarded.three', from: TODAY, to: TODAY, reason: '出差' };
    await house.open('guarded.three', 'federation');
    ok(await security.post(`/workbench/posts/${post}/deputies`, deputy), 201);
    for (const role of ['card-officer', 'federation-lead', 'auditor', 'operator'] as const) {
      expect(await seen(testActor(role))).toEqual(none);
    }
    expect(await seen(testActor('system-admin', { from: '338802000000', to: '338802999999' }))).toEqual(none);
    expect(await scopeFindings(house.service.database, 'workbench')).toEqual([]);
    // Users by placement may not even ask.
    await expect(seen(testActor('assessor'))).rejects.toThrow(/permission denied/);
    for (const role of ['system-admin', 'security-admin'] as const) {
      const counts = (await seen(testActor(role))) as typeof none;
      for (const [table, count] of Object.entries(counts)) expect([table, count > 0]).toEqual([table, true]);
    }
  });

  it('are locked by the security administrator alone, and then may do nothing', async () => {
    const id = await house.open('locked', 'federation');
    await house.give(id, 'card-officer', 'federation');
    const lock = { reason: '长期未使用' };
    expect(refusal(await keeper.post(`/workbench/accounts/${id}/lock`, lock))).toBe('403 not-allowed');
    expect(await grantsOf('locked')).toHaveLength(1);
    ok(await security.post(`/workbench/accounts/${id}/lock`, lock));
    expect(await grantsOf('locked')).toEqual([]);
    expect(
      refusal(await keeper.post(`/workbench/accounts/${id}/posts`, giving('rehab-officer', 'federation'))),
    ).toBe('409 account-not-active');
    ok(await security.post(`/workbench/accounts/${id}/unlock`, lock));
    expect(await grantsOf('locked')).toMatchObject([
      { role: 'card-officer', from: '338801000000', to: '338801999999', unit: null },
    ]);
  });
});

describe('posts', () => {
  it('hold from day to day, as far as their unit reaches, in its department or institution', async () => {
    const id = await house.open('dated', 'civil');
    await house.give(id, 'member-unit', 'civil', { from: '2026-03-10', to: '2026-03-20' });
    expect(await grantsOf('dated', '2026-03-09')).toEqual([]);
    for (const day of ['2026-03-10', '2026-03-20']) {
      expect(await grantsOf('dated', day)).toEqual([
        {
          role: 'member-unit',
          department: 'civil-affairs',
          from: '338801000000',
          to: '338801999999',
          unit: null,
          onBehalfOf: null,
        },
      ]);
    }
    expect(await grantsOf('dated', '2026-03-21')).toEqual([]);
    const doctor = await house.open('doctor', 'hospital');
    await house.give(doctor, 'assessor', 'hospital');
    expect(await grantsOf('doctor')).toMatchObject([{ role: 'assessor', unit: house.unit['hospital'] }]);
  });

  it('end when they are taken, by who may give them', async () => {
    const id = await house.open('ending', 'federation');
    const post = await house.give(id, 'finance-officer', 'federation');
    const end = { on: TODAY, reason: '岗位调整' };
    expect(refusal(await keeper.post(`/workbench/posts/${post}/end`, end))).toBe('403 not-allowed');
    expect(await grantsOf('ending')).toHaveLength(1);
    ok(await security.post(`/workbench/posts/${post}/end`, end));
    expect(await grantsOf('ending')).toEqual([]);
    expect(await grantsOf('ending', '2026-03-01')).toHaveLength(1);
  });

  it.each<[string, Role, string, Role, string]>([
    ['an administrator of the system who audits', 'system-admin', 'county', 'auditor', 'county'],
    ['an administrator of security who keeps accounts', 'security-admin', 'county', 'system-admin', 'county'],
    ['an auditor who gives rights', 'auditor', 'county', 'security-admin', 'county'],
    ['an officer who keeps accounts', 'card-officer', 'federation', 'system-admin', 'federation'],
    ['an auditor with data', 'auditor', 'federation', 'data-officer', 'federation'],
    ['a keeper who runs the machine', 'system-admin', 'county', 'operator', 'county'],
    ['an officer who is the institution', 'card-officer', 'federation', 'assessor', 'hospital'],
    ['a doctor who decides', 'assessor', 'hospital', 'card-officer', 'federation'],
  ])('refuse %s', async (_, held, heldAt, wanted, wantedAt) => {
    const id = await house.open(`sep.${held}.${wanted}`, heldAt);
    await house.give(id, held, heldAt);
    const answers = await Promise.all(
      [keeper, security].map((giver) =>
        giver.post(`/workbench/accounts/${id}/posts`, giving(wanted, wantedAt)),
      ),
    );
    expect(answers.map(refusal).sort()).toEqual(['403 not-allowed', '422 post-not-possible']);
    expect(await grantsOf(`sep.${held}.${wanted}`)).toHaveLength(1);
  });

  it('may follow one another where they may not be held together', async () => {
    const id = await house.open('follows', 'county');
    await house.give(id, 'card-officer', 'county', { from: '2026-01-01', to: '2026-03-31' });
    await house.give(id, 'auditor', 'county', { from: '2026-04-01', to: null });
    expect(await grantsOf('follows', '2026-03-31')).toMatchObject([{ role: 'card-officer' }]);
    expect(await grantsOf('follows', '2026-04-01')).toMatchObject([{ role: 'auditor' }]);
  });

  it('are each given by one administrator, never to oneself, never to a citizen, never where a unit has none', async () => {
    const id = await house.open('given', 'federation');
    const try_ = async (user: TestUser, wanted: object) =>
      refusal(await user.post(`/workbench/accounts/${id}/posts`, wanted));
    expect(await try_(keeper, giving('data-officer', 'federation'))).toBe('403 not-allowed');
    expect(await try_(security, giving('card-officer', 'federation'))).toBe('403 not-allowed');
    expect(await try_(keeper, giving('person', 'federation'))).toBe('400 request-malformed');
    expect(await try_(keeper, giving('township-chair', 'federation'))).toBe('422 post-not-possible');
    expect(await try_(keeper, giving('assessor', 'civil'))).toBe('422 post-not-possible');
    for (const role of ['card-officer', 'auditor', 'assessor', 'operator'] as const) {
      expect(await try_(await as(role, `other.${role}`), giving('card-officer', 'federation'))).toBe(
        '403 not-allowed',
      );
    }
    const own = await house.open('keeper', 'county');
    expect(
      refusal(await keeper.post(`/workbench/accounts/${own}/posts`, giving('card-officer', 'county'))),
    ).toBe('403 own-posts');
    expect(refusal(await keeper.post(`/workbench/accounts/${own}/correct`, { name: '改名' }))).toBe(
      '403 own-posts',
    );
    expect(await grantsOf('given')).toEqual([]);
    expect(await grantsOf('keeper')).toEqual([]);
  });
});

describe('deputies', () => {
  const naming = (deputy: string, from = TODAY, to = '2026-03-06') => ({
    deputy,
    from,
    to,
    reason: '年休假',
  });

  it('act from day to day in the name of the holder, whom the holder names', async () => {
    const a = await house.open('aa', 'federation');
    await house.open('bb', 'federation');
    const post = await house.give(a, 'card-officer', 'federation');
    const holder = await as('card-officer', 'aa');
    expect(ok(await holder.get('/workbench/own/posts'))['posts']).toMatchObject([{ postId: post }]);
    const other = await as('card-officer', 'bb');
    expect(refusal(await other.post(`/workbench/own/posts/${post}/deputies`, naming('bb')))).toBe(
      '404 post-not-found',
    );
    const { deputyId } = ok(await holder.post(`/workbench/own/posts/${post}/deputies`, naming('bb')), 201);
    expect(await grantsOf('bb', '2026-03-06')).toEqual([
      {
        role: 'card-officer',
        department: null,
        from: '338801000000',
        to: '338801999999',
        unit: null,
        onBehalfOf: 'aa',
      },
    ]);
    expect(await grantsOf('bb', '2026-03-07')).toEqual([]);
    expect(await grantsOf('aa')).toMatchObject([{ onBehalfOf: null }]);
    expect(
      refusal(await holder.post(`/workbench/own/posts/${post}/deputies`, naming('phone-user', '2026-03-06'))),
    ).toBe('422 deputy-not-possible');
    ok(await holder.post(`/workbench/own/deputies/${String(deputyId)}/end`, { on: TODAY }));
    expect(await grantsOf('bb')).toEqual([]);
  });

  it('are refused where duties are separated, departments differ or days do not fit', async () => {
    const a = await house.open('civil-a', 'civil');
    const post = await house.give(a, 'member-unit', 'civil', { from: '2026-01-01', to: '2026-03-31' });
    await house.open('civil-b', 'civil');
    await house.open('health-b', 'health');
    const audit = await house.open('audit-b', 'civil');
    await house.give(audit, 'auditor', 'county');
    const name = async (wanted: object, user = security) =>
      refusal(await user.post(`/workbench/posts/${post}/deputies`, wanted));
    expect(await name(naming('health-b'))).toBe('422 deputy-not-possible');
    expect(await name(naming('audit-b'))).toBe('422 deputy-not-possible');
    expect(await name(naming('civil-a'))).toBe('422 deputy-not-possible');
    expect(await name(naming('nobody'))).toBe('422 deputy-not-possible');
    expect(await name(naming('civil-b', '2026-03-30', '2026-04-02'))).toBe('422 deputy-not-possible');
    expect(await name(naming('civil-b', '2026-02-01', '2026-03-04'))).toBe('422 deputy-not-possible');
    expect(await name(naming('civil-b'), keeper)).toBe('403 not-allowed');
    expect(
      await name(
        naming('civil-b'),
        await as('security-admin', 'far', { from: '338802000000', to: '338802999999' }),
      ),
    ).toBe('404 post-not-found');
    expect(await rows(`select 1 from workbench.deputies where post_id = '${post}'`)).toEqual([]);
    expect(await name(naming('civil-b'))).toBe('201 ');
    // Who acts for another may not be given what may not be held with it.
    const [{ account_id: b }] = (await rows(
      `select account_id from workbench.accounts where user_id = 'civil-b'`,
    )) as [{ account_id: string }];
    expect(refusal(await security.post(`/workbench/accounts/${b}/posts`, giving('auditor', 'county')))).toBe(
      '422 post-not-possible',
    );
    // With the post ends who acts in it.
    ok(await keeper.post(`/workbench/posts/${post}/end`, { on: '2026-03-04', reason: '调岗' }));
    expect(await grantsOf('civil-b', '2026-03-03')).toHaveLength(1);
    expect(await grantsOf('civil-b', '2026-03-04')).toEqual([]);
  });
});

describe('leaving', () => {
  const left = async () =>
    (await house.service.published('workbench')).filter(({ type }) => type === 'workbench.account.left.v1');
  const state = () =>
    Promise.all([
      rows('select account_id, state, version, left_on from workbench.accounts order by 1'),
      rows('select post_id, valid_to from workbench.posts order by 1'),
      rows('select deputy_id, valid_to from workbench.deputies order by 1'),
      left(),
    ]);

  it('ends everything in one act, or nothing when the act is cut off', async () => {
    const id = await house.open('leaver', 'federation');
    const to = await house.open('successor', 'federation');
    const post = await house.give(id, 'rehab-officer', 'federation');
    await house.give(id, 'care-officer', 'federation', { from: '2026-05-01', to: null });
    const theirs = await house.give(to, 'education-officer', 'federation');
    const naming = (deputy: string) => ({ deputy, from: TODAY, to: '2026-03-20', reason: '外出学习' });
    ok(await security.post(`/workbench/posts/${post}/deputies`, naming('successor')), 201);
    ok(await security.post(`/workbench/posts/${theirs}/deputies`, naming('leaver')), 201);
    expect(await grantsOf('leaver')).toHaveLength(2);
    const before = await state();

    const leaving = { to, on: TODAY, reason: '退休' };
    // The connection dies at the very last statement.
    await rows(`create function cut() returns trigger language plpgsql security definer as
      'begin perform pg_terminate_backend(pg_backend_pid()); return new; end'`);
    await rows(
      'create trigger cut before insert on workbench.outbox_messages for each row execute function cut()',
    );
    expect((await keeper.post(`/workbench/accounts/${id}/leave`, leaving)).status).toBe(503);
    await rows('drop trigger cut on workbench.outbox_messages');
    expect(await state()).toEqual(before);
    expect(await grantsOf('leaver')).toHaveLength(2);

    expect(ok(await keeper.post(`/workbench/accounts/${id}/leave`, leaving))).toMatchObject({
      postsEnded: 2,
      deputiesEnded: 2,
    });
    for (const day of [TODAY, '2026-05-02']) expect(await grantsOf('leaver', day)).toEqual([]);
    // Nothing of the leaver's is acted for, and rights do not pass.
    expect(await grantsOf('successor')).toMatchObject([{ role: 'education-officer', onBehalfOf: null }]);
    expect(await left()).toMatchObject([
      {
        key: id,
        data: {
          accountId: id,
          userId: 'leaver',
          successorId: 'successor',
          on: TODAY,
          divisionCode: '338801000000',
        },
      },
    ]);
    expect(await view(id)).toMatchObject({ state: 'left', leftOn: TODAY, successorId: to });
    expect(refusal(await keeper.post(`/workbench/accounts/${id}/leave`, leaving))).toBe(
      '422 leaving-not-possible',
    );
    expect(
      refusal(await keeper.post(`/workbench/accounts/${id}/posts`, giving('rehab-officer', 'federation'))),
    ).toBe('409 account-not-active');
    expect(await left()).toHaveLength(1);
  });

  it('needs a successor of the place who is here, and for a watcher the hand that gave the post', async () => {
    const id = await house.open('watcher', 'county');
    await house.give(id, 'auditor', 'county');
    const to = await house.open('next', 'county');
    const before = await state();
    const try_ = async (user: TestUser, wanted: object) =>
      refusal(
        await user.post(`/workbench/accounts/${id}/leave`, { to, on: TODAY, reason: '调离', ...wanted }),
      );
    expect(await try_(keeper, {})).toBe('403 not-allowed');
    expect(await try_(security, { to: id })).toBe('422 leaving-not-possible');
    expect(await try_(security, { to: house.unit['county'] })).toBe('404 account-not-found');
    expect(await try_(security, { on: '2026-03-03' })).toBe('422 leaving-not-possible');
    expect(await try_(await as('card-officer', 'x'), {})).toBe('403 not-allowed');
    expect(await state()).toEqual(before);
    expect(await try_(security, {})).toBe('200 ');
  });
});

describe('the import of accounts', () => {
  const HEAD = '登录名,姓名,区划代码,单位名称,手机号,岗位,任职起始日,任职截止日';
  const csv = (...lines: string[]) => Buffer.from([HEAD, ...lines].join('\r\n'));
  const send = async (file: Buffer, query = '', user = keeper) =>
    ok(await user.upload(`/workbench/accounts/imports${query}`, file, 'text/csv'));
  const counted = () =>
    rows(
      `select (select count(*)::int from workbench.accounts) as accounts, (select count(*)::int from workbench.posts) as posts`,
    );

  const file = csv(
    `import.one,赵一,338801001000,,13900000001,${roles['township-chair'].title}、${roles.commissioner.title},2026-01-01,`,
    `import.two,钱二,338801000000,示范县民政局,,member-unit,,2026-12-31`,
    `import.three,孙三,338801000000,没有的单位,,${roles['card-officer'].title},,`,
    `import.four,李四,338801000000,示范县残联,,${roles['data-officer'].title},,`,
    `IMPORT.ONE,赵一,338801001000,,,${roles.commissioner.title},,`,
    `import.five,周五,338802000000,,,${roles['card-officer'].title},,`,
    `import.six,吴六,338801000000,示范县人民医院,1234,${roles.assessor.title},,`,
    `import.seven,郑七,338801000000,示范县人民医院,,没有的岗位,,`,
    `import.eight,王八,338801000000,示范县残联,,${roles['township-chair'].title},,`,
    `leaver,张三,338801000000,示范县残联,,${roles['card-officer'].title},,`,
    `import.nine,冯九,338801000000,示范县人民医院,,${roles.assessor.title},,`,
    `import.ten,13900000002,338801000000,示范县人民医院,,${roles.assessor.title},,`,
  );
  const wrong = [
    [4, '单位名称'],
    [5, '岗位'],
    [6, '登录名'],
    [7, '单位名称'],
    [8, '手机号'],
    [9, '岗位'],
    [10, '岗位'],
    [11, '登录名'],
    [13, '姓名'],
  ];

  it('can be tried without changing anything', async () => {
    const before = await counted();
    const tried = await send(file, '?dryRun=true');
    expect(tried).toMatchObject({ rows: 12, opened: 3, failed: 9, dryRun: true, activations: [] });
    expect(await counted()).toEqual(before);
  });

  it('opens the good rows, says why the others are wrong, and does nothing the second time', async () => {
    const first = await send(file);
    expect(first).toMatchObject({ rows: 12, opened: 3, changed: 0, unchanged: 0, failed: 9, dryRun: false });
    expect(
      (first['errors'] as { row: number; column: string }[]).map(({ row, column }) => [row, column]),
    ).toEqual(wrong);
    // A code for each account that was opened, to be handed over; nowhere in the file, and not kept with the answer.
    const activations = first['activations'] as { userId: string; code: string }[];
    expect(activations.map(({ userId }) => userId)).toEqual(['import.one', 'import.two', 'import.nine']);
    const kept = JSON.stringify([
      await rows('select * from workbench.audit_entries'),
      await rows('select result from workbench.idempotent_requests'),
    ]);
    expect(activations.filter(({ code }) => kept.includes(code))).toEqual([]);
    expect(JSON.stringify(first['errors'])).not.toMatch(/没有的岗位|郑七/);
    expect(await grantsOf('import.one')).toMatchObject([
      { role: 'commissioner', from: '338801001000', to: '338801001999' },
      { role: 'township-chair' },
    ]);
    expect(await grantsOf('import.two', '2026-12-31')).toMatchObject([{ department: 'civil-affairs' }]);
    expect(await grantsOf('import.two', '2027-01-01')).toEqual([]);

    const before = [
      await counted(),
      await rows('select account_id, version from workbench.accounts order by 1'),
    ];
    expect(await send(file)).toMatchObject({
      opened: 0,
      changed: 0,
      unchanged: 3,
      failed: 9,
      activations: [],
    });
    expect([
      await counted(),
      await rows('select account_id, version from workbench.accounts order by 1'),
    ]).toEqual(before);

    const more = csv(`import.nine,冯久,338801000000,示范县人民医院,13900000009,${roles.assessor.title},,`);
    expect(await send(more)).toMatchObject({ opened: 0, changed: 1 });
    expect(await send(more)).toMatchObject({ changed: 0, unchanged: 1 });
  });

  it('is for the system administrator of the place', async () => {
    const before = await counted();
    const one = csv(`import.far,赵一,338801001000,,,${roles.commissioner.title},,`);
    const neighbour = await as('system-admin', 'n', { from: '338802000000', to: '338802999999' });
    expect(await send(one, '', neighbour)).toMatchObject({ opened: 0, failed: 1 });
    for (const user of [security, await as('data-officer', 'd')]) {
      expect(refusal(await user.upload('/workbench/accounts/imports', one, 'text/csv'))).toBe(
        '403 not-allowed',
      );
    }
    expect(await counted()).toEqual(before);
  });
});
