import { readFileSync, statSync } from 'node:fs';
import { DataKeysNotUsable, parseDataKeys, type DataKeys } from './data-keys.js';

/**
 * Where data keys come from. A key server or an HSM is one more of these: its `read` asks the server (and unwraps what it answers), it
 * has no `readNow`, and nothing else in the house changes.
 */
export interface KeySource {
  /** For logs and errors: never a part of a key. */
  readonly description: string;
  /** The keys as they are now; the same object as before while nothing changed. @throws DataKeysNotUsable */
  read(): Promise<DataKeys>;
  /** The same without waiting, where the source can: a value under a key that was added a moment ago is read at once. */
  readNow?(): DataKeys;
}

/** Keys in a file (`DATA_KEYS_FILE`), which may be replaced while the process runs. */
export class FileKeySource implements KeySource {
  readonly description: string;
  private stamp = '';
  private keys: DataKeys | null = null;

  constructor(private readonly path: string) {
    this.description = `file ${path}`;
  }

  async read(): Promise<DataKeys> {
    return this.readNow();
  }

  readNow(): DataKeys {
    // The stamp is taken before the text: a file that is replaced in between is read again the next time.
    const [stamp, text] = this.look();
    if (text === null) return this.keys!;
    const keys = parseDataKeys(text, this.description);
    this.stamp = stamp;
    this.keys = keys;
    return keys;
  }

  private look(): [stamp: string, text: string | null] {
    try {
      const { mtimeNs, size, ino } = statSync(this.path, { bigint: true });
      const stamp = `${mtimeNs}.${size}.${ino}`;
      return [stamp, this.keys && stamp === this.stamp ? null : readFileSync(this.path, 'utf8')];
    } catch (error) {
      throw new DataKeysNotUsable(this.description, (error as NodeJS.ErrnoException).code ?? 'not readable');
    }
  }
}

/** Keys in a variable (`DATA_KEYS`, JSON): they change with a restart only. */
export class EnvironmentKeySource implements KeySource {
  readonly description: string;
  private keys: DataKeys | null = null;

  constructor(
    private readonly text: string,
    variable = 'DATA_KEYS',
  ) {
    this.description = `environment ${variable}`;
  }

  async read(): Promise<DataKeys> {
    return this.readNow();
  }

  readNow(): DataKeys {
    return (this.keys ??= parseDataKeys(this.text, this.description));
  }
}

/** The source that an installation is configured with. @throws DataKeysNotUsable if it has none, or two */
export function keySourceOf(configured: {
  readonly DATA_KEYS_FILE?: string | undefined;
  readonly DATA_KEYS?: string | undefined;
}): KeySource {
  const { DATA_KEYS_FILE: file, DATA_KEYS: text } = configured;
  if (file && !text) return new FileKeySource(file);
  if (text && !file) return new EnvironmentKeySource(text);
  throw new DataKeysNotUsable('configuration', 'give DATA_KEYS_FILE or DATA_KEYS, one of the two');
}
