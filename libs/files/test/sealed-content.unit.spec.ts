import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import {
  ContentTampered,
  newContentKey,
  seal,
  Unsealing,
  type ContentAlgorithm,
} from '../src/sealed-content.js';

const PIECE = 64 * 1024;
const key = newContentKey();

async function open(
  sealed: Buffer,
  options: { name?: string; key?: Buffer; by?: number } = {},
): Promise<Buffer> {
  const opened = new Unsealing(options.key ?? key, options.name ?? 'name');
  const by = options.by ?? 10_000;
  const cut = Array.from({ length: Math.ceil(sealed.length / by) }, (_, index) =>
    sealed.subarray(index * by, (index + 1) * by),
  );
  const [content] = await Promise.all([buffer(opened), pipeline(Readable.from(cut), opened)]);
  return content;
}

describe.each<ContentAlgorithm>(['aes-256-gcm', 'sm4-ctr-hmac-sm3'])('a content under %s', (algorithm) => {
  it.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])('of %i bytes opens as it was', async (length) => {
    const content = randomBytes(length);
    const sealed = seal(key, 'name', content, algorithm);
    for (const by of [13 * 1024 + 1, PIECE, 1_000_000]) {
      expect((await open(sealed, { by })).equals(content)).toBe(true);
    }
  });

  it('shows nothing of itself, not even that it is the same again', () => {
    const content = Buffer.from('the same words '.repeat(1000));
    const [one, other] = [seal(key, 'name', content, algorithm), seal(key, 'name', content, algorithm)];
    expect(one.includes('same words')).toBe(false);
    expect(one.subarray(11).equals(other.subarray(11))).toBe(false);
  });

  it('opens under no other name or key', async () => {
    const sealed = seal(key, 'name', Buffer.from('content'), algorithm);
    await expect(open(sealed, { name: 'other' })).rejects.toBeInstanceOf(ContentTampered);
    await expect(open(sealed, { key: newContentKey() })).rejects.toBeInstanceOf(ContentTampered);
  });

  it('does not open when it was changed, cut, lengthened, or its pieces moved', async () => {
    const sealed = seal(key, 'name', randomBytes(3 * PIECE), algorithm);
    const whole = PIECE + (algorithm === 'aes-256-gcm' ? 16 : 32);
    const piece = (index: number) => sealed.subarray(11 + index * whole, 11 + (index + 1) * whole);
    const flipped = Buffer.from(sealed);
    flipped[200] = flipped[200]! ^ 1;
    for (const changed of [
      flipped,
      Buffer.concat([Buffer.from(algorithm === 'aes-256-gcm' ? 'OTF2' : 'OTF1'), sealed.subarray(4)]),
      sealed.subarray(0, 11 + whole),
      sealed.subarray(0, 11 + 2 * whole),
      sealed.subarray(0, -1),
      Buffer.concat([sealed, Buffer.from([0])]),
      Buffer.concat([sealed.subarray(0, 11), piece(1), piece(0), piece(2)]),
      Buffer.concat([sealed.subarray(0, 11), piece(0), piece(2)]),
      sealed.subarray(0, 11),
      sealed.subarray(0, 3),
      Buffer.alloc(0),
    ]) {
      await expect(open(changed)).rejects.toBeInstanceOf(ContentTampered);
    }
  });
});
