import { ColumnCipher, parseDataKeys } from '@app/access';
import { jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../src/cli-error.js';
import { createProgram, runProgram } from '../src/program.js';

const COLUMN = 'registry.persons.phone';

let directory: string;
let out: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'onething-keys-command-'));
  out = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((out += String(text))));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

/** `onething --json keys …` on the key files of this test. */
async function keys(...args: string[]): Promise<{ code: number; said: Record<string, unknown> }> {
  const before = process.exitCode;
  out = '';
  const argv = ['node', 'onething', '--json', '--dir', directory, 'keys', ...args, '--into', directory];
  await runProgram(createProgram(null), argv);
  const code = Number(process.exitCode ?? 0);
  process.exitCode = before;
  return { code, said: JSON.parse(out) as Record<string, unknown> };
}

const path = () => join(directory, 'data-keys.json');
const text = () => readFileSync(path(), 'utf8');

describe('data keys on the command line', () => {
  it('are made, added, put to use and retired, and what was encrypted before opens until then', async () => {
    expect(await keys()).toMatchObject({ code: EXIT.ok, said: { made: true } });
    const stored = new ColumnCipher(parseDataKeys(text(), 'test')).encrypt(COLUMN, '13800001234');

    expect(await keys('add', '--algorithm', 'sm4-ctr-hmac-sm3')).toMatchObject({
      code: EXIT.ok,
      said: { added: 'k2', algorithm: 'sm4-ctr-hmac-sm3', current: 'k1' },
    });
    expect(statSync(path()).mode & 0o077).toBe(0);
    expect(await keys('use', 'k2')).toMatchObject({ code: EXIT.ok, said: { current: 'k2' } });
    const cipher = new ColumnCipher(parseDataKeys(text(), 'test'));
    expect(cipher.decrypt(COLUMN, stored)).toBe('13800001234');
    expect(cipher.encrypt(COLUMN, '13800001234')).toMatch(/^k2\./);
    expect(await keys('add')).toMatchObject({ said: { added: 'k3', algorithm: 'aes-256-gcm' } });
  });

  it('say what cannot be done, and change nothing', async () => {
    await keys();
    const before = text();
    expect(await keys('use', 'k7')).toMatchObject({
      code: EXIT.failed,
      said: { error: { code: 'unknown-key' } },
    });
    for (const command of [['status'], ['rotate'], ['retire', 'k1']]) {
      const { code } = await keys(...command);
      expect(code).not.toBe(EXIT.ok);
    }
    expect(text()).toBe(before);
  });

  it('that are damaged are named by their file, never by a value', async () => {
    await keys();
    const secret = (JSON.parse(text()) as { index: string }).index;
    writeFileSync(path(), text().slice(0, -8));
    expect(await keys('add')).toMatchObject({
      code: EXIT.failed,
      said: { error: { code: 'data-keys-not-usable' } },
    });
    expect(out).not.toContain(secret.slice(0, 10));
    rmSync(path());
    expect(await keys('add')).toMatchObject({ said: { error: { code: 'no-data-keys' } } });
  });
});
