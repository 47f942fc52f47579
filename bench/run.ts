import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { homeDirectory, startBacking, type Backing } from '@app/backing';
import type { Arm, Servers } from './arms/arm.js';
import type { Figures } from './arms/arm-process.js';
import { ARMS } from './arms/arms.js';
import { between, cpuOf, scaled, totalMs, type Cpu, type Pids } from './measure/cpu.js';
import { findPgbench, pgbench14 } from './measure/pgbench.js';
import { median, writeReport, type ArmResult, type BurstResult, type RateResult } from './measure/report.js';
import { RunningArm } from './measure/running-arm.js';
import { migrateW12, STEPS, stepTable } from './w12/schema.js';

/**
 * `npm run bench`: W12 through every arm on servers of its own, as ratios to `pgbench14` of the same run, written into
 * docs/benchmarks.md. `--quick` shortens everything; `--arms ours,raw` chooses; `--dry` prints without writing.
 */
const { values: args } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    dry: { type: 'boolean', default: false },
    arms: { type: 'string' },
  },
});

interface Plan {
  readonly burst: number;
  readonly slowBurst: number;
  readonly repetitions: number;
  readonly rates: readonly number[];
  readonly rateSeconds: number;
  readonly idleSeconds: number;
  readonly pgbenchSeconds: number;
  readonly warmUp: number;
}

const PLAN: Plan = args.quick
  ? {
      burst: 2000,
      slowBurst: 500,
      repetitions: 1,
      rates: [20, 100, 200],
      rateSeconds: 10,
      idleSeconds: 5,
      pgbenchSeconds: 5,
      warmUp: 2000,
    }
  : {
      burst: 5000,
      slowBurst: 2000,
      repetitions: 3,
      rates: [20, 100, 200],
      rateSeconds: 60,
      idleSeconds: 20,
      pgbenchSeconds: 10,
      warmUp: 5000,
    };

/** These do the whole programme; the others are there to compare bursts with. */
const IN_FULL = new Set(['ours', 'ours.separate']);

const IDLE_AFTER_MS = 15_000;

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const chosen = ARMS.filter(({ name }) => !args.arms || args.arms.split(',').includes(name));
  if (chosen.length === 0)
    throw new Error(`no such arm; there are: ${ARMS.map(({ name }) => name).join(', ')}`);
  const directory = join(homeDirectory(), 'bench');
  say('starting PostgreSQL, Redis and Kafka of its own');
  const backing = await startBacking({ dir: directory, fresh: true, addresses: {}, requireReal: true });
  try {
    const speedometer = await Speedometer.on(backing);
    const results: ArmResult[] = [];
    for (const arm of chosen) {
      const before = await speedometer.read();
      const result = await measure(arm, backing, directory);
      const after = await speedometer.read();
      results.push({ ...result, pgbench: mean(before, after) });
    }
    writeReport(
      {
        machine: `${cpus().length} × ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GiB; load average at the end ${loadavg()[0]!.toFixed(1)}`,
        servers: [backing.postgres, backing.kafka, backing.redis].map(({ detail }) => detail),
        quick: args.quick,
        rateSeconds: PLAN.rateSeconds,
        results,
      },
      args.dry ? null : join(homeDirectory(), '../docs/benchmarks.md'),
    );
  } finally {
    await backing.stop();
  }
}

async function measure(arm: Arm, backing: Backing, directory: string): Promise<ArmResult> {
  say(`\n${arm.name}: ${arm.title}`);
  const url = await freshDatabase(backing, `bench_${arm.name.replace('.', '_')}`);
  const servers: Servers = {
    url,
    brokers: backing.kafka.brokers!.split(','),
    redisUrl: backing.redis.url!,
    prefix: `${arm.name.replace('.', '-')}-${Date.now().toString(36)}.`,
  };
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  const running = await RunningArm.start(arm, servers);
  try {
    const pids: Pids = { node: running.pids, ...serverPids(directory) };
    const inFull = IN_FULL.has(arm.name);
    const count = inFull ? PLAN.burst : PLAN.slowBurst;
    await running.burst(inFull ? PLAN.warmUp : Math.round(count / 4));
    let total = inFull ? PLAN.warmUp : Math.round(count / 4);

    const bursts: BurstResult[] = [];
    for (let n = 0; n < PLAN.repetitions; n += 1) {
      await quiet(database);
      const [figures, cpu, database_] = await counted(pids, database, () => running.burst(count));
      total += figures.chains;
      bursts.push({ perSecond: figures.chains / figures.seconds, cpu: perChain(cpu, figures), ...database_ });
      say(`  burst of ${count}: ${bursts.at(-1)!.perSecond.toFixed(0)}/s, ${describe(bursts.at(-1)!.cpu)}`);
    }

    const rates: RateResult[] = [];
    for (const perSecond of inFull ? PLAN.rates : []) {
      const runs: { figures: Figures; cpu: Cpu }[] = [];
      for (let n = 0; n < PLAN.repetitions; n += 1) {
        await quiet(database);
        const [figures, cpu] = await counted(pids, database, () => running.rate(perSecond, PLAN.rateSeconds));
        total += figures.chains;
        runs.push({ figures, cpu: perChain(cpu, figures) });
        say(
          `  ${perSecond}/s: p50 ${figures.p50.toFixed(0)}, p99 ${figures.p99.toFixed(0)}, max ${figures.max.toFixed(0)} ms, ${describe(runs.at(-1)!.cpu)}`,
        );
      }
      rates.push({
        perSecond,
        p50: median(runs.map(({ figures }) => figures.p50)),
        p99: median(runs.map(({ figures }) => figures.p99)),
        cpuMs: median(runs.map(({ cpu }) => totalMs(cpu))),
      });
    }

    let idle: number | null = null;
    if (inFull) {
      // PostgreSQL tidies up behind the last run for a while: that is not idleness.
      await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS));
      const before = cpuOf(pids);
      await new Promise((resolve) => setTimeout(resolve, PLAN.idleSeconds * 1000));
      const used = between(before, cpuOf(pids));
      idle = totalMs(used) / (PLAN.idleSeconds * 10);
      say(`  idle: ${idle.toFixed(1)} % of a core, ${describe(scaled(used, 1 / PLAN.idleSeconds))} per s`);
    }
    await running.stop();
    await checkCounts(database, total);
    return { arm, pgbench: null, bursts, rates, idle };
  } catch (error) {
    running.kill();
    throw error;
  } finally {
    await database.end();
  }
}

