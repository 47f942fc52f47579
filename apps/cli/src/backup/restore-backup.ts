import { parseDataKeysFile } from '@app/access';
import {
  lastLines,
  postgresPlace,
  runCommand,
  StartFailed,
  withPrivatePostgres,
  type PostgresPlace,
} from '@app/backing';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { Client } from 'pg';
import { CliError } from '../cli-error.js';
import { keyFilesIn } from '../installation/keys.js';
import { archiveSettings, verifyWal, walDirectory } from './archive.js';
import { copyMissing, filesBelow } from './copy-tree.js';
import { mergeDataKeys } from './data-keys.js';
import { readRestores, verifyPieces, type Manifest } from './manifest.js';
import { missingFiles, type MissingFile } from './missing-files.js';
import { beijingTime, stampOf } from './point-in-time.js';
import { REPUBLISHED_DAYS, setDeliveryBack, type SetBack } from './republication.js';
import { POSTGRES_PASSWORD } from './take-backup.js';

export interface RestoreRequest {
  readonly home: string;
  readonly root: string;
  readonly backup: Manifest;
  readonly to: Date;
  readonly now: Date;
  readonly report: (text: string) => void;
}

export interface Restored {
  readonly backup: string;
  readonly to: string;
  /** What the restore replaced lies here, whole, until somebody deletes it. */
  readonly before: string;
  readonly segments: number;
  readonly republished: readonly SetBack[];
  /** Contents that the restored rows name and that neither the backup nor this installation has. */
  readonly missingFiles: readonly MissingFile[];
}

const RECOVERED_WITHIN_MS = 6 * 3_600_000;
const EXTRACT_LIMIT_MS = 6 * 3_600_000;

/**
 * Builds the database of a time beside the present one, and changes them over only when it stands there: a restore that fails
 * leaves the installation as it was.
 * @throws CliError if a hash is wrong, a key is missing, or archived WAL does not lead to that time
 */
export async function restoreBackup(request: RestoreRequest): Promise<Restored> {
  const { home, root, backup, to, now, report } = request;
  if (now.getTime() - to.getTime() > REPUBLISHED_DAYS * 86_400_000) {
    throw new CliError(
      'too-long-ago',
      `${beijingTime(to)} 已超过 ${REPUBLISHED_DAYS} 天：收发记录只保留十四天，消息无法保证不漏不重，不能恢复到这一时间 · delivery keeps fourteen days, so facts could be lost or doubled`,
      `选择 ${beijingTime(new Date(now.getTime() - REPUBLISHED_DAYS * 86_400_000))} 之后的时间；只想查看当时的数据，照 docs/backup.md“只查看”另外恢复一份 · choose a later time; to look at what stood then, recover a copy beside (docs/backup.md)`,
    );
  }
  const place = await postgresPlace(home);
  if (Number.parseInt(place.binaries.version) !== backup.postgres.major) {
    throw new CliError(
      'other-version',
      `备份来自 PostgreSQL ${backup.postgres.major}，本机是 ${place.binaries.version} · the backup is of another major version`,
      `安装 PostgreSQL ${backup.postgres.major} · install that version`,
    );
  }
  report('校验 · hashes');
  await verifyPieces(root, backup.pieces);
  const segments = await verifyWal(root, new Date(backup.startedAt));
  const keys = keysOf(home, root, backup, place);

  const beside = join(home, 'restoring');
  const built = await postgresPlaceBeside(beside);
  try {
    report('数据库 · base backup');
    await extract(join(root, 'backups', backup.id, 'base'), built);
    writeFileSync(built.passwordFile, keys.postgresPassword, { mode: 0o600 });
    report(`重放日志 · replaying the log to ${beijingTime(to)}`);
    const settings = { ...archiveSettings(home), ...recoverySettings(root, place, to) };
    const files = [join(root, 'files'), join(home, 'files')];
    const recovered = await withPrivatePostgres(beside, settings, (url) =>
      afterRecovery(url, to, files),
    ).catch((error: unknown) => {
      throw notReached(error, to, join(beside, 'logs', 'postgres.log'));
    });
    report('换上 · changing over');
    await copyMissing(join(root, 'files'), join(home, 'files'));
    const before = changeOver({ home, place, built, now, dataKeys: keys.dataKeys, root, backup });
    noteRestore(root, { to: to.toISOString(), at: now.toISOString(), backup: backup.id });
    return { backup: backup.id, to: to.toISOString(), before, segments, ...recovered };
  } finally {
    rmSync(built.home, { recursive: true, force: true });
    rmSync(beside, { recursive: true, force: true });
  }
}

