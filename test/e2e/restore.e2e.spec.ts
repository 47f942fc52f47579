import { testServices } from '@app/testing';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
// What a user types, past npm: `npm test` has built dist/ before this suite.
const CLI = join(ROOT, 'dist', 'apps', 'cli', 'src', 'main.js');

interface Told {
  readonly text: string;
  readonly checked: boolean;
}

describe('the restore story', () => {
  // PostgreSQL, as its own user, has to reach the archive.
  const home = mkdtempSync(join(tmpdir(), 'onething-e2e-restore-'));
  chmodSync(home, 0o755);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('loses a machine and restores it to a noted time; nothing is lost, nothing doubled', async () => {
    // Another county: `ONETHING_RESTORE_SEED=7 npm test -- e2e restore`.
    const seed = process.env['ONETHING_RESTORE_SEED'] ?? '8';
    const { code, out } = await run(['--dir', home, '--json', 'demo', 'restore', '--seed', seed]);
    if (code !== 0) throw new Error(`demo restore --seed ${seed} ended with ${code}:\n${out}`);
    const report = JSON.parse(out) as { ok: boolean; told: Told[] };
    expect(report.ok).toBe(true);
    const checked = report.told.filter((told) => told.checked).map(({ text }) => text);
    expect(checked).toContain('every row of every table is as it was at the time');
    expect(checked).toContain('nobody has handled a fact that was undone');
    // On the log that this machine can have: the topics are made anew, and filled from the outboxes.
    if (testServices().kafkaBrokers) {
      expect(report.told.map(({ text }) => text)).toContain('up: events on Kafka');
    }
  }, 1_500_000);
});

function run(args: readonly string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, out: code === 0 ? out : `${out}\n${err}` })),
  );
}
