import { firstMonthFrom, type Month } from './month.js';

/** From a month on, so many 分 a month. */
export interface Rate {
  readonly fromMonth: Month;
  readonly fen: number;
}

/**
 * The dated rates of a benefit from its first month on.
 * @param changes days on which a value behind the rate changes
 * @param rateIn the rate of a month in 分; null: not set
 * @returns null if there is no month with a rate, or a later month loses it: then nothing can be paid until somebody has looked
 */
export function datedRates(
  fromMonth: Month,
  changes: readonly string[],
  rateIn: (month: Month) => number | null,
): readonly Rate[] | null {
  const later = [...new Set(changes.map(firstMonthFrom))].filter((month) => month > fromMonth).sort();
  const rates: Rate[] = [];
  for (const month of [fromMonth, ...later]) {
    const fen = rateIn(month);
    if (fen === null) {
      if (rates.length > 0) return null;
    } else if (rates.at(-1)?.fen !== fen) {
      rates.push({ fromMonth: month, fen });
    }
  }
  return rates.length === 0 ? null : rates;
}

/** What is due in a month; null: no rate holds yet. */
export function rateIn(rates: readonly Rate[], month: Month): number | null {
  return rates.findLast(({ fromMonth }) => fromMonth <= month)?.fen ?? null;
}

/** Rates that go on as others from a month on. */
export function continuedBy(
  before: readonly Rate[] | null,
  fromMonth: Month,
  next: readonly Rate[] | null,
): readonly Rate[] | null {
  if (!before || !next) return next;
  return withoutRepeats([...before.filter((rate) => rate.fromMonth < fromMonth), ...next]);
}

/** The higher of two in each month: nothing lowers what is paid but the decision of a named person. */
export function higherOf(
  before: readonly Rate[] | null,
  next: readonly Rate[] | null,
): readonly Rate[] | null {
  if (!before || !next) return before ?? next;
  const months = [...new Set([...before, ...next].map(({ fromMonth }) => fromMonth))].sort();
  return withoutRepeats(
    months.map((fromMonth) => ({
      fromMonth,
      fen: Math.max(rateIn(before, fromMonth) ?? 0, rateIn(next, fromMonth) ?? 0),
    })),
  );
}

function withoutRepeats(rates: readonly Rate[]): readonly Rate[] {
  return rates.filter(({ fen }, place) => rates[place - 1]?.fen !== fen);
}

export function sameRates(a: readonly Rate[] | null, b: readonly Rate[] | null): boolean {
  if (!a || !b) return a === b;
  return (
    a.length === b.length &&
    a.every(({ fromMonth, fen }, place) => b[place]!.fromMonth === fromMonth && b[place]!.fen === fen)
  );
}
