import { dayOfMonth, parseDay, plusDays, plusMonths, shanghaiInstant } from './day.js';
import { TermMalformed, type Term } from './term.js';
import type { DayExplained, WorkingCalendar } from './working-calendar.js';

export interface Due {
  /** The instant at which the term has ended. */
  readonly dueAt: Date;
  /** 暂定: a notice that is not loaded yet may move it. */
  readonly provisional: boolean;
}

/** A term laid out day by day, for the one who asks why it ends then. */
export interface TermExplained {
  readonly term: Term;
  /** Null: no number, never due. */
  readonly lastDay: string | null;
  readonly dueAt: string | null;
  readonly provisional: boolean;
  /** Every day after the anchor up to the last, whether it counted, and why. */
  readonly days: readonly (DayExplained & { readonly counted: boolean; readonly reason: string })[];
}

/**
 * When a term ends, or null: a limit that is unknown or has no number is never due. Counting starts on the day after the anchor
 * (民法典 §201); the last day ends at the close of business, else at 24:00 (§203(2)). It does not move off a day off unless its item
 * says so: roll-over is for a person's own filing terms (§203(1)), not for an office's.
 */
export function dueOf(term: Term, calendar: WorkingCalendar): Due | null {
  const last = lastDayOf(term, calendar);
  return last && { dueAt: shanghaiInstant(last.day, closeOf(term)), provisional: last.provisional };
}

/** Counts the term out day by day. */
export function explain(term: Term, calendar: WorkingCalendar): TermExplained {
  const place = placeOf(term, calendar);
  const last = lastDayOf(term, calendar);
  if (!last) return { term, lastDay: null, dueAt: null, provisional: false, days: [] };
  const byWorkingDays = term.unit === 'working-day';
  const counted = uncorrectedLastDay(term, place)!.day;
  const days: (DayExplained & { counted: boolean; reason: string })[] = [];
  for (let day = plusDays(term.anchorDay, 1); day <= last.day; day = plusDays(day, 1)) {
    const explained = place.explain(day);
    const rolled = day > counted;
    const counts = rolled ? false : !byWorkingDays || explained.working;
    days.push({
      ...explained,
      counted: counts,
      reason: rolled ? '期限末日为休息日，顺延' : reasonOf(explained),
    });
  }
  return {
    term,
    lastDay: last.day,
    dueAt: shanghaiInstant(last.day, closeOf(term)).toISOString(),
    provisional: last.provisional,
    days,
  };
}

/** The last day of a term in its place's calendar; null without a number. */
export function lastDayOf(
  term: Term,
  calendar: WorkingCalendar,
): { day: string; provisional: boolean } | null {
  const place = placeOf(term, calendar);
  const counted = uncorrectedLastDay(term, place);
  if (!counted || !term.rollOver) return counted;
  const rolled = place.workingDayFrom(counted.day);
  return { day: rolled.day, provisional: counted.provisional || rolled.provisional };
}

function uncorrectedLastDay(
  term: Term,
  place: WorkingCalendar,
): { day: string; provisional: boolean } | null {
  const { anchorDay, value, unit, kind } = term;
  parseDay(anchorDay);
  if (kind === 'unknown' || value === null) return null;
  if (!Number.isInteger(value) || value < 0 || value > 5000) throw new TermMalformed(`value ${value}`);
  switch (unit) {
    case 'working-day':
      return place.addWorkingDays(anchorDay, value);
    case 'natural-day':
      return { day: plusDays(anchorDay, value), provisional: false };
    case 'month':
      return { day: plusMonths(anchorDay, value), provisional: false };
    case 'day-of-next-month':
      if (value < 1 || value > 31) throw new TermMalformed(`day ${value} of next month`);
      return { day: dayOfMonth(anchorDay, 1, value), provisional: false };
  }
}

function placeOf(term: Term, calendar: WorkingCalendar): WorkingCalendar {
  return term.divisionCode ? calendar.of(term.divisionCode) : calendar;
}

function closeOf(term: Term): string {
  return term.closeOfBusiness ?? '24:00';
}

function reasonOf({ type, name, provisional }: DayExplained): string {
  return `${type ? `${type}：${name}` : name}${provisional ? '（暂定）' : ''}`;
}
