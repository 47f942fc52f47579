import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { CANARIES, type FromHouse, type FuzzUser, type World } from './world.js';

const LOADER = join(import.meta.dirname, '..', '..', 'libs', 'testing', 'run', 'typescript.mjs');
const RENEW_MS = 5 * 60_000;

/** The process of the house as the fuzzer holds it: its log is read line by line, its end is noticed. */
export class HouseChild {
  readonly tokens = new Map<string, string>();
  /** Lines of the log that hold a canary; the canary's name, and the line. */
  readonly leaks: { readonly canary: string; readonly line: string }[] = [];
  /** The last lines that told of an error. */
  private readonly errors: string[] = [];
  lines = 0;
  /** How it ended, if it has ended without being asked to. */
  crashed: string | null = null;
  private stopping = false;
  private readonly renewing: NodeJS.Timeout;
  private constructor(
    private readonly child: ChildProcess,
    readonly world: World,
  ) {
    this.take(world.users);
    child.on('message', (message: FromHouse) => {
      if (message.kind === 'users') this.take(message.users);
    });
    this.renewing = setInterval(() => child.send({ kind: 'renew' }), RENEW_MS);
  }

  /** @param environment where PostgreSQL and Redis are, as the tests name them */
  static async start(environment: Readonly<Record<string, string>>): Promise<HouseChild> {
    const child = fork(join(import.meta.dirname, 'house-process.ts'), {
      execArgv: ['--import', pathToFileURL(LOADER).href],
      env: { ...process.env, TEST_LOG_LEVEL: 'trace', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const early: string[] = [];
    let hold: HouseChild | null = null;
    const read = (line: string) => (hold ? hold.line(line) : early.push(line));
    createInterface({ input: child.stdout! }).on('line', read);
    createInterface({ input: child.stderr! }).on('line', read);
    const world = await new Promise<World>((resolve, reject) => {
      child.once('message', (message: FromHouse) => {
        if (message.kind === 'ready') resolve(message.world);
      });
      child.once('exit', (code) =>
        reject(new Error(`the house ended with ${code}:\n${early.slice(-30).join('\n')}`)),
      );
    });
    hold = new HouseChild(child, world);
    child.once('exit', (code, signal) => hold!.ended(code, signal));
    for (const line of early) hold.line(line);
    return hold;
  }

  /** What the log says of an error of this trace, once it has come through the pipe; without one, the last errors. */
  async errorsOf(traceId?: string): Promise<string[]> {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return this.errors.filter((line) => traceId === undefined || line.includes(traceId)).slice(-3);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.renewing);
    if (this.child.exitCode !== null || this.crashed) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    const patience = setTimeout(() => this.child.kill('SIGKILL'), 60_000);
    this.child.send({ kind: 'stop' });
    await ended;
    clearTimeout(patience);
  }

  private ended(code: number | null, signal: string | null): void {
    if (!this.stopping) this.crashed = `the house ended with ${code ?? signal}`;
  }

  private take(users: readonly FuzzUser[]): void {
    for (const { name, token } of users) this.tokens.set(name, token);
  }

  private line(line: string): void {
    this.lines += 1;
    for (const [canary, value] of Object.entries(CANARIES)) {
      if (line.includes(value)) this.leaks.push({ canary, line: line.slice(0, 2000) });
    }
    if (/"level":[56]0/.test(line) || !line.startsWith('{')) {
      this.errors.push(line.slice(0, 1500));
      if (this.errors.length > 200) this.errors.shift();
    }
  }
}
