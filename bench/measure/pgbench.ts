import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { STEP_PAYLOAD, STEPS, stepTable } from '../w12/schema.js';

const CLIENTS = 8;

/** `pgbench` of this machine, or null: then ratios cannot be had. */
export function findPgbench(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(':').map((directory) => join(directory, 'pgbench'));
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [...versions.map((version) => join(debian, version, 'bin', 'pgbench')), ...onPath];
  return candidates.find((path) => existsSync(path)) ?? null;
}

/** The same rows by a client in C, fourteen commits per chain and nothing else: what this machine can do at all. */
export async function pgbench14(program: string, url: string, seconds: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'onething-pgbench-'));
  const id = `lpad(to_hex(:n), 32, '0')::uuid`;
  const steps = Array.from(
    { length: STEPS },
    (_, index) =>
      `insert into ${stepTable(index + 1)} (chain_id, step_no, person_id, status, payload) values (${id}, ${index + 1}, ${id}, 'done', '${STEP_PAYLOAD}') on conflict do nothing;`,
  );
  const script = [
    '\\set n random(1, 9223372036854775806)',
    `insert into chain.chain (id, person_id, card_no, intended_at) values (${id}, ${id}, :n::text, now());`,
    ...steps,
    `update chain.chain set status = 'done', completed_at = clock_timestamp() where id = ${id};`,
  ];
  const file = join(directory, 'w12.sql');
  writeFileSync(file, `${script.join('\n')}\n`);
  try {
    const { stdout } = await promisify(execFile)(program, [
      '--no-vacuum',
      `--client=${CLIENTS}`,
      '--jobs=1',
      `--time=${seconds}`,
      `--file=${file}`,
      url,
    ]);
    const tps = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
    if (!tps) throw new Error(`pgbench said nothing of tps:\n${stdout}`);
    return Number(tps);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
