import { ColumnCipher } from './column-cipher.js';
import { DataKeysNotUsable, type DataKeys } from './data-keys.js';
import type { KeySource } from './key-source.js';

/** How often a process looks whether its keys changed. Who rotates waits for longer than this. */
export const KEY_CHECK_MS = 5_000;

export interface KeyWatchOptions {
  readonly everyMs?: number;
  /** Is told why new keys were not taken; never a value. */
  readonly warn: (reason: string) => void;
}

/**
 * Keeps a cipher's keys those of their source while the process runs. What cannot be used is not taken: the cipher goes on with the
 * keys that it has, and somebody is warned, once per reason.
 */
export class KeyWatch {
  readonly cipher: ColumnCipher;
  private readonly timer: NodeJS.Timeout;
  private warned = '';

  /** @throws DataKeysNotUsable if there are no usable keys to begin with */
  static async start(source: KeySource, options: KeyWatchOptions): Promise<KeyWatch> {
    return new KeyWatch(source, await source.read(), options);
  }

  private constructor(
    private readonly source: KeySource,
    private taken: DataKeys,
    private readonly options: KeyWatchOptions,
  ) {
    this.cipher = new ColumnCipher(taken);
    this.cipher.whenKeyUnknown(() => this.lookNow());
    this.timer = setInterval(() => void this.check(), options.everyMs ?? KEY_CHECK_MS);
    this.timer.unref();
  }

  /** Takes the source's keys if they are new and usable. */
  async check(): Promise<void> {
    try {
      this.take(await this.source.read());
    } catch (error) {
      this.refuse(error);
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The process that holds it ends. */
  onModuleDestroy(): void {
    this.stop();
  }

  private lookNow(): void {
    if (!this.source.readNow) return void this.check();
    try {
      this.take(this.source.readNow());
    } catch (error) {
      this.refuse(error);
    }
  }

  private take(keys: DataKeys): void {
    if (keys !== this.taken) {
      this.cipher.takeKeys(keys);
      this.taken = keys;
    }
    this.warned = '';
  }

  private refuse(error: unknown): void {
    const reason =
      error instanceof DataKeysNotUsable
        ? error.message
        : `data keys (${this.source.description}) were not read`;
    if (reason === this.warned) return;
    this.warned = reason;
    this.options.warn(`${reason}; the keys that were read before stay in use`);
  }
}
