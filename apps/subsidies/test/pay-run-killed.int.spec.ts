import { jest } from '@jest/globals';
import { migrateServices } from '@app/service-host';
import { createTestDatabase, serviceLogin, type TestDatabase } from '@app/testing';
import { serviceUrl } from '@app/platform';
import { subsidies } from '../src/migrations.js';
import {
  deathPoints,
  openPayRun,
  startPayRunProcess,
  type PayRunProcess,
  type PayRunProcessOptions,
} from './pay-run-process.js';

const TIMEOUT_MS = 600_000;
jest.setTimeout(TIMEOUT_MS);

const BENEFITS = 5_000;
const CHUNK = 50;
const DEATHS = 50;
/** Processes at once. */
const LANES = 2;
/** Another one for another run: `ONETHING_CRASH_SEED=7 npm test -- int pay-run-killed`. */
const seed = Number(process.env['ONETHING_CRASH_SEED'] ?? 20_261_129);

let database: TestDatabase;
let url: string;
const started = new Set<PayRunProcess>();

beforeAll(async () => {
  database = await createTestDatabase();
  const { servicePassword } = serviceLogin(database.url);
  await migrateServices(
    [subsidies],
    { DATABASE_URL: database.url, SERVICE_DATABASE_PASSWORD: servicePassword, QUEUE_BACKEND: 'redis' },
    () => undefined,
  );
  url = serviceUrl(database.url, servicePassword);
  await arrange();
});
afterAll(async () => {
  for (const one of started) one.kill();
  await database.drop();
});

/** Allowances of three rates from three months on, each with an account; some are held, some have ended. */
async function arrange(): Promise<void> {
  await database.query(
    `with people as (
       select n, gen_random_uuid() as person_id, gen_random_uuid() as case_id, gen_random_uuid() as benefit_id from generate_series(1, $1) n),
     opened as (
       insert into subsidies.cases (case_id, person_id, division_code, item_id, item_version, period, mode, fact_version, because,
         missing_materials, status, state, task_doers, readers, version, created_by, created_by_role, changed_by, changed_by_role)
       select case_id, person_id, '3388010010' || lpad((n % 20)::text, 2, '0'), 'invented/by-rule', '2026-01', 'once', 'auto', 1, '[]', '[]',
         'granted', '{"status": "granted"}', '[]', '[]', 1, 't', 't', 't', 't' from people returning case_id),
     accounts as (
       insert into subsidies.payee_accounts (account_id, person_id, holder, holder_name, bank, account_number, account_token, status,
         confirmed_at, version, entered_by, entered_by_role, changed_by, changed_by_role)
       select gen_random_uuid(), person_id, 'self', '某人', '某银行', 'x', person_id::text, 'confirmed', '2026-01-01', 2, 't', 't', 't', 't'
       from people returning account_id)
     insert into subsidies.benefits (benefit_id, case_id, person_id, division_code, item_id, item_version, status, from_month, to_month,
       held_from, rates, version, created_by, created_by_role, changed_by, changed_by_role)
     select benefit_id, case_id, person_id, '3388010010' || lpad((n % 20)::text, 2, '0'), 'invented/by-rule', '2026-01',
       case when n % 50 = 0 then 'held' when n % 50 = 1 then 'stopped' else 'running' end,
       '2026-0' || (1 + n % 3), case when n % 50 = 1 then '2026-03' end, case when n % 50 = 0 then '2026-03-01'::date end,
       jsonb_build_array(jsonb_build_object('fromMonth', '2026-01', 'fen', 10000 + n % 7 * 500)), 1, 't', 't', 't', 't' from people`,
    [BENEFITS],
  );
  await database.query(
    `insert into subsidies.ledger_months (county, open_month) values ('338801', '2026-03')`,
  );
}

/** Numbers from 0 to 1, the same for the same seed. */
function random(): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

async function beginRun(serial: number): Promise<number> {
  const [row] = await database.query<{ run_no: number }>(
    `insert into subsidies.pay_runs (county, division_code, month, serial, pay_on, state, planned_by, planned_by_role)
     values ('338801', '338801000000', '2026-03', $1, '2026-03-20', 'planning', 't', 't') returning run_no::int`,
    [serial],
  );
  return row!.run_no;
}

