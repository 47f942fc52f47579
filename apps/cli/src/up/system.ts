import {
  startBacking,
  type Backing,
  type BackingName,
  type BackingState,
  type PrivateProcess,
} from '@app/backing';
import { archiveSettings } from '../backup/archive.js';
import { FileKeeper } from '../backup/keep-files.js';
import { removeAlarm } from '../installation/alarm-file.js';
import { ensureKeys, keyFilesIn } from '../installation/keys.js';
import { removeRunState, writeRunState, type RunState } from '../installation/run-state.js';
import { ALL_IN_ONE, services, type ServiceInfo } from '../services.js';
import { entryOf } from './build-place.js';
import { MigrationMemory, runMigration } from './migrations.js';
import { portBlock } from './port-block.js';
import { WatchdogProcess } from './watchdog-process.js';
import {
  endLeftServices,
  marker,
  migrationEnvironmentOf,
  serviceProcess,
  type ShownAccount,
} from './service-process.js';

export interface SystemOptions {
  readonly home: string;
  readonly allInOne: boolean;
  /** Accounts that the sign-in page shows; none where the invented county is not filled in. */
  readonly shownAccounts: readonly ShownAccount[];
  readonly observe: (name: string, state: BackingState, text: string) => void;
}

/** We were told to end while still starting. */
export class Stopped extends Error {
  constructor() {
    super('已停止 · stopped');
    this.name = 'Stopped';
  }
}

/** Everything that `up` starts, in the order in which it starts, and in the reverse order in which it ends. */
export class System {
  readonly keys;
  private readonly processes: PrivateProcess[] = [];
  private readonly watchdog = new WatchdogProcess();
  private readonly fileKeeper: FileKeeper;
  private backingStarting: Promise<Backing> | null = null;
  private backingUp: Backing | null = null;
  private addresses: Readonly<Record<string, string>> = {};
  private ports: ReadonlyMap<string, number> = new Map();
  private stopping: Promise<void> | null = null;
  /** Ends what is under way; whatever comes after it must not start anything. */
  private readonly ending = new AbortController();

  constructor(private readonly options: SystemOptions) {
    this.keys = keyFilesIn(options.home);
    this.fileKeeper = new FileKeeper(options.home, (text) =>
      process.stderr.write(
        `⚠ 文件没有备份成功，稍后再试 · files were not backed up, tried again shortly: ${text}\n`,
      ),
    );
  }

  get backing(): Backing {
    if (!this.backingUp) throw new Error('the backing services are not up yet');
    return this.backingUp;
  }

  /** The processes to start: those whose app is there. */
  get programs(): readonly ServiceInfo[] {
    return (this.options.allInOne ? [ALL_IN_ONE] : services).filter(({ name }) => entryOf(name, 'migrate'));
  }

  /** Services that this build does not have. */
  get absent(): readonly ServiceInfo[] {
    return (this.options.allInOne ? [ALL_IN_ONE] : services).filter(({ name }) => !entryOf(name, 'migrate'));
  }

  makeKeys(): Promise<boolean> {
    return ensureKeys(this.keys);
  }

  async startBacking(observe: (name: BackingName, state: BackingState, text: string) => void): Promise<void> {
    const { home } = this.options;
    this.backingStarting = startBacking({
      dir: home,
      supervised: true,
      observe,
      postgresSettings: archiveSettings(home),
    });
    this.backingUp = await this.backingStarting;
    await endLeftServices(home);
    this.goOn();
    this.ports = await portBlock(this.options.allInOne ? [ALL_IN_ONE] : services);
    const urlOf = (name: string) =>
      `http://127.0.0.1:${this.ports.get(this.options.allInOne ? ALL_IN_ONE.name : name)}`;
    const served = this.options.allInOne && this.programs.length > 0 ? services : this.programs;
    this.addresses = Object.fromEntries(served.map(({ name }) => [name, urlOf(name)]));
  }

  /** @returns whether there was anything to do */
  async migrate(report: (text: string) => void): Promise<boolean> {
    this.goOn();
    const memory = await MigrationMemory.of(this.options.home, this.backing.postgres.url);
    if (memory.upToDate) return false;
    const environment = migrationEnvironmentOf({
      backing: this.backing,
      keys: this.keys,
      addresses: this.addresses,
    });
    const together = entryOf(ALL_IN_ONE.name, 'migrate');
    // One process that knows all services is several times quicker than one per service.
    const runs = together ? [ALL_IN_ONE] : this.programs;
    for (const { name } of runs) {
      this.goOn();
      report(name);
      await runMigration(name, entryOf(name, 'migrate')!, environment, this.ending.signal);
    }
    memory.remember();
    return true;
  }

  async startServices(report: (text: string) => void): Promise<void> {
    const { home, observe } = this.options;
    const { backing, keys, addresses } = this;
    this.goOn();
    let ready = 0;
    const programs = this.programs;
    await Promise.all(
      programs.map(async (service) => {
        const entry = entryOf(service.name, 'main')!;
        const started = serviceProcess(service, entry, this.ports.get(service.name)!, {
          ...{ home, keys, backing, addresses, observe, shownAccounts: this.options.shownAccounts },
        });
        this.processes.push(started);
        await started.start();
        ready += 1;
        report(`${ready}/${programs.length}  ${service.name}`);
      }),
    );
  }

  /** Tells the commands beside us where everything is. */
  publish(): RunState {
    this.goOn();
    const view = ({ source, detail }: Backing['postgres' | 'redis' | 'kafka']) => ({ source, detail });
    const { postgres, redis, kafka } = this.backing;
    const state: RunState = {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      mode: this.options.allInOne ? 'all-in-one' : 'separate',
      services: { ...this.addresses },
      pids: Object.fromEntries(this.processes.map(({ name, pid }) => [name, pid ?? 0])),
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      kafkaBrokers: kafka.brokers,
      keys: this.keys.directory,
      logs: this.logs,
      backing: { postgres: view(postgres), redis: view(redis), kafka: view(kafka) },
    };
    writeRunState(this.options.home, state);
    return state;
  }

  /** Where all services are one process, that process cannot tell of its own end. After `publish`. */
  watch(): void {
    this.goOn();
    removeAlarm(this.options.home);
    this.fileKeeper.start();
    if (this.options.allInOne) this.watchdog.start(marker(this.options.home));
  }

  get logs(): string {
    return `${this.options.home}/logs`;
  }

  /** Services first, so that what they hold is written; then what they stand on. Leaves the data and nothing else. */
  stop(): Promise<void> {
    return (this.stopping ??= this.end());
  }

  private goOn(): void {
    if (this.ending.signal.aborted) throw new Stopped();
  }

  private async end(): Promise<void> {
    this.ending.abort();
    await this.watchdog.stop();
    await Promise.all(this.processes.map((started) => started.stop()));
    await this.fileKeeper.stop();
    const backing = await this.backingStarting?.catch(() => null);
    await backing?.stop();
    if (backing) removeRunState(this.options.home);
  }
}
