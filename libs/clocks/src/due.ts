import { checkTerm, hasEnd } from './check-term.js';
import { countOf, countOut, countUpTo, extended } from './counting.js';
import { dateInMonth, dayNumber, dayOfInstant, dayText, instantOn } from './day.js';
import { emptyLedger, type Ledger, type Term } from './term.js';
import type { WorkingCalendar } from './working-calendar.js';

const HOUR_MS = 60 * 60 * 1000;

export interface Due {
  /** The last day, `YYYY-MM-DD` in Asia/Shanghai; null while it is paused. */
  readonly day: string | null;
  /** The instant at which the term has ended; null while it is paused. */
  readonly dueAt: Date | null;
  /** 暂定: a notice that is not loaded yet may move it. */
  readonly provisional: boolean;
  /** An open suspension comes before the end: there is none for now, and nothing fires. */
  readonly paused: boolean;
}

const PAUSED: Due = { day: null, dueAt: null, provisional: false, paused: true };

/**
 * When a term ends, or null: a limit that is unknown or has no number is never due.
 *
 * Counting starts on the day after the anchor (民法典 §201) unless the text says `same`. Months end on the same date or with the month
 * (§202). A term pauses, is extended and moves off a day off only as its ledger and its article say (§203(1), `rollOver`); the days by
 * which it moves are not counted. The last day ends at the close of business of the place, else at 24:00 (§203(2)).
 * @throws TermMalformed
 */
export function dueOf(term: Term, calendar: WorkingCalendar, ledger: Ledger = emptyLedger): Due | null {
  if (!hasEnd(term)) {
    dayNumber(term.anchorDay);
    return null;
  }
  checkTerm(term, ledger);
  const place = placeOf(term, calendar);
  switch (term.unit) {
    case 'hour':
      return dueOfHours(term, term.value!, ledger);
    case 'working-day':
    case 'natural-day':
    case 'month': {
      const count = countOf(term, term.value!, ledger);
      const counted = countOut(count, count.budget, place, ledger);
      if (counted.paused) return PAUSED;
      const guessed =
        count.workingDaysOnly &&
        count.budget > 0 &&
        (counted.day > place.settled.to || count.start + 1 < place.settled.from);
      return dueOn(counted.day, guessed, term, place);
    }
    case 'day-of-next-month':
    case 'yearly-window':
      return dueOn(fixedDay(term), false, term, place);
  }
}

/**
 * How much of a term's budget has been used up to and including a day: the inverse of `dueOf`. In working days, in natural days (also
 * for months: `monthsLater` has as many), or in hours; never more than the budget, if there is one. A term that ends on a date has used
 * the days since its anchor.
 */
export function usedOf(term: Term, calendar: WorkingCalendar, ledger: Ledger, day: string): number {
  checkTerm(term, ledger);
  const until = dayNumber(day);
  const place = placeOf(term, calendar);
  const numbered = hasEnd(term);
  if (term.unit === 'hour') {
    const used = hoursUntil(term, instantOn(until, 24 * 60).getTime(), ledger);
    return numbered ? Math.min(used, extended(term.value!, ledger)) : used;
  }
  if (term.unit === 'day-of-next-month' || term.unit === 'yearly-window') {
    const anchor = dayNumber(term.anchorDay);
    const last = numbered ? Math.min(until, fixedDay(term)) : until;
    return Math.max(0, last - anchor);
  }
  const count = countOf(term, term.value ?? 0, ledger);
  const used = countUpTo(count, until, place, ledger);
  return numbered ? Math.min(used, count.budget) : used;
}

/** The calendar of the place of a term. */
export function placeOf(term: Term, calendar: WorkingCalendar): WorkingCalendar {
  return term.divisionCode ? calendar.of(term.divisionCode) : calendar;
}

/** The instant at which hours end, or null while an open suspension stands. Hours run through nights, days off and festivals. */
export function endOfHours(term: Term, hours: number, { suspensions }: Ledger): Date | null {
  const anchorAt = anchorAtOf(term);
  let end = anchorAt + hours * HOUR_MS;
  let done = anchorAt;
  for (const { from, to } of suspensions) {
    if (from.getTime() >= end) break;
    if (hours === 0) break;
    if (to === null) return null;
    const after = Math.max(from.getTime(), done);
    if (to.getTime() <= after) continue;
    end += to.getTime() - after;
    done = to.getTime();
  }
  return new Date(end);
}

function dueOfHours(term: Term, value: number, ledger: Ledger): Due {
  const dueAt = endOfHours(term, extended(value, ledger), ledger);
  if (!dueAt) return PAUSED;
  return { day: dayText(dayOfInstant(dueAt)), dueAt, provisional: false, paused: false };
}

function hoursUntil(term: Term, until: number, { suspensions }: Ledger): number {
  const anchorAt = anchorAtOf(term);
  let used = Math.max(0, until - anchorAt);
  let done = anchorAt;
  for (const { from, to } of suspensions) {
    const after = Math.max(from.getTime(), done);
    const end = Math.min(until, to?.getTime() ?? until);
    if (end <= after) continue;
    used -= end - after;
    done = end;
  }
  return used / HOUR_MS;
}

function anchorAtOf({ anchorAt, anchorDay }: Term): number {
  dayNumber(anchorDay);
  return anchorAt!.getTime();
}

/** Where a term ends that is a date, not a length: nothing pauses or extends it. */
function fixedDay({ unit, anchorDay, value, window }: Term): number {
  const anchor = dayNumber(anchorDay);
  if (unit === 'day-of-next-month') return dateInMonth(anchor, 1, value!);
  const [month, date] = [Number(window!.to.slice(0, 2)), Number(window!.to.slice(3))];
  const january = dateInMonth(anchor, 1 - Number(anchorDay.slice(5, 7)), 1);
  const thisYear = dateInMonth(january, month - 1, date);
  return thisYear >= anchor ? thisYear : dateInMonth(january, month + 11, date);
}

function dueOn(counted: number, guessed: boolean, { rollOver }: Term, place: WorkingCalendar): Due {
  let day = counted;
  let provisional = guessed;
  if (rollOver) {
    day = place.workingDays.from(counted);
    provisional ||= day > place.settled.to || counted < place.settled.from;
  }
  return { day: dayText(day), dueAt: instantOn(day, place.closeOn(day)), provisional, paused: false };
}