/** Works until the run waits for somebody, with processes that die again and again. @returns how many died by SIGKILL */
async function workThrough(runNo: number, deaths: number, next: () => number): Promise<number> {
  let left = deaths;
  let killed = 0;
  const lane = async () => {
    let spare = startPayRunProcess();
    started.add(spare);
    for (;;) {
      const one = spare;
      const dies = left-- > 0;
      if (dies) started.add((spare = startPayRunProcess()));
      await one.ready;
      const death: PayRunProcessOptions['death'] = dies
        ? {
            chunk: 1 + Math.floor(next() * 2),
            point: deathPoints[Math.floor(next() * deathPoints.length)]!,
            afterMs: Math.floor(next() * 60),
          }
        : null;
      one.run({ url, runNo, chunk: CHUNK, death });
      const signal = await one.ended;
      started.delete(one);
      if (signal === 'SIGKILL') killed += 1;
      else {
        // It has found the work done.
        if (dies) {
          spare.kill();
          await spare.ended;
          started.delete(spare);
        }
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return killed;
}

/** Everything that an independent look finds wrong with the books of the run. */
async function wrongIn(runNo: number): Promise<unknown[]> {
  return database.query(
    `with due as (
       select b.benefit_id, to_char(m, 'YYYY-MM') as month, (b.rates -> 0 ->> 'fen')::bigint as fen
       from subsidies.benefits b
       cross join generate_series('2026-01-01'::date, '2026-03-01', interval '1 month') m
       where to_char(m, 'YYYY-MM') >= b.from_month and (b.to_month is null or to_char(m, 'YYYY-MM') <= b.to_month)
         and (b.held_from is null or m::date < b.held_from)),
     booked as (
       select benefit_id, month, kind, sum(fen) as fen, count(*) as n from subsidies.benefit_entries group by 1, 2, 3),
     compared as (
       select coalesce(d.benefit_id, e.benefit_id) as benefit_id, coalesce(d.month, e.month) as month, d.fen as due, e.fen as owed,
         (select sum(p.fen) from booked p where p.benefit_id = d.benefit_id and p.month = d.month and p.kind in ('payment', 'top-up')) as paid
       from due d full join (select * from booked where kind in ('entitlement', 'correction')) e using (benefit_id, month))
     select 'month' as what, benefit_id::text, month, due::text, owed::text, paid::text from compared
     where due is distinct from owed or due is distinct from paid
     union all
     select 'line', l.benefit_id::text, l.state, l.fen::text, null, null from subsidies.pay_run_lines l
     where run_no = $1 and l.fen <> coalesce((select sum(d.fen) from due d where d.benefit_id = l.benefit_id), 0) and l.state = 'ordered'
     union all
     select 'fact', benefit_id, count(*)::text, null, null, null
     from (select payload ->> 'benefitId' as benefit_id from subsidies.outbox_messages where type = 'subsidies.payment.ordered.v1') f
     group by 2 having count(*) <> 1
     union all
     select 'facts', null, count(*)::text, null, null, null from subsidies.outbox_messages where type = 'subsidies.payment.ordered.v1'
     having count(*) <> (select count(distinct benefit_id) from due)
     union all
     select 'books', k.benefit_id::text, k.owed::text, k.paid::text, null, null from subsidies.benefit_books k
     where k.owed <> coalesce((select sum(fen) from subsidies.benefit_entries e where e.benefit_id = k.benefit_id and kind in ('entitlement', 'correction')), 0)
        or k.paid <> coalesce((select sum(fen) from subsidies.benefit_entries e where e.benefit_id = k.benefit_id and kind in ('payment', 'top-up')), 0)
     union all
     select 'totals', null, r.ordered_count::text, r.ordered_fen::text, null, null from subsidies.pay_runs r
     where run_no = $1 and (r.ordered_fen <> (select sum(fen) from due) or r.count <> r.ordered_count
       or r.ordered_count <> (select count(*) from subsidies.pay_run_lines l where l.run_no = r.run_no and l.state = 'ordered'))`,
    [runNo],
  );
}

const stateOf = async (runNo: number) =>
  (
    await database.query<{ state: string }>('select state from subsidies.pay_runs where run_no = $1', [runNo])
  )[0]!.state;

it(`killed at ${DEATHS} points, two processes at once, pays nobody twice and leaves nobody out (seed ${seed})`, async () => {
  const next = random();
  const runNo = await beginRun(1);
  const planning = await workThrough(runNo, DEATHS / 2, next);
  expect([seed, await stateOf(runNo)]).toEqual([seed, 'planned']);
  await database.query(`update subsidies.pay_runs set state = 'ordering' where run_no = $1`, [runNo]);
  const ordering = await workThrough(runNo, DEATHS / 2, next);
  expect([seed, await stateOf(runNo)]).toEqual([seed, 'ordered']);
  expect([seed, planning, ordering]).toEqual([seed, DEATHS / 2, DEATHS / 2]);
  expect([seed, await wrongIn(runNo)]).toEqual([seed, []]);

  // A second run of the month changes no row of the books.
  const rows = () =>
    database.query(
      `select 'entries' as of, count(*) as n, max(xmin::text::bigint) as at from subsidies.benefit_entries
       union all select 'books', count(*), max(xmin::text::bigint) from subsidies.benefit_books
       union all select 'lines', count(*), max(xmin::text::bigint) from subsidies.pay_run_lines`,
    );
  const before = await rows();
  const again = await beginRun(2);
  const { database: own, plan } = openPayRun(url, null);
  while (await plan.chunk(again));
  await own.close();
  expect(await stateOf(again)).toBe('planned');
  expect(await rows()).toEqual(before);
});
