import { isAlive, type Source } from '@app/backing';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const source = z.enum(['environment', 'docker', 'binary', 'embedded']);
const backing = z.object({ source, detail: z.string() });

const runStateSchema = z.object({
  /** Process of `up`; while it lives, the system runs. */
  pid: z.number().int(),
  startedAt: z.iso.datetime(),
  mode: z.enum(['separate', 'all-in-one']),
  /** Process by name of service; `all-in-one` alone there. A restart changes it. */
  pids: z.record(z.string(), z.number().int()),
  /** Base address by service; in all-in-one all have the same. */
  services: z.record(z.string(), z.url()),
  databaseUrl: z.string(),
  redisUrl: z.string().nullable(),
  kafkaBrokers: z.string().nullable(),
  keys: z.string(),
  logs: z.string(),
  backing: z.object({ postgres: backing, redis: backing, kafka: backing }),
});

/** What a running system says about itself in `run.json`: for the commands beside it. Holds the database's password. */
export type RunState = z.infer<typeof runStateSchema>;
export type BackingView = { readonly source: Source; readonly detail: string };

function fileIn(home: string): string {
  return join(home, 'run.json');
}

export function writeRunState(home: string, state: RunState): void {
  const unfinished = `${fileIn(home)}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, fileIn(home));
}

export function removeRunState(home: string): void {
  rmSync(fileIn(home), { force: true });
}

/** The state as last written, whether or not its process still lives. */
export function readRunState(home: string): RunState | null {
  try {
    return runStateSchema.parse(JSON.parse(readFileSync(fileIn(home), 'utf8')));
  } catch {
    return null;
  }
}

/** The state of a system that runs now. */
export function liveRunState(home: string): RunState | null {
  const state = readRunState(home);
  return state && isAlive(state.pid) ? state : null;
}
