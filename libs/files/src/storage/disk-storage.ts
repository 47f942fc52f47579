import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ObjectMissing, ObjectStorage, type ListedObject } from './object-storage.js';

const UNFINISHED = 'unfinished';

/** Objects as files under one directory, readable by this process' user only. */
export class DiskStorage extends ObjectStorage {
  constructor(private readonly root: string) {
    super();
  }

  /** Written beside, forced to the disk, moved into place, and the directory forced too: after a power cut it is whole or not there. */
  async put(name: string, content: Buffer): Promise<void> {
    const path = this.pathOf(name);
    const beside = join(this.root, UNFINISHED, randomUUID());
    await Promise.all([this.makeDirectory(dirname(beside)), this.makeDirectory(dirname(path))]);
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    await forceDirectory(dirname(path));
  }

  async get(name: string): Promise<Readable> {
    try {
      const file = await open(this.pathOf(name), 'r');
      return file.createReadStream({ highWaterMark: 128 * 1024 });
    } catch (error) {
      throw isAbsent(error) ? new ObjectMissing(name) : error;
    }
  }

  async remove(name: string): Promise<void> {
    await removeFile(this.pathOf(name));
  }

  async *list(directory: string): AsyncGenerator<ListedObject> {
    for (const entry of await entriesOf(this.pathOf(directory))) {
      const name = `${directory}/${entry.name}`;
      if (entry.isDirectory()) {
        yield* this.list(name);
        continue;
      }
      const modifiedAt = await modificationOf(this.pathOf(name));
      if (modifiedAt) yield { name, modifiedAt };
    }
  }

  async removeUnfinished(before: Date): Promise<number> {
    let removed = 0;
    for (const entry of await entriesOf(join(this.root, UNFINISHED))) {
      const path = join(this.root, UNFINISHED, entry.name);
      const modifiedAt = await modificationOf(path);
      if (!modifiedAt || modifiedAt >= before) continue;
      await removeFile(path);
      removed += 1;
    }
    return removed;
  }

  async close(): Promise<void> {
    // Files are opened and closed one by one.
  }

  private pathOf(name: string): string {
    return join(this.root, name);
  }

  private async makeDirectory(path: string): Promise<void> {
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    if (made === undefined) return;
    // A new directory is an entry of its parent, and so on up to the first that was made.
    for (let child = path; child.length >= made.length; child = dirname(child)) {
      await forceDirectory(dirname(child));
    }
  }
}

async function forceDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function modificationOf(path: string): Promise<Date | null> {
  try {
    return (await stat(path)).mtime;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
