import { createCipheriv, createHash } from 'node:crypto';

/** What this build of OpenSSL computes is what the standards print. */
describe('SM4, GB/T 32907-2016', () => {
  const KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
  const encrypt = (block: Buffer) => {
    const cipher = createCipheriv('sm4-ecb', KEY, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]);
  };

  it('gives the example of appendix A.1', () => {
    expect(encrypt(KEY).toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
  });

  it('gives the example of appendix A.2, a million rounds of it', () => {
    let block = KEY;
    // In CBC over zeros each block is the encryption of the one before: one call in the place of a million.
    const cipher = createCipheriv('sm4-cbc', KEY, KEY).setAutoPadding(false);
    block = cipher.update(Buffer.alloc(16 * 1_000_000)).subarray(-16);
    expect(block.toString('hex')).toBe('595298c7c6fd271f0402f804c33d3f66');
  });

  it('counts in CTR as encrypting the counter blocks does', () => {
    const counter = Buffer.from('000102030405060708090a0b0c0d0eff', 'hex');
    const next = Buffer.from('000102030405060708090a0b0c0d0f00', 'hex');
    const stream = createCipheriv('sm4-ctr', KEY, counter).update(Buffer.alloc(32));
    expect(stream.toString('hex')).toBe(Buffer.concat([encrypt(counter), encrypt(next)]).toString('hex'));
  });
});

describe('SM3, GB/T 32905-2016', () => {
  it.each([
    ['A.1', 'abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['A.2', 'abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('gives the example of appendix %s', (_appendix, text, digest) => {
    expect(createHash('sm3').update(text).digest('hex')).toBe(digest);
  });
});
