import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { backupDirectoryOf } from './archive.js';
import { copyMissing, UNFINISHED } from './copy-tree.js';

const EVERY_MS = 10_000;
/** File systems stamp a directory by a clock that is coarser than ours. */
const COARSE_MS = 2_000;

interface Seen {
  readonly changedAt: number;
  readonly directories: readonly string[];
}

/**
 * What the archived log is to the database: while the system runs, each new file goes to the backup directory within seconds, so that a
 * time after the last backup has its files, too. Only directories that have changed are looked into.
 */
export class FileKeeper {
  /** Directories below `files` as they were when all of them was copied. */
  private seen = new Map<string, Seen>();
  private root: string | null = null;
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    /** Of the installation. */
    private readonly home: string,
    private readonly warn: (text: string) => unknown,
  ) {}

  start(): void {
    this.schedule();
  }

  /** After the services have ended: what they stored last is copied, too. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
    await this.pass();
  }

  /** Copies what is new. @returns how many; 0 while no backup directory is chosen */
  async copy(): Promise<number> {
    // Chosen by the first `backup`, perhaps while this runs.
    const root = backupDirectoryOf(this.home);
    const files = join(this.home, 'files');
    if (root === null || !existsSync(files)) return 0;
    if (root !== this.root) this.seen = new Map();
    this.root = root;
    let copied = 0;
    const open = [''];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      // Before it is read: what comes meanwhile changes it again.
      const changedAt = statSync(join(files, at), { throwIfNoEntry: false })?.mtimeMs;
      if (changedAt === undefined) continue;
      const known = this.seen.get(at);
      if (known?.changedAt === changedAt) {
        open.push(...known.directories);
        continue;
      }
      const { names, directories } = entriesOf(files, at);
      copied += await copyMissing(files, join(root, 'files'), names);
      if (changedAt < Date.now() - COARSE_MS) this.seen.set(at, { changedAt, directories });
      open.push(...directories);
    }
    return copied;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.pass().then(() => this.schedule());
    }, EVERY_MS);
  }

  private async pass(): Promise<void> {
    try {
      await this.copy();
    } catch (error) {
      this.warn(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Paths below `files`, what is being written left out. */
function entriesOf(files: string, at: string): { names: string[]; directories: string[] } {
  const entries = readdirSync(join(files, at), { withFileTypes: true });
  const below = entries.map((entry) => ({ entry, path: join(at, entry.name) }));
  return {
    names: below.filter(({ entry }) => entry.isFile()).map(({ path }) => path),
    directories: below
      .filter(({ entry, path }) => entry.isDirectory() && path !== UNFINISHED)
      .map(({ path }) => path),
  };
}
