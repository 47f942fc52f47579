import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  timingSafeEqual,
  type CipherGCMTypes,
} from 'node:crypto';

/** Encrypts and authenticates one piece of a content. */
export interface PieceSealing {
  readonly tagBytes: number;
  /** @param nonce 12 bytes, never twice with one key @returns ciphertext and tag */
  seal(nonce: Buffer, name: Buffer, piece: Buffer): Buffer;
  /** @throws if it is not authentic */
  open(nonce: Buffer, name: Buffer, sealed: Buffer): Buffer;
}

export class AesGcmPieces implements PieceSealing {
  private static readonly algorithm: CipherGCMTypes = 'aes-256-gcm';
  readonly tagBytes = 16;

  constructor(private readonly key: Buffer) {}

  seal(nonce: Buffer, name: Buffer, piece: Buffer): Buffer {
    const cipher = createCipheriv(AesGcmPieces.algorithm, this.key, nonce, { authTagLength: this.tagBytes });
    cipher.setAAD(name);
    return Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }

  open(nonce: Buffer, name: Buffer, sealed: Buffer): Buffer {
    const decipher = createDecipheriv(AesGcmPieces.algorithm, this.key, nonce, {
      authTagLength: this.tagBytes,
    });
    decipher.setAAD(name);
    decipher.setAuthTag(sealed.subarray(-this.tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(0, -this.tagBytes)), decipher.final()]);
  }
}

/**
 * SM4 in counter mode and an HMAC-SM3 over name, nonce and ciphertext, with keys of their own: OpenSSL 3.0 has no SM4-GCM. The last four
 * bytes of the counter block count within the piece, which has 4096 blocks at most.
 */
export class Sm4CtrHmacSm3Pieces implements PieceSealing {
  readonly tagBytes = 32;
  private readonly encryption: Buffer;
  private readonly authentication: Buffer;

  constructor(key: Buffer) {
    const derive = (purpose: string, bytes: number) =>
      Buffer.from(hkdfSync('sm3', key, Buffer.alloc(0), `onething content ${purpose}`, bytes));
    this.encryption = derive('sm4-ctr', 16);
    this.authentication = derive('hmac-sm3', 32);
  }

  seal(nonce: Buffer, name: Buffer, piece: Buffer): Buffer {
    const cipher = createCipheriv('sm4-ctr', this.encryption, counterBlock(nonce));
    const encrypted = Buffer.concat([cipher.update(piece), cipher.final()]);
    return Buffer.concat([encrypted, this.mac(nonce, name, encrypted)]);
  }

  open(nonce: Buffer, name: Buffer, sealed: Buffer): Buffer {
    const encrypted = sealed.subarray(0, -this.tagBytes);
    if (!timingSafeEqual(this.mac(nonce, name, encrypted), sealed.subarray(-this.tagBytes))) {
      throw new Error('not authentic');
    }
    const decipher = createDecipheriv('sm4-ctr', this.encryption, counterBlock(nonce));
    return Buffer.concat([decipher.update(encrypted), decipher.final()]);
  }

  private mac(nonce: Buffer, name: Buffer, encrypted: Buffer): Buffer {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    return createHmac('sm3', this.authentication)
      .update(length)
      .update(name)
      .update(nonce)
      .update(encrypted)
      .digest();
  }
}

function counterBlock(nonce: Buffer): Buffer {
  return Buffer.concat([nonce, Buffer.alloc(4)]);
}
