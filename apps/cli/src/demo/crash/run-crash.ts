import { startBacking, freePort, type Backing } from '@app/backing';
import { shanghaiDay } from '@app/kernel';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureKeys, keyFilesIn } from '../../installation/keys.js';
import type { RunState } from '../../installation/run-state.js';
import { services } from '../../services.js';
import { entryOf } from '../../up/build-place.js';
import { runMigration } from '../../up/migrations.js';
import { environmentOf, migrationEnvironmentOf } from '../../up/service-process.js';
import { Office } from '../office.js';
import { SeededRandom } from '../random.js';
import { Sql } from '../sql.js';
import { StoryFailed, Teller, type Told } from '../story.js';
import { arrive, casesOpened, expected, workAll } from '../stories/newcomer.js';
import type { Scene } from '../stories/scene.js';
import { ArmedProcess } from './armed-process.js';
import { judge, missingDeliveries, type Finding } from './judge.js';
import { Ledger } from './ledger.js';
import { PersistentSystem } from './persistent-system.js';
import type { Side } from './points.js';

/** One point at which something is killed. */
export interface CrashPoint {
  readonly service: string;
  /** Which call of that process since the chain began, PostgreSQL, Kafka and Redis counted together. */
  readonly at: number;
  readonly side: Side;
  readonly victim: 'self' | 'postgres' | 'kafka';
}

export interface CrashReport {
  readonly ok: boolean;
  readonly seed: number;
  readonly points: number;
  /** How many of them killed something; a point behind the end of a chain does not. */
  readonly killed: number;
  readonly acknowledged: number;
  /** Commands that had to be sent again. */
  readonly repeated: number;
  readonly milliseconds: number;
  readonly findings: readonly Finding[];
}

export interface CrashOptions {
  readonly home: string;
  readonly root: string;
  readonly seed: number;
  readonly points: number;
  readonly print: (line: string) => void;
}

/**
 * Kills, by seed, a service before or after one of its calls, or PostgreSQL or the broker at that moment, while a whole chain runs; has a client
 * go on until everything is acknowledged; and lets the judge look.
 */
