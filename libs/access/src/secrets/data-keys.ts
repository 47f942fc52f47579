import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** How columns are encrypted. SM4 (GB/T 32907) where commercial cryptography of the state is asked for. */
export const columnAlgorithms = ['aes-256-gcm', 'sm4-ctr-hmac-sm3'] as const;
export type ColumnAlgorithm = (typeof columnAlgorithms)[number];

/** How search tokens are made. Chosen once: with another one, no token that is stored would be found again. */
export const indexAlgorithms = ['hmac-sha256', 'hmac-sm3'] as const;
export type IndexAlgorithm = (typeof indexAlgorithms)[number];

const KEY_ID = /^[a-z0-9-]{1,16}$/;
const KEY_BYTES = 32;
const MUST_BE = 'must be 32 bytes in base64, or such a key with its algorithm';

const secret = z.base64().refine((text) => Buffer.from(text, 'base64').length === KEY_BYTES, MUST_BE);

/** A key alone means the algorithm that there was when files had no other. */
const dataKey = z.union(
  [
    secret.transform((key) => ({ algorithm: 'aes-256-gcm' as ColumnAlgorithm, key })),
    z.strictObject({ algorithm: z.enum(columnAlgorithms), key: secret }),
  ],
  { error: `${MUST_BE} (${columnAlgorithms.join(', ')})` },
);

const indexKey = z.union(
  [
    secret.transform((key) => ({ algorithm: 'hmac-sha256' as IndexAlgorithm, key })),
    z.strictObject({ algorithm: z.enum(indexAlgorithms), key: secret }),
  ],
  { error: `${MUST_BE} (${indexAlgorithms.join(', ')})` },
);

const dataKeysSchema = z
  .object({
    /** Key id of new values; older ids stay readable. */
    current: z.string().min(1),
    keys: z.record(z.string().regex(KEY_ID), dataKey),
    /** Key of the blind index. One for all services: equal numbers give equal tokens everywhere. */
    index: indexKey,
  })
  .refine((file) => file.current in file.keys, { path: ['current'], message: 'names no key of this file' });

/** Keys as a process holds them. */
export type DataKeys = z.output<typeof dataKeysSchema>;
/** Keys as they are written down. */
export type DataKeysFile = z.input<typeof dataKeysSchema>;

/** Keys cannot be used. Names the field that is wrong, never what it holds. */
export class DataKeysNotUsable extends Error {
  constructor(source: string, reason: string) {
    super(`data keys (${source}) are not usable: ${reason}`);
    this.name = 'DataKeysNotUsable';
  }
}

/** @throws DataKeysNotUsable @param source where the text comes from, for the error */
export function parseDataKeys(text: string, source: string): DataKeys {
  const parsed = dataKeysSchema.safeParse(parseJson(text, source));
  if (parsed.success) return parsed.data;
  throw new DataKeysNotUsable(
    source,
    parsed.error.issues.map(({ path, message }) => `${path.map(speakable).join('.')}: ${message}`).join('; '),
  );
}

/** The file as it is written, for who changes it. @throws DataKeysNotUsable */
export function parseDataKeysFile(text: string, source: string): DataKeysFile {
  parseDataKeys(text, source);
  return JSON.parse(text) as DataKeysFile;
}

/** Fresh keys for a private installation. */
export function generateDataKeys(
  choice: { algorithm?: ColumnAlgorithm; index?: IndexAlgorithm } = {},
): DataKeysFile {
  const { algorithm, index } = choice;
  return {
    current: 'k1',
    keys: { k1: freshKey(algorithm) },
    index: index ? { algorithm: index, key: freshSecret() } : freshSecret(),
  };
}

/** The file with one more key, which nothing is encrypted with until it is made the current one. */
export function withFreshKey(
  file: DataKeysFile,
  algorithm?: ColumnAlgorithm,
): { file: DataKeysFile; keyId: string } {
  const numbers = Object.keys(file.keys).map((id) => Number(/^k(\d+)$/.exec(id)?.[1] ?? 0));
  const keyId = `k${Math.max(...numbers) + 1}`;
  return { keyId, file: { ...file, keys: { ...file.keys, [keyId]: freshKey(algorithm) } } };
}

function freshKey(algorithm: ColumnAlgorithm = 'aes-256-gcm') {
  return algorithm === 'aes-256-gcm' ? freshSecret() : { algorithm, key: freshSecret() };
}

function freshSecret(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** What the parser of JSON says of a broken text quotes it. */
function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DataKeysNotUsable(source, 'no JSON');
  }
}

/** Somebody may have exchanged an id and its key. */
function speakable(segment: PropertyKey): string {
  return KEY_ID.test(String(segment)) ? String(segment) : '?';
}
