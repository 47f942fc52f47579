import {
  ownerOf,
  postgresDataIn,
  postgresPlace,
  withPrivatePostgres,
  type PostgresPlace,
} from '@app/backing';
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { archiveSettings, backupDirectoryOf, chooseBackupDirectory } from '../backup/archive.js';
import type { Manifest } from '../backup/manifest.js';
import { beijingTime } from '../backup/point-in-time.js';
import { mustBePrivate } from '../backup/private-only.js';
import { takeBackup } from '../backup/take-backup.js';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { liveRunState } from '../installation/run-state.js';

interface BackupFlags {
  readonly into?: string;
  readonly withoutKeys?: boolean;
}

/** Database, files and keys as one consistent point; the log since then is archived by the database itself. */
export function backupCommand(program: Command): void {
  program
    .command('backup')
    .description(
      '备份数据库、文件和密钥，系统可以不停 · backs up database, files and keys, also while it runs',
    )
    .option('--into <path>', '备份目录，首次必填 · the directory of the backups, needed the first time')
    .option('--without-keys', '不备份密钥，须另行保管 · leaves the keys out; keep them elsewhere')
    .action(
      action(async ({ home, output }, flags: BackupFlags) => {
        const live = liveRunState(home);
        mustBePrivate(live);
        const into = flags.into ? resolve(flags.into) : backupDirectoryOf(home);
        if (into === null) {
          throw new CliError(
            'no-directory',
            '请用 --into 指明备份目录，最好在另一块磁盘上 · say where backups go, best on another disk',
            'npx onething backup --into /srv/onething-backup',
            EXIT.usage,
          );
        }
        const place = await postgresPlace(home);
        mustHaveData(place);
        chooseBackupDirectory(home, into, place);
        const withKeys = !flags.withoutKeys;
        const report = (text: string) => output.line(`  ${text}`);
        const take = (url: string) => takeBackup({ home, root: into, withKeys, place, url, report });
        if (!live && ownerOf(home) !== null) {
          throw new CliError('starting', '系统正在启动，请稍后 · it is starting, try again shortly');
        }
        const manifest = live
          ? await take(live.databaseUrl)
          : await withPrivatePostgres(home, archiveSettings(home), take);
        output.answer(answerOf(manifest, into), () => describe(manifest, into));
      }),
    );
}

function mustHaveData(place: PostgresPlace): void {
  if (postgresDataIn(place.home).includes(Number.parseInt(place.binaries.version))) return;
  throw new CliError('no-data', '这里还没有数据 · there are no data here yet', 'npm start');
}

function answerOf({ pieces, ...manifest }: Manifest, directory: string) {
  return {
    ...manifest,
    directory,
    pieces: pieces.length,
    bytes: pieces.reduce((sum, { bytes }) => sum + bytes, 0),
    keys: manifest.withKeys ? null : 'left-out',
  };
}

function describe(manifest: Manifest, directory: string): string {
  const { pieces, bytes } = answerOf(manifest, directory);
  return [
    `已备份 · backed up  ${manifest.id}  ${directory}`,
    `  可恢复到此后任意时间 · restores to any time from  ${beijingTime(manifest.endedAt)}`,
    `  ${pieces} 项 · pieces, ${Math.ceil(bytes / 1024 / 1024)} MB`,
    manifest.withKeys
      ? `  密钥在 · keys are in  ${directory}/keys/${manifest.id}  请与数据分开存放 · keep them apart from the data`
      : '  ⚠ 未备份密钥：没有它，恢复的数据读不出来 · keys are left out: without them restored data cannot be read',
  ].join('\n');
}
