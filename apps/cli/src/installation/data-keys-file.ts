import {
  columnAlgorithms,
  DataKeysNotUsable,
  parseDataKeysFile,
  withFreshKey,
  type ColumnAlgorithm,
  type DataKeysFile,
} from '@app/access';
import { chownSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { CliError } from '../cli-error.js';

/** The data keys of an installation, as an operator changes them; running processes take the change within seconds. */
export class DataKeysOnDisk {
  private constructor(
    readonly path: string,
    private file: DataKeysFile,
  ) {}

  /** @throws CliError if there is no such file, or it is not usable as it stands */
  static at(path: string): DataKeysOnDisk {
    try {
      return new DataKeysOnDisk(path, parseDataKeysFile(readFileSync(path, 'utf8'), path));
    } catch (error) {
      if (error instanceof DataKeysNotUsable) {
        throw new CliError('data-keys-not-usable', `密钥文件不可用 · ${error.message}`);
      }
      throw new CliError(
        'no-data-keys',
        `没有密钥文件 · no data keys at ${path}`,
        'npx onething keys --into <path>',
      );
    }
  }

  get current(): string {
    return this.file.current;
  }

  get ids(): string[] {
    return Object.keys(this.file.keys);
  }

  /** The key that was added last. */
  get newest(): string {
    return this.ids.at(-1)!;
  }

  algorithmOf(id: string): ColumnAlgorithm {
    const key = this.file.keys[id];
    return key && typeof key !== 'string' ? key.algorithm : 'aes-256-gcm';
  }

  /** A fresh key, with which nothing is encrypted yet. @returns its id */
  add(algorithm: ColumnAlgorithm): string {
    const { file, keyId } = withFreshKey(this.file, algorithm);
    this.write(file);
    return keyId;
  }

  /** New values are encrypted with this key from now on. @throws CliError if there is none */
  use(id: string): void {
    this.mustHave(id);
    if (id !== this.current) this.write({ ...this.file, current: id });
  }

  /** @throws CliError for the key of new values, and for none. Whoever calls has seen that no value is under it. */
  remove(id: string): void {
    this.mustHave(id);
    if (id === this.current) {
      const message = `${id} 正在使用，不能停用 · is the key of new values`;
      throw new CliError('key-in-use', message, 'npx onething keys add');
    }
    const keys = Object.fromEntries(Object.entries(this.file.keys).filter(([other]) => other !== id));
    this.write({ ...this.file, keys });
  }

  private mustHave(id: string): void {
    if (this.ids.includes(id)) return;
    const known = this.ids.join(', ');
    throw new CliError('unknown-key', `没有这个密钥“${id}”· no such key. 现有 · there are: ${known}`);
  }

  /** Never half a file, and as closed to others as it was. */
  private write(file: DataKeysFile): void {
    const { mode, uid, gid } = statSync(this.path);
    const unfinished = `${this.path}.unfinished`;
    writeFileSync(unfinished, `${JSON.stringify(file, null, 2)}\n`, { mode: mode & 0o777 });
    chownSync(unfinished, uid, gid);
    renameSync(unfinished, this.path);
    this.file = file;
  }
}

export function columnAlgorithm(text: string): ColumnAlgorithm | null {
  return columnAlgorithms.find((algorithm) => algorithm === text) ?? null;
}
