import { shanghaiDay } from '@app/kernel';
import { checkTerm, hasEnd } from './check-term.js';
import { plusDays, plusMonths } from './day.js';
import { explainHours } from './explain-hours.js';
import * as words from './explain-words.js';
import type { TermDay, TermExplained } from './explained.js';
import { emptyLedger, type Ledger, type Suspension, type Term } from './term.js';
import type { WorkingCalendar } from './working-calendar.js';

export type { TermDay, TermExplained, Told } from './explained.js';

/**
 * Counts a term out with a finger on the calendar. It shares no counting with `dueOf`, so that each proves the other (a property test
 * says that they agree).
 * @throws TermMalformed
 */
export function explain(term: Term, calendar: WorkingCalendar, ledger: Ledger = emptyLedger): TermExplained {
  const place = term.divisionCode ? calendar.of(term.divisionCode) : calendar;
  if (!hasEnd(term)) return { ...nothing(term), summary: words.neverDue() };
  checkTerm(term, ledger);
  if (term.unit === 'hour') return explainHours(term, place, ledger, nothing(term));
  if (term.unit === 'day-of-next-month' || term.unit === 'yearly-window') {
    return laidOut(term, place, untilDate(term, place));
  }
  return laidOut(term, place, counted(term, place, ledger));
}

interface Walk {
  readonly days: TermDay[];
  /** Null: an open suspension came first. */
  readonly lastCounted: string | null;
  readonly pausedBy: Suspension | null;
  readonly budget: number;
  readonly paused: number;
}

/** Walks from day to day until the budget is used up. */
function counted(term: Term, place: WorkingCalendar, { suspensions, extensions }: Ledger): Walk {
  const steps = budgetSteps(
    term,
    extensions.map(({ value }) => value),
  );
  const budget = steps.at(-1)!;
  const days: TermDay[] = [];
  const walk = { days, budget, paused: 0 };
  if (budget === 0) {
    days.push({ ...place.explain(term.anchorDay), ...uncounted, reason: words.nothingToCount() });
    return { ...walk, lastCounted: term.anchorDay, pausedBy: null };
  }
  let number = 0;
  for (let day = firstDayOf(term); ; day = plusDays(day, 1)) {
    const standing = suspensions.find(({ from, to }) => {
      return shanghaiDay(from) < day && (to === null || day <= shanghaiDay(to));
    });
    if (standing?.to === null) return { ...walk, lastCounted: null, pausedBy: standing };
    const explained = place.explain(day);
    if (standing) {
      walk.paused += 1;
      days.push({ ...explained, ...uncounted, reason: words.paused(standing), basis: standing.basis });
      continue;
    }
    if (term.unit === 'working-day' && !explained.working) {
      days.push({ ...explained, ...uncounted, reason: words.ofDay(explained) });
      continue;
    }
    number += 1;
    const extension = steps.indexOf(number - 1);
    const begins = extension >= 0 && extension < extensions.length ? extensions[extension]! : null;
    days.push({
      ...explained,
      counted: true,
      number,
      hours: null,
      reason: begins ? words.extended(explained, begins) : words.ofDay(explained),
      basis: begins?.basis ?? null,
    });
    if (number === budget) return { ...walk, lastCounted: day, pausedBy: null };
  }
}

/** How many days are to be counted without any extension, with the first, with the second, … */
function budgetSteps(term: Term, extensions: readonly number[]): number[] {
  let units = term.value!;
  return [0, ...extensions].map((more) => {
    units += more;
    if (term.unit !== 'month') return units;
    const end = plusMonths(term.anchorDay, units);
    let days = 0;
    for (let day = term.anchorDay; day < end; day = plusDays(day, 1)) days += 1;
    return days;
  });
}

