import { createCipheriv, createDecipheriv, createHmac, randomBytes, type CipherGCMTypes } from 'node:crypto';
import type { DataKeys } from './data-keys.js';

const ALGORITHM: CipherGCMTypes = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A stored value names no key that this process has. */
export class UnknownDataKey extends Error {
  constructor(keyId: string) {
    super(`no data key with id ${keyId}: add it to the data keys file`);
    this.name = 'UnknownDataKey';
  }
}

/**
 * Encrypts single columns: identity, card, phone and account numbers, exact addresses.
 * A value is `<key id>.<base64 of nonce, ciphertext, tag>`; the column's name is bound in, so that a value moved to
 * another column does not open.
 */
export class ColumnCipher {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly current: string;
  private readonly indexKey: Buffer;

  constructor(keys: DataKeys) {
    this.keys = new Map(Object.entries(keys.keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
    this.current = keys.current;
    this.indexKey = Buffer.from(keys.index, 'base64');
  }

  /** @param column `<schema>.<table>.<column>` */
  encrypt(column: string, plain: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key(this.current), nonce);
    cipher.setAAD(Buffer.from(column));
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${this.current}.${sealed.toString('base64')}`;
  }

  /** @throws if the value was tampered with, belongs to another column, or its key is unknown. */
  decrypt(column: string, stored: string): string {
    const dot = stored.indexOf('.');
    const sealed = Buffer.from(stored.slice(dot + 1), 'base64');
    const decipher = createDecipheriv(
      ALGORITHM,
      this.key(stored.slice(0, dot)),
      sealed.subarray(0, NONCE_BYTES),
    );
    decipher.setAAD(Buffer.from(column));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  }

  /**
   * Token for exact search: equal for equal numbers of one kind, and worthless without the key.
   * @param kind so that tokens of different kinds never meet; `request` is the digest of a repeated command
   */
  blindIndex(kind: 'identity' | 'card' | 'request', normalised: string): string {
    return createHmac('sha256', this.indexKey).update(`${kind}:${normalised}`).digest('base64url');
  }

  private key(id: string): Buffer {
    const key = this.keys.get(id);
    if (!key) throw new UnknownDataKey(id);
    return key;
  }
}
