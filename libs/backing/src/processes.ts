import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** How a program of ours is told from everybody else's. */
export interface Program {
  /** Base name of the executable: `postgres`, `java`, `node`. */
  readonly executable: string;
  /** An argument that only this installation's process has: the path of its data or of its configuration. */
  readonly argument: string;
}

/** What the system says about a process: when it started, and its command line. Null if there is no such process. */
export function describeProcess(pid: number): { startedAt: string; argv: string[] } | null {
  try {
    // Everything up to the last parenthesis is the name, which may hold spaces; `state` is field 3, the start time 22.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (fields[0] === 'Z') return null;
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    return { startedAt: fields[19] ?? '', argv };
  } catch {
    if (process.platform === 'linux') return null;
  }
  try {
    const ps = (format: string) =>
      execFileSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8' }).trim();
    return { startedAt: ps('lstart='), argv: ps('command=').split(' ') };
  } catch {
    return null;
  }
}

/** @param startedAt when given, a later process with the same number does not count */
export function isAlive(pid: number, startedAt?: string): boolean {
  const found = describeProcess(pid);
  return found !== null && (startedAt === undefined || found.startedAt === startedAt);
}

function isOurs(pid: number, program: Program): boolean {
  const argv = describeProcess(pid)?.argv ?? [];
  return basename(argv[0] ?? '') === program.executable && argv.includes(program.argument);
}

/**
 * Ends processes that an earlier run of this installation left behind, and nobody else's: program and argument must both be
 * exactly ours.
 * @param recorded pids noted by the earlier run; where the system can list processes, those that it had no time to note are
 *   found as well
 */
export async function endLeftovers(
  program: Program,
  recorded: readonly number[],
  gentle: NodeJS.Signals = 'SIGTERM',
): Promise<number[]> {
  const pids = process.platform === 'linux' ? allPids() : [...recorded];
  const left = pids.filter((pid) => pid !== process.pid && isOurs(pid, program));
  await Promise.all(left.map((pid) => endProcess(pid, gentle, () => isOurs(pid, program))));
  return left;
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Asks, waits, then kills; asks again before killing whether it is still the same process. */
async function endProcess(pid: number, gentle: NodeJS.Signals, still: () => boolean): Promise<void> {
  signal(pid, gentle);
  if (await waitUntil(() => !still(), 10_000)) return;
  signal(pid, 'SIGKILL');
  await waitUntil(() => !still(), 5_000);
}

/** Sends a signal; a process that has just gone is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export async function waitUntil(probe: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!probe()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}
