import { jest } from '@jest/globals';
import pg from 'pg';
import { type Actor, lookingWith } from '@app/access';
import { Database } from '@app/platform';
import {
  scopeFindings,
  serviceLogin,
  startService,
  testActor,
  type Answer,
  type ServiceUnderTest,
  type TestUser,
} from '@app/testing';
import { IndexNames } from '../src/adapters/postgres/index-names.js';
import { PersonQueries } from '../src/adapters/postgres/person-queries.js';
import { SearchTokens } from '../src/adapters/postgres/search-tokens.js';
import { registry } from '../src/migrations.js';
import { RegistryModule } from '../src/registry.module.js';
import { demoNumber } from './numbers.js';

jest.setTimeout(120_000);

const VILLAGE = '338801001001';
const NEXT_VILLAGE = '338801001002';
const OTHER_TOWNSHIP = '338801002001';
const OTHER_COUNTY = '330302001001';
const only = (place: string) => ({ from: place, to: place });

let service: ServiceUnderTest;
let officer: TestUser;
let serial = 100;

beforeAll(async () => {
  service = await startService({
    name: 'registry',
    modules: [RegistryModule],
    migrated: [registry],
    now: '2026-03-02',
  });
  officer = await service.as('card-officer', { id: 'officer' });
});
afterAll(() => service?.stop());

const idOf = (answer: Answer) => (answer.body as { personId: string }).personId;

async function person(name: string, divisionCode = VILLAGE): Promise<string> {
  const identityNumber = demoNumber('1985-06-15', (serial += 2) + 1);
  return idOf(await officer.post('/registry/persons', { name, identityNumber, divisionCode }));
}

async function found(user: TestUser, text: string, more: object = {}): Promise<string[]> {
  const { status, body } = await user.post('/registry/persons/search', { text, ...more });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return (body as { persons: { personId: string }[] }).persons.map(({ personId }) => personId);
}

it('every table that users may touch is protected, and none by a role that steps over it', async () => {
  expect(await scopeFindings(service.database, 'registry')).toEqual([]);
  await person('保密');
  for (const role of ['registry_app', 'registry_provider']) {
    const client = new pg.Client({
      connectionString: serviceLogin(service.database.url).url,
      options: `-c role=${role} -c search_path=registry`,
    });
    await client.connect();
    try {
      const tables =
        role === 'registry_app'
          ? [
              'persons',
              'facts',
              'deaths',
              'guardians',
              'households',
              'person_search_tokens',
              'imports',
              'import_rows',
            ]
          : ['placements'];
      for (const table of tables)
        expect([table, (await client.query(`select from ${table}`)).rowCount]).toEqual([table, 0]);
      expect((await client.query('select person_id from persons')).rowCount).toBe(0);
    } finally {
      await client.end();
    }
  }
});

