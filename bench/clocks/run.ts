import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { serviceActor } from '@app/access';
import { homeDirectory, startBacking } from '@app/backing';
import { ClockSweeper, LegalClocks, WorkingCalendar, type YearFile } from '@app/clocks';
import { Database } from '@app/platform';
import { startService, until, type ServiceUnderTest } from '@app/testing';
import { subsidies } from '../../apps/subsidies/src/migrations.js';
import { SubsidiesModule } from '../../apps/subsidies/src/subsidies.module.js';
import { writeClocksReport, type Figure } from './report.js';
import { BUSY_MORNING, subjectOf, termOf } from './terms.js';

/**
 * `npm run bench:clocks`: what a million armed clocks weigh, how fast fifty thousand of one minute fire with the handler of cases, how soon
 * an emptied queue is full again, and how long another calendar takes; on a PostgreSQL and a Redis of its own. `--clocks n`, `--due n`;
 * `--dry` prints without writing.
 */
const { values: args } = parseArgs({
  options: {
    clocks: { type: 'string', default: '1000000' },
    due: { type: 'string', default: '50000' },
    dry: { type: 'boolean', default: false },
  },
});

const CLOCKS = Number(args.clocks);
const DUE = Math.min(Number(args.due), CLOCKS);
const SUSPENSIONS = Math.round(CLOCKS * 0.3);
const PAGE = 1000;
const MB = 2 ** 20;
const actor = serviceActor('subsidies');
const say = (text: string) => process.stdout.write(`${text}\n`);

/** An invented notice for 2027, so that every term across New Year moves or is settled. */
const notice: YearFile = {
  year: 2027,
  source: { basis: 'an invented notice' },
  days: {
    '2027-01-01': { type: '法定休', name: '元旦' },
    '2027-02-05': { type: '调休休', name: '春节' },
    '2027-02-08': { type: '法定休', name: '春节' },
    '2027-02-09': { type: '法定休', name: '春节' },
    '2027-02-10': { type: '调休休', name: '春节' },
    '2027-02-20': { type: '调休班', name: '春节' },
  },
};

async function main(): Promise<void> {
  say('starting PostgreSQL and Redis of its own');
  const backing = await startBacking({
    dir: join(homeDirectory(), 'bench-clocks'),
    fresh: true,
    addresses: {},
    only: ['postgres', 'redis'],
    requireReal: true,
    postgresSettings: { shared_buffers: '1GB', max_wal_size: '4GB' },
  });
  process.env['ONETHING_TEST_POSTGRES'] = backing.postgres.url;
  process.env['ONETHING_TEST_REDIS'] = backing.redis.url!;
  const redis = new Redis(backing.redis.url!);
  const service = await startService({
    name: 'subsidies',
    modules: [SubsidiesModule],
    migrated: [subsidies],
    now: '2026-06-01',
  });
  try {
    const figures = await measure(service, redis);
    writeClocksReport(
      {
        machine: `${cpus().length} × ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GiB; load average at the end ${loadavg()[0]!.toFixed(1)}`,
        servers: [backing.postgres.detail, backing.redis.detail],
        clocks: CLOCKS,
        suspensions: SUSPENSIONS,
        due: DUE,
        rough: CLOCKS < 1_000_000,
        figures,
      },
      args.dry ? null : join('docs', 'benchmarks.md'),
    );
  } finally {
    await service.stop();
    redis.disconnect();
    await backing.stop();
  }
}

