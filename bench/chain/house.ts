import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, packageRoot, type Backing } from '@app/backing';
import { serviceUrl } from '@app/platform';
import {
  databasePasswordIn,
  ensureKeys,
  keyFilesIn,
  type KeyFiles,
} from '../../apps/cli/src/installation/keys.js';
import { RunningSystem } from '../../apps/cli/src/installation/running-system.js';
import { ALL_IN_ONE, services } from '../../apps/cli/src/services.js';
import { environmentOf } from '../../apps/cli/src/up/service-process.js';

const LOADER = fileURLToPath(new URL('../../libs/testing/run/typescript.mjs', import.meta.url));
const READY_MS = 180_000;
const STOP_MS = 30_000;
/** A port on which nothing listens: of a service that was left out. */
const NOBODY = 9;

export interface HouseOptions {
  readonly backing: Backing;
  /** A migrated database of its own. */
  readonly url: string;
  /** Of topics, groups and queues. */
  readonly prefix: string;
  readonly mode: 'all-in-one' | 'separate';
  /** Only these processes; absent: all. */
  readonly only?: readonly string[];
  /** Keys and nothing else are kept here. */
  readonly directory: string;
  /** Each process leaves its CPU profile here when it stops. */
  readonly profiles: string | null;
}

/** The released apps as they are, one process or nine. */
export class House {
  private constructor(
    readonly system: RunningSystem,
    private readonly processes: readonly ChildProcess[],
  ) {}

  static async start(options: HouseOptions): Promise<House> {
    const { mode, directory, only } = options;
    const keys = keyFilesIn(directory);
    await ensureKeys(keys);
    const names = only ?? (mode === 'all-in-one' ? [ALL_IN_ONE.name] : services.map(({ name }) => name));
    const ports = new Map<string, number>();
    for (const name of names) ports.set(name, await freePort());
    const addresses = Object.fromEntries(
      services.map(({ name }) => [
        name,
        `http://127.0.0.1:${ports.get(mode === 'all-in-one' ? ALL_IN_ONE.name : name) ?? NOBODY}`,
      ]),
    );
    const environment = {
      ...environmentOf({ backing: options.backing, keys, addresses }),
      DATABASE_URL: serviceUrl(options.url, databasePasswordIn(keys)),
      TOPIC_PREFIX: options.prefix,
      QUEUE_PREFIX: options.prefix,
      LOG_LEVEL: 'error',
    };
    const processes = [...ports].map(([name, port]) =>
      spawn(
        process.execPath,
        [
          ...profiling(options.profiles),
          ...['--import', LOADER],
          join(packageRoot(), 'apps', name, 'src', 'main.ts'),
        ],
        { env: { ...environment, PORT: String(port) }, stdio: ['ignore', 'ignore', 'inherit'] },
      ),
    );
    const house = new House(new RunningSystem(stateOf(options, addresses, keys)), processes);
    try {
      await Promise.all([...ports.values()].map((port, index) => ready(port, processes[index]!)));
    } catch (error) {
      await house.stop();
      throw error;
    }
    return house;
  }

  get pids(): number[] {
    return this.processes.map((child) => child.pid!);
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.processes.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        await ended;
        clearTimeout(late);
      }),
    );
  }
}

function profiling(directory: string | null): string[] {
  if (!directory) return [];
  mkdirSync(directory, { recursive: true });
  return ['--cpu-prof', '--cpu-prof-dir', directory];
}

async function ready(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`a process of the house has ended (${child.exitCode})`);
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('a process of the house is not ready in time');
}

function stateOf(
  { backing, url, mode }: HouseOptions,
  addresses: Readonly<Record<string, string>>,
  keys: KeyFiles,
): RunningSystem['state'] {
  const view = ({ source, detail }: Backing['postgres' | 'redis' | 'kafka']) => ({ source, detail });
  return {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    mode,
    pids: {},
    services: { ...addresses },
    databaseUrl: url,
    redisUrl: backing.redis.url,
    kafkaBrokers: backing.kafka.brokers,
    keys: keys.directory,
    logs: '',
    backing: { postgres: view(backing.postgres), redis: view(backing.redis), kafka: view(backing.kafka) },
  };
}