describe('people are found', () => {
  it('by name, pinyin, initials, and parts from the beginning, within the reach only', async () => {
    const [shan, ren, away] = [
      await person('单晓霞'),
      await person('任晓霞', OTHER_TOWNSHIP),
      await person('单晓芳', OTHER_TOWNSHIP),
    ];
    for (const text of ['单晓霞', '单晓', 'Shan Xiaoxia', 'shanxiao', 'SXX', '晓霞'])
      expect([text, (await found(officer, text)).includes(shan)]).toEqual([text, true]);
    expect((await found(officer, 'xiaoxia')).sort()).toEqual([shan, ren].sort());
    expect(await found(officer, '单', { from: OTHER_TOWNSHIP, to: OTHER_TOWNSHIP })).toEqual([away]);
    const liaison = await service.as('village-liaison', only(VILLAGE));
    expect(await found(liaison, 'xiaoxia')).toEqual([shan]);
    expect(await found(await service.as('card-officer', { id: 'far', ...only(OTHER_COUNTY) }), '单')).toEqual(
      [],
    );
    for (const text of ['单xx', '338801198506151234', '%', '*'])
      expect(await officer.post('/registry/persons/search', { text })).toMatchObject({
        status: 422,
        body: { title: 'search-text-not-valid' },
      });
    const [line] = (
      (await officer.post('/registry/persons/search', { text: '单晓霞' })).body as {
        persons: object[];
      }
    ).persons;
    expect(line).toMatchObject({ name: '单*霞', divisionCode: VILLAGE });
    expect((await service.anonymous.post('/registry/persons/search', { text: '单' })).status).toBe(401);
    expect(
      (await (await service.as('monitor')).post('/registry/persons/search', { text: '单' })).status,
    ).toBe(403);
  });

  it('page by page, each once', async () => {
    const all = await Promise.all(Array.from({ length: 7 }, () => person('翟同名')));
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const body = { text: 'zhai', limit: 3, ...(after ? { after } : {}) };
      const page = (await officer.post('/registry/persons/search', body)).body as {
        persons: { personId: string }[];
        next: string | null;
      };
      seen.push(...page.persons.map(({ personId }) => personId));
      after = page.next;
    } while (after);
    expect(seen.sort()).toEqual(all.sort());
  });

  it('by the new name after a correction, and at both places after a move away', async () => {
    const id = await person('仇某甲');
    await officer.post(`/registry/persons/${id}/correct`, { name: '仇某乙' });
    expect(await found(officer, '仇某甲')).toEqual([]);
    expect(await found(officer, 'qiumouyi')).toEqual([id]);
    const there = await service.as('card-officer', { id: 'there', ...only(OTHER_COUNTY) });
    expect((await there.get(`/registry/persons/${id}`)).status).toBe(404);
    const move = { to: OTHER_COUNTY, movedOn: '2026-02-01' };
    await officer.post(`/registry/persons/${id}/move`, move);
    for (const user of [officer, there]) {
      expect(await found(user, '仇某乙')).toEqual([id]);
      expect((await user.get(`/registry/persons/${id}`)).status).toBe(200);
    }
    // Taken over, and the old place sees the file no more; what was known goes with it.
    expect((await there.post(`/registry/persons/${id}/move`, move)).status).toBe(200);
    expect([await found(officer, '仇某乙'), await found(there, '仇某乙')]).toEqual([[], [id]]);
    expect((await officer.get(`/registry/persons/${id}`)).status).toBe(404);
    expect((await officer.post(`/registry/persons/${id}/move`, move)).status).toBe(404);
  });

  it('out of one’s own reach by a move that one may make, and by a roster that names them', async () => {
    const chair = await service.as('township-chair', {
      id: 'chair',
      from: '338801001000',
      to: '338801001999',
    });
    const id = await person('出村人');
    const move = { to: OTHER_TOWNSHIP, movedOn: '2026-02-01' };
    expect((await chair.post(`/registry/persons/${id}/move`, move)).status).toBe(200);
    expect((await chair.get(`/registry/persons/${id}`)).status).toBe(404);
    expect(await found(officer, '出村人', only(OTHER_TOWNSHIP))).toEqual([id]);
    const number = demoNumber('1985-06-15', serial + 1);
    const data = await service.as('data-officer', { from: '338801001000', to: '338801001999' });
    const rows = `姓名,身份证号,户籍区划代码\n出村人,${number},${VILLAGE}\n新来人,${demoNumber('1985-06-15', (serial += 2) + 1)},${VILLAGE}\n`;
    const report = await data.upload('/registry/imports/persons', Buffer.from(rows), 'text/csv');
    expect(report.body).toMatchObject({
      applied: 1,
      failed: 1,
      errors: [{ row: 2, reason: '该身份证号已由其他地区登记' }],
    });
    expect(await found(data, '新来人')).toHaveLength(1);
  });

  it('also when they came on file before there were tokens: the rest is made while the service runs', async () => {
    const id = await person('查补录');
    await service.database.query(`delete from registry.person_search_tokens where person_id = $1`, [id]);
    await service.database.query('update registry.persons set search_scheme = 0 where person_id = $1', [id]);
    expect(await found(officer, 'zha')).toEqual([]);
    expect(await service.get(IndexNames).all()).toBe(1);
    expect(await found(officer, 'zha')).toEqual([id]);
    expect(await service.get(IndexNames).all()).toBe(0);
  });
});

it('never sees another’s rows on a connection that another one had before', async () => {
  const here = await Promise.all(Array.from({ length: 3 }, () => person('甲村人', VILLAGE)));
  const there = await Promise.all(Array.from({ length: 3 }, () => person('乙村人', NEXT_VILLAGE)));
  const [one, two] = [VILLAGE, NEXT_VILLAGE].map((place) => testActor('village-liaison', only(place)));
  const queries = service.get(PersonQueries);
  const database = service.get(Database);
  const look = async (actor: Actor, own: string[], others: string[]) => {
    const [page, rows] = await Promise.all([
      queries.page(actor, { from: VILLAGE, to: NEXT_VILLAGE, after: null, limit: 1000 }),
      database.query<{ person_id: string }>(
        lookingWith(actor, 'person:read'),
        'select person_id from persons where person_id = any($1::uuid[])',
        [[...own, ...others]],
      ),
    ]);
    const places = new Set(page.persons.map(({ divisionCode }) => divisionCode));
    return { places: [...places], seen: rows.map(({ person_id }) => person_id).sort() };
  };
  const expected = [
    { places: [VILLAGE], seen: [...here].sort() },
    { places: [NEXT_VILLAGE], seen: [...there].sort() },
  ];
  const wrong: unknown[] = [];
  // 10,000 requests of two villages, fifty at a time, over the three connections of the pool; every seventh one breaks off inside.
  for (let at = 0; at < 10_000 / 3; at += 50) {
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const who = (at + index) % 2;
        const actor = who === 0 ? one! : two!;
        if (index % 7 === 0) {
          const broken = database.read(lookingWith(actor, 'person:read'), (tx) => tx.query('select 1 / 0'));
          await expect(broken).rejects.toThrow('22012');
        }
        const saw = await look(actor, who === 0 ? here : there, who === 0 ? there : here);
        if (JSON.stringify(saw) !== JSON.stringify(expected[who])) wrong.push({ who, saw });
      }),
    );
  }
  expect(wrong).toEqual([]);
});

