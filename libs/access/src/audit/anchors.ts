import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** The head of a service's chain at some time, kept where who can change the database cannot: it shows what came off the end. */
const auditAnchor = z.object({
  service: z.string().min(1),
  /** Number of the newest seal. */
  seq: z.string().regex(/^[1-9]\d{0,18}$/),
  /** Hash of that seal, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** When it was written down, ISO. */
  at: z.iso.datetime(),
});
export type AuditAnchor = z.infer<typeof auditAnchor>;

/** Adds one line to the file, whole and on the disk before it returns. Several processes may write to the same file. */
export async function appendAnchor(path: string, anchor: AuditAnchor): Promise<void> {
  const file = await open(path, 'a', 0o640);
  try {
    await file.appendFile(`${JSON.stringify(anchor)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Anchors of a file, of all services. */
export interface AnchorFile {
  readonly anchors: readonly AuditAnchor[];
  /** Numbers of lines that are no anchor, from 1. */
  readonly unreadable: readonly number[];
}

/** @throws Error of the file system if the file cannot be read */
export async function readAnchors(path: string): Promise<AnchorFile> {
  const anchors: AuditAnchor[] = [];
  const unreadable: number[] = [];
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    const anchor = anchorIn(line);
    if (anchor) anchors.push(anchor);
    else unreadable.push(number);
  }
  return { anchors, unreadable };
}

function anchorIn(line: string): AuditAnchor | null {
  try {
    return auditAnchor.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