/** Figures of work with the CPU that everything used for it, and what PostgreSQL says of it. */
async function counted(
  pids: Pids,
  database: pg.Client,
  work: () => Promise<Figures>,
): Promise<[Figures, Cpu, { commits: number; walKb: number }]> {
  const before = { cpu: cpuOf(pids), ...(await position(database)) };
  const figures = await work();
  const cpu = between(before.cpu, cpuOf(pids));
  // The statistics of a session come in with a delay of up to a second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = await position(database);
  return [
    figures,
    cpu,
    {
      commits: (after.commits - before.commits) / figures.chains,
      walKb: (after.wal - before.wal) / 1024 / figures.chains,
    },
  ];
}

async function position(database: pg.Client): Promise<{ commits: number; wal: number }> {
  const { rows } = await database.query<{ commits: number; wal: number }>(
    `select xact_commit::float8 as commits, (pg_current_wal_insert_lsn() - '0/0')::float8 as wal
     from pg_stat_database where datname = current_database()`,
  );
  return rows[0]!;
}

/** A checkpoint and a moment of rest, so that a run does not pay for the one before it. */
async function quiet(database: pg.Client): Promise<void> {
  await database.query('checkpoint');
  await database.query('vacuum analyze');
  await new Promise((resolve) => setTimeout(resolve, args.quick ? 1000 : 5000));
}

async function freshDatabase(backing: Backing, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: backing.postgres.url });
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(backing.postgres.url);
  url.pathname = `/${name}`;
  await migrateW12(url.href);
  return url.href;
}

/** Every arm must have done the work that its figures are for. */
async function checkCounts(database: pg.Client, chains: number): Promise<void> {
  const { rows } = await database.query<{ done: number; open: number }>(
    `select count(*) filter (where status = 'done')::int as done, count(*) filter (where status <> 'done')::int as open from chain.chain`,
  );
  const { done, open } = rows[0]!;
  let steps = 0;
  for (let step = 1; step <= STEPS; step += 1) {
    const { rows: counts } = await database.query<{ count: number }>(
      `select count(*)::int as count from ${stepTable(step)}`,
    );
    steps += counts[0]!.count;
  }
  if (done !== chains || open !== 0 || steps !== chains * STEPS) {
    throw new Error(`${chains} chains were issued; there are ${done} done, ${open} open and ${steps} steps`);
  }
  say(`  checked: ${done} chains done, ${steps} steps`);
}

function serverPids(directory: string): Omit<Pids, 'node'> {
  const pidOf = (name: string) => Number(readFileSync(join(directory, 'pids', `${name}.pid`), 'utf8'));
  return { postgres: pidOf('postgres'), kafka: pidOf('kafka'), redis: pidOf('redis') };
}

/** `pgbench14` around every arm: the machine's own speed at that time. */
class Speedometer {
  private constructor(
    private readonly program: string | null,
    private readonly url: string,
  ) {}

  static async on(backing: Backing): Promise<Speedometer> {
    const program = findPgbench();
    if (!program) say('no pgbench on this machine: absolute figures only');
    return new Speedometer(program, await freshDatabase(backing, 'bench_pgbench'));
  }

  async read(): Promise<number | null> {
    if (!this.program) return null;
    const perSecond = await pgbench14(this.program, this.url, PLAN.pgbenchSeconds);
    say(`pgbench14: ${perSecond.toFixed(0)}/s`);
    return perSecond;
  }
}

function mean(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : (a + b) / 2;
}

function perChain(cpu: Cpu, figures: Figures): Cpu {
  return scaled(cpu, 1 / figures.chains);
}

function describe(cpu: Cpu): string {
  return `${totalMs(cpu).toFixed(2)} CPU-ms = node ${cpu.node.toFixed(2)} + PostgreSQL ${cpu.postgres.toFixed(2)} + Kafka ${cpu.kafka.toFixed(2)} + Redis ${cpu.redis.toFixed(2)}`;
}

await main();
