import type { ItemInForce } from './catalogue.js';
import { valueOn } from './layers.js';
import type { FactValue } from './subject.js';

/**
 * What an item pays for a month (`YYYY-MM`) in 分, by the values in effect on its first day; null: no rate is set for the
 * region, or the facts given do not tell which one holds. Rates that depend on the person need their facts.
 */
export function rateOf(
  item: ItemInForce,
  divisionCode: string,
  month: string,
  facts: Readonly<Record<string, FactValue>> = {},
): number | null {
  if (!divisionCode.startsWith(item.region)) {
    throw new Error(
      `rates of ${item.region} were asked for ${divisionCode.slice(0, 6)}: take the item of that region`,
    );
  }
  const day = `${month}-01`;
  for (const row of item.amounts?.rows ?? []) {
    const base = valueOn(item.values[row.parameter], day);
    const percent = row.percent === undefined ? 100 : valueOn(item.values[row.percent], day);
    if (typeof base !== 'number' || typeof percent !== 'number') continue;
    const tests = (row.when ?? []).map(({ fact, op, value }) => holds(facts[fact], op, value));
    if (tests.includes(false)) continue;
    if (tests.includes(undefined)) return null;
    return Math.floor((base * percent) / 100 + 0.5);
  }
  return null;
}

function holds(actual: FactValue | undefined, op: string, expected: FactValue): boolean | undefined {
  if (actual === undefined) return undefined;
  switch (op) {
    case 'lt':
      return actual < expected;
    case 'lte':
      return actual <= expected;
    case 'gt':
      return actual > expected;
    case 'gte':
      return actual >= expected;
    default:
      return actual === expected;
  }
}

/** What a case of the item is unique by, beside person and item. */
export function periodOf(item: Pick<ItemInForce, 'period'>, day: string, roundId: string): string {
  switch (item.period) {
    case 'once':
      return 'once';
    case 'year':
      return day.slice(0, 4);
    case 'round':
      return roundId;
  }
}
