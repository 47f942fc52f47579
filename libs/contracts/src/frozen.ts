import type { JsonSchema } from './documents.js';

/** What stands in `frozen/<type>.json`: the schema of the day it was released, and data that fit it. */
export interface FrozenContract {
  readonly schema: JsonSchema;
  readonly sample: unknown;
}

/**
 * What breaks a reader or an older message when a released schema becomes this one. An added optional field breaks nothing;
 * anything else is a new version beside it.
 */
export function incompatibilities(frozen: JsonSchema, current: JsonSchema, path = 'data'): string[] {
  const found: string[] = [];
  const keywords = new Set([...Object.keys(frozen), ...Object.keys(current)]);
  for (const ignored of [
    'properties',
    'required',
    'items',
    'anyOf',
    'description',
    'title',
    '$schema',
    '$id',
  ])
    keywords.delete(ignored);
  for (const keyword of keywords) {
    if (JSON.stringify(frozen[keyword]) !== JSON.stringify(current[keyword]))
      found.push(`${path}: ${keyword} changed`);
  }
  const before = frozen.properties ?? {};
  const after = current.properties ?? {};
  for (const [name, schema] of Object.entries(before)) {
    const now = after[name];
    if (!now) found.push(`${path}.${name}: removed`);
    else found.push(...incompatibilities(schema, now, `${path}.${name}`));
  }
  const requiredBefore = new Set(frozen.required ?? []);
  const requiredAfter = new Set(current.required ?? []);
  for (const name of requiredAfter)
    if (!requiredBefore.has(name)) found.push(`${path}.${name}: became required`);
  for (const name of requiredBefore)
    if (!requiredAfter.has(name)) found.push(`${path}.${name}: is no longer required`);
  if (Boolean(frozen.items) !== Boolean(current.items)) found.push(`${path}: items changed`);
  else if (frozen.items && current.items)
    found.push(...incompatibilities(frozen.items, current.items, `${path}[]`));
  const unions = [frozen.anyOf ?? [], current.anyOf ?? []] as const;
  if (unions[0].length !== unions[1].length) found.push(`${path}: anyOf changed`);
  else
    unions[0].forEach((schema, i) => found.push(...incompatibilities(schema, unions[1][i]!, `${path}|${i}`)));
  return found;
}

/** Data that fit a schema, the same at every run: what consumer specs feed on. */
export function sampleOf(schema: JsonSchema, name = 'data'): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf)
    return sampleOf(schema.anyOf.find((option) => option.type !== 'null') ?? schema.anyOf[0]!, name);
  switch (schema.type ?? 'string') {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([field, inner]) => [field, sampleOf(inner, field)]),
      );
    case 'array':
      return schema.items ? [sampleOf(schema.items, name)] : [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleText(schema, name);
  }
}

function sampleText({ format, pattern }: JsonSchema, name: string): string {
  if (format === 'uuid') return `0192e3a4-0000-7000-8000-${hex(name)}`;
  if (format === 'date') return '2026-03-02';
  if (format === 'date-time') return '2026-03-02T09:00:00.000+08:00';
  if (pattern === '^\\d{12}$') return '338801001001';
  if (pattern === '^\\d{4}-\\d{2}$') return '2026-03';
  if (pattern === '^([01]\\d|2[0-3]):[0-5]\\d$') return '09:30';
  return `sample-${name}`;
}

/** Twelve hexadecimal digits that differ from name to name. */
function hex(name: string): string {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) % 0xffffffff;
  return hash.toString(16).padStart(12, '0');
}