describe('with 20,000 people on file', () => {
  const PLACES = 200;
  beforeAll(async () => {
    const tokens = service.get(SearchTokens);
    await service.database.query(
      `insert into registry.persons (person_id, division_code, version, name, sex, birth_date, identity_number, identity_token,
                                     search_scheme, created_by, created_role, changed_by, changed_role)
       select gen_random_uuid(), '3399010' || lpad((n % ${PLACES})::text, 5, '0'), 1, '测试', 'male', '1980-01-01', 'x', 'token-' || n,
              1, 'test', 'test', 'test', 'test'
       from generate_series(1, 20000) n`,
    );
    await service.database.query(
      `insert into registry.person_search_tokens
       select t.token, p.division_code, p.person_id
       from registry.persons p
       join lateral (select $1::bigint as token union all select hashtextextended(p.person_id::text, i) from generate_series(1, 7) i) t on true
       where p.division_code like '3399010%'`,
      [tokens.tokenOf('常用')],
    );
    await service.database.query(
      `insert into registry.facts (fact_id, person_id, division_code, version, name, value, source_kind, source_as_of, confirmed_as_of,
                                   recorded_by, recorded_role)
       select gen_random_uuid(), p.person_id, p.division_code, 1, 'fact.' || i, 'true', 'test', '2026-01-01', '2026-01-01', 'test', 'test'
       from registry.persons p, generate_series(1, 5) i where p.division_code like '3399010%'`,
    );
    await service.database.query(
      'vacuum analyze registry.persons, registry.person_search_tokens, registry.facts',
    );
  });

  interface Plan {
    readonly 'Node Type': string;
    readonly 'Relation Name'?: string;
    readonly 'Index Name'?: string;
    readonly 'Index Cond'?: string;
    readonly Plans?: readonly Plan[];
  }

  /** The statements that a question sends, each with the plan that it has in the scope of the user. */
  async function plansOf(actor: Actor, ask: () => Promise<unknown>): Promise<Plan[]> {
    const database = service.get(Database);
    const asked: [sql: string, params: readonly unknown[]][] = [];
    const spy = jest.spyOn(database, 'query').mockImplementation((_caller, sql, params = []) => {
      asked.push([sql, params]);
      return Promise.resolve([]);
    });
    await ask().catch(() => undefined);
    spy.mockRestore();
    return Promise.all(
      asked.map(async ([sql, params]) => {
        const rows = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
          lookingWith(actor, 'person:read'),
          `explain (format json) ${sql}`,
          params,
        );
        return rows[0]!['QUERY PLAN'][0].Plan;
      }),
    );
  }

  const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
  const township = testActor('township-chair', { from: '339901000000', to: '339901000099' });
  const everywhere = { from: '000000000000', to: '999999999999', after: null };

  it.each([
    [
      'a search by name',
      (queries: PersonQueries) => queries.search(township, { text: '常用', ...everywhere, limit: 50 }),
      'person_search_tokens_pkey',
      ['token =', "division_code >= '339901000000'", "division_code <= '339901000099'"],
    ],
    [
      'the page of a list',
      (queries: PersonQueries) => queries.page(township, { ...everywhere, limit: 50 }),
      'persons_place',
      ["division_code >= '339901000000'", "division_code <= '339901000099'"],
    ],
    [
      'an exact search',
      (queries: PersonQueries) => queries.findByToken(township, 'token-7777'),
      'persons_identity_token_key',
      ['identity_token ='],
    ],
  ])(
    '%s reads the index under row-level security, and no table from end to end',
    async (_, ask, index, conditions) => {
      const plans = await plansOf(township, () => ask(service.get(PersonQueries)));
      const nodes = plans.flatMap(nodesOf);
      if (process.env['SHOW_PLANS']) process.stdout.write(`${JSON.stringify(plans, null, 1)}\n`);
      const scanned = nodes
        .filter((node) => node['Node Type'] === 'Seq Scan')
        .map((node) => node['Relation Name']);
      expect(scanned).toEqual([]);
      const condition = nodes
        .filter((node) => node['Index Name'] === index)
        .map((node) => node['Index Cond']?.replaceAll(/[()"]|::text/g, ''))
        .join(' ');
      for (const part of conditions) expect(condition).toContain(part);
    },
  );

  it('the facts of a page are read by the index, person by person', async () => {
    const page = await service.get(PersonQueries).page(township, { ...everywhere, limit: 200 });
    expect(page.persons).toHaveLength(200);
    expect(page.persons.every(({ facts }) => facts.length === 5)).toBe(true);
    const rows = await service
      .get(Database)
      .query(
        lookingWith(township, 'person:read'),
        `explain select * from facts where person_id = any($1::uuid[]) and state = 'current' order by name`,
        [page.persons.map(({ personId }) => personId)],
      );
    const scans = rows.map((row) => JSON.stringify(row)).filter((line) => line.includes(' Scan '));
    expect(scans.filter((line) => line.includes('Seq Scan'))).toEqual([]);
    expect(scans.some((line) => line.includes('using persons_pkey on persons'))).toBe(true);
  });
});
