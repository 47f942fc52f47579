import { randomUUID } from 'node:crypto';
import { constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Of the store of files: what is being written has no name yet. Copies are begun there, too. */
export const UNFINISHED = 'unfinished';

/** Files below a directory, as paths below it, in order. */
export function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => path.split('/')[0] !== UNFINISHED)
    .sort();
}

/**
 * Copies what is not there yet. Contents never change under their name, so what is there with the same size is the same; each is
 * copied beside, forced to the disk and moved into place, so that several may copy at once. A file that is removed meanwhile is
 * passed over.
 * @param paths below `from`; all, if left out
 * @returns how many were copied
 */
export async function copyMissing(
  from: string,
  to: string,
  paths: readonly string[] = filesBelow(from),
): Promise<number> {
  let copied = 0;
  for (const path of paths) {
    const source = join(from, path);
    const target = join(to, path);
    const beside = join(to, UNFINISHED, randomUUID());
    try {
      if (existsSync(target) && statSync(target).size === statSync(source).size) continue;
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      mkdirSync(dirname(beside), { recursive: true, mode: 0o700 });
      await copyFile(source, beside, constants.COPYFILE_FICLONE);
      await force(beside);
      renameSync(beside, target);
      copied += 1;
    } catch (error) {
      rmSync(beside, { force: true });
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(source)) throw error;
    }
  }
  return copied;
}

async function force(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
