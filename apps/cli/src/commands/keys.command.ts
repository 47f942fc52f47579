import { columnAlgorithms, type ColumnAlgorithm } from '@app/access';
import type { KeyReport } from '@app/service-host';
import { InvalidArgumentError, type Command } from 'commander';
import { chownSync } from 'node:fs';
import { resolve } from 'node:path';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { columnAlgorithm, DataKeysOnDisk } from '../installation/data-keys-file.js';
import { ensureKeys, keyFilesAt, keyFilesIn } from '../installation/keys.js';
import { table } from '../output.js';
import { runOverColumns } from '../up/keys-run.js';

interface Where {
  readonly into?: string;
}

/** Keys of an installation: made for one that something else starts (Docker Compose, Kubernetes), added, changed over, retired. */
export function keysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description(
      '生成密钥文件，已有的保留 · makes the key files that are missing, keeps those that are there',
    )
    .option(
      '--into <path>',
      '密钥文件所在目录 · the directory of the key files (of the system here, if left out)',
    )
    .option('--owner <uid>', '文件属主 · user id that owns them', userId)
    .action(
      action(async ({ output }, { into, owner }: Where & { owner?: number }) => {
        if (!into) {
          throw new CliError(
            'no-directory',
            '请用 --into 指明目录 · say where they go',
            'npx onething keys --into ./keys',
            EXIT.usage,
          );
        }
        const files = keyFilesAt(resolve(into));
        const made = await ensureKeys(files);
        if (owner !== undefined) {
          const { directory, dataKeys, actorJwks, actorPrivateKey, databasePassword } = files;
          for (const path of [directory, dataKeys, actorJwks, actorPrivateKey, databasePassword])
            chownSync(path, owner, owner);
        }
        output.answer({ made, ...files }, () =>
          [
            made ? '密钥已生成 · made' : '密钥已有，未改动 · kept',
            `  ${files.dataKeys}  请另存备份：没有它，已存的号码无法读出 · keep a copy`,
            `  ${files.actorPrivateKey}  只给签发令牌的人 · for whoever signs tokens`,
            `  ${files.actorJwks}  公开 · public`,
          ].join('\n'),
        );
      }),
    );

  keys
    .command('add')
    .description('新增一个数据密钥，尚不启用 · one more data key, not in use yet')
    .option(
      '--algorithm <name>',
      `算法 · ${columnAlgorithms.join(', ')}`,
      algorithm,
      'aes-256-gcm' as ColumnAlgorithm,
    )
    .action(
      action(
        async ({ home, output }, flags: { algorithm: ColumnAlgorithm }, command: Command): Promise<void> => {
          const file = dataKeysOf(home, command);
          const id = file.add(flags.algorithm);
          output.answer(
            { added: id, algorithm: flags.algorithm, current: file.current, file: file.path },
            () =>
              [
                `已新增 · added  ${id} (${flags.algorithm})`,
                `  ${file.path}  请另存备份 · keep a copy`,
                '  接下来 · next  npx onething keys rotate',
              ].join('\n'),
          );
        },
      ),
    );

  keys
    .command('use')
    .description('新数据改用这个密钥加密 · new values are encrypted with this key')
    .argument('<id>')
    .action(
      action(async ({ home, output }, id: string, _flags: object, command: Command): Promise<void> => {
        const file = dataKeysOf(home, command);
        file.use(id);
        output.answer({ current: id, file: file.path }, () => `新数据使用 · new values use  ${id}`);
      }),
    );

  keys
    .command('status')
    .description('各加密列正在使用的密钥 · which keys the encrypted columns are under')
    .action(
      action(async ({ home, output }, _flags: object, command: Command): Promise<void> => {
        const file = dataKeysOf(home, command);
        const report = await runOverColumns('status', home, file.path, () => undefined);
        output.answer(statusOf(file, report), () => describe(file, report));
      }),
    );

  keys
    .command('rotate')
    .description(
      '改用最新的密钥，并把已存数据重新加密；服务不停 · encrypts what is stored anew, while services run',
    )
    .option('--to <id>', '改用哪个密钥 · to this key (the newest, if left out)')
    .action(
      action(async ({ home, output }, flags: { to?: string }, command: Command): Promise<number> => {
        const file = dataKeysOf(home, command);
        file.use(flags.to ?? file.newest);
        output.line(`改用 · changing over to  ${file.current}`);
        const report = await runOverColumns('rotate', home, file.path, ({ service, table, rotated }) =>
          output.line(`  ${service}.${table}  ${rotated}`),
        );
        output.answer({ ...statusOf(file, report), rotated: report.rotated }, () => describe(file, report));
        return valuesUnderOthers(report) === 0 ? EXIT.ok : EXIT.failed;
      }),
    );

  keys
    .command('retire')
    .description('停用旧密钥；仍有数据使用时拒绝 · removes an old key; refused while a value is under it')
    .argument('<id>')
    .action(
      action(async ({ home, output }, id: string, _flags: object, command: Command): Promise<void> => {
        const file = dataKeysOf(home, command);
        const { uses } = await runOverColumns('status', home, file.path, () => undefined);
        const values = uses.reduce((sum, use) => sum + (use.keyId === id ? use.values : 0), 0);
        if (values > 0) {
          throw new CliError(
            'key-in-use',
            `仍有 ${values} 个值使用密钥 ${id} · values are still under it`,
            'npx onething keys rotate',
          );
        }
        file.remove(id);
        output.answer(
          { retired: id, current: file.current, file: file.path },
          () => `已停用 · retired  ${id}（备份中的旧数据仍需要它，请妥善保存 · old backups still need it）`,
        );
      }),
    );
}

function dataKeysOf(home: string, command: Command): DataKeysOnDisk {
  const { into } = command.optsWithGlobals<Where>();
  return DataKeysOnDisk.at((into ? keyFilesAt(resolve(into)) : keyFilesIn(home)).dataKeys);
}

function statusOf(file: DataKeysOnDisk, { current, unreadable, uses }: KeyReport) {
  return {
    current,
    keys: file.ids.map((id) => ({ id, algorithm: file.algorithmOf(id) })),
    unreadable,
    uses,
  };
}

function valuesUnderOthers({ current, uses }: KeyReport): number {
  return uses.reduce((sum, use) => sum + (use.keyId === current ? 0 : use.values), 0);
}

function describe(file: DataKeysOnDisk, report: KeyReport): string {
  const rest = valuesUnderOthers(report);
  return [
    ...file.ids.map((id) => `${id === report.current ? '●' : '○'} ${id}  ${file.algorithmOf(id)}`),
    table(report.uses.map(({ column, keyId, values }) => [`  ${column}`, keyId, String(values)])),
    rest === 0
      ? '全部数据使用当前密钥 · all values are under the current key'
      : `${rest} 个值仍使用旧密钥 · values are under older keys`,
    ...(report.unreadable > 0
      ? [`${report.unreadable} 行无法解密，未改动 · rows do not open and were left as they are`]
      : []),
  ].join('\n');
}

function algorithm(text: string): ColumnAlgorithm {
  const known = columnAlgorithm(text);
  if (known) return known;
  throw new InvalidArgumentError(`应为 · must be one of ${columnAlgorithms.join(', ')}`);
}

function userId(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('应为用户编号 · must be a user id');
}
