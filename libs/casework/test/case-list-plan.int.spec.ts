import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import pg from 'pg';
import { lookingAs, type Role } from '@app/access';
import { caseworkMigrations, CaseworkModule } from '@app/casework';
import { Database } from '@app/platform';
import { ServiceModule } from '@app/service-host';
import { startService, testActor, testUnit, type ActorOptions, type ServiceUnderTest } from '@app/testing';
import { inventedCatalogue, teaItems } from './tea-catalogue.js';

jest.setTimeout(120_000);

@Module({
  imports: [
    ServiceModule.forService('subsidies'),
    CaseworkModule.forService('subsidies', { catalogue: inventedCatalogue(teaItems) }),
  ],
})
class TeaHouse {}

const CASES = 50_000;
const VILLAGE = { from: '338801017000', to: '338801017999' };

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({
    name: 'subsidies',
    modules: [TeaHouse],
    migrated: [{ service: 'subsidies', migrations: caseworkMigrations }],
  });
  // A county of a hundred villages; every tenth case waits, every hundredth is with the school.
  await service.database.query(
    `insert into subsidies.cases (case_id, person_id, division_code, item_id, item_version, period, mode, fact_version, because,
       missing_materials, status, state, task, task_doers, readers, version, unit_id, placed_since, created_by, created_by_role,
       changed_by, changed_by_role, created_at, changed_at)
     select gen_random_uuid(), gen_random_uuid(), '338801' || lpad((n % 100)::text, 3, '0') || '001', 'invented/tea-visit', '2026-01', 'once',
       'auto', 0, '[]', '[]', 'open', '{"status":"open","nextStep":"visit"}', case when n % 10 = 3 then 'visit' end,
       case when n % 10 = 3 then '["village-liaison"]' else '[]' end::jsonb, '["village-liaison", "benefit-officer"]', 1,
       case when n % 100 = 7 then $2::uuid end, case when n % 100 = 7 then date '2026-01-01' end, 'x', 'service', 'x', 'service',
       timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01' + n * interval '1 minute'
     from generate_series(1, $1::int) n`,
    [CASES, testUnit('school')],
  );
  await service.database.query('vacuum analyze subsidies.cases');
});
afterAll(() => service.stop());

/** What the list asks the database for, and how it is answered, both as the user under row-level security. */
async function planOf(path: string, role: Role, options: ActorOptions = {}): Promise<string> {
  const spy = jest.spyOn(pg.Client.prototype, 'query');
  const { status, body } = await (await service.as(role, options)).get(path);
  const asked = spy.mock.calls
    .map(([query]) => query as unknown as { text?: string; values?: unknown[] })
    .find(({ text }) => text?.includes('from cases c\n'));
  spy.mockRestore();
  expect(status).toBe(200);
  expect(body.cases.length).toBeGreaterThan(0);
  const rows = await service
    .get(Database)
    .query<{ 'QUERY PLAN': string }>(
      lookingAs(testActor(role, options)),
      `explain ${asked!.text!}`,
      asked!.values,
    );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('among many cases, by an index under row-level security,', () => {
  it('a village finds its list, page after page', async () => {
    expect(await planOf('/subsidies/cases', 'village-liaison', VILLAGE)).toMatch(/cases_place\b/);
    const { body } = await (await service.as('village-liaison', VILLAGE)).get('/subsidies/cases');
    const next = await planOf(`/subsidies/cases?after=${body.next as string}`, 'village-liaison', VILLAGE);
    expect(next).toMatch(/cases_place\b/);
  });

  it('a village finds its queue', async () => {
    const queue = { from: '338801003000', to: '338801003999' };
    expect(await planOf('/subsidies/work', 'village-liaison', queue)).toMatch(/cases_place_tasks/);
  });

  it('a county finds its list in the order in which it is shown', async () => {
    const plan = await planOf('/subsidies/cases', 'benefit-officer');
    expect(plan).toMatch(/cases_in_order/);
    expect(plan).not.toMatch(/Seq Scan on cases|Sort Key: c\.created_at/);
  });

  it('an institution finds what is placed with it', async () => {
    expect(await planOf('/subsidies/cases', 'school')).toMatch(/cases_unit/);
  });
});
