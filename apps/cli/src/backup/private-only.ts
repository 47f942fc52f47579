import { CliError } from '../cli-error.js';
import type { RunState } from '../installation/run-state.js';

/**
 * Refuses for a database that somebody else keeps: its base backups and its WAL are the work of who administers it.
 * @throws CliError with the steps
 */
export function mustBePrivate(state: RunState | null): void {
  const source = state?.backing.postgres.source ?? (process.env['DATABASE_URL'] ? 'environment' : 'binary');
  if (source === 'binary' || source === 'embedded') return;
  throw new CliError(
    'database-elsewhere',
    [
      source === 'docker'
        ? '数据库在容器里 · the database runs in a container'
        : '数据库由县里管理（DATABASE_URL）· the database is administered elsewhere (DATABASE_URL)',
      '请数据库管理员 · ask its administrator to:',
      '  1. 设置 · set  wal_level=replica, archive_mode=on, archive_command',
      '  2. 定期 · regularly  pg_basebackup --format=tar --gzip --wal-method=stream',
      '  3. 之后复制 · after each, copy  FILES_DIR, DATA_KEYS_FILE',
      '  4. 恢复 · to restore  recovery_target_time, recovery_target_action=promote；再按 docs/backup.md 处理消息 · then delivery, as docs/backup.md says',
      '不要用 pg_dump 代替 · pg_dump does not do',
    ].join('\n'),
    'docs/backup.md',
  );
}
