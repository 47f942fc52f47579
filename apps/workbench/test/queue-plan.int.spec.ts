import { jest } from '@jest/globals';
import pg from 'pg';
import { lookingAs, type Role } from '@app/access';
import { Database } from '@app/platform';
import { startService, testActor, testUnit, type ActorOptions, type ServiceUnderTest } from '@app/testing';
import { workbench } from '../src/migrations.js';
import { WorkbenchModule } from '../src/workbench.module.js';

jest.setTimeout(600_000);

/** Cases of one county; `QUEUE_ROWS=1000000 SHOW_PLANS=1` prints the plans of the size that the portal is made for. */
const CASES = Number(process.env['QUEUE_ROWS'] ?? 60_000);
const TOWN = { from: '338801010000', to: '338801010999' };
const VILLAGE = { from: '338801010003', to: '338801010003' };

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({ name: 'workbench', modules: [WorkbenchModule], migrated: [workbench] });
  // Twenty towns of nine villages; three in five wait for somebody, of eight kinds; one in a hundred is with an institution; half have a term.
  const doers = `(array['["village-liaison"]','["township-chair"]','["benefit-officer"]','["federation-lead"]',
         '["member-unit:civil-affairs"]','["village-liaison", "township-chair", "commissioner"]','["rehab-officer"]','["rehab-provider"]'])[1 + n % 8]`;
  const readers = `'["benefit-officer", "commissioner", "federation-lead", "member-unit:civil-affairs", "rehab-officer", "township-chair", "village-liaison"]'`;
  await service.database.query(
    `insert into workbench.work_role_sets (tokens)
     select distinct ${doers}::jsonb from generate_series(1, 8) n union select ${readers}::jsonb union select '[]'::jsonb`,
  );
  const setOf = (tokens: string) =>
    `(select s.set_id from workbench.work_role_sets s where s.tokens = ${tokens}::jsonb)`;
  const code = `'3388010' || lpad((10 + n % 20)::text, 2, '0') || lpad((1 + (n / 20) % 9)::text, 3, '0')`;
  const done = `case when n % 5 < 3 then ${doers} else '[]' end`;
  await service.database.query(
    `insert into workbench.work_items (case_id, owner, person_id, division_code, place, item_id, item_version, period, mode, status, task,
       task_doers, doers_set, readers, readers_set, unit_id, waits_for_papers, claimed_by, claimed_at, last_done_by, version, opened_at, told_at,
       term_step, term_kind, term_basis, due_at)
     select gen_random_uuid(), (array['subsidies','rehabilitation','employment','community'])[1 + n % 4],
       gen_random_uuid(), ${code}, ${code},
       'invented/item-' || n % 8, '2026-01', 'once', 'auto', case when n % 8 = 3 then 'deciding' else 'open' end,
       case when n % 5 < 3 then 'step' end,
       ${done}::jsonb, ${setOf(done)}, ${readers}, ${setOf(readers)},
       case when n % 100 = 7 then $2::uuid end, n % 50 = 1, case when n % 10 = 2 then 'u' || n % 200 end, case when n % 10 = 2 then now() end,
       '[]', 1, now() - n * interval '1 second', now(),
       case when n % 2 = 0 then 'step' end, case when n % 2 = 0 then 'statutory' end, case when n % 2 = 0 then 'x' end,
       case when n % 2 = 0 then now() + ((n::bigint * 7919) % 2592000 - 86400) * interval '1 second' else 'infinity' end
     from generate_series(1, $1::int) n`,
    [CASES, testUnit('rehab-provider')],
  );
  await service.database.query('vacuum analyze workbench.work_items');
});
afterAll(() => service.stop());

interface Asked {
  readonly text: string;
  readonly values: unknown[];
}

/** What the queue asks the database for, and how it is answered, both as the user under row-level security. */
async function planOf(query: string, role: Role, options: ActorOptions = {}) {
  const spy = jest.spyOn(pg.Client.prototype, 'query');
  const began = performance.now();
  const { status, body } = await (
    await service.as(role, options)
  ).get(`/workbench/queue${query.startsWith('/') ? query : `?limit=50&${query}`}`);
  const milliseconds = performance.now() - began;
  const statements = spy.mock.calls.map(([statement]) => statement as unknown as Asked);
  // As it was asked, so it is explained.
  const ordered = statements.find(({ text }) => text?.startsWith('set local enable_bitmapscan'));
  const asked = statements.filter(({ text }) => /\bwork_items w\b/.test(text ?? ''));
  spy.mockRestore();
  expect(status).toBe(200);
  const plans: string[] = [];
  for (const { text, values } of asked) {
    const rows = await service.get(Database).read(lookingAs(testActor(role, options)), async (tx) => {
      if (ordered) await tx.query(ordered.text);
      return tx.query<{ 'QUERY PLAN': string }>(
        `explain (analyze, costs off, timing off, buffers) ${text}`,
        values,
      );
    });
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
  const plan = plans.join('\n');
  if (process.env['SHOW_PLANS']) {
    console.info(`${role} ${query}: ${Math.round(milliseconds)} ms\n${plan}`);
  }
  return { body, plan };
}

describe('a page of the queue', () => {
  const users: [Role, ActorOptions][] = [
    ['benefit-officer', {}],
    ['township-chair', TOWN],
    ['village-liaison', VILLAGE],
    ['rehab-provider', {}],
  ];

  it.each(users)('reads no whole table for %s', async (role, options) => {
    for (const view of ['pool', 'mine', 'review', 'papers', 'overdue', 'all']) {
      const { plan } = await planOf(`view=${view}`, role, { id: 'u42', ...options });
      expect([view, plan]).toEqual([view, expect.not.stringMatching(/Seq Scan on work_items/)]);
    }
    await planOf('/counts', role, { id: 'u42', ...options });
    const [some] = await service.database.query<{ person_id: string }>(
      'select person_id from workbench.work_items limit 1',
    );
    const { plan } = await planOf(`view=all&personId=${some!.person_id}`, role, options);
    expect(plan).toContain('work_items_person');
  });

  it('is in the order of the terms, and the first page of a county reads few rows', async () => {
    const { body, plan } = await planOf('view=pool', 'benefit-officer');
    const dues = body.rows.map(({ term }: { term: { dueAt: string } }) => term.dueAt);
    expect(dues).toHaveLength(50);
    expect(dues).toEqual(dues.toSorted());
    expect(plan).toContain('Index Scan using work_items_tasks');
    expect(plan).not.toMatch(/Bitmap Heap Scan on work_items|Seq Scan on work_items/);
  });
});
