import { isAlive, postgresPlace, withPrivatePostgres } from '@app/backing';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoPasswordIn, keyFilesAt } from '../../installation/keys.js';
import { liveRunState } from '../../installation/run-state.js';
import { RunningSystem } from '../../installation/running-system.js';
import { staffed } from '../seed-organisation.js';
import { StoryFailed } from '../story.js';

/** What a command said to its end. */
interface Ended {
  readonly code: number | null;
  readonly out: string;
}

const CLI = fileURLToPath(new URL('../../main.js', import.meta.url));
const UP_WITHIN_MS = 240_000;
/** Where the environment names services of its own, an installation of its own must not find them. */
const OF_OTHERS = ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS', 'NODE_OPTIONS'];

/** An installation that the story brings up, backs up, loses and restores: each by the command that an administrator types. */
export class Installation {
  private upped: { readonly kill: () => void; readonly ended: Promise<Ended> } | null = null;

  constructor(
    readonly home: string,
    /** Where its backups go. */
    readonly backups: string,
  ) {}

  /** `onething up`, until it serves. @returns it as its users reach it, and as a program with its token does */
  async up(): Promise<{ readonly users: RunningSystem; readonly running: RunningSystem }> {
    const { child, ended } = this.start(['up', '--no-seed']);
    this.upped = { kill: () => child.kill('SIGTERM'), ended };
    let gone: Ended | null = null;
    void ended.then((end) => (gone = end));
    const deadline = performance.now() + UP_WITHIN_MS;
    for (;;) {
      if (gone) throw new StoryFailed('up', 'it serves', (gone as Ended).out.slice(-2000));
      // What an earlier `up` left behind is of another process.
      if (liveRunState(this.home)?.pid === child.pid) break;
      if (performance.now() > deadline)
        throw new StoryFailed('up', `it serves in ${UP_WITHIN_MS} ms`, 'not yet');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const running = RunningSystem.find(this.home);
    return { running, users: await staffed(running, demoPasswordIn(keyFilesAt(running.state.keys))) };
  }

  /** As Ctrl+C does. */
  async stop(): Promise<void> {
    const { upped } = this;
    this.upped = null;
    if (!upped) return;
    upped.kill();
    const { code, out } = await upped.ended;
    if (code !== 0) throw new StoryFailed('up ends in good order', 0, out.slice(-2000));
  }

  /** Runs a command. @returns its answer, which has an `error` where it refused */
  async command<Answer = object>(
    ...args: string[]
  ): Promise<Answer & { readonly error?: { readonly code: string } }> {
    const { ended } = this.start(args);
    const { out } = await ended;
    try {
      return JSON.parse(out) as Answer & { readonly error?: { readonly code: string } };
    } catch {
      throw new StoryFailed(`onething ${args.join(' ')}`, 'an answer', out.slice(-2000));
    }
  }

  /** The machine is lost: database, files, keys, Kafka, Redis. What was backed up is elsewhere. */
  async lose(): Promise<void> {
    const place = await postgresPlace(this.home);
    rmSync(place.home, { recursive: true, force: true });
    rmSync(this.home, { recursive: true, force: true });
    if (existsSync(join(this.home, 'keys'))) throw new Error('the keys are still there');
  }

  /** Asks the database alone, while the system is down. */
  whileDown<Result>(ask: (url: string) => Promise<Result>): Promise<Result> {
    return withPrivatePostgres(this.home, {}, ask);
  }

  /** Whatever is left of an earlier story, and of this one. */
  async clear(): Promise<void> {
    await this.stop().catch(() => undefined);
    const live = liveRunState(this.home);
    if (live && isAlive(live.pid)) throw new StoryFailed('nothing runs in this place', 'nothing', live.pid);
    if (existsSync(this.home)) await this.lose();
    rmSync(this.backups, { recursive: true, force: true });
  }

  private start(args: readonly string[]) {
    const env = { ...process.env };
    for (const name of OF_OTHERS) delete env[name];
    const child = spawn(process.execPath, [CLI, '--dir', this.home, '--json', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl+C in the terminal is ours; we end it in order.
      detached: true,
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.once('error', (error) => resolve({ code: null, out: error.message }));
      child.once('close', (code) => resolve({ code, out: out.trim() === '' ? err : out }));
    });
    return { child, ended };
  }
}
