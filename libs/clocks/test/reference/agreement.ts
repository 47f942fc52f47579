import { naiveEnd, type End, type Engine } from './naive-term.js';
import type { RandomTerm } from './random-terms.js';
import type { RawTable } from './raw-table.js';

export const sameEnd = (one: End | null, other: End | null): boolean =>
  one === null || other === null
    ? one === other
    : one.day === other.day &&
      one.dueAt === other.dueAt &&
      one.provisional === other.provisional &&
      one.paused === other.paused;

/** For people: the end in Shanghai's time. */
export function toldOf(end: End | null): string {
  if (!end) return '永不到期 · never';
  if (end.dueAt === null) return '中止 · paused';
  const at = new Date(end.dueAt + 8 * 3_600_000).toISOString().replace('Z', '+08:00');
  return `${end.day} (${at})${end.provisional ? ' 暂定' : ''}${end.paused ? ' 中止' : ''}`;
}

/** The number of the first of `count` terms on which an engine and the reference differ; null: none. */
export function firstDisagreement(
  engine: Engine,
  termOf: (index: number) => RandomTerm,
  tableOf: (name: RandomTerm['calendar']) => RawTable,
  count: number,
): number | null {
  for (let index = 0; index < count; index += 1) {
    const { calendar, term, ledger } = termOf(index);
    const table = tableOf(calendar);
    if (!sameEnd(engine(term, table, ledger), naiveEnd(term, table, ledger))) return index;
  }
  return null;
}
