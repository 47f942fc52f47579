import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { homeDirectory, startBacking, type Backing } from '@app/backing';
import { untilOutboxHasRoom } from '@app/messaging';
import { serviceUrl } from '@app/platform';
import { migrateServices } from '@app/service-host';
import { createTestDatabase, serviceLogin, type TestDatabase } from '@app/testing';
import { allMigrations } from '../../apps/all-in-one/src/services.js';
import { databasePasswordIn, ensureKeys, keyFilesIn } from '../../apps/cli/src/installation/keys.js';
import { inPace } from '../../apps/subsidies/src/app/pay-run-pace.js';
import { subsidies } from '../../apps/subsidies/src/migrations.js';
import { processMs } from '../measure/cpu.js';
import { openPayRun } from '../../apps/subsidies/test/pay-run-process.js';
import { House } from '../chain/house.js';
import { Delivery } from './delivery.js';

/**
 * `npm run bench:pay-run`: a run over `--benefits n` (1,000,000) planned, ordered and planned again, on a PostgreSQL of its own (or that of
 * ONETHING_TEST_POSTGRES), with how long the horizon below which relays read stood still meanwhile, and how much work it was for this process and
 * for PostgreSQL, which says more than the clock does on a machine that others use. Every month is compared with an
 * independent SQL at the end. `--facts`: with Kafka and the released lifecycle beside it, until the run's facts are on Kafka and handled there, and how
 * long other facts of subsidies were on their way meanwhile.
 */
const { values: args } = parseArgs({
  options: {
    benefits: { type: 'string', default: '1000000' },
    facts: { type: 'boolean', default: false },
  },
});
const BENEFITS = Number(args.benefits);
const FILL = 50_000;
const say = (text: string) => process.stdout.write(`${text}\n`);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

async function main(): Promise<void> {
  const directory = join(homeDirectory(), 'bench-pay-run');
  const backing =
    process.env['ONETHING_TEST_POSTGRES'] && !args.facts
      ? null
      : await startBacking({
          dir: directory,
          fresh: true,
          addresses: {},
          ...(args.facts ? {} : { only: ['postgres'] }),
          requireReal: true,
          postgresSettings: { shared_buffers: '1GB', max_wal_size: '8GB' },
        });
  if (backing) process.env['ONETHING_TEST_POSTGRES'] = backing.postgres.url;
  const database = await createTestDatabase();
  try {
    await (args.facts ? measureFacts(database, backing!, directory) : measure(database));
  } finally {
    await database.drop();
    await backing?.stop();
  }
}

async function measure(database: TestDatabase): Promise<void> {
  say(
    `${BENEFITS} benefits; ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, load ${loadavg()[0]!.toFixed(1)}`,
  );
  const { servicePassword } = serviceLogin(database.url);
  await migrateServices(
    [subsidies],
    { DATABASE_URL: database.url, SERVICE_DATABASE_PASSWORD: servicePassword, QUEUE_BACKEND: 'redis' },
    () => undefined,
  );
  for (let from = 1; from <= BENEFITS; from += FILL) await fill(database, from);
  await database.query('analyze subsidies.benefits, subsidies.payee_accounts');
  const run = openPayRun(serviceUrl(database.url, servicePassword), null);
  try {
    // The books of the months before, so that only the run's own month is new: what a county's run is like.
    await round(database, run, '2026-06', 'the month before');
    const { plan, order } = await round(database, run, '2026-07', 'the run');
    say(`planned and ordered with its facts: ${seconds(plan + order)} (goal 60 s for 1,000,000)`);
    const before = await changes(database);
    await round(database, run, '2026-07', 'the same month again');
    if (JSON.stringify(await changes(database)) !== JSON.stringify(before))
      throw new Error('the second run changed rows');
    const wrong = await database.query(WRONG);
    if (wrong.length > 0) throw new Error(`${wrong.length} months are wrong: ${JSON.stringify(wrong[0])}`);
    say('every month is owed and paid as an independent SQL says');
  } finally {
    await run.database.close();
  }
}

