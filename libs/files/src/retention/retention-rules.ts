import { readFileSync } from 'node:fs';
import { ConfigError } from '@app/platform';
import { z } from 'zod';

const rule = z.strictObject({
  /** Whole years after the day on which the case ended (保管期限). A local parameter: there is no default. */
  years: z.number().int().min(1).max(200),
  /** Whether an encrypted bundle is made before anything is deleted. */
  archive: z.boolean(),
  /** By which rule of the place: document, article. */
  basis: z.string().trim().min(1).max(500),
});

const rulesSchema = z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), rule);

/** How long a class of files is kept, as the place has settled it. */
export type RetentionRule = z.infer<typeof rule>;

/** By retention class. A class without a rule is kept for ever. */
export type RetentionRules = Readonly<Record<string, RetentionRule>>;

/**
 * What the place has settled, as JSON: `{"case-material": {"years": 10, "archive": true, "basis": "…"}}`.
 * @param path of `RETENTION_FILE`; undefined: nothing is settled, and nothing is deleted
 * @throws ConfigError naming what is wrong; no value is printed
 */
export function retentionRulesIn(path: string | undefined): RetentionRules {
  if (path === undefined) return {};
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new ConfigError(['RETENTION_FILE: is not there, or no JSON']);
  }
  const parsed = rulesSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(({ path: at, message }) => `RETENTION_FILE: ${at.join('.')}: ${message}`),
  );
}
