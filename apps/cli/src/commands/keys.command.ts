import { InvalidArgumentError, type Command } from 'commander';
import { chownSync } from 'node:fs';
import { resolve } from 'node:path';
import { action } from '../cli.js';
import { ensureKeys, keyFilesAt } from '../installation/keys.js';

/** The keys of an installation whose services are started by something else: Docker Compose, Kubernetes. */
export function keysCommand(program: Command): void {
  program
    .command('keys')
    .description(
      '生成密钥文件，已有的保留 · makes the key files that are missing, keeps those that are there',
    )
    .requiredOption('--into <path>', '放在哪里 · where they go')
    .option('--owner <uid>', '文件属主 · user id that owns them', userId)
    .action(
      action(async ({ output }, { into, owner }: { into: string; owner?: number }) => {
        const files = keyFilesAt(resolve(into));
        const made = await ensureKeys(files);
        if (owner !== undefined) {
          for (const path of [files.directory, files.dataKeys, files.actorJwks, files.actorPrivateKey])
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
}

function userId(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('应为用户编号 · must be a user id');
}
