import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@app/testing';

const ROOT = join(import.meta.dirname, '..', '..');
// What a user types, past npm: `npm test` has built dist/ before this suite.
const CLI = join(ROOT, 'dist', 'apps', 'cli', 'src', 'main.js');

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

function start(home: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env };
  // Its own backing services, as on a newcomer's machine.
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS', 'NODE_OPTIONS']) delete env[name];
  const child = spawn(process.execPath, [CLI, '--dir', home, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()));
  let err = '';
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code) => resolve({ code, out: code === 0 ? out : `${out}\n${err}` })),
  );
  return { child, ended };
}

/** Runs a command to its end. @returns its JSON answer */
async function answer<Result>(home: string, ...args: string[]): Promise<Result> {
  const { code, out } = await start(home, ['--json', ...args]).ended;
  if (code !== 0) throw new Error(`onething ${args.join(' ')} ended with ${code}:\n${out}`);
  return JSON.parse(out) as Result;
}

describe('an installation, each service a process of its own', () => {
  const home = mkdtempSync(join(ROOT, '.onething', 'e2e-'));
  let up: ReturnType<typeof start>;

  async function isUp(): Promise<void> {
    up = start(home, ['up', '--people', '60']);
    let stopped: Ended | null = null;
    void up.ended.then((ended) => (stopped = ended));
    await until(
      () => `up to be ready${stopped ? `, but it ended:\n${(stopped as Ended).out}` : ''}`,
      async () => stopped !== null || existsSync(join(home, 'run.json')),
      { timeoutMs: 240_000, everyMs: 200 },
    );
    if (stopped) throw new Error((stopped as Ended).out);
  }

  afterAll(async () => {
    up?.child.kill('SIGTERM');
    await up?.ended;
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  it('comes up, tells a story, shows the chain, and ends without a trace; the data stay', async () => {
    await isUp();
    const seeded = await until(
      'a seeded county',
      async () => {
        const page = await answer<{ services: { up: boolean }[] }>(home, 'status');
        return page.services.every((service) => service.up) ? page : null;
      },
      { timeoutMs: 60_000 },
    );
    expect(seeded.services).toHaveLength(10);

    const story = await answer<{ ok: boolean; personId: string }>(home, 'demo', 'issue', '--seed', '11');
    expect(story.ok).toBe(true);
    const chain = await answer<{ chain: { rounds: { status: string }[] } }>(home, 'chain', story.personId);
    expect(chain.chain.rounds.map(({ status }) => status)).toEqual(['complete']);

    const { pids } = JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')) as {
      pids: Record<string, number>;
    };
    up.child.kill('SIGTERM');
    expect((await up.ended).code).toBe(0);
    expect(existsSync(join(home, 'run.json'))).toBe(false);
    for (const pid of Object.values(pids)) expect(() => process.kill(pid, 0)).toThrow('ESRCH');

    await isUp();
    await until(
      'the services of the second start',
      async () => {
        const page = await answer<{ services: { up: boolean }[] }>(home, 'status').catch(() => null);
        return page?.services.every((service) => service.up);
      },
      { timeoutMs: 60_000 },
    );
    const again = await answer<{ chain: { rounds: { status: string }[] } }>(home, 'chain', story.personId);
    expect(again.chain.rounds).toHaveLength(1);
  }, 600_000);
});

describe('the crash story', () => {
  const home = mkdtempSync(join(ROOT, '.onething', 'e2e-crash-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('kills at fifteen points of a rotating seed; nothing is lost, nothing doubled', async () => {
    // Another fifteen points every day; the seed stands in the failure.
    const seed = Math.floor(Date.now() / 86_400_000);
    const { code, out } = await start(home, [
      '--json',
      'demo',
      'crash',
      '--points',
      '15',
      '--seed',
      String(seed),
    ]).ended;
    if (code !== 0) throw new Error(`demo crash --points 15 --seed ${seed} ended with ${code}:\n${out}`);
    expect(JSON.parse(out)).toMatchObject({ ok: true, points: 15, findings: [] });
  }, 900_000);
});
