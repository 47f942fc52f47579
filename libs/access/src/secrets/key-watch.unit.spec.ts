import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ColumnCipher } from './column-cipher.js';
import {
  generateDataKeys,
  parseDataKeys,
  withFreshKey,
  type DataKeys,
  type DataKeysFile,
} from './data-keys.js';
import { EnvironmentKeySource, FileKeySource, keySourceOf, type KeySource } from './key-source.js';
import { KeyWatch } from './key-watch.js';

const COLUMN = 'registry.persons.phone';
const first = generateDataKeys();
const { file: second } = withFreshKey(first);
const current = { ...second, current: 'k2' };
const elsewhere = (file: DataKeysFile) => new ColumnCipher(parseDataKeys(JSON.stringify(file), 'test'));

describe('watching a key file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'onething-watch-'));
  const path = join(directory, 'data-keys.json');
  let written = 0;
  const write = (file: DataKeysFile | string) => {
    written += 1;
    // Lines after it, so that two files of one tick of the clock differ in size.
    const text = typeof file === 'string' ? file : JSON.stringify(file);
    writeFileSync(path, text + '\n'.repeat(written));
  };
  let warnings: string[];
  let watch: KeyWatch;

  beforeEach(async () => {
    warnings = [];
    write(first);
    watch = await KeyWatch.start(new FileKeySource(path), {
      everyMs: 3_600_000,
      warn: (reason) => warnings.push(reason),
    });
  });
  afterEach(() => watch.stop());
  afterAll(() => rmSync(directory, { recursive: true }));

  it('takes a file that changed, while it runs', async () => {
    const stored = watch.cipher.encrypt(COLUMN, '13800001234');
    write(current);
    await watch.check();
    expect(watch.cipher.currentKeyId).toBe('k2');
    expect(watch.cipher.decrypt(COLUMN, stored)).toBe('13800001234');
  });

  it('reads a value under a key that another process has a moment earlier', () => {
    const stored = elsewhere(current).encrypt(COLUMN, '13800001234');
    expect(() => watch.cipher.decrypt(COLUMN, stored)).toThrow('no data key with id k2');
    write(current);
    expect(watch.cipher.decrypt(COLUMN, stored)).toBe('13800001234');
  });

  it.each<[string, DataKeysFile | string]>([
    ['is cut off', JSON.stringify(current).slice(0, -9)],
    ['names no current key', { ...current, current: 'k3' }],
    ['has another index', { ...current, index: generateDataKeys().index }],
    ['has another key of the same id', { ...current, keys: { ...current.keys, k1: current.keys['k2']! } }],
  ])(
    'keeps the keys that it has when the file %s, and says so once without a value',
    async (_what, broken) => {
      const stored = watch.cipher.encrypt(COLUMN, '13800001234');
      write(broken);
      await watch.check();
      await watch.check();
      expect(watch.cipher.decrypt(COLUMN, stored)).toBe('13800001234');
      expect(watch.cipher.encrypt(COLUMN, '')).toMatch(/^k1\./);
      expect(warnings).toHaveLength(1);
      for (const key of [...Object.values(current.keys), current.index]) {
        expect(warnings[0]).not.toContain(String(key).slice(0, 12));
      }
      write(current);
      await watch.check();
      expect(watch.cipher.currentKeyId).toBe('k2');
    },
  );

  it('keeps the keys that it has when the file is gone', async () => {
    rmSync(path);
    await watch.check();
    expect(warnings).toEqual([expect.stringContaining('ENOENT')]);
    expect(watch.cipher.encrypt(COLUMN, '')).toMatch(/^k1\./);
  });
});

describe('a source that cannot answer at once, as a key server', () => {
  it('is asked at an unknown key, and the next look succeeds', async () => {
    let keys: DataKeys = parseDataKeys(JSON.stringify(first), 'test');
    const server: KeySource = { description: 'key server', read: async () => keys };
    const watch = await KeyWatch.start(server, { warn: (reason) => expect(reason).toBe('') });
    const stored = elsewhere(current).encrypt(COLUMN, '13800001234');
    keys = parseDataKeys(JSON.stringify(current), 'test');
    expect(() => watch.cipher.decrypt(COLUMN, stored)).toThrow('no data key with id k2');
    await watch.check();
    expect(watch.cipher.decrypt(COLUMN, stored)).toBe('13800001234');
    watch.stop();
  });
});

describe('where keys are configured', () => {
  it('is a file or a variable, never both or none', async () => {
    const text = JSON.stringify(first);
    expect(keySourceOf({ DATA_KEYS_FILE: '/keys.json' })).toBeInstanceOf(FileKeySource);
    const environment = keySourceOf({ DATA_KEYS: text });
    expect(environment).toBeInstanceOf(EnvironmentKeySource);
    expect(await environment.read()).toBe(await environment.read());
    expect(() => keySourceOf({})).toThrow('one of the two');
    expect(() => keySourceOf({ DATA_KEYS: text, DATA_KEYS_FILE: '/keys.json' })).toThrow('one of the two');
  });

  it('never says what stands in the variable', async () => {
    const source = new EnvironmentKeySource(JSON.stringify(first).slice(0, -3));
    await expect(source.read()).rejects.toThrow('data keys (environment DATA_KEYS) are not usable: no JSON');
  });
});
