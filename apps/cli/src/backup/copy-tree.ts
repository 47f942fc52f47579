import { constants, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Of the store of files: what is being written has no name yet. */
const UNFINISHED = 'unfinished';

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
 * copied beside and moved into place. A file that is removed meanwhile is passed over.
 * @returns how many were copied
 */
export async function copyMissing(from: string, to: string): Promise<number> {
  let copied = 0;
  for (const path of filesBelow(from)) {
    const source = join(from, path);
    const target = join(to, path);
    try {
      if (existsSync(target) && statSync(target).size === statSync(source).size) continue;
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      await copyFile(source, `${target}.part`, constants.COPYFILE_FICLONE);
      renameSync(`${target}.part`, target);
      copied += 1;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(source)) throw error;
    }
  }
  return copied;
}
