import { randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { AesGcmPieces, Sm4CtrHmacSm3Pieces, type PieceSealing } from './piece-sealing.js';

/** How contents are encrypted; an installation's contents may be of both, as each says which it is. */
export type ContentAlgorithm = 'aes-256-gcm' | 'sm4-ctr-hmac-sm3';

const MAGIC_BYTES = 4;
const MAGICS: Record<ContentAlgorithm, string> = { 'aes-256-gcm': 'OTF1', 'sm4-ctr-hmac-sm3': 'OTF2' };
const PREFIX_BYTES = 7;
const HEADER_BYTES = MAGIC_BYTES + PREFIX_BYTES;
const PIECE_BYTES = 64 * 1024;

/** A stored content was cut, changed, or put under another name. */
export class ContentTampered extends Error {
  constructor() {
    super('stored content does not open with its key under its name');
    this.name = 'ContentTampered';
  }
}

/** A fresh key for one stored content. */
export function newContentKey(): Buffer {
  return randomBytes(32);
}

/**
 * Encrypts a content in pieces of 64 KiB, each with its own tag, so that it can be given out as it is read and yet no byte that was
 * not checked: four letters for the algorithm, 7 random bytes, then pieces of ciphertext and tag. A piece's nonce is the random bytes,
 * its number and whether it is the last, so none can be left out, moved or taken for the end.
 * @param name under which it will be stored: it opens under no other
 */
export function seal(key: Buffer, name: string, content: Buffer, algorithm: ContentAlgorithm): Buffer {
  const prefix = randomBytes(PREFIX_BYTES);
  const sealing = sealingOf(algorithm, key);
  const sealed: Buffer[] = [Buffer.from(MAGICS[algorithm]), prefix];
  const count = Math.max(1, Math.ceil(content.length / PIECE_BYTES));
  for (let index = 0; index < count; index += 1) {
    const piece = content.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
    sealed.push(sealing.seal(nonce(prefix, index, index === count - 1), Buffer.from(name), piece));
  }
  return Buffer.concat(sealed);
}

/** Decrypts what `seal` made, piece by piece; ends with ContentTampered where a piece does not open. */
export class Unsealing extends Transform {
  private readonly name: Buffer;
  private held: Buffer = Buffer.alloc(0);
  private opening: { readonly prefix: Buffer; readonly sealing: PieceSealing } | null = null;
  private index = 0;

  constructor(
    private readonly key: Buffer,
    name: string,
  ) {
    super();
    this.name = Buffer.from(name);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    try {
      if (this.opening === null && this.held.length >= HEADER_BYTES) this.readHeader();
      // The last piece may be a full one: only the end of the stream tells, so one is always held back.
      const whole = PIECE_BYTES + (this.opening?.sealing.tagBytes ?? Infinity);
      while (this.held.length > whole) {
        this.push(this.open(this.held.subarray(0, whole), false));
        this.held = this.held.subarray(whole);
      }
      done();
    } catch {
      done(new ContentTampered());
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      const last = this.open(this.held, true);
      if (last.length > 0) this.push(last);
      done();
    } catch {
      done(new ContentTampered());
    }
  }

  private readHeader(): void {
    const magic = this.held.toString('latin1', 0, MAGIC_BYTES);
    const algorithm = (Object.keys(MAGICS) as ContentAlgorithm[]).find((each) => MAGICS[each] === magic);
    if (!algorithm) throw new ContentTampered();
    this.opening = {
      prefix: Buffer.from(this.held.subarray(MAGIC_BYTES, HEADER_BYTES)),
      sealing: sealingOf(algorithm, this.key),
    };
    this.held = this.held.subarray(HEADER_BYTES);
  }

  private open(piece: Buffer, last: boolean): Buffer {
    if (this.opening === null || piece.length < this.opening.sealing.tagBytes) throw new ContentTampered();
    const { prefix, sealing } = this.opening;
    const opened = sealing.open(nonce(prefix, this.index, last), this.name, piece);
    this.index += 1;
    return opened;
  }
}

function sealingOf(algorithm: ContentAlgorithm, key: Buffer): PieceSealing {
  return algorithm === 'aes-256-gcm' ? new AesGcmPieces(key) : new Sm4CtrHmacSm3Pieces(key);
}

function nonce(prefix: Buffer, index: number, last: boolean): Buffer {
  const made = Buffer.alloc(12);
  prefix.copy(made);
  made.writeUInt32BE(index, PREFIX_BYTES);
  made.writeUInt8(last ? 1 : 0, 11);
  return made;
}
