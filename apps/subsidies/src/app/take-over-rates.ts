import { rateOf, type ItemInForce } from '@app/catalogue';
import type { Case } from '@app/casework';
import { monthAfter, type Month } from '../domain/month.js';
import { continuedBy, datedRates, type Rate } from '../domain/rates.js';
import type { BenefitRow } from '../domain/take-over.js';

/** The words of a case that was taken over: what the old list paid a month in 分, and up to which month. */
export const TAKEN_OVER_FEN = 'take-over.fen';
export const TAKEN_OVER_LAST_PAID = 'take-over.last-paid';

/** What a case of a benefit that is taken over rests on, as far as the list says it. */
export function becauseOf({ fen, lastPaid }: BenefitRow): Case['because'] {
  return [
    { fact: TAKEN_OVER_FEN, value: fen },
    { fact: TAKEN_OVER_LAST_PAID, value: lastPaid },
  ];
}

/** Of a case that was taken over what the list paid; null: it is none. */
export function paidBefore(because: Case['because']): { fen: number; lastPaid: Month } | null {
  const fen = because.find(({ fact }) => fact === TAKEN_OVER_FEN)?.value;
  const lastPaid = because.find(({ fact }) => fact === TAKEN_OVER_LAST_PAID)?.value;
  return typeof fen === 'number' && typeof lastPaid === 'string' ? { fen, lastPaid } : null;
}

/** Whether the county pays this rate to anybody in the month, whatever the person's facts are. */
export function isRateOfItem(item: ItemInForce, divisionCode: string, fen: number, month: Month): boolean {
  return eachRowOf(item).some((row) => rateOf(row, divisionCode, month) === fen);
}

/**
 * The rates of a benefit that was taken over: as paid, and as the county's own values change later, where only one row of the item pays what
 * was paid, or all that do agree. Where they do not, or the rate is none of the county's, it stays as paid until facts or a person say more.
 */
export function takenOverRates(
  item: ItemInForce,
  divisionCode: string,
  fromMonth: Month,
  { fen, lastPaid }: { readonly fen: number; readonly lastPaid: Month },
  changes: readonly string[],
): readonly Rate[] {
  const asPaid: Rate[] = [{ fromMonth, fen }];
  const next = lastPaid < fromMonth ? fromMonth : monthAfter(lastPaid);
  const later = eachRowOf(item)
    .filter((row) => rateOf(row, divisionCode, lastPaid) === fen)
    .map((row) => datedRates(next, changes, (month) => rateOf(row, divisionCode, month)));
  const [first, ...others] = later;
  if (!first || others.some((other) => JSON.stringify(other) !== JSON.stringify(first))) return asPaid;
  return continuedBy(asPaid, next, first) ?? asPaid;
}

/** The item with one row of its amounts at a time, for whomever it is. */
function eachRowOf(item: ItemInForce): ItemInForce[] {
  const { amounts } = item;
  if (!amounts) return [];
  return amounts.rows.map((row) => ({ ...item, amounts: { ...amounts, rows: [{ ...row, when: [] }] } }));
}