export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const { home, root, seed, points } = options;
  const began = performance.now();
  const print = (line: string) =>
    options.print(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`);
  const random = new SeededRandom(seed);
  mkdirSync(join(home, 'logs'), { recursive: true });
  const backing = await startBacking({ dir: home, fresh: true });
  const processes: ArmedProcess[] = [];
  let sql: Sql | null = null;
  try {
    const { state } = await startServices(home, backing, processes, print);
    sql = new Sql(backing.postgres.url);
    const system = new PersistentSystem(state);
    const ledger = new Ledger(join(home, `ledger-${seed}.jsonl`));
    system.ledger = ledger;
    let killed = 0;
    const kills: Promise<void>[] = [];
    for (const process of processes) {
      process.onReached = (victim) => {
        killed += 1;
        kills.push(restart(backing[victim], print, victim));
      };
    }
    const chain = (): Promise<Scene> => runChain(system, sql!, random, root);

    print('one chain undisturbed, to count the calls');
    for (const process of processes) process.arm(null);
    await chain();
    const counts = new Map<string, number>();
    for (const process of processes) {
      const counted = await process.counted();
      counts.set(process.service, counted.postgres + counted.kafka + counted.redis);
      print(
        `  ${process.service}: ${counted.postgres} PostgreSQL, ${counted.kafka} Kafka, ${counted.redis} Redis`,
      );
    }

    const victims = victimsIn(backing);
    for (let number = 1; number <= points; number += 1) {
      const point = draw(random, counts, victims);
      const process = processes.find(({ service }) => service === point.service)!;
      const restartsBefore = process.restarts;
      for (const each of processes) each.arm(null);
      process.arm({ at: point.at, side: point.side, victim: point.victim });
      const start = performance.now();
      await chain();
      process.arm(null);
      await Promise.all(kills.splice(0));
      await Promise.all(processes.map((each) => each.ready()));
      if (process.restarts > restartsBefore) killed += 1;
      print(
        `${String(number).padStart(4)}/${points}  ${point.victim === 'self' ? point.service : `${point.victim} (by ${point.service})`} ` +
          `${point.side} call ${point.at}: chain complete after ${((performance.now() - start) / 1000).toFixed(1)} s`,
      );
    }

    await untilDelivered(sql);
    const entries = ledger.read();
    const findings = await judge(sql, entries);
    ledger.close();
    return {
      ok: findings.length === 0,
      seed,
      points,
      killed,
      acknowledged: entries.length,
      repeated: entries.filter(({ tries }) => tries > 1).length,
      milliseconds: Math.round(performance.now() - began),
      findings,
    };
  } finally {
    await sql?.close();
    await Promise.all(processes.map((process) => process.stop()));
    await backing.stop();
  }
}

/** Mostly the service itself; now and then what it stands on, where that is ours to kill. */
function victimsIn(backing: Backing): (readonly [CrashPoint['victim'], number])[] {
  const ours = (['postgres', 'kafka'] as const).filter(
    (name) =>
      backing[name].source === 'binary' || (name === 'postgres' && backing[name].source === 'embedded'),
  );
  return [['self', 8], ...ours.map((name) => [name, 1] as const)];
}

/** A point among all calls of a chain; services with more calls are hit more often. */
function draw(
  random: SeededRandom,
  counts: ReadonlyMap<string, number>,
  victims: readonly (readonly [CrashPoint['victim'], number])[],
): CrashPoint {
  const service = random.weighted([...counts].filter(([, count]) => count > 0));
  return {
    service,
    at: random.int(1, counts.get(service)!),
    side: random.chance(0.5) ? 'before' : 'after',
    victim: random.weighted(victims),
  };
}

async function startServices(
  home: string,
  backing: Backing,
  processes: ArmedProcess[],
  print: (line: string) => void,
): Promise<{ state: RunState }> {
  const keys = keyFilesIn(home);
  await ensureKeys(keys);
  const addresses: Record<string, string> = {};
  const ports = new Map<string, number>();
  for (const { name } of services) {
    const port = await freePort();
    ports.set(name, port);
    addresses[name] = `http://127.0.0.1:${port}`;
  }
  const environment = environmentOf({ backing, keys, addresses });
  print('migrations');
  await runMigration(
    'all-in-one',
    entryOf('all-in-one', 'migrate')!,
    migrationEnvironmentOf({ backing, keys, addresses }),
    AbortSignal.timeout(120_000),
  );
  for (const { name } of services) {
    processes.push(
      new ArmedProcess(
        name,
        entryOf(name, 'main')!,
        ports.get(name)!,
        environment,
        join(home, 'logs', `${name}.log`),
      ),
    );
  }
  print(`${processes.length} services, each a process of its own`);
  await Promise.all(processes.map((process) => process.start()));
  const view = ({ source, detail }: Backing['postgres' | 'redis' | 'kafka']) => ({ source, detail });
  return {
    state: {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      mode: 'separate',
      pids: {},
      services: addresses,
      databaseUrl: backing.postgres.url,
      redisUrl: backing.redis.url,
      kafkaBrokers: backing.kafka.brokers,
      keys: keys.directory,
      logs: join(home, 'logs'),
      backing: { postgres: view(backing.postgres), redis: view(backing.redis), kafka: view(backing.kafka) },
    },
  };
}

async function restart(
  service: Backing['postgres' | 'kafka'],
  print: (line: string) => void,
  name: string,
): Promise<void> {
  await service.kill('SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await service.restart();
  print(`      ${name} killed and started again`);
}

/** From the registration to the complete round, by a client that does not give up. */
async function runChain(
  system: PersistentSystem,
  sql: Sql,
  random: SeededRandom,
  root: string,
): Promise<Scene> {
  const today = shanghaiDay(new Date());
  const lines: Told[] = [];
  const teller = new Teller((told) => lines.push(told), 150);
  const scene: Scene = {
    teller,
    office: new Office(system, teller, today),
    system,
    random,
    sql,
    today,
    catalogue: join(root, 'libs', 'catalogue'),
    clocks: join(root, 'libs', 'clocks'),
  };
  try {
    const newcomer = await arrive(scene);
    await workAll(scene, await casesOpened(scene, newcomer.personId, expected(scene, newcomer)));
    await teller.until('the round is complete', async () => {
      const row = await sql.one<{ status: string }>(
        `select status from lifecycle.rounds where person_id = $1 and cause = 'card-issued'`,
        [newcomer.personId],
      );
      return row?.status === 'complete';
    });
  } catch (error) {
    if (error instanceof StoryFailed)
      throw new Error(`${error.message}\n${lines.map(({ text }) => `  ${text}`).join('\n')}`);
    throw error;
  }
  return scene;
}

async function untilDelivered(sql: Sql): Promise<void> {
  const deadline = performance.now() + 90_000;
  while (performance.now() < deadline && (await missingDeliveries(sql)) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
