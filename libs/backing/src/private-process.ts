import { spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { BackingService, BackingState, Source } from './backing-service.js';
import { signal } from './processes.js';
import { lastLines } from './run-command.js';

export interface ProcessSpec {
  readonly name: string;
  readonly source: Source;
  readonly detail: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Where its pid is noted. */
  readonly pidFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** The signal that makes it end in good order. */
  readonly gentle: NodeJS.Signals;
  readonly stopWithinMs: number;
  readonly readyWithinMs: number;
  /** Resolves to true when it serves. Asked again and again until then. */
  ready(): Promise<boolean>;
  /** Whether an early end with this log is worth another try, e.g. because its predecessor is not quite gone. */
  retry?(log: string): boolean;
  /** Starts it again when it ends by itself. */
  readonly supervised: boolean;
  readonly observe: (state: BackingState, text: string) => void;
}

/** A process of ours that did not come up. */
export class StartFailed extends Error {
  constructor(name: string, why: string, logFile: string) {
    super(`${name} did not start: ${why}\n(log: ${logFile})`);
    this.name = 'StartFailed';
  }
}

const LOG_LIMIT = 20 * 1024 * 1024;
/** A crash after so long is a new one, and not the same again. */
const FORGIVEN_AFTER_MS = 60_000;
const RESTART_DELAYS_MS = [200, 1_000, 3_000, 10_000];

/** A server process that belongs to this installation: started, watched, ended, killed and started again. */
export class PrivateProcess implements BackingService {
  private child: ChildProcess | null = null;
  private ended: Promise<void> = Promise.resolve();
  /** Up is what we want; an end while it is true was not asked for. */
  private wanted = false;
  private restarts = 0;
  private readyAt = 0;
  /** Somebody has asked for its end, also while it was coming up. */
  private ending = false;
  private restartTimer: NodeJS.Timeout | null = null;

  constructor(private readonly spec: ProcessSpec) {}

  get name(): string {
    return this.spec.name;
  }

  get source(): Source {
    return this.spec.source;
  }

  get detail(): string {
    return this.spec.detail;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  async start(): Promise<void> {
    const { spec } = this;
    this.ending = false;
    const deadline = performance.now() + spec.readyWithinMs;
    for (;;) {
      const logStart = rotate(spec.logFile);
      this.spawn();
      const outcome = await this.untilReady(deadline);
      if (outcome === 'ready') break;
      const log = readFileSync(spec.logFile).subarray(logStart).toString('utf8');
      if (outcome === 'ended' && !this.ending && spec.retry?.(log) && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        continue;
      }
      await this.end('SIGKILL', 5_000);
      const why = outcome === 'ended' ? 'it ended at once' : `not ready after ${spec.readyWithinMs} ms`;
      throw new StartFailed(spec.name, `${why}. It said:\n${lastLines(log, 8)}`, spec.logFile);
    }
    this.wanted = true;
    this.readyAt = performance.now();
  }

  async kill(name: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.end(name, 30_000);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.end(this.spec.gentle, this.spec.stopWithinMs);
  }

  private spawn(): void {
    const { spec } = this;
    const log = openSync(spec.logFile, 'a');
    const child = spawn(spec.command, spec.args, {
      // A group of its own: Ctrl+C in the terminal reaches only us, and we end everything in order.
      detached: true,
      stdio: ['ignore', log, log],
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...(spec.env === undefined ? {} : { env: spec.env }),
      ...(spec.uid === undefined ? {} : { uid: spec.uid, gid: spec.gid }),
    });
    closeSync(log);
    this.child = child;
    if (child.pid !== undefined) {
      mkdirSync(dirname(spec.pidFile), { recursive: true });
      writeFileSync(spec.pidFile, String(child.pid));
    }
    this.ended = new Promise((resolve) => {
      const end = () => {
        if (this.child === child) this.child = null;
        rmSync(spec.pidFile, { force: true });
        resolve();
        if (this.wanted) this.endedByItself();
      };
      child.once('exit', end);
      child.once('error', end);
    });
  }

  private async untilReady(deadline: number): Promise<'ready' | 'ended' | 'late'> {
    while (performance.now() < deadline) {
      if (!this.child) return 'ended';
      if (await this.spec.ready().catch(() => false)) return 'ready';
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return 'late';
  }

  private async end(name: NodeJS.Signals, withinMs: number): Promise<void> {
    this.wanted = false;
    this.ending = true;
    if (this.restartTimer) clearTimeout(this.restartTimer);
    this.restartTimer = null;
    const pid = this.pid;
    if (pid === null) return this.ended;
    signal(pid, name);
    const killer = setTimeout(() => signal(pid, 'SIGKILL'), withinMs);
    await this.ended;
    clearTimeout(killer);
  }

  private endedByItself(): void {
    const { spec } = this;
    this.wanted = false;
    spec.observe('died', `${spec.name} has ended by itself (log: ${spec.logFile})`);
    if (!spec.supervised) return;
    if (performance.now() - this.readyAt > FORGIVEN_AFTER_MS) this.restarts = 0;
    const delay = RESTART_DELAYS_MS[Math.min(this.restarts, RESTART_DELAYS_MS.length - 1)];
    this.restarts += 1;
    this.restartTimer = setTimeout(() => {
      this.start().then(
        () => spec.observe('ready', spec.detail),
        (error: Error) => {
          spec.observe('died', error.message);
          this.endedByItself();
        },
      );
    }, delay);
  }
}

/** Paths of a service of this name inside an installation's directory. */
export function placesOf(
  directory: string,
  name: string,
): { data: string; logFile: string; pidFile: string } {
  const logs = join(directory, 'logs');
  mkdirSync(logs, { recursive: true });
  const data = join(directory, name);
  mkdirSync(data, { recursive: true });
  return { data, logFile: join(logs, `${name}.log`), pidFile: join(directory, 'pids', `${name}.pid`) };
}

/** The pid that an earlier run noted, if it left one. */
export function notedPid(pidFile: string): number[] {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return Number.isInteger(pid) && pid > 1 ? [pid] : [];
  } catch {
    return [];
  }
}

/** Keeps one earlier log of a size that fits a disk. @returns where this start's part begins */
function rotate(logFile: string): number {
  try {
    const { size } = statSync(logFile);
    if (size < LOG_LIMIT) return size;
    renameSync(logFile, `${logFile}.1`);
  } catch {
    // no log yet
  }
  closeSync(openSync(logFile, 'a'));
  return 0;
}
