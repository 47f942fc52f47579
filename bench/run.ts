import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { homeDirectory, startBacking, type Backing } from '@app/backing';
import type { Arm, Servers } from './arms/arm.js';
import { ARMS } from './arms/arms.js';
import { CHAIN_ARMS, CHAIN_SETTINGS, measureChain } from './chain/measure-chain.js';
import { between, cpuOf, scaled, totalMs, type Pids } from './measure/cpu.js';
import { chainsOf, describe, measureProgramme, serverPids, type Programme } from './measure/measured.js';
import { findPgbench, pgbench14 } from './measure/pgbench.js';
import { writeReport, type ArmResult } from './measure/report.js';
import { RunningArm } from './measure/running-arm.js';
import { describeStatements, STATEMENTS_SETTINGS } from './measure/statements.js';
import { migrateW12, STEPS, stepTable } from './w12/schema.js';

/**
 * `npm run bench`: W12 through every arm and the real chain through the released apps, on servers of its own, as ratios to
 * `pgbench14` of the same run, written into docs/benchmarks.md. `--quick` shortens everything; `--arms ours,chain` chooses; `--dry`
 * prints without writing; `--cpu-prof directory` and `--statements` show where the real chain's time goes.
 */
const { values: args } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    dry: { type: 'boolean', default: false },
    arms: { type: 'string' },
    'cpu-prof': { type: 'string' },
    statements: { type: 'boolean', default: false },
  },
});

interface Plan {
  readonly full: Programme;
  /** These are there to compare bursts with. */
  readonly burstsOnly: Programme;
  readonly chain: Programme;
  readonly idleSeconds: number;
  readonly pgbenchSeconds: number;
}

const W12_RATES = [20, 100, 200];
const CHAIN_RATES = [5, 10, 20];

const PLAN: Plan = args.quick
  ? plan({ repetitions: 1, restMs: 1000 }, [2000, 500, 150], [2000, 125, 50], [10, 10], 5, 5)
  : plan({ repetitions: 3, restMs: 5000 }, [5000, 2000, 300], [5000, 500, 200], [60, 30], 20, 10);

function plan(
  both: Pick<Programme, 'repetitions' | 'restMs'>,
  [fullBurst, slowBurst, chainBurst]: [number, number, number],
  [fullWarmUp, slowWarmUp, chainWarmUp]: [number, number, number],
  [rateSeconds, chainSeconds]: [number, number],
  idleSeconds: number,
  pgbenchSeconds: number,
): Plan {
  return {
    full: { ...both, burst: fullBurst, warmUp: fullWarmUp, rates: W12_RATES, rateSeconds },
    burstsOnly: { ...both, burst: slowBurst, warmUp: slowWarmUp, rates: [], rateSeconds },
    chain: { ...both, burst: chainBurst, warmUp: chainWarmUp, rates: CHAIN_RATES, rateSeconds: chainSeconds },
    idleSeconds,
    pgbenchSeconds,
  };
}

/** These do the whole programme. */
const IN_FULL = new Set(['ours', 'ours.separate']);

const IDLE_AFTER_MS = 15_000;

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const wanted = ({ name }: { name: string }) => !args.arms || args.arms.split(',').includes(name);
  const arms = ARMS.filter(wanted);
  const chains = CHAIN_ARMS.filter(wanted);
  if (arms.length + chains.length === 0) {
    throw new Error(`no such arm; there are: ${[...ARMS, ...CHAIN_ARMS].map(({ name }) => name).join(', ')}`);
  }
  const directory = join(homeDirectory(), 'bench');
  say('starting PostgreSQL, Redis and Kafka of its own');
  const backing = await startBacking({
    dir: directory,
    fresh: true,
    addresses: {},
    requireReal: true,
    postgresSettings: {
      ...(chains.length > 0 ? CHAIN_SETTINGS : {}),
      ...(args.statements ? STATEMENTS_SETTINGS : {}),
    },
  });
  try {
    const speedometer = await Speedometer.on(backing);
    const around = async (measureIt: () => Promise<Omit<ArmResult, 'pgbench'>>): Promise<ArmResult> => {
      const before = await speedometer.read();
      const result = await measureIt();
      return { ...result, pgbench: mean(before, await speedometer.read()) };
    };
    const results: ArmResult[] = [];
    for (const arm of arms) results.push(await around(() => measure(arm, backing, directory)));
    const chainResults: ArmResult[] = [];
    for (const arm of chains) {
      const url = await freshDatabase(backing, databaseOf(arm.name));
      say(`\n${arm.name}: ${arm.title}`);
      const profiles = args['cpu-prof'] ? join(args['cpu-prof'], arm.name) : null;
      chainResults.push(
        await around(async () => ({
          arm,
          idle: null,
          ...(await measureChain(arm, { backing, url, directory, profiles }, PLAN.chain, say)),
        })),
      );
      if (args.statements) await describeStatements(url, chainsOf(PLAN.chain), say);
    }
    writeReport(
      {
        machine: `${cpus().length} × ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GiB; load average at the end ${loadavg()[0]!.toFixed(1)}`,
        servers: [backing.postgres, backing.kafka, backing.redis].map(({ detail }) => detail),
        quick: args.quick,
        results,
        rateSeconds: PLAN.full.rateSeconds,
        chainResults,
        chainRateSeconds: PLAN.chain.rateSeconds,
      },
      args.dry ? null : join(homeDirectory(), '../docs/benchmarks.md'),
    );
  } finally {
    await backing.stop();
  }
}

async function measure(arm: Arm, backing: Backing, directory: string): Promise<Omit<ArmResult, 'pgbench'>> {
  say(`\n${arm.name}: ${arm.title}`);
  const url = await freshDatabase(backing, databaseOf(arm.name));
  await migrateW12(url);
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
    const programme = inFull ? PLAN.full : PLAN.burstsOnly;
    const measured = await measureProgramme(running, programme, pids, database, say);
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
    await checkCounts(database, chainsOf(programme));
    return { arm, ...measured, idle };
  } catch (error) {
    running.kill();
    throw error;
  } finally {
    await database.end();
  }
}

function databaseOf(arm: string): string {
  return `bench_${arm.replace('.', '_')}`;
}

async function freshDatabase(backing: Backing, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: backing.postgres.url });
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(backing.postgres.url);
  url.pathname = `/${name}`;
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

/** `pgbench14` around every arm: the machine's own speed at that time. */
class Speedometer {
  private constructor(
    private readonly program: string | null,
    private readonly url: string,
  ) {}

  static async on(backing: Backing): Promise<Speedometer> {
    const program = findPgbench();
    if (!program) say('no pgbench on this machine: absolute figures only');
    const url = await freshDatabase(backing, 'bench_pgbench');
    await migrateW12(url);
    return new Speedometer(program, url);
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

await main();
