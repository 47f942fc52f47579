import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type CipherGCMTypes,
} from 'node:crypto';
import type { ColumnAlgorithm } from './data-keys.js';

/** Encrypts and authenticates one value. */
export interface Sealing {
  /** @param bound what the value cannot be taken away from: the name of its column */
  seal(bound: string, plain: string): Buffer;
  /** @throws NotAuthentic */
  open(bound: string, sealed: Buffer): string;
}

/** The value was changed, belongs to another column, or was sealed with another key. */
export class NotAuthentic extends Error {
  constructor() {
    super('the value is not authentic');
    this.name = 'NotAuthentic';
  }
}

export function sealingOf(algorithm: ColumnAlgorithm, key: Buffer): Sealing {
  return algorithm === 'aes-256-gcm' ? new AesGcm(key) : new Sm4CtrHmacSm3(key);
}

/** Nonce, ciphertext, tag. */
class AesGcm implements Sealing {
  private static readonly algorithm: CipherGCMTypes = 'aes-256-gcm';
  private static readonly nonceBytes = 12;
  private static readonly tagBytes = 16;

  constructor(private readonly key: Buffer) {}

  seal(bound: string, plain: string): Buffer {
    const nonce = randomBytes(AesGcm.nonceBytes);
    const cipher = createCipheriv(AesGcm.algorithm, this.key, nonce, { authTagLength: AesGcm.tagBytes });
    cipher.setAAD(Buffer.from(bound));
    return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  open(bound: string, sealed: Buffer): string {
    const { nonceBytes, tagBytes } = AesGcm;
    if (sealed.length < nonceBytes + tagBytes) throw new NotAuthentic();
    const decipher = createDecipheriv(AesGcm.algorithm, this.key, sealed.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(bound));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    const opened = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
    try {
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      throw new NotAuthentic();
    }
  }
}

/**
 * Counter block, ciphertext, MAC: encrypt then authenticate, since OpenSSL 3.0 has no SM4-GCM. Encryption and MAC have keys of their
 * own, both derived from the data key; the MAC is over the bound name with its length, the counter block and the ciphertext.
 */
class Sm4CtrHmacSm3 implements Sealing {
  private static readonly ivBytes = 16;
  private static readonly macBytes = 32;
  private readonly encryption: Buffer;
  private readonly authentication: Buffer;

  constructor(key: Buffer) {
    const derive = (purpose: string, bytes: number) =>
      Buffer.from(hkdfSync('sm3', key, Buffer.alloc(0), `onething column ${purpose}`, bytes));
    this.encryption = derive('sm4-ctr', 16);
    this.authentication = derive('hmac-sm3', 32);
  }

  seal(bound: string, plain: string): Buffer {
    const iv = randomBytes(Sm4CtrHmacSm3.ivBytes);
    const cipher = createCipheriv('sm4-ctr', this.encryption, iv);
    const encrypted = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([encrypted, this.mac(bound, encrypted)]);
  }

  open(bound: string, sealed: Buffer): string {
    const { ivBytes, macBytes } = Sm4CtrHmacSm3;
    if (sealed.length < ivBytes + macBytes) throw new NotAuthentic();
    const encrypted = sealed.subarray(0, -macBytes);
    if (!timingSafeEqual(this.mac(bound, encrypted), sealed.subarray(-macBytes))) throw new NotAuthentic();
    const decipher = createDecipheriv('sm4-ctr', this.encryption, encrypted.subarray(0, ivBytes));
    return Buffer.concat([decipher.update(encrypted.subarray(ivBytes)), decipher.final()]).toString('utf8');
  }

  private mac(bound: string, encrypted: Buffer): Buffer {
    const name = Buffer.from(bound);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    return createHmac('sm3', this.authentication).update(length).update(name).update(encrypted).digest();
  }
}
