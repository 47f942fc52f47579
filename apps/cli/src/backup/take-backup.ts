import { lastLines, runCommand, type PostgresPlace } from '@app/backing';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile, chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { CliError } from '../cli-error.js';
import { keyFilesIn } from '../installation/keys.js';
import { filesBelow, copyMissing } from './copy-tree.js';
import { pieceOf, writeManifest, type Manifest } from './manifest.js';
import { stampOf } from './point-in-time.js';

export interface BackupRequest {
  /** Of the installation. */
  readonly home: string;
  /** Of the backups. */
  readonly root: string;
  readonly withKeys: boolean;
  readonly place: PostgresPlace;
  /** As the owner of the database, who may replicate. */
  readonly url: string;
  readonly report: (text: string) => void;
}

const BASE_LIMIT_MS = 6 * 3_600_000;
const ARCHIVED_WITHIN_MS = 120_000;

/**
 * One consistent point of database, files and keys, while everything runs. Files are copied before and after the base backup: a
 * content is stored before the row that names it commits, so nothing that a row names at the end of the base backup is missing.
 * @throws CliError with what the database said; nothing that looks whole is left behind
 */
export async function takeBackup(request: BackupRequest): Promise<Manifest> {
  const { home, root, report, place, url } = request;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await mustArchive(client);
    const startedAt = await clockOf(client);
    const id = stampOf(startedAt);
    const base = join('backups', id);
    const unfinished = `${join(root, base)}.unfinished`;
    if (existsSync(join(root, base))) {
      throw new CliError('just-made', '这一秒已有一份备份 · there is a backup of this very second');
    }
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
    try {
      report('文件 · files');
      await copyMissing(join(home, 'files'), join(root, 'files'));
      report('数据库 · database');
      await baseBackup(place, url, join(unfinished, 'base'));
      const endedAt = await clockOf(client);
      report('文件 · files');
      await copyMissing(join(home, 'files'), join(root, 'files'));
      if (request.withKeys) await copyKeys(home, place, join(root, 'keys', id));
      report('归档日志 · archived log');
      await untilArchived(client);
      report('校验 · hashes');
      const { rows } = await client.query<{ identifier: string }>(
        'select system_identifier::text as identifier from pg_control_system()',
      );
      const manifest: Manifest = {
        version: 1,
        id,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt.toISOString(),
        postgres: {
          major: Number.parseInt(place.binaries.version),
          systemIdentifier: rows[0]!.identifier,
        },
        withKeys: request.withKeys,
        pieces: await piecesOf(root, id, unfinished, request.withKeys),
      };
      await writeManifest(unfinished, manifest);
      renameSync(unfinished, join(root, base));
      return manifest;
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      rmSync(join(root, 'keys', id), { recursive: true, force: true });
      throw error;
    }
  } finally {
    await client.end();
  }
}

/** Of the database: the clock by which commits are stamped, and recovery stops. */
async function clockOf(client: Client): Promise<Date> {
  const { rows } = await client.query<{ at: Date }>('select clock_timestamp() as at');
  return rows[0]!.at;
}

async function mustArchive(client: Client): Promise<void> {
  const { rows } = await client.query<{ mode: string }>(`select current_setting('archive_mode') as mode`);
  if (rows[0]!.mode !== 'off') return;
  throw new CliError(
    'no-archive',
    '备份目录已记下，但运行中的数据库还没有归档日志 · the directory is noted, but the running database does not archive yet',
    '停止并重新启动系统，再执行 backup · stop the system, start it again, then back up',
  );
}

/** The password goes by the environment: a command line can be read by everybody on the machine. */
async function baseBackup(place: PostgresPlace, url: string, into: string): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  const program = join(place.binaries.directory, 'pg_basebackup');
  if (!existsSync(program)) {
    throw new CliError(
      'no-pg-basebackup',
      'PostgreSQL 的 npm 包不带 pg_basebackup · the PostgreSQL from npm has no pg_basebackup',
      '安装系统的 PostgreSQL 客户端工具 · install PostgreSQL on this machine',
    );
  }
  const { code, stderr } = await runCommand(
    program,
    [
      ...['-h', hostname, '-p', port, '-U', decodeURIComponent(username), '-w', '-D', into],
      ...['--format=tar', '--gzip', '--wal-method=stream', '--checkpoint=fast', '--label=onething'],
    ],
    {
      timeoutMs: BASE_LIMIT_MS,
      env: { ...process.env, PGPASSWORD: decodeURIComponent(password), PGSSLMODE: 'prefer' },
    },
  );
  if (code === 0) return;
  throw new CliError(
    'base-backup-failed',
    `数据库没有备份成功 · pg_basebackup said:\n${lastLines(stderr, 5)}`,
  );
}

async function copyKeys(home: string, place: PostgresPlace, into: string): Promise<void> {
  const { directory } = keyFilesIn(home);
  for (const path of filesBelow(directory)) {
    mkdirSync(dirname(join(into, path)), { recursive: true, mode: 0o700 });
    await copyClosed(join(directory, path), join(into, path));
  }
  await copyClosed(place.passwordFile, join(into, POSTGRES_PASSWORD));
}

/** Beside the key files of the same backup: the password of the database's owner, which the restored data know. */
export const POSTGRES_PASSWORD = 'postgres-password';

async function copyClosed(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o600);
}

/** Waits until the log up to now lies in the archive, so that a backup that cannot be rolled forward is never called one. */
async function untilArchived(client: Client): Promise<void> {
  const { rows } = await client.query<{ segment: string }>(
    'select pg_walfile_name(pg_switch_wal()) as segment',
  );
  const { segment } = rows[0]!;
  const deadline = performance.now() + ARCHIVED_WITHIN_MS;
  for (;;) {
    const { rows: archiver } = await client.query<{ done: boolean; failed: string | null }>(
      `select coalesce(last_archived_wal >= $1, false) as done,
              case when last_failed_time > coalesce(last_archived_time, '-infinity') then last_failed_wal end as failed
       from pg_stat_archiver`,
      [segment],
    );
    if (archiver[0]?.done) return;
    if (performance.now() > deadline) {
      throw new CliError(
        'not-archived',
        archiver[0]?.failed
          ? `归档失败 · PostgreSQL could not archive ${archiver[0].failed}`
          : '归档没有跟上 · the archive did not follow in time',
        '检查备份目录的空间和权限 · look at space and rights of the backup directory',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function piecesOf(root: string, id: string, unfinished: string, withKeys: boolean) {
  const base = readdirSync(join(unfinished, 'base')).sort();
  const pieces = [];
  for (const name of base) {
    const { bytes, sha256 } = await pieceOf(unfinished, join('base', name));
    pieces.push({ path: join('backups', id, 'base', name), bytes, sha256 });
  }
  const others = [
    ...filesBelow(join(root, 'files')).map((path) => join('files', path)),
    ...(withKeys ? filesBelow(join(root, 'keys', id)).map((path) => join('keys', id, path)) : []),
  ];
  for (const path of others) pieces.push(await pieceOf(root, path));
  return pieces;
}
