import { ColumnCipher, StoredValueNotReadable, UnknownDataKey, type IndexKind } from './column-cipher.js';
import {
  DataKeysNotUsable,
  generateDataKeys,
  parseDataKeys,
  withFreshKey,
  type DataKeysFile,
} from './data-keys.js';

const COLUMN = 'registry.persons.identity_number';
const NUMBER = '110101199003070134';
const read = (file: DataKeysFile) => parseDataKeys(JSON.stringify(file), 'test');
const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64');

describe.each(['aes-256-gcm', 'sm4-ctr-hmac-sm3'] as const)('a column under %s', (algorithm) => {
  const cipher = new ColumnCipher(read(generateDataKeys({ algorithm })));

  it.each(['', NUMBER, '温州市鹿城区五马街 1 号', 'x'.repeat(5000)])('opens to what it was: %#', (plain) => {
    expect(cipher.decrypt(COLUMN, cipher.encrypt(COLUMN, plain))).toBe(plain);
  });

  it('never looks the same twice', () => {
    expect(cipher.encrypt(COLUMN, NUMBER)).not.toBe(cipher.encrypt(COLUMN, NUMBER));
  });

  it('does not open in another column', () => {
    const stored = cipher.encrypt(COLUMN, NUMBER);
    expect(() => cipher.decrypt('registry.guardians.identity_number', stored)).toThrow(
      StoredValueNotReadable,
    );
  });

  it('does not open when any byte of it was changed, or is missing', () => {
    const [id, sealed] = cipher.encrypt(COLUMN, NUMBER).split('.') as [string, string];
    const bytes = Buffer.from(sealed, 'base64');
    const opened = [...bytes.keys()].flatMap((at) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      return [changed, bytes.subarray(0, at), bytes.subarray(at + 1)];
    });
    for (const broken of opened) {
      expect(() => cipher.decrypt(COLUMN, `${id}.${broken.toString('base64')}`)).toThrow(
        StoredValueNotReadable,
      );
    }
  });
});

describe('a cipher with several keys', () => {
  const old = generateDataKeys();
  const { file, keyId } = withFreshKey(old, 'sm4-ctr-hmac-sm3');

  it('reads the values of the AES key beside those of the SM4 key', () => {
    const before = new ColumnCipher(read(old)).encrypt(COLUMN, NUMBER);
    const cipher = new ColumnCipher(read({ ...file, current: keyId }));
    const after = cipher.encrypt(COLUMN, NUMBER);
    expect([before.split('.')[0], after.split('.')[0]]).toEqual(['k1', 'k2']);
    expect([before, after].map((stored) => cipher.decrypt(COLUMN, stored))).toEqual([NUMBER, NUMBER]);
    expect([before, after].map((stored) => cipher.isCurrent(stored))).toEqual([false, true]);
  });

  it('does not open a value under the id of another key', () => {
    const cipher = new ColumnCipher(read(file));
    const stored = cipher.encrypt(COLUMN, NUMBER).replace('k1.', 'k2.');
    expect(() => cipher.decrypt(COLUMN, stored)).toThrow(StoredValueNotReadable);
  });

  it('names a key that it does not have, and never a value that is not encrypted at all', () => {
    const cipher = new ColumnCipher(read(old));
    expect(() => cipher.decrypt(COLUMN, 'k9.AAAA')).toThrow(new UnknownDataKey('k9'));
    expect(() => cipher.decrypt(COLUMN, NUMBER)).toThrow(new UnknownDataKey('?'));
    expect(() => cipher.decrypt(COLUMN, `李 ${NUMBER}.x`)).toThrow(new UnknownDataKey('?'));
  });

  it('takes new keys only if what is stored can be read and found with them', () => {
    const cipher = new ColumnCipher(read(old));
    expect(() => cipher.takeKeys(read({ ...old, index: secret(1) }))).toThrow(DataKeysNotUsable);
    expect(() => cipher.takeKeys(read({ ...old, keys: { k1: secret(1) } }))).toThrow(DataKeysNotUsable);
    cipher.takeKeys(read({ ...file, current: keyId }));
    expect(cipher.currentKeyId).toBe('k2');
  });
});

describe('the blind index', () => {
  const file = { current: 'k1', keys: { k1: secret(1) } };
  const ours = new ColumnCipher(read({ ...file, index: secret(2) }));
  const national = new ColumnCipher(read({ ...file, index: { algorithm: 'hmac-sm3', key: secret(2) } }));
  const kinds: IndexKind[] = ['identity', 'card', 'phone', 'account', 'name', 'request'];

  it('stays what it was for stored tokens', () => {
    expect(ours.blindIndex('identity', NUMBER)).toBe('5dnyM1JLduLvCxokFZnFcPUWoO4VqMV_au5RSsnnQ_A');
  });

  it('never lets two kinds, two algorithms or two keys meet', () => {
    const other = new ColumnCipher(read({ ...file, index: secret(3) }));
    const tokens = [ours, national, other].flatMap((cipher) =>
      kinds.map((kind) => cipher.blindIndex(kind, NUMBER)),
    );
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(national.blindIndex('phone', NUMBER)).toBe(national.blindIndex('phone', NUMBER));
  });
});

describe('data keys', () => {
  const good = { current: 'k1', keys: { k1: secret(1) }, index: secret(2) };

  it('may be written as before, with AES meant, or with their algorithm', () => {
    const keys = { k1: secret(1), k2: { algorithm: 'sm4-ctr-hmac-sm3', key: secret(3) } } as const;
    expect(read({ ...good, keys })).toEqual({
      current: 'k1',
      keys: { k1: { algorithm: 'aes-256-gcm', key: secret(1) }, k2: keys.k2 },
      index: { algorithm: 'hmac-sha256', key: secret(2) },
    });
  });

  it.each([
    ['no JSON', `{"index": "${secret(7)}" ${secret(7)}`, /no JSON/],
    ['no current key', JSON.stringify({ ...good, current: 'k2' }), /current: names no key/],
    ['a short key', JSON.stringify({ ...good, keys: { k1: secret(7).slice(8) } }), /keys\.k1: must be 32/],
    [
      'an unknown algorithm',
      JSON.stringify({ ...good, keys: { k1: { algorithm: secret(7), key: secret(1) } } }),
      /keys\.k1/,
    ],
    [
      'id and key exchanged',
      JSON.stringify({ ...good, current: secret(7), keys: { [secret(7)]: secret(1) } }),
      /keys\.\?/,
    ],
  ])('are refused with %s, without a value in the error', (_what, text, reason) => {
    const refusal = (): unknown => parseDataKeys(text, 'test');
    expect(refusal).toThrow(DataKeysNotUsable);
    expect(refusal).toThrow(reason);
    try {
      refusal();
    } catch (error) {
      expect((error as Error).stack).not.toContain(secret(7).slice(8, 20));
    }
  });
});