/** One run with its facts, as far as lifecycle. */
async function measureFacts(database: TestDatabase, backing: Backing, directory: string): Promise<void> {
  say(`${BENEFITS} benefits with their facts; ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`);
  const keys = keyFilesIn(directory);
  await ensureKeys(keys);
  const password = databasePasswordIn(keys);
  await migrateServices(
    allMigrations,
    { DATABASE_URL: database.url, SERVICE_DATABASE_PASSWORD: password, QUEUE_BACKEND: 'redis' },
    () => undefined,
  );
  for (let from = 1; from <= BENEFITS; from += FILL) await fill(database, from);
  await database.query('analyze subsidies.benefits, subsidies.payee_accounts');
  const prefix = `pay-run-${Date.now().toString(36)}.`;
  const run = openPayRun(serviceUrl(database.url, password), null);
  const house = await House.start({
    ...{ backing, url: database.url, prefix, directory, profiles: null },
    ...{ mode: 'separate', only: ['lifecycle'] },
  });
  const delivery = new Delivery(run, backing.kafka.brokers!.split(','), prefix);
  try {
    await delivery.start();
    const began = performance.now();
    const ordered = round(database, run, '2026-06', 'the run');
    const { onKafka, processed, otherFactMs } = await delivery.watch(began, BENEFITS, ordered);
    say(
      `its facts: all on Kafka after ${onKafka.toFixed(1)} s (goal 180), handled by lifecycle after ${processed.toFixed(1)} s (goal 300); ` +
        `other facts of subsidies took ${otherFactMs.toFixed(0)} ms at most (goal 2000)`,
    );
    const [known] = await database.query<{ count: number }>(
      'select count(*)::int as count from lifecycle.benefit_payments',
    );
    if (known!.count !== BENEFITS) throw new Error(`lifecycle knows ${known!.count} payments`);
  } finally {
    await delivery.stop();
    await house.stop();
    await run.database.close();
  }
}

type PayRun = ReturnType<typeof openPayRun>;

async function round(
  database: TestDatabase,
  run: PayRun,
  month: string,
  what: string,
): Promise<{ plan: number; order: number }> {
  await database.query(
    `insert into subsidies.ledger_months (county, open_month) values ('338801', $1)
     on conflict (county) do update set open_month = excluded.open_month`,
    [month],
  );
  const [row] = await database.query<{ run_no: number }>(
    `insert into subsidies.pay_runs (county, division_code, month, serial, pay_on, state, planned_by, planned_by_role)
     select '338801', '338801000000', $1::text, 1 + count(*), ($1::text || '-20')::date, 'planning', 'bench', 'service'
     from subsidies.pay_runs where month = $1::text returning run_no::int`,
    [month],
  );
  const runNo = row!.run_no;
  const room = () => untilOutboxHasRoom(run.database, run.actor);
  const horizon = watchHorizon(database);
  const cpu = await watchCpu(database);
  const both = async () => {
    const plan = await chunks((size) => run.plan.chunk(runNo, size));
    await database.query(`update subsidies.pay_runs set state = 'ordering' where run_no = $1`, [runNo]);
    return { plan, order: await chunks((size) => run.order.chunk(runNo, size), room) };
  };
  // Before the database goes, also where a run has failed: else the failure would be the watcher's.
  const { plan, order } = await both().catch(async (error: unknown) => {
    await horizon.stop();
    throw error;
  });
  const { node, postgres } = await cpu();
  const stood = await horizon.stop();
  const [done] = await database.query<{ state: string; ordered_count: number }>(
    'select state, ordered_count from subsidies.pay_runs where run_no = $1',
    [runNo],
  );
  await database.query(`update subsidies.pay_runs set state = 'closed' where run_no = $1`, [runNo]);
  say(
    `${what}: planned in ${seconds(plan.ms)} (longest chunk ${plan.longest.toFixed(0)} ms), ordered in ${seconds(order.ms)} (longest ${order.longest.toFixed(0)} ms), ` +
      `${done!.ordered_count} lines with ${seconds(node)} of CPU here and ${seconds(postgres)} in PostgreSQL; other facts waited ${stood.toFixed(0)} ms at most; ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`,
  );
  return { plan: plan.ms, order: order.ms };
}

async function chunks(
  work: (size: number) => Promise<boolean>,
  room?: () => Promise<void>,
): Promise<{ ms: number; longest: number }> {
  const began = performance.now();
  let longest = 0;
  const timed = async (size: number) => {
    const at = performance.now();
    const isMore = await work(size);
    longest = Math.max(longest, performance.now() - at);
    return isMore;
  };
  await inPace(timed, undefined, room);
  return { ms: performance.now() - began, longest };
}

