import { holdsNumber } from '@app/platform';
import { UUID } from './parking.js';

/** Fields of facts whose codes say nothing of a person. */
const PLAIN = new Set(['itemId', 'itemVersion', 'version', 'owner', 'period', 'mode', 'task', 'step']);
const CODE = /^[a-z0-9][a-z0-9./-]{0,80}$/;
const NAME = /^[A-Za-z][\w.-]{0,80}$/;

/** The shape of a message's data, with ids and codes of the catalogue; every other value as its kind. Null: it is no JSON. */
export function maskedPayload(value: string | null): string | null {
  try {
    return JSON.stringify(masked('', JSON.parse(value ?? '')), null, 2);
  } catch {
    return null;
  }
}

function masked(name: string, value: unknown): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((each) => masked(name, each));
  if (typeof value === 'object') {
    // What a broken producer sends may have anything for the name of a field.
    return Object.fromEntries(
      Object.entries(value).map(([field, each]) => [NAME.test(field) ? field : '…', masked(field, each)]),
    );
  }
  const text = String(value);
  if (UUID.test(text) || (PLAIN.has(name) && CODE.test(text) && !holdsNumber(text))) return value;
  if (typeof value === 'string') return `（文字，${value.length} 字符）`;
  return typeof value === 'number' ? '（数字）' : '（是否）';
}
