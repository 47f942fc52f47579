import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { checkCharacter } from '@app/access';
import { benefitGrantedV1, paymentOrderedV1, type NewEvent } from '@app/contracts';
import { startService, until, type ServiceUnderTest, type TestUser } from '@app/testing';
import { allMigrations, allModules } from '../src/services.js';

jest.setTimeout(180_000);

const VILLAGE = '338801001001';
// Of the demo county's code, with right check digits.
const [CHILD, MOTHER] = ['33880120150505001', '33880119850101001'].map(
  (digits) => `${digits}${checkCharacter(digits)}`,
) as [string, string];

let service: ServiceUnderTest;
let operator: TestUser;

beforeAll(async () => {
  service = await startService({
    name: 'all-in-one',
    modules: allModules,
    migrated: allMigrations,
    log: 'postgres',
    settings: { DATABASE_POOL: 2 },
  });
  operator = await service.as('operator');
});
afterAll(() => service?.stop());

/** Appends a fact as its service would. */
const append = (schema: string, { topic, key, type, data, divisionCode }: NewEvent) =>
  service.database.query(
    `insert into ${schema}.outbox_messages (message_id, topic, key, type, payload, division_code, actor_id, actor_role)
     values (gen_random_uuid(), $1, $2, $3, $4, $5, 'test', 'service')`,
    [topic, key, type, JSON.stringify(data), divisionCode],
  );

const count = async (table: string, column: string, id: string) =>
  (await service.database.query(`select 1 from ${table} where ${column} = $1`, [id])).length;

/** Nothing is known, and nothing was handled: as before a consumer ran first. */
async function forget(consumer: string, ...tables: string[]): Promise<void> {
  const [schema] = consumer.split('/') as [string];
  for (const table of tables) await service.database.query(`delete from ${table}`);
  await service.database.query(`delete from ${schema}.inbox_messages where consumer = $1`, [consumer]);
}

async function republish(of: string, topic?: string): Promise<void> {
  const now = Date.now();
  const { status, body } = await operator.post(`/ops/services/${of}/republish`, {
    from: new Date(now - 14 * 86_400_000).toISOString(),
    to: new Date(now + 60_000).toISOString(),
    ...(topic ? { topic } : {}),
  });
  expect(status).toBe(200);
  expect(body.published).toBeGreaterThan(0);
}

const filled = (table: string, column: string, id: string, rows = 1) =>
  until(`${rows} of ${table}`, async () => (await count(table, column, id)) === rows);

/** A consumer that came later than the facts learns of them by an operator who publishes them again. */
describe('facts of the last fourteen days, published again', () => {
  it('tell subsidies who is who, who may act for whom, and whom death lists may mean', async () => {
    const officer = await service.as('card-officer');
    const { body } = await officer.post('/registry/persons', {
      name: '小明',
      identityNumber: CHILD,
      divisionCode: VILLAGE,
    });
    const personId = body.personId as string;
    await officer.post(`/registry/persons/${personId}/guardians`, {
      ...{ basis: 'minor', relation: '母亲', name: '王芳', identityNumber: MOTHER },
    });
    const lists = await service.as('data-officer');
    const list = Buffer.from('姓名,身份证号,死亡日期\n小明,,2026-02-20');
    const report = await lists.upload('/registry/imports/death', list, 'text/csv');
    expect(report.body).toMatchObject({ undecided: 1 });
    const tables = [
      'subsidies.payment_persons',
      'subsidies.case_representatives',
      'subsidies.suspected_deaths',
    ];
    for (const table of tables) await filled(table, 'person_id', personId);

    await forget('subsidies/know-household-on-person-registered', tables[0]!);
    await forget('subsidies/follow-applicant-on-person-fact', tables[1]!);
    await forget('subsidies/know-suspicion-on-death-suspected', tables[2]!);
    for (const table of tables)
      expect([table, await count(table, 'person_id', personId)]).toEqual([table, 0]);
    await republish('registry');
    for (const table of tables) await filled(table, 'person_id', personId);
  });

  it('tell lifecycle what is owed and was paid, once', async () => {
    const about = {
      ...{ personId: randomUUID(), divisionCode: VILLAGE, benefitId: randomUUID() },
      itemId: 'subsidies/nursing-subsidy',
    };
    const month = '2026-01';
    await append(
      'subsidies',
      benefitGrantedV1.of({
        ...about,
        ...{ caseId: randomUUID(), version: 1, status: 'running', fromMonth: month, toMonth: null },
        rates: [{ fromMonth: month, fen: 100_00 }],
      }),
    );
    await append(
      'subsidies',
      paymentOrderedV1.of({
        ...about,
        runNo: 1,
        runMonth: month,
        months: [{ month, fen: 100_00 }],
        fen: 100_00,
      }),
    );
    const tables = ['lifecycle.benefits', 'lifecycle.benefit_payments'];
    for (const table of tables) await filled(table, 'benefit_id', about.benefitId);
    await forget('lifecycle/follow-money-on-benefit-or-payment', ...tables.toReversed());
    await republish('subsidies', 'subsidies.benefit');
    await republish('subsidies', 'subsidies.payment');
    for (const table of tables) await filled(table, 'benefit_id', about.benefitId);
    await republish('subsidies');
    for (const table of tables) expect(await count(table, 'benefit_id', about.benefitId)).toBe(1);
  });
});
