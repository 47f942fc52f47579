import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const key = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64');

const dataKeysSchema = z
  .object({
    /** Key id of new values; older ids stay readable. */
    current: z.string().min(1),
    keys: z.record(z.string().regex(/^[a-z0-9-]{1,16}$/), key),
    /** Key of the blind index. One for all services: equal numbers give equal tokens everywhere. */
    index: key,
  })
  .refine((file) => file.current in file.keys, { path: ['current'], message: 'names no key of this file' });

export type DataKeys = z.infer<typeof dataKeysSchema>;

/** Reads the key file. @throws Error naming the field that is wrong, never its value. */
export function readDataKeys(path: string): DataKeys {
  const parsed = dataKeysSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    throw new Error(
      `data keys file is not usable: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    );
  }
  return parsed.data;
}

/** A fresh key file, for a private installation. */
export function generateDataKeys(): DataKeys {
  const fresh = () => randomBytes(32).toString('base64');
  return { current: 'k1', keys: { k1: fresh() }, index: fresh() };
}
