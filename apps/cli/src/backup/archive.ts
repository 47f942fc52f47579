import { postgresCanReach, type PostgresPlace } from '@app/backing';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CliError, EXIT } from '../cli-error.js';
import { sha256Of, WrongHash } from './manifest.js';

const settingSchema = z.object({ directory: z.string() });

function settingFile(home: string): string {
  return join(home, 'backup.json');
}

export function walDirectory(root: string): string {
  return join(root, 'wal');
}

/** Where this installation's backups and WAL go; null: it keeps none. */
export function backupDirectoryOf(home: string): string | null {
  if (!existsSync(settingFile(home))) return null;
  return settingSchema.parse(JSON.parse(readFileSync(settingFile(home), 'utf8'))).directory;
}

/** Settings of the private PostgreSQL that keep its WAL, once a backup directory has been chosen. */
export function archiveSettings(home: string): Readonly<Record<string, string>> {
  const root = backupDirectoryOf(home);
  if (root === null) return {};
  return {
    wal_level: 'replica',
    max_wal_senders: '4',
    archive_mode: 'on',
    // What was committed is outside of the database's disk after a minute at most.
    archive_timeout: '60s',
    archive_command: archiveCommand(walDirectory(root)),
  };
}

/**
 * A segment is copied beside, forced to the disk and moved into place, its hash first; one that is there already and the same is no
 * failure (a crash between archiving and noting it), one that differs is never overwritten.
 */
function archiveCommand(wal: string): string {
  const to = `${wal}/%f`;
  const part = `${wal}/.%f`;
  return (
    `cmp -s "%p" "${to}" || (test ! -e "${to}" && cp "%p" "${part}" && sync "${part}" && ` +
    `(sha256sum < "%p" || shasum -a 256 < "%p") > "${to}.sha256" && mv "${part}" "${to}")`
  );
}

/** Makes the directory and remembers it: from its next start PostgreSQL archives into it. @returns whether that is new */
export function chooseBackupDirectory(home: string, root: string, place: PostgresPlace): boolean {
  if (!/^[\w./-]+$/.test(root)) {
    throw new CliError(
      'bad-directory',
      '备份目录的路径只能用字母、数字和 . _ - / · the path of the backups may hold letters, digits and . _ - / only',
      null,
      EXIT.usage,
    );
  }
  mkdirSync(root, { recursive: true });
  const wal = walDirectory(root);
  mkdirSync(wal, { recursive: true });
  if (place.user) chownSync(wal, place.user.uid, place.user.gid);
  chmodSync(wal, 0o700);
  if (!postgresCanReach(place, wal)) {
    throw new CliError(
      'bad-directory',
      `数据库进程进不了 ${root} · PostgreSQL cannot reach this directory`,
      '换一个上级目录对所有人可进入的位置 · choose one whose parents everybody may enter',
    );
  }
  if (backupDirectoryOf(home) === root) return false;
  writeFileSync(settingFile(home), `${JSON.stringify({ directory: root }, null, 2)}\n`, { mode: 0o600 });
  return true;
}

/** @throws WrongHash for the first archived segment, at or behind `from`, that is not as it was archived */
export async function verifyWal(root: string, from: Date): Promise<number> {
  const wal = walDirectory(root);
  let verified = 0;
  for (const name of readdirSync(wal)
    .filter((file) => file.endsWith('.sha256'))
    .sort()) {
    const segment = name.slice(0, -'.sha256'.length);
    const expected = readFileSync(join(wal, name), 'utf8').slice(0, 64);
    // Archiving was cut off between the hash and the segment; it is done again.
    if (!existsSync(join(wal, segment))) continue;
    if (archivedAt(wal, name) < from) continue;
    if ((await sha256Of(join(wal, segment))) !== expected) throw new WrongHash(`wal/${segment}`);
    verified += 1;
  }
  return verified;
}

function archivedAt(wal: string, name: string): Date {
  return statSync(join(wal, name)).mtime;
}
