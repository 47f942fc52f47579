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