async function postgresPlaceBeside(beside: string): Promise<PostgresPlace> {
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  const found = await postgresPlace(beside);
  rmSync(found.data, { recursive: true, force: true });
  return found;
}

/** The history that the base backup is on: that of a later restore is another. */
function recoverySettings(root: string, place: PostgresPlace, to: Date): Record<string, string> {
  const wal = walDirectory(root);
  // After a crash the last segment is still where the present database wrote it.
  const last = join(place.data, 'pg_wal');
  return {
    restore_command: `cp "${wal}/%f" "%p" 2>/dev/null || cp "${last}/%f" "%p" 2>/dev/null`,
    // As a number: abbreviations of zones, `Z` among them, are not known yet when this setting is read.
    recovery_target_time: to.toISOString().replace('Z', '+00'),
    recovery_target_timeline: 'current',
    recovery_target_action: 'promote',
  };
}

async function extract(base: string, { data, user }: PostgresPlace): Promise<void> {
  mkdirSync(data, { mode: 0o700 });
  for (const [archive, into] of [
    ['base.tar.gz', data],
    ['pg_wal.tar.gz', join(data, 'pg_wal')],
  ] as const) {
    const { code, stderr } = await runCommand('tar', ['-xzf', join(base, archive), '-C', into], {
      timeoutMs: EXTRACT_LIMIT_MS,
    });
    if (code !== 0)
      throw new CliError('not-extracted', `备份解不开 · tar could not read it:\n${lastLines(stderr, 3)}`);
  }
  writeFileSync(join(data, 'recovery.signal'), '', { mode: 0o600 });
  if (!user) return;
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
    chownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
  chownSync(data, user.uid, user.gid);
}

async function afterRecovery(
  url: string,
  to: Date,
  files: readonly string[],
): Promise<Pick<Restored, 'republished' | 'missingFiles'>> {
  const client = new Client({ connectionString: url });
  // A database that cannot get there ends by itself; the query under way says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const deadline = performance.now() + RECOVERED_WITHIN_MS;
    for (;;) {
      const { rows } = await client.query<{ recovering: boolean }>(
        'select pg_is_in_recovery() as recovering',
      );
      if (!rows[0]!.recovering) break;
      if (performance.now() > deadline) throw new Error('recovery has not ended');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const republished = await setDeliveryBack(client, to);
    const missing = await missingFiles(client, files);
    await client.query('checkpoint');
    return { republished, missingFiles: missing };
  } finally {
    await client.end().catch(() => undefined);
  }
}

function notReached(error: unknown, to: Date, logFile: string): unknown {
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
  if (/recovery ended before configured recovery target was reached/.test(log)) {
    return new CliError(
      'not-covered',
      `归档日志到不了 ${beijingTime(to)}，现有数据未改动 · the archived log does not reach this time; nothing was changed`,
      '选择更早的时间 · choose an earlier time',
    );
  }
  const gone = error instanceof Error && /terminat|ECONNRE/i.test(error.message);
  if (error instanceof StartFailed || gone) {
    return new CliError(
      'not-restored',
      `数据库没有恢复成功，现有数据未改动 · not restored, nothing was changed:\n${lastLines(log, 5)}`,
    );
  }
  return error;
}

