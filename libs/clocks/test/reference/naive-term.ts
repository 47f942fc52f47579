import type { Ledger, Suspension, Term } from '../../src/term.js';
import { dayAt, lengthOf, placeOf, placeOfDate, shanghaiDayOf, shanghaiInstant } from './day-list.js';
import { closeOf, isOff, isSettled, placesAround, type RawTable } from './raw-table.js';

/** What the engine and the reference must agree on. */
export interface End {
  /** `YYYY-MM-DD` in Shanghai; null while an open suspension stands in the way. */
  readonly day: string | null;
  /** Milliseconds since 1970; null as `day` is. */
  readonly dueAt: number | null;
  readonly provisional: boolean;
  readonly paused: boolean;
}

/** Something that says when a term ends; null: never. */
export type Engine = (term: Term, table: RawTable, ledger: Ledger) => End | null;

const STANDING: End = { day: null, dueAt: null, provisional: false, paused: true };

/**
 * When a term ends, by going from day to day as a clerk does with a finger on the calendar: 民法典 §201 to §204 and what the item says.
 * It shares nothing with the engine but the words of a term, and is slow and obvious on purpose.
 */
export const naiveEnd: Engine = (term, table, ledger) => {
  if (term.kind === 'unknown') return null;
  if (term.unit === 'yearly-window') return endOfDay(term, table, windowDay(term));
  if (term.value === null) return null;
  const more = ledger.extensions.reduce((sum, { value }) => sum + value, 0);
  const around = placesAround(table, term.divisionCode);
  const anchor = placeOf(term.anchorDay);
  switch (term.unit) {
    case 'hour':
      return endOfHours(term, term.value + more, ledger.suspensions);
    case 'day-of-next-month':
      return endOfDay(term, table, dayOfNextMonth(anchor, term.value));
    case 'natural-day':
      return endOfDay(
        term,
        table,
        countedDay(term, term.value + more, ledger, () => true),
      );
    case 'month': {
      const days = sameDateLater(anchor, term.value + more) - anchor;
      return endOfDay(
        term,
        table,
        countedDay(term, days, ledger, () => true),
      );
    }
    case 'working-day': {
      let guessed = false;
      const day = countedDay(term, term.value + more, ledger, (each) => {
        if (!isSettled(table, each)) guessed = true;
        return !isOff(table, around, each);
      });
      return endOfDay(term, table, day, guessed);
    }
  }
};

/** The day on which the budget is used up, day by day; null where an open suspension comes before it. A budget of nothing ends at once. */
function countedDay(
  term: Term,
  budget: number,
  ledger: Ledger,
  counts: (day: number) => boolean,
): number | null {
  const anchor = placeOf(term.anchorDay);
  if (budget === 0) return anchor;
  const pauses = ledger.suspensions.map(({ from, to }) => ({
    after: shanghaiDayOf(from),
    to: to && shanghaiDayOf(to),
  }));
  let used = 0;
  for (let day = term.dayOne === 'same' ? anchor : anchor + 1; ; day += 1) {
    let paused = false;
    for (const { after, to } of pauses) {
      if (day <= after) continue;
      if (to === null) return null;
      if (day <= to) paused = true;
    }
    // A day is asked for even while the term stands still, so that a guess is known as one.
    if (!counts(day) || paused) continue;
    used += 1;
    if (used === budget) return day;
  }
}

/**
 * The days that count towards the budget of a term, up to and including `until`: goes from day to day. Null for what is not counted in
 * days, or has no number.
 */
export function naiveCounted(term: Term, table: RawTable, ledger: Ledger, until: number): number[] | null {
  if (term.kind === 'unknown' || term.value === null) return null;
  if (!['working-day', 'natural-day', 'month'].includes(term.unit)) return null;
  const anchor = placeOf(term.anchorDay);
  const value = term.value + ledger.extensions.reduce((sum, extension) => sum + extension.value, 0);
  const budget = term.unit === 'month' ? sameDateLater(anchor, value) - anchor : value;
  const around = placesAround(table, term.divisionCode);
  const counted: number[] = [];
  for (let day = term.dayOne === 'same' ? anchor : anchor + 1; day <= until; day += 1) {
    if (counted.length === budget) break;
    const paused = ledger.suspensions.some(
      ({ from, to }) => shanghaiDayOf(from) < day && (to === null || day <= shanghaiDayOf(to)),
    );
    const counts = term.unit !== 'working-day' || !isOff(table, around, day);
    if (counts && !paused) counted.push(day);
  }
  return counted;
}

/** The same date so many months later, or the end of that month (§202). */
function sameDateLater(anchor: number, months: number): number {
  const { year, month, date } = dayAt(anchor);
  let [inYear, inMonth] = [year, month];
  for (let step = 0; step < months; step += 1) {
    inMonth += 1;
    if (inMonth === 13) [inYear, inMonth] = [inYear + 1, 1];
  }
  return placeOfDate(inYear, inMonth, Math.min(date, lengthOf(inYear, inMonth)));
}

function dayOfNextMonth(anchor: number, date: number): number {
  let day = anchor;
  while (dayAt(day).month === dayAt(anchor).month) day += 1;
  const { month } = dayAt(day);
  while (dayAt(day).date < date && dayAt(day + 1).month === month) day += 1;
  return day;
}

/** The first day on or after the anchor's with which a window closes. */
function windowDay(term: Term): number {
  let day = placeOf(term.anchorDay);
  while (dayAt(day).text.slice(5) !== term.window?.to) day += 1;
  return day;
}

/** Moves off days off where an article says so (§203(1)), and closes with the office (§203(2)). */
function endOfDay(term: Term, table: RawTable, counted: number | null, guessed = false): End {
  if (counted === null) return STANDING;
  const around = placesAround(table, term.divisionCode);
  let day = counted;
  let provisional = guessed;
  if (term.rollOver) {
    for (; isOff(table, around, day); day += 1) if (!isSettled(table, day)) provisional = true;
    if (!isSettled(table, day)) provisional = true;
  }
  return {
    day: dayAt(day).text,
    dueAt: shanghaiInstant(day, closeOf(around, day)),
    provisional,
    paused: false,
  };
}

/** Hours run through nights and holidays, and stand still from instant to instant. */
function endOfHours(term: Term, hours: number, suspensions: readonly Suspension[]): End {
  const start = term.anchorAt!.getTime();
  let end = start + hours * 3_600_000;
  for (const { from, to } of suspensions) {
    if (hours === 0 || from.getTime() >= end) break;
    if (to === null) return STANDING;
    end += Math.max(0, to.getTime() - Math.max(from.getTime(), start));
  }
  return { day: dayAt(shanghaiDayOf(new Date(end))).text, dueAt: end, provisional: false, paused: false };
}
