import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Arm, CallKind, Told } from './points.js';

const POINTS = fileURLToPath(new URL('./points.js', import.meta.url));

/** A released service with the counting preload in front of it; started again whenever it ends, until it is told to stop. */
export class ArmedProcess {
  private child: ChildProcess | null = null;
  private wanted = false;
  /** How often it was killed and came back. */
  restarts = 0;
  onReached: (kill: 'postgres' | 'kafka') => void = () => undefined;

  constructor(
    readonly service: string,
    private readonly entry: string,
    private readonly port: number,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly logFile: string,
  ) {}

  async start(): Promise<void> {
    this.wanted = true;
    this.spawn();
    await this.ready();
  }

  /** Resolves when it serves. */
  async ready(timeoutMs = 120_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      const ok = await fetch(`http://127.0.0.1:${this.port}/ready`, {
        signal: AbortSignal.timeout(2000),
      }).then(
        (response) => response.ok,
        () => false,
      );
      if (ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${this.service} does not serve; its log is ${this.logFile}`);
  }

  arm(arm: Arm['arm']): void {
    // Between its death and its return there is nobody to arm, and nothing to count.
    if (this.child?.connected) this.child.send({ arm } satisfies Arm, () => undefined);
  }

  /** Calls since the last arming. */
  counted(): Promise<Readonly<Record<CallKind, number>>> {
    return new Promise((resolve, reject) => {
      const child = this.child;
      if (!child?.connected) return reject(new Error(`${this.service} is down`));
      const hear = (told: Told) => {
        if (!('counted' in told)) return;
        child.off('message', hear);
        resolve(told.counted);
      };
      child.on('message', hear);
      child.send({ count: true }, (error) => error && reject(new Error(`${this.service} has gone down`)));
    });
  }

  async stop(): Promise<void> {
    this.wanted = false;
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(late);
  }

  private spawn(): void {
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, ['--import', POINTS, this.entry], {
      env: { ...this.environment, PORT: String(this.port) },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.child = child;
    child.on('message', (told: Told) => {
      if ('reached' in told) this.onReached(told.kill);
    });
    // It may die between the look whether it listens and the word to it; its end is told by `exit`.
    child.on('error', () => undefined);
    child.once('exit', () => {
      if (!this.wanted) return;
      this.restarts += 1;
      setTimeout(() => this.wanted && this.spawn(), 200);
    });
  }
}