/** Every day up to a date that the text names. */
function untilDate(term: Term, place: WorkingCalendar): Walk {
  const isLast = (day: string) =>
    term.unit === 'yearly-window' ? closes(day, term.window!.to) : isDayOfNextMonth(day, term);
  const days: TermDay[] = [];
  let day = isLast(term.anchorDay) ? term.anchorDay : firstDayOf(term);
  for (; ; day = plusDays(day, 1)) {
    const explained = place.explain(day);
    const number = days.length + 1;
    days.push({
      ...explained,
      counted: true,
      number,
      hours: null,
      reason: words.ofDay(explained),
      basis: null,
    });
    if (isLast(day)) return { days, lastCounted: day, pausedBy: null, budget: number, paused: 0 };
  }
}

function isDayOfNextMonth(day: string, { anchorDay, value }: Term): boolean {
  if (day.slice(0, 7) === anchorDay.slice(0, 7)) return false;
  return Number(day.slice(8)) === value || plusDays(day, 1).endsWith('-01');
}

/** Whether a day is the given `MM-DD`, or the last before it in a year that has no such date. */
function closes(day: string, to: string): boolean {
  const next = plusDays(day, 1).slice(5);
  return day.slice(5) === to || (day.slice(5) < to && next > to);
}

/** Moves the end off days off where an article says so, and closes with the office. */
function laidOut(term: Term, place: WorkingCalendar, walk: Walk): TermExplained {
  const days = [...walk.days];
  let lastDay = walk.lastCounted;
  let moved = 0;
  if (lastDay !== null && term.rollOver) {
    while (!place.explain(lastDay).working) {
      lastDay = plusDays(lastDay, 1);
      moved += 1;
      const reason = words.moved(term.rollOver);
      days.push({ ...place.explain(lastDay), ...uncounted, reason, basis: term.rollOver });
    }
  }
  const season = lastDay === null ? null : place.officeSeasonOn(lastDay);
  const close = lastDay === null ? null : (season?.close ?? '24:00');
  const provisional = lastDay !== null && isGuessed(term, walk, days);
  const countedDays = days.filter((day) => day.counted).length;
  const explained: Omit<TermExplained, 'summary'> = {
    term,
    firstDay: days[0]?.day ?? null,
    lastDay,
    dueAt: lastDay === null ? null : instantText(lastDay, close!),
    closeOfBusiness: close === null ? null : { time: close, source: season?.source ?? null },
    provisional,
    provisionalReason: provisional ? words.provisional(place) : null,
    pausedBy: walk.pausedBy,
    budget: walk.budget,
    totals: {
      counted: countedDays,
      paused: walk.paused,
      moved,
      off: walk.budget === 0 ? 0 : days.length - countedDays - walk.paused - moved,
    },
    days,
  };
  return { ...explained, summary: words.summary(explained) };
}

/** 暂定: a day on which it mattered whether it is worked is not settled. */
function isGuessed(term: Term, { budget, lastCounted }: Walk, days: readonly TermDay[]): boolean {
  const counting = term.unit === 'working-day' && budget > 0;
  return days.some(
    ({ day, provisional }) => provisional && (counting || (term.rollOver && day >= lastCounted!)),
  );
}

function firstDayOf({ anchorDay, dayOne }: Term): string {
  return dayOne === 'same' ? anchorDay : plusDays(anchorDay, 1);
}

/** A time of a day in Shanghai as ISO 8601 in UTC; `24:00` is the beginning of the next day. */
function instantText(day: string, time: string): string {
  const from = time === '24:00' ? `${plusDays(day, 1)}T00:00` : `${day}T${time}`;
  return new Date(`${from}:00+08:00`).toISOString();
}

const uncounted = { counted: false, number: null, hours: null, basis: null } as const;

function nothing(term: Term): Omit<TermExplained, 'summary'> {
  return {
    term,
    firstDay: null,
    lastDay: null,
    dueAt: null,
    closeOfBusiness: null,
    provisional: false,
    provisionalReason: null,
    pausedBy: null,
    budget: null,
    totals: { counted: 0, off: 0, paused: 0, moved: 0 },
    days: [],
  };
}
