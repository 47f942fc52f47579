import { ownerOf, postgresPlace } from '@app/backing';
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { backupDirectoryOf, chooseBackupDirectory } from '../backup/archive.js';
import { chooseBackup, readManifests, readRestores } from '../backup/manifest.js';
import { beijingTime, pointInTime } from '../backup/point-in-time.js';
import { mustBePrivate } from '../backup/private-only.js';
import { restoreBackup, type Restored } from '../backup/restore-backup.js';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { liveRunState } from '../installation/run-state.js';

interface RestoreFlags {
  readonly to: string;
  readonly from?: string;
}

/** The whole installation as it was at a time; what was decided afterwards is undone. */
export function restoreCommand(program: Command): void {
  program
    .command('restore')
    .description(
      '恢复到某一时间，之后的办理全部撤回；须先停机 · back to a time, undoing what came after; stop the system first',
    )
    .requiredOption('--to <time>', '时间，未写时区为北京时间 · the time; Asia/Shanghai, if no zone is given')
    .option('--from <path>', '备份目录 · the directory of the backups (the known one, if left out)')
    .action(
      action(async ({ home, output }, flags: RestoreFlags) => {
        const to = pointInTime(flags.to);
        const live = liveRunState(home);
        const owner = live?.pid ?? ownerOf(home);
        if (owner !== null) {
          throw new CliError(
            'running',
            `系统正在运行（进程 ${owner}），不能恢复 · it is running as process ${owner}`,
            '先停止系统 · stop it first',
          );
        }
        mustBePrivate(null);
        const root = flags.from ? resolve(flags.from) : backupDirectoryOf(home);
        if (root === null) {
          throw new CliError(
            'no-directory',
            '请用 --from 指明备份目录 · say where the backups are',
            null,
            EXIT.usage,
          );
        }
        const now = new Date();
        const backup = chooseBackup(readManifests(root), readRestores(root), to, now);
        chooseBackupDirectory(home, root, await postgresPlace(home));
        const report = (text: string) => output.line(`  ${text}`);
        const restored = await restoreBackup({ home, root, backup, to, now, report });
        output.answer({ ...restored, nextSteps: nextSteps() }, () => describe(restored));
      }),
    );
}

/** What only a person can do. */
function nextSteps(): string[] {
  return [
    ...(process.env['KAFKA_BROKERS']
      ? ['给 TOPIC_PREFIX 换一个新值 · give TOPIC_PREFIX a new value: the topics hold facts that were undone']
      : []),
    ...(process.env['REDIS_URL']
      ? ['给 QUEUE_PREFIX 换一个新值 · give QUEUE_PREFIX a new value: the queues hold jobs that were undone']
      : []),
    '另存审计锚点文件并注明原因，再用新的 · keep the file of the audit anchors with a note why, begin a new one (docs/audit.md)',
    '启动后立即再备份 · back up again right after the start',
  ];
}

function describe({ backup, to, before, republished, missingFiles }: Restored): string {
  const facts = republished.reduce((sum, { facts: own }) => sum + own, 0);
  return [
    `已恢复到 · restored to  ${beijingTime(to)}  （备份 · backup ${backup}）`,
    `  启动后重新发布 ${facts} 条消息，已处理过的不再生效 · facts are published again at the start; those handled do nothing`,
    ...(missingFiles.length > 0
      ? [
          `  ⚠ 有 ${missingFiles.length} 份文件在备份和本机都找不到，须请当事人重新提供 · contents are nowhere, ask for them again:`,
          ...missingFiles.slice(0, 10).map(({ schema, objectId }) => `      ${schema} ${objectId}`),
        ]
      : []),
    `  恢复前的数据留在 · what was there before lies in  ${before}`,
    ...nextSteps().map((step, index) => `  ${index + 1}. ${step}`),
  ].join('\n');
}
