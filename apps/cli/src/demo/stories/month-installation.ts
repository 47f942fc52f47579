import { freePort, startBacking, type Backing } from '@app/backing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ensureKeys, keyFilesIn } from '../../installation/keys.js';
import { RunningSystem } from '../../installation/running-system.js';
import { ALL_IN_ONE, services } from '../../services.js';
import { entryOf } from '../../up/build-place.js';
import { runMigration } from '../../up/migrations.js';
import { environmentOf, migrationEnvironmentOf, NODE_OPTIONS } from '../../up/service-process.js';

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;

/** A system of the story's own: every service in one process, on days that the story tells; its data are made anew each time. */
export class MonthInstallation {
  private constructor(
    readonly system: RunningSystem,
    private readonly backing: Backing,
    private readonly child: ChildProcess,
  ) {}

  /** @param day on which it begins */
  static async start(home: string, day: string): Promise<MonthInstallation> {
    const logs = join(home, 'logs');
    mkdirSync(logs, { recursive: true });
    // Never on servers that somebody else uses: the data are thrown away.
    const backing = await startBacking({ dir: home, fresh: true, addresses: {} });
    try {
      const keys = keyFilesIn(home);
      await ensureKeys(keys);
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const addresses = Object.fromEntries(services.map(({ name }) => [name, url]));
      const migration = migrationEnvironmentOf({ backing, keys, addresses });
      const migrate = entryOf(ALL_IN_ONE.name, 'migrate')!;
      await runMigration(ALL_IN_ONE.name, migrate, migration, AbortSignal.timeout(READY_WITHIN_MS));
      const environment = { ...environmentOf({ backing, keys, addresses }), PORT: String(port) };
      const child = begin(environment, join(logs, `${ALL_IN_ONE.name}.log`), day);
      const view = ({ source, detail }: Backing['postgres' | 'redis' | 'kafka']) => ({ source, detail });
      const { postgres, redis, kafka } = backing;
      const system = new RunningSystem({
        pid: process.pid,
        startedAt: new Date().toISOString(),
        mode: 'all-in-one',
        pids: {},
        services: addresses,
        databaseUrl: postgres.url,
        redisUrl: redis.url,
        kafkaBrokers: kafka.brokers,
        keys: keys.directory,
        logs,
        backing: { postgres: view(postgres), redis: view(redis), kafka: view(kafka) },
      });
      const installation = new MonthInstallation(system, backing, child);
      await installation.ready(url).catch(async (error: unknown) => {
        await installation.end();
        throw error;
      });
      return installation;
    } catch (error) {
      await backing.stop();
      throw error;
    }
  }

  /** The morning of this day has come everywhere. */
  async tell(day: string): Promise<void> {
    const heard = once(this.child, 'message', { signal: AbortSignal.timeout(READY_WITHIN_MS) });
    this.child.send({ day });
    await heard;
  }

  async stop(): Promise<void> {
    await this.end();
    await this.backing.stop();
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(late);
  }

  private async ready(url: string): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    while (performance.now() < deadline && this.child.exitCode === null) {
      const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the services do not serve; their log is in ${this.system.state.logs}`);
  }
}

function begin(env: NodeJS.ProcessEnv, logFile: string, day: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    const entry = entryOf(ALL_IN_ONE.name, 'told')!;
    return spawn(process.execPath, [...NODE_OPTIONS, entry, day], {
      env,
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}