interface ChangeOver {
  readonly home: string;
  readonly root: string;
  readonly backup: Manifest;
  readonly place: PostgresPlace;
  readonly built: PostgresPlace;
  readonly now: Date;
  readonly dataKeys: string | null;
}

/** The two renames of the database come last: whoever is cut off before them restores again. @returns where the old things lie */
function changeOver({ home, root, backup, place, built, now, dataKeys }: ChangeOver): string {
  const stamp = stampOf(now);
  const before = join(home, `before-restore-${stamp}`);
  mkdirSync(before, { mode: 0o700 });
  const keys = keyFilesIn(home);
  if (existsSync(keys.directory)) {
    for (const path of filesBelow(keys.directory)) {
      mkdirSync(join(before, 'keys'), { recursive: true, mode: 0o700 });
      copyFileSync(join(keys.directory, path), join(before, 'keys', basename(path)));
    }
  }
  mkdirSync(keys.directory, { recursive: true, mode: 0o700 });
  if (backup.withKeys) {
    const from = join(root, 'keys', backup.id);
    for (const path of filesBelow(from)) {
      if (path === POSTGRES_PASSWORD || existsSync(join(keys.directory, path))) continue;
      copyFileSync(join(from, path), join(keys.directory, path));
      chmodSync(join(keys.directory, path), 0o600);
    }
  }
  if (dataKeys !== null) {
    writeFileSync(`${keys.dataKeys}.unfinished`, dataKeys, { mode: 0o600 });
    renameSync(`${keys.dataKeys}.unfinished`, keys.dataKeys);
  }
  // Facts and jobs that the restored database does not know of must not come back: both are made anew from it.
  for (const [name, data] of [
    ['kafka', 'data'],
    ['redis', ''],
  ] as const) {
    const log = join(home, name, data);
    if (existsSync(log)) renameSync(log, join(before, name));
  }
  // Migrations run again: the database may be older than the build.
  rmSync(join(home, 'migrated'), { force: true });
  if (existsSync(place.data)) {
    // Beside it, since it may lie on another disk than the installation.
    renameSync(place.data, `${place.data}.before-restore-${stamp}`);
  }
  renameSync(built.data, place.data);
  copyFileSync(built.passwordFile, place.passwordFile);
  chmodSync(place.passwordFile, 0o600);
  return before;
}

/**
 * The keys with which the restored database is opened: those of the installation, and those of the backup that it has no more.
 * @throws CliError if there are none
 */
function keysOf(home: string, root: string, backup: Manifest, place: PostgresPlace) {
  const present = keyFilesIn(home).dataKeys;
  const kept = join(root, 'keys', backup.id, 'data-keys.json');
  const read = (path: string) =>
    existsSync(path) ? parseDataKeysFile(readFileSync(path, 'utf8'), path) : null;
  const here = read(present);
  const there = backup.withKeys ? read(kept) : null;
  if (!here && !there) {
    throw new CliError(
      'no-keys',
      '备份不含密钥，这里也没有：数据恢复后也读不出来 · neither the backup nor this installation has the keys',
      `把密钥放到 · put the keys into ${keyFilesIn(home).directory}`,
    );
  }
  const password = backup.withKeys ? join(root, 'keys', backup.id, POSTGRES_PASSWORD) : place.passwordFile;
  if (!existsSync(password)) {
    throw new CliError('no-keys', `没有数据库口令 · there is no password of the database at ${password}`);
  }
  const dataKeys = here && there ? mergeDataKeys(here, there) : there;
  return {
    dataKeys: dataKeys && `${JSON.stringify(dataKeys, null, 2)}\n`,
    postgresPassword: readFileSync(password, 'utf8'),
  };
}

function noteRestore(root: string, restore: { to: string; at: string; backup: string }): void {
  const file = join(root, 'restores.json');
  writeFileSync(`${file}.part`, `${JSON.stringify([...readRestores(root), restore], null, 2)}\n`, {
    mode: 0o600,
  });
  renameSync(`${file}.part`, file);
}
