import { monthAfter, type Month } from './month.js';
import { periodsOf, type Benefit } from './benefit.js';

/**
 * What an entry says of a month of a benefit (台账): what is owed (`entitlement` 应发 when it is first stated, `correction` 更正 when that
 * turns out otherwise), and what was paid (`payment` 发放, `top-up` 补发 in a later run than the month's own, less what came back:
 * `return` 退回 by the bank, `recovery` 追回 from the person). Entries are added, never changed.
 */
export const entryKinds = ['entitlement', 'correction', 'payment', 'top-up', 'return', 'recovery'] as const;
export type EntryKind = (typeof entryKinds)[number];

/** An entry, once per benefit, month, kind and cause. */
export interface Entry {
  readonly benefitId: string;
  readonly month: Month;
  readonly kind: EntryKind;
  /** Why there is this one beside others of its month and kind: the run, the benefit's version, the plan of recovery. */
  readonly cause: string;
  /** 分; more than nothing, but for a correction, which may lower. */
  readonly fen: number;
}

/** A month of a benefit as its entries have it. 分. */
export interface BookedMonth {
  readonly month: Month;
  readonly owed: number;
  readonly paid: number;
}

/** What the books hold of a benefit, summed up; none: nothing yet. */
export interface Books {
  /** First month that is kept in entries; what came before was taken over as it stood. Null: its own first month. */
  readonly from: Month | null;
  /** Up to this month, and by this version of the benefit, what is owed is stated. */
  readonly through: Month;
  readonly version: number;
  readonly owed: number;
  readonly paid: number;
  /** Every month is paid as it is owed; that the sums agree says less. */
  readonly even: boolean;
}

/** What is owed for the months up to one, and what of it can be paid. */
export interface Account {
  readonly entries: readonly Entry[];
  readonly owed: number;
  readonly paid: number;
  /** Months that are owed and not paid, which nothing holds, in order. */
  readonly payable: readonly MonthSum[];
  /** Months of which more was paid than is owed, in order: for a person to decide, nothing is taken back by itself. */
  readonly overpaid: readonly MonthSum[];
  /** Months up to then that are held: neither owed nor paid until somebody decides. 分 that would be owed. */
  readonly held: number;
  /** Months up to then for which no rate is set. */
  readonly unrated: number;
}

export interface MonthSum {
  readonly month: Month;
  readonly fen: number;
}

/** Whether nothing has happened since the books were made up to this month: neither is there anything to state, nor to pay. */
export function isSettled(books: Books | null, benefit: Benefit, through: Month): boolean {
  const { state } = benefit;
  const last = state.status === 'stopped' && state.toMonth < through ? state.toMonth : through;
  return books !== null && books.version === benefit.version && books.through >= last && books.even;
}

/** Whether only the next month is new: then nothing of the months before need be read. */
export function isOnlyNext(books: Books | null, benefit: Benefit, through: Month): boolean {
  return (
    books !== null &&
    books.version === benefit.version &&
    monthAfter(books.through) === through &&
    benefit.state.status === 'running' &&
    benefit.rates !== null &&
    books.even
  );
}

/**
 * States what is owed for every month up to one against what its entries say so far.
 * @param booked months with entries, in any order; may be left out (`null`) where `isOnlyNext` holds
 */
export function settle(
  benefit: Benefit,
  books: Books | null,
  booked: readonly BookedMonth[] | null,
  through: Month,
): Account {
  const onlyNext = booked === null;
  if (onlyNext && !isOnlyNext(books, benefit, through)) throw new Error('months before must be read');
  const before = new Map((booked ?? []).map((each) => [each.month, each]));
  const from = onlyNext ? through : later(benefit.fromMonth, books?.from ?? null);
  const due = owedMonths(benefit, from, through);
  const entries: Entry[] = [];
  const payable: MonthSum[] = [];
  const overpaid: MonthSum[] = [];
  let owed = onlyNext ? books!.owed : 0;
  let paid = onlyNext ? books!.paid : 0;
  for (const month of [...new Set([...before.keys(), ...due.owed.keys()])].sort()) {
    const stated = before.get(month) ?? { month, owed: 0, paid: 0 };
    // A month that is held stays as it was stated: it is decided by a person.
    const target = due.held.has(month) ? stated.owed : (due.owed.get(month) ?? 0);
    if (target !== stated.owed) {
      entries.push(
        before.has(month)
          ? {
              benefitId: benefit.id,
              month,
              kind: 'correction',
              cause: `benefit:${benefit.version}`,
              fen: target - stated.owed,
            }
          : { benefitId: benefit.id, month, kind: 'entitlement', cause: 'month', fen: target },
      );
    }
    owed += target;
    paid += stated.paid;
    if (stated.paid > target) overpaid.push({ month, fen: stated.paid - target });
    if (target > stated.paid && !due.held.has(month)) payable.push({ month, fen: target - stated.paid });
  }
  return {
    entries,
    owed,
    paid,
    payable,
    overpaid,
    held: [...due.held.values()].reduce((sum, fen) => sum + fen, 0),
    unrated: due.unrated,
  };
}

interface DueMonths {
  readonly owed: ReadonlyMap<Month, number>;
  readonly held: ReadonlyMap<Month, number>;
  readonly unrated: number;
}

function owedMonths(benefit: Benefit, from: Month, through: Month): DueMonths {
  const owed = new Map<Month, number>();
  const held = new Map<Month, number>();
  let unrated = 0;
  for (const period of periodsOf(benefit)) {
    const end = period.toMonth !== null && period.toMonth < through ? period.toMonth : through;
    for (let month = later(period.fromMonth, from); month <= end; month = monthAfter(month)) {
      if (period.state === 'held') held.set(month, period.fen ?? 0);
      else if (period.fen === null) unrated += 1;
      else if (period.fen > 0) owed.set(month, period.fen);
    }
  }
  return { owed, held, unrated };
}

function later(a: Month, b: Month | null): Month {
  return b !== null && b > a ? b : a;
}
