import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeProcess, isAlive } from './processes.js';

interface Owner {
  readonly pid: number;
  readonly startedAt: string;
}

/** Another living process works in this directory. */
export class DirectoryInUse extends Error {
  constructor(
    readonly directory: string,
    readonly pid: number,
  ) {
    super(`${directory} is in use by process ${pid}: stop that one first, or choose another directory`);
    this.name = 'DirectoryInUse';
  }
}

/** The living process that works in this directory, if any. */
export function ownerOf(directory: string): number | null {
  const owner = read(lockFile(directory));
  return owner && isAlive(owner.pid, owner.startedAt) ? owner.pid : null;
}

/**
 * Takes a directory for this process. A lock whose process has died is taken over.
 * @returns gives it back
 * @throws DirectoryInUse
 */
export function claimDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const lock = lockFile(directory);
  const own = `${lock}.${process.pid}`;
  const stale = `${lock}.stale.${process.pid}`;
  writeFileSync(
    own,
    JSON.stringify({ pid: process.pid, startedAt: describeProcess(process.pid)?.startedAt ?? '' }),
  );
  try {
    for (;;) {
      if (link(own, lock)) return () => rmSync(lock, { force: true });
      const owner = read(lock);
      if (owner && isAlive(owner.pid, owner.startedAt)) throw new DirectoryInUse(directory, owner.pid);
      try {
        renameSync(lock, stale);
      } catch {
        continue; // somebody else is taking it over
      }
      // Between reading and renaming, another process may have put its own lock there: give that one back.
      const taken = read(stale);
      if (taken && isAlive(taken.pid, taken.startedAt)) link(stale, lock);
      rmSync(stale, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function lockFile(directory: string): string {
  return join(directory, 'owner.lock');
}

/** A hard link is made whole or not at all, unlike a file that is opened and then written. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return null;
  }
}
