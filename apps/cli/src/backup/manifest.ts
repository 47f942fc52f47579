import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import { beijingTime } from './point-in-time.js';

const piece = z.object({
  /** Below the directory of backups. */
  path: z.string().regex(/^(?!\/)(?!.*\.\.)/),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const manifestSchema = z.object({
  version: z.literal(1),
  /** UTC, to the second; the directory below `backups`. */
  id: z.string().regex(/^\d{8}T\d{6}Z$/),
  startedAt: z.iso.datetime(),
  /** From here on the base backup is consistent: the earliest time that it can be restored to. By the clock of the database. */
  endedAt: z.iso.datetime(),
  postgres: z.object({ major: z.number().int(), systemIdentifier: z.string() }),
  withKeys: z.boolean(),
  /** Base backup, files and keys. Archived WAL is written on after the backup, and has its hashes beside it. */
  pieces: z.array(piece),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Piece = z.infer<typeof piece>;

const restoreSchema = z.object({ to: z.iso.datetime(), at: z.iso.datetime(), backup: z.string() });
/** A restore that was done: from `at` on the database has another history. */
export type DoneRestore = z.infer<typeof restoreSchema>;

export const MANIFEST = 'manifest.json';

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export async function pieceOf(root: string, path: string): Promise<Piece> {
  return { path, bytes: statSync(join(root, path)).size, sha256: await sha256Of(join(root, path)) };
}

/** The manifest, and its own hash beside it. */
export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFile(join(directory, MANIFEST), text, { mode: 0o600 });
  await writeFile(join(directory, `${MANIFEST}.sha256`), `${hashOf(text)}\n`, { mode: 0o600 });
}

/** The finished backups of a directory, oldest first. @throws CliError if a manifest is not as it was written */
export function readManifests(root: string): Manifest[] {
  const backups = join(root, 'backups');
  if (!existsSync(backups)) return [];
  return readdirSync(backups)
    .filter((name) => /^\d{8}T\d{6}Z$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(backups, name, MANIFEST), 'utf8');
      const expected = readFileSync(join(backups, name, `${MANIFEST}.sha256`), 'utf8').trim();
      if (hashOf(text) !== expected) throw new WrongHash(join('backups', name, MANIFEST));
      return manifestSchema.parse(JSON.parse(text));
    });
}

export function readRestores(root: string): DoneRestore[] {
  const file = join(root, 'restores.json');
  return existsSync(file) ? z.array(restoreSchema).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
}

/** Something is not as it was when the backup was made. */
export class WrongHash extends CliError {
  constructor(path: string) {
    super(
      'wrong-hash',
      `备份已损坏或被改动：${path} 的 SHA-256 不符 · the backup is damaged: wrong hash`,
      '换用另一份备份 · use another copy of the backup',
    );
  }
}

/** @throws WrongHash for the first piece that is missing or changed */
export async function verifyPieces(root: string, pieces: readonly Piece[]): Promise<void> {
  for (const { path, sha256 } of pieces) {
    const file = join(root, path);
    if (!existsSync(file) || (await sha256Of(file)) !== sha256) throw new WrongHash(path);
  }
}

/**
 * The backup from which a time is reached with the least to replay: the last one that was finished before it, on the history that
 * held at that time. A restore begins another history, so what was backed up before a restore does not lead beyond it.
 * @throws CliError if none leads there
 */
export function chooseBackup(
  manifests: readonly Manifest[],
  restores: readonly DoneRestore[],
  to: Date,
  now: Date,
): Manifest {
  if (to > now) {
    throw new CliError('in-the-future', `${beijingTime(to)} 还没有到 · lies in the future`);
  }
  const earlier = manifests.filter(({ endedAt }) => new Date(endedAt) <= to);
  const found = earlier
    .filter(
      ({ startedAt }) => !restores.some(({ at }) => new Date(startedAt) < new Date(at) && new Date(at) <= to),
    )
    .at(-1);
  if (found) return found;
  if (earlier.length > 0) {
    throw new CliError(
      'not-covered',
      `${beijingTime(to)} 在上一次恢复之后，而恢复之后还没有备份 · lies after the last restore, and there is no backup since`,
      '选择恢复之前的时间 · choose a time before that restore',
    );
  }
  const [first] = manifests;
  throw new CliError(
    'not-covered',
    first
      ? `${beijingTime(to)} 早于最早的备份（${beijingTime(first.endedAt)}）· is before the first backup`
      : '这个目录里没有备份 · there is no backup in this directory',
    'npx onething backup --into <path>',
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