async function measure(service: ServiceUnderTest, redis: Redis): Promise<Figure[]> {
  const figures: Figure[] = [];
  const tell = (what: string, value: number, unit: Figure['unit'], atMost: number | null = null) => {
    figures.push({ what, value, unit, atMost });
    say(`${what}: ${value.toFixed(1)} ${unit}`);
  };
  const emptyRedis = await usedMemory(redis);
  tell('arming them, a thousand in a transaction', await timed(() => arm(service)), 's');
  await suspend(service);
  await service.database.query('vacuum analyze subsidies.clocks, subsidies.clock_suspensions');
  tell('PostgreSQL: clocks, rules, ledger, rungs, with indexes', await clocksSize(service), 'MB', 400);

  let moved = 0;
  const byNotice = WorkingCalendar.load().with(notice);
  const took = await timed(async () => {
    const told = (those: readonly unknown[]) => void (moved += those.length);
    await service.get(ClockSweeper).reproject(told, byNotice);
  });
  tell('another calendar: all of them worked out anew', took, 's', 60);
  tell('… clocks whose end moved', moved, '');
  tell('… without a rung to come that had not fired all of theirs', await lostRungs(service), '', 0);
  await service.database.query('vacuum analyze subsidies.clocks');
  tell('PostgreSQL after that', await clocksSize(service), 'MB');

  await openCases(service);
  service.clock.set('2026-06-10T08:50:00+08:00');
  const minute = () => redis.keys(`${service.config.QUEUE_PREFIX}:subsidies-clock-rungs:at-*`);
  const jobs = Math.ceil(DUE / 1000);
  await until('the busy minute in the queue', async () => (await minute()).length >= jobs, {
    timeoutMs: 60_000,
  });
  tell('Redis, with the busy minute in the queue', ((await usedMemory(redis)) - emptyRedis) / MB, 'MB', 20);
  await redis.flushall();
  const healed = await timed(() =>
    until('the queue to be filled again', async () => (await minute()).length >= jobs, {
      timeoutMs: 120_000,
    }),
  );
  tell('Redis emptied: everything is back after', healed, 's', 30);
  tell('… rungs fired until then', await fired(service), '', 0);

  await redis.flushall();
  service.clock.set(new Date(Date.parse(BUSY_MORNING) - 5000).toISOString());
  await until('the busy minute in the queue', async () => (await minute()).length >= jobs, {
    timeoutMs: 60_000,
  });
  const [delay] = await redis.zrange(
    `${service.config.QUEUE_PREFIX}:subsidies-clock-rungs:delayed`,
    0,
    0,
    'WITHSCORES',
  );
  if (!delay) throw new Error('no job waits');
  await new Promise((resolve) => setTimeout(resolve, 4000));
  tell('rungs fired before their minute', await fired(service), '', 0);
  service.clock.set(BUSY_MORNING);
  const all = await timed(() =>
    until('all to fire', async () => (await fired(service)) >= DUE, { timeoutMs: 600_000, everyMs: 250 }),
  );
  tell('all that are due at 09:00:00 have fired, with their facts, after', all, 's', 60);
  const [facts] = await service.database.query<{ count: number; distinct: number }>(
    `select count(*)::int as count, count(distinct (payload ->> 'clockId', payload ->> 'rung'))::int as distinct
     from subsidies.outbox_messages where type = 'subsidies.case.reminded.v1'`,
  );
  tell(
    '… facts beyond one for each rung',
    Math.abs(facts!.count - DUE) + facts!.count - facts!.distinct,
    '',
    0,
  );
  return figures;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

async function arm(service: ServiceUnderTest): Promise<void> {
  const clocks = service.get(LegalClocks);
  for (let from = 0; from < CLOCKS; from += PAGE) {
    const terms = Array.from({ length: Math.min(PAGE, CLOCKS - from) }, (_, at) => termOf(from + at, DUE));
    await service.get(Database).transaction(actor, (tx) => clocks.arm(tx, terms));
    if (from % 100_000 === 0) say(`  ${from} armed`);
  }
}

/** Three of ten stood still for a week once, among those that do not come on the busy morning. */
async function suspend(service: ServiceUnderTest): Promise<void> {
  await service.database.query(
    `insert into subsidies.clock_suspensions (clock_id, from_at, to_at, reason, basis, note, suspended_by, suspended_by_role)
     select clock_id, anchor_day + interval '3 days', anchor_day + interval '10 days', 'assessment', '示例条例第二条', null,
       'bench', 'benefit-officer'
     from subsidies.clocks where step = 'decide' limit $1`,
    [SUSPENSIONS],
  );
}

async function openCases(service: ServiceUnderTest): Promise<void> {
  for (let from = 0; from < DUE; from += 10_000) {
    await service.database.query(
      `insert into subsidies.cases (case_id, person_id, division_code, item_id, item_version, period, mode, fact_version, because,
         missing_materials, status, state, task_doers, readers, version, created_by, created_by_role, changed_by, changed_by_role)
       select id, id, '338801001001', 'subsidies/living-subsidy', '2016-01', 'once', 'auto', 1, '[]', '[]', 'open',
         '{"status":"open"}', '[]', '[]', 1, 'bench', 'service', 'bench', 'service'
       from unnest($1::uuid[]) id`,
      [Array.from({ length: Math.min(10_000, DUE - from) }, (_, at) => subjectOf(from + at))],
    );
  }
  await service.database.query('vacuum analyze subsidies.cases');
}

async function clocksSize({ database }: ServiceUnderTest): Promise<number> {
  const tables = ['clocks', 'clock_rules', 'clock_rungs', 'clock_suspensions', 'clock_extensions'];
  const [row] = await database.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(('subsidies.' || name)::regclass)) as bytes from unnest($1::text[]) name`,
    [tables],
  );
  return Number(row!.bytes) / MB;
}

async function lostRungs({ database }: ServiceUnderTest): Promise<number> {
  const [row] = await database.query<{ lost: number }>(
    `select count(*)::int as lost from subsidies.clocks where status = 'running' and not paused and next_at is null`,
  );
  return row!.lost;
}

async function fired({ database }: ServiceUnderTest): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `select count(*)::int as count from subsidies.clock_rungs r where rung = 'reminder'`,
  );
  return row!.count;
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
}

await main();
