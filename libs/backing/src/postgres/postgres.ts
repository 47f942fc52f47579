import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Source } from '../backing-service.js';
import type { BackingContext } from '../context.js';
import { stablePort } from '../ports.js';
import { placesOf, PrivateProcess, StartFailed } from '../private-process.js';
import type { Program } from '../processes.js';
import { lastLines, runCommand } from '../run-command.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { insteadOf, reachable, type User } from './unprivileged.js';

/** The database that is made for the services. */
export const DATABASE = 'onething';
const SUPERUSER = 'postgres';
const DATA = 'data-';

/** For one machine: enough connections for ten services with three pools each, and for their tests; nothing that a kill could lose is switched off. */
export const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  max_connections: '400',
  shared_buffers: '256MB',
  fsync: 'on',
  synchronous_commit: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  timezone: 'Asia/Shanghai',
  log_timezone: 'Asia/Shanghai',
  log_line_prefix: '%m [%p] %a ',
};

export interface RunningPostgres {
  readonly service: PrivateProcess;
  readonly url: string;
}

/** How a PostgreSQL of this installation is known again, of whatever version and wherever its data had to go. */
export function postgresPrograms(data: string): Program[] {
  return [data, insteadOf(data)].filter(existsSync).flatMap((home) =>
    readdirSync(home)
      .filter((name) => name.startsWith(DATA))
      .map((name) => ({ executable: 'postgres', argument: join(home, name) })),
  );
}

/** Starts a private PostgreSQL from these binaries on its own data, made on the first start. */
export async function startPostgres(
  context: BackingContext,
  binaries: PostgresBinaries,
  source: Source,
  user: User | null,
): Promise<RunningPostgres> {
  const places = placesOf(context.directory, 'postgres');
  const home = reachable(user, places.data);
  const password = readPassword(home);
  // Data of another major version cannot be read: each has its own.
  const data = join(home, `${DATA}${Number.parseInt(binaries.version)}`);
  if (context.fresh) rmSync(data, { recursive: true, force: true });
  if (!existsSync(data)) await initialise(context, binaries, data, password, user);
  const port = await stablePort(context.directory, 'postgres');
  const urlOf = (database: string) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  const settings = {
    ...POSTGRES_SETTINGS,
    ...context.postgresSettings,
    port: String(port),
    unix_socket_directories: '',
  };

  const service = new PrivateProcess({
    name: 'PostgreSQL',
    source,
    detail: [
      `PostgreSQL ${binaries.version}`,
      source === 'embedded' ? 'from npm' : binaries.directory,
      ...(home === places.data ? [] : [`data in ${home}`]),
    ].join(', '),
    command: join(binaries.directory, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    ...places,
    ...(user ?? {}),
    cwd: data,
    gentle: 'SIGINT',
    stopWithinMs: 20_000,
    readyWithinMs: 60_000,
    ready: () => ensureDatabase(urlOf('postgres')),
    // After a kill the old server's children need a moment to notice and let go of the shared memory.
    retry: (log) => /shared memory block|lock file "postmaster\.pid" already exists|is being used/.test(log),
    supervised: context.supervised,
    observe: context.observe,
  });
  context.observe('starting', `PostgreSQL ${binaries.version}`);
  await service.start();
  return { service, url: urlOf(DATABASE) };
}

/** Waits for nothing: answers whether the server serves, and makes our database if it is missing. */
export async function ensureDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`create database ${DATABASE}`);
    return true;
  } finally {
    await client.end();
  }
}

async function initialise(
  context: BackingContext,
  binaries: PostgresBinaries,
  data: string,
  password: string,
  user: User | null,
): Promise<void> {
  context.observe('starting', 'making the data directory');
  // Made beside and then moved: an interrupted initdb leaves nothing that looks whole.
  const unfinished = `${data}.unfinished`;
  const passwordFile = `${data}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) {
    chownSync(unfinished, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    const { code, stdout, stderr } = await runCommand(
      join(binaries.directory, 'initdb'),
      [
        ...['-D', unfinished, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
        ...['--encoding=UTF8', '--locale=C'],
      ],
      { timeoutMs: 120_000, cwd: unfinished, ...(user ?? {}) },
    );
    if (code !== 0) {
      throw new StartFailed('PostgreSQL', `initdb failed:\n${lastLines(stdout + stderr, 8)}`, unfinished);
    }
    await rename(unfinished, data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Made once, and kept beside the data that it opens. */
function readPassword(home: string): string {
  const file = join(home, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
