import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { freePort, homeDirectory, packageRoot, startBacking, type Backing } from '@app/backing';
import { describeSeed, seedDemoCounty } from '../../apps/cli/src/demo/seed.js';
import { ensureKeys, keyFilesIn } from '../../apps/cli/src/installation/keys.js';
import { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { services } from '../../apps/cli/src/services.js';
import {
  environmentOf,
  migrationEnvironmentOf,
  NODE_OPTIONS,
} from '../../apps/cli/src/up/service-process.js';
import { between, cpuOf, totalMs, type Cpu, type Pids } from '../measure/cpu.js';

/**
 * `npm run bench:import`: 5,000 people by their rosters into the all-in-one process on servers of its own, until every item of the
 * catalogue is determined for everybody and can be read by SQL. `--people n`; `--cpu-prof directory` writes the process's CPU
 * profile.
 */
const { values: args } = parseArgs({
  options: {
    people: { type: 'string', default: '5000' },
    'cpu-prof': { type: 'string' },
  },
});

const LOADER = fileURLToPath(new URL('../../libs/testing/run/typescript.mjs', import.meta.url));
const READY_MS = 90_000;

interface Stage {
  readonly name: string;
  readonly ms: number;
  readonly cpu: Cpu;
}

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const people = Number(args.people);
  const directory = join(homeDirectory(), 'bench-import');
  say('starting PostgreSQL, Redis and Kafka of its own');
  const backing = await startBacking({ dir: directory, fresh: true, addresses: {}, requireReal: true });
  const keys = keyFilesIn(directory);
  await ensureKeys(keys);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const addresses = Object.fromEntries(services.map(({ name }) => [name, url]));
  const environment = {
    ...environmentOf({ backing, keys, addresses }),
    PORT: String(port),
    LOG_LEVEL: 'error',
  };
  try {
    await migrate({ ...environment, ...migrationEnvironmentOf({ backing, keys, addresses }) });
    const house = start('main', environment, profiling());
    try {
      await ready(url, house);
      const system = new RunningSystem(stateOf(backing, addresses, keys.directory));
      await measure(system, people, { node: [house.pid!], ...serverPids(directory) });
    } finally {
      await stop(house);
    }
  } finally {
    await backing.stop();
  }
}

async function measure(system: RunningSystem, people: number, pids: Pids): Promise<void> {
  const database = new pg.Client({ connectionString: system.state.databaseUrl });
  await database.connect();
  const stages: Stage[] = [];
  const load = loadavg()[0]!;
  let cpu = cpuOf(pids);
  const began = performance.now();
  const stepped = (name: string, ms: number) => {
    const now = cpuOf(pids);
    stages.push({ name, ms, cpu: between(cpu, now) });
    cpu = now;
  };
  const report = await seedDemoCounty(system, { people, stepped });
  const from = performance.now();
  await everybodyDetermined(database, people);
  stepped('read by SQL', performance.now() - from);
  const ms = performance.now() - began;
  say(`\n${describeSeed(report)}`);
  for (const stage of stages) say(line(stage));
  const all = stages.reduce((sum, stage) => added(sum, stage.cpu), {
    node: 0,
    postgres: 0,
    kafka: 0,
    redis: 0,
  });
  say(line({ name: 'together', ms, cpu: all }));
  say(`${cpus().length} cores; load average before ${load.toFixed(1)}, after ${loadavg()[0]!.toFixed(1)}`);
  await check(database, people, report.cards);
  await database.end();
  if (report.rosters.some(({ failed }) => failed > 0)) {
    throw new Error(`rows failed: ${JSON.stringify(report.rosters)}`);
  }
}

async function everybodyDetermined(database: pg.Client, people: number): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ count: number }>(
      'select count(*)::int as count from lifecycle.determination_sheets',
    );
    if (rows[0]!.count >= people) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The work that the figure is for must have been done: every card holder has an outcome for every item in force. */
async function check(database: pg.Client, people: number, cards: number): Promise<void> {
  const { rows } = await database.query<{
    persons: number;
    complete: number;
    outcomes: number;
    most: number;
  }>(
    `with counted as (select person_id, count(*)::int as items from lifecycle.determinations group by person_id)
     select (select count(*)::int from lifecycle.determination_sheets) as persons, sum(items)::int as outcomes, max(items) as most,
       count(*) filter (where items = (select max(items) from counted))::int as complete
     from counted`,
  );
  const found = rows[0]!;
  say(
    `checked: ${found.persons} persons, ${found.outcomes} outcomes, ${found.most} items for each of ${found.complete} card holders`,
  );
  if (found.persons !== people || found.complete < cards) throw new Error('not everybody was determined');
}

function added(a: Cpu, b: Cpu): Cpu {
  return {
    node: a.node + b.node,
    postgres: a.postgres + b.postgres,
    kafka: a.kafka + b.kafka,
    redis: a.redis + b.redis,
  };
}

function line({ name, ms, cpu }: Stage): string {
  const seconds = (value: number) => (value / 1000).toFixed(2).padStart(6);
  return `${name.padEnd(12)} ${seconds(ms)} s   CPU ${seconds(totalMs(cpu))} s = node ${seconds(cpu.node)} + PostgreSQL ${seconds(cpu.postgres)} + Kafka ${seconds(cpu.kafka)}`;
}

function profiling(): string[] {
  const directory = args['cpu-prof'];
  if (!directory) return [];
  mkdirSync(directory, { recursive: true });
  return ['--cpu-prof', '--cpu-prof-dir', directory];
}

function start(entry: 'main' | 'migrate', env: NodeJS.ProcessEnv, options: readonly string[]): ChildProcess {
  const file = join(packageRoot(), 'apps', 'all-in-one', 'src', `${entry}.ts`);
  return spawn(process.execPath, [...NODE_OPTIONS, ...options, '--import', LOADER, file], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  const [code] = (await once(start('migrate', env, []), 'exit')) as [number | null];
  if (code !== 0) throw new Error('the migrations have failed');
}

async function ready(url: string, house: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (house.exitCode !== null) throw new Error('the all-in-one process has ended');
    const answer = await fetch(`${url}/ready`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the all-in-one process is not ready in time');
}

async function stop(house: ChildProcess): Promise<void> {
  if (house.exitCode !== null) return;
  const ended = once(house, 'exit');
  house.kill('SIGTERM');
  await ended;
}

function stateOf(
  backing: Backing,
  addresses: Readonly<Record<string, string>>,
  keys: string,
): RunningSystem['state'] {
  const view = ({ source, detail }: Backing['postgres' | 'redis' | 'kafka']) => ({ source, detail });
  return {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    mode: 'all-in-one',
    pids: {},
    services: { ...addresses },
    databaseUrl: backing.postgres.url,
    redisUrl: backing.redis.url,
    kafkaBrokers: backing.kafka.brokers,
    keys,
    logs: '',
    backing: { postgres: view(backing.postgres), redis: view(backing.redis), kafka: view(backing.kafka) },
  };
}

function serverPids(directory: string): Omit<Pids, 'node'> {
  const pidOf = (name: string) => Number(readFileSync(join(directory, 'pids', `${name}.pid`), 'utf8'));
  return { postgres: pidOf('postgres'), kafka: pidOf('kafka'), redis: pidOf('redis') };
}

await main();
