import { dayNumber, dayOfInstant, monthsLater } from './day.js';
import type { Ledger, Suspension, Term } from './term.js';
import type { WorkingCalendar } from './working-calendar.js';

/** A term laid out for counting: from where, how much, and what counts. Days are numbers of `day.ts`. */
export interface Count {
  /** The day of the anchor. */
  readonly anchor: number;
  /** The day before the first that may count. */
  readonly start: number;
  /** How many days are to be counted. */
  readonly budget: number;
  readonly workingDaysOnly: boolean;
}

/** Where counting leads. `paused`: an open suspension comes first, and the term has no end for now. */
export type Counted =
  { readonly paused: false; readonly day: number } | { readonly paused: true; readonly since: Suspension };

/** The value with what was added to it. */
export function extended(value: number, { extensions }: Ledger): number {
  let sum = value;
  for (const extension of extensions) sum += extension.value;
  return sum;
}

/**
 * How a term of working days, natural days or months is counted. Months are a number of natural days: those up to the same date so
 * many months later, or the end of that month (民法典 §202).
 */
export function countOf(term: Term, value: number, ledger: Ledger): Count {
  const anchor = dayNumber(term.anchorDay);
  const units = extended(value, ledger);
  return {
    anchor,
    start: term.dayOne === 'same' ? anchor - 1 : anchor,
    budget: term.unit === 'month' ? monthsLater(anchor, units) - anchor : units,
    workingDaysOnly: term.unit === 'working-day',
  };
}

/**
 * The day on which so many days have been counted, of which those of a suspension are none: a suspension takes the days after the
 * one on which it began, up to the one on which it ended. A count of nothing ends on the day of the anchor, whatever stands still.
 */
export function countOut(
  { anchor, start, workingDaysOnly }: Count,
  days: number,
  place: WorkingCalendar,
  { suspensions }: Ledger,
): Counted {
  if (days === 0) return { paused: false, day: anchor };
  const { workingDays } = place;
  const on = (count: number) => (workingDaysOnly ? workingDays.after(start, count) : start + count);
  let end = on(days);
  let standing = 0;
  let done = start;
  for (const suspension of suspensions) {
    const from = dayOfInstant(suspension.from);
    if (from >= end) break;
    if (suspension.to === null) return { paused: true, since: suspension };
    const after = from > done ? from : done;
    const to = dayOfInstant(suspension.to);
    if (to <= after) continue;
    standing += workingDaysOnly ? workingDays.between(after, to) : to - after;
    done = to;
    end = on(days + standing);
  }
  return { paused: false, day: end };
}

/** How many days have been counted up to and including a day, those of the suspensions left out. */
export function countUpTo(
  { start, workingDaysOnly }: Count,
  day: number,
  place: WorkingCalendar,
  { suspensions }: Ledger,
): number {
  if (day <= start) return 0;
  const between = (after: number, to: number) =>
    workingDaysOnly ? place.workingDays.between(after, to) : to - after;
  let count = between(start, day);
  let done = start;
  for (const suspension of suspensions) {
    const from = dayOfInstant(suspension.from);
    const after = from > done ? from : done;
    const to = Math.min(day, suspension.to ? dayOfInstant(suspension.to) : day);
    if (to <= after) continue;
    count -= between(after, to);
    done = to;
  }
  return count;
}
