import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { DataKeysNotUsable, type ColumnAlgorithm, type DataKeys } from './data-keys.js';
import { NotAuthentic, sealingOf, type Sealing } from './sealing.js';
import { Sensitive, type SensitiveKind } from './sensitive.js';

/** A stored value names no key that this process has. */
export class UnknownDataKey extends Error {
  constructor(keyId: string) {
    super(`no data key with id ${keyId}: add it to the data keys`);
    this.name = 'UnknownDataKey';
  }
}

/** A stored value does not open: it was changed, moved to another column, or written with another key of the same id. */
export class StoredValueNotReadable extends Error {
  constructor(
    readonly column: string,
    readonly keyId: string,
  ) {
    super(`a value of ${column} under key ${keyId} does not open`);
    this.name = 'StoredValueNotReadable';
  }
}

/** What a search token is for: tokens of different kinds never meet. `request` is the digest of a repeated command, `file` of a content. */
export type IndexKind = 'identity' | 'card' | 'phone' | 'account' | 'name' | 'request' | 'file';

const HASHES = { 'hmac-sha256': 'sha256', 'hmac-sm3': 'sm3' } as const;

/**
 * Encrypts single columns: identity, card, phone and account numbers, exact addresses.
 * A value is `<key id>.<base64>`; which algorithm it was sealed with follows from its key. The column's name is bound in, so that a
 * value moved to another column does not open.
 */
export class ColumnCipher {
  private keys: DataKeys;
  private sealings: ReadonlyMap<string, Sealing>;
  private readonly indexHash: string;
  private readonly indexKey: Buffer;
  private lookForNewer: () => void = () => undefined;

  constructor(keys: DataKeys) {
    this.keys = keys;
    this.sealings = sealingsOf(keys);
    this.indexHash = HASHES[keys.index.algorithm];
    this.indexKey = Buffer.from(keys.index.key, 'base64');
  }

  /** Key id of what is encrypted from now on. */
  get currentKeyId(): string {
    return this.keys.current;
  }

  /** Algorithm of what is encrypted from now on. */
  get currentAlgorithm(): ColumnAlgorithm {
    return this.keys.keys[this.keys.current]!.algorithm;
  }

  /**
   * Goes on with other keys: all of them, or none.
   * @throws DataKeysNotUsable if the index has another key, or an id: what is stored would not be found, or not open
   */
  takeKeys(keys: DataKeys): void {
    const source = 'new keys';
    if (!same(keys.index, this.keys.index)) {
      throw new DataKeysNotUsable(source, 'index: differs from the one that stored tokens were made with');
    }
    for (const [id, key] of Object.entries(keys.keys)) {
      const held = this.keys.keys[id];
      if (held && !same(key, held)) throw new DataKeysNotUsable(source, `keys.${id}: was another key before`);
    }
    this.sealings = sealingsOf(keys);
    this.keys = keys;
  }

  /** @param look is called when a value names a key that is not known, and may give newer keys at once */
  whenKeyUnknown(look: () => void): void {
    this.lookForNewer = look;
  }

  /** @param column `<schema>.<table>.<column>` */
  encrypt(column: string, plain: string): string {
    const id = this.keys.current;
    return `${id}.${this.sealing(id).seal(column, plain).toString('base64')}`;
  }

  /** @throws StoredValueNotReadable, UnknownDataKey */
  decrypt(column: string, stored: string): string {
    const dot = stored.indexOf('.');
    const id = stored.slice(0, Math.max(dot, 0));
    const sealing = this.sealing(id);
    try {
      return sealing.open(column, Buffer.from(stored.slice(dot + 1), 'base64'));
    } catch (error) {
      throw error instanceof NotAuthentic ? new StoredValueNotReadable(column, id) : error;
    }
  }

  /** Opens a value that is to be shown: it leaves masked. @throws as `decrypt` */
  open(kind: SensitiveKind, column: string, stored: string): Sensitive {
    return new Sensitive(kind, this.decrypt(column, stored));
  }

  /** Whether a stored value is under the key of new values. */
  isCurrent(stored: string): boolean {
    return stored.startsWith(`${this.keys.current}.`);
  }

  /** Token for exact search: equal for equal texts of one kind, and worthless without the key. */
  blindIndex(kind: IndexKind, normalised: string): string {
    return createHmac(this.indexHash, this.indexKey).update(`${kind}:${normalised}`).digest('base64url');
  }

  /**
   * A keyed hash under a key of its own, derived (HKDF) from the one of the index, which no rotation changes: what is hashed today is
   * checked in ten years.
   * @param purpose hashes for different purposes never meet
   */
  keyedHash(purpose: string): (...parts: readonly Uint8Array[]) => Buffer {
    const info = `onething ${purpose}`;
    const key = Buffer.from(hkdfSync(this.indexHash, this.indexKey, Buffer.alloc(0), info, 32));
    return (...parts) => {
      const hash = createHmac(this.indexHash, key);
      for (const part of parts) hash.update(part);
      return hash.digest();
    };
  }

  private sealing(id: string): Sealing {
    const known = this.sealings.get(id);
    if (known) return known;
    this.lookForNewer();
    const now = this.sealings.get(id);
    if (!now) throw new UnknownDataKey(/^[a-z0-9-]{1,16}$/.test(id) ? id : '?');
    return now;
  }
}

function sealingsOf({ keys }: DataKeys): ReadonlyMap<string, Sealing> {
  return new Map(
    Object.entries(keys).map(([id, { algorithm, key }]) => [
      id,
      sealingOf(algorithm, Buffer.from(key, 'base64')),
    ]),
  );
}

function same(left: { algorithm: string; key: string }, right: { algorithm: string; key: string }): boolean {
  return (
    left.algorithm === right.algorithm &&
    timingSafeEqual(Buffer.from(left.key, 'base64'), Buffer.from(right.key, 'base64'))
  );
}