/** CPU milliseconds from now on: of this process, and of PostgreSQL's processes that serve this database, where they are on this machine. */
async function watchCpu(database: TestDatabase): Promise<() => Promise<{ node: number; postgres: number }>> {
  const backends = async () =>
    (
      await database.query<{ pid: number }>(
        'select pid from pg_stat_activity where datname = current_database() order by pid',
      )
    ).map(({ pid }) => pid);
  const before = new Map((await backends()).map((pid) => [pid, processMs(pid)]));
  const began = process.cpuUsage();
  return async () => {
    const { user, system } = process.cpuUsage(began);
    const postgres = (await backends()).reduce(
      (sum, pid) => sum + processMs(pid) - (before.get(pid) ?? 0),
      0,
    );
    return { node: (user + system) / 1000, postgres };
  };
}

/** How long a transaction of somebody else stays above the horizon below which every relay of the cluster reads. */
function watchHorizon(database: TestDatabase): { stop(): Promise<number> } {
  let longest = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const began = performance.now();
      const [probe] = await database.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
      for (;;) {
        const [seen] = await database.query<{ below: boolean }>(
          'select $1::xid8 < pg_snapshot_xmin(pg_current_snapshot()) as below',
          [probe!.xid],
        );
        if (seen!.below) break;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      longest = Math.max(longest, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await watching;
      return longest;
    },
  };
}

async function fill(database: TestDatabase, from: number): Promise<void> {
  await database.query(
    `with people as (
       select n, gen_random_uuid() as person_id, gen_random_uuid() as case_id, gen_random_uuid() as benefit_id,
         '338801' || lpad((1 + n % 20)::text, 3, '0') || lpad((1 + n / 20 % 30)::text, 3, '0') as place
       from generate_series($1::int, $1::int + $2::int - 1) n),
     opened as (
       insert into subsidies.cases (case_id, person_id, division_code, item_id, item_version, period, mode, fact_version, because,
         missing_materials, status, state, task_doers, readers, version, created_by, created_by_role, changed_by, changed_by_role)
       select case_id, person_id, place, 'invented/by-rule', '2026-01', 'once', 'auto', 1, '[]', '[]', 'granted', '{"status": "granted"}',
         '[]', '[]', 1, 't', 't', 't', 't' from people),
     accounts as (
       insert into subsidies.payee_accounts (account_id, person_id, holder, holder_name, bank, account_number, account_token, status,
         confirmed_at, version, entered_by, entered_by_role, changed_by, changed_by_role)
       select gen_random_uuid(), person_id, 'self', '某人', '某银行', 'x', person_id::text, 'confirmed', '2026-01-01', 2, 't', 't', 't', 't'
       from people)
     insert into subsidies.benefits (benefit_id, case_id, person_id, division_code, item_id, item_version, status, from_month, rates, version,
       created_by, created_by_role, changed_by, changed_by_role)
     select benefit_id, case_id, person_id, place, 'invented/by-rule', '2026-01', 'running', '2026-06',
       jsonb_build_array(jsonb_build_object('fromMonth', '2026-06', 'fen', 10000 + n % 7 * 500)), 1, 't', 't', 't', 't' from people`,
    [from, Math.min(FILL, BENEFITS - from + 1)],
  );
}

const changes = (database: TestDatabase) =>
  database.query(
    `select 'entries' as of, count(*) as n, max(xmin::text::bigint) as at from subsidies.benefit_entries
     union all select 'books', count(*), max(xmin::text::bigint) from subsidies.benefit_books
     union all select 'lines', count(*), max(xmin::text::bigint) from subsidies.pay_run_lines
     union all select 'facts', count(*), max(xmin::text::bigint) from subsidies.outbox_messages order by 1`,
  );

const WRONG = `
  select b.benefit_id, m.month from subsidies.benefits b cross join (values ('2026-06'), ('2026-07')) m (month)
  left join (
    select benefit_id, month, sum(fen) filter (where kind = 'entitlement') as owed, sum(fen) filter (where kind = 'payment') as paid,
      count(*) as n from subsidies.benefit_entries group by 1, 2) e using (benefit_id, month)
  where e.owed is distinct from (b.rates -> 0 ->> 'fen')::bigint or e.paid is distinct from e.owed or e.n <> 2 limit 10`;

await main();
