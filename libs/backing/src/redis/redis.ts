import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { NotHere, type BackingContext } from '../context.js';
import { stablePort } from '../ports.js';
import { placesOf, PrivateProcess } from '../private-process.js';
import type { Program } from '../processes.js';
import { onPath, runCommand } from '../run-command.js';

export interface RunningRedis {
  readonly service: PrivateProcess;
  readonly url: string;
}

const PROGRAMS = ['redis-server', 'valkey-server'];

function configFileIn(data: string): string {
  return join(data, 'redis.conf');
}

/** How a Redis of this installation is known again. */
export function redisPrograms(data: string): Program[] {
  return PROGRAMS.map((executable) => ({ executable, argument: configFileIn(data) }));
}

/** A Redis or Valkey that is installed on this machine. */
export async function installedRedis(): Promise<{ command: string; name: string; version: string }> {
  for (const program of PROGRAMS) {
    const command = onPath(program);
    if (!command) continue;
    const { stdout } = await runCommand(command, ['--version'], { timeoutMs: 5_000 });
    const version = /v=(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    if (!version) continue;
    return { command, name: program === 'redis-server' ? 'Redis' : 'Valkey', version };
  }
  throw new NotHere(
    'no redis-server or valkey-server on the PATH',
    'install it (Debian: apt-get install redis-server; macOS: brew install redis) or set REDIS_URL',
  );
}

/** Starts a private Redis that keeps what it was told (append-only file, written out every second). */
export async function startRedis(context: BackingContext): Promise<RunningRedis> {
  const { command, name, version } = await installedRedis();
  const places = placesOf(context.directory, 'redis');
  const configFile = configFileIn(places.data);
  if (context.fresh) rmSync(join(places.data, 'appendonlydir'), { recursive: true, force: true });
  const port = await stablePort(context.directory, 'redis');
  const settings: Record<string, string> = {
    bind: '127.0.0.1',
    port: String(port),
    dir: JSON.stringify(places.data),
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '""',
    // Queues must never lose a job to make room: BullMQ requires it.
    'maxmemory-policy': 'noeviction',
    // Keeps the command line, by which a leftover is known again.
    'set-proc-title': 'no',
  };
  writeFileSync(
    configFile,
    Object.entries(settings)
      .map(([key, value]) => `${key} ${value}\n`)
      .join(''),
  );
  const service = new PrivateProcess({
    name,
    source: 'binary',
    detail: `${name} ${version}, ${command}`,
    command,
    args: [configFile],
    ...places,
    cwd: places.data,
    gentle: 'SIGTERM',
    stopWithinMs: 10_000,
    readyWithinMs: 30_000,
    ready: () => answersPing(port),
    supervised: context.supervised,
    observe: context.observe,
  });
  context.observe('starting', `${name} ${version}`);
  await service.start();
  return { service, url: `redis://127.0.0.1:${port}` };
}

/** Whether a Redis answers here; one that is still loading its data does not count. */
export function answersPing(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host }, () => socket.write('PING\r\n'));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.once('data', (data) => end(data.toString('latin1').startsWith('+PONG')));
  });
}
