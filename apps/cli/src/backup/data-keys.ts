import type { DataKeysFile } from '@app/access';
import { CliError } from '../cli-error.js';

/**
 * The keys of the installation, and those that only the backup still has. Values of the time that is restored to may be under a key
 * that was made after the backup, or under one that was retired since; new values go under the installation's key.
 * @throws CliError if they belong to two installations
 */
export function mergeDataKeys(here: DataKeysFile, backup: DataKeysFile): DataKeysFile {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const clash = Object.entries(backup.keys).find(
    ([id, key]) => here.keys[id] !== undefined && !same(here.keys[id], key),
  );
  if (clash || !same(here.index, backup.index)) {
    throw new CliError(
      'other-keys',
      '备份的密钥属于另一套系统 · the keys of the backup belong to another installation',
      '先移走这里的密钥目录 · move the keys directory away first',
    );
  }
  return { ...here, keys: { ...backup.keys, ...here.keys } };
}
