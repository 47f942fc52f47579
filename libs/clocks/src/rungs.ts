import { parseDay, plusDays, shanghaiInstant } from './day.js';
import { lastDayOf } from './due.js';
import type { Rung } from './new-term.js';
import type { Term } from './term.js';
import type { WorkingCalendar } from './working-calendar.js';

export interface PlannedRung {
  readonly rung: Rung;
  readonly level: number;
  readonly at: Date;
}

/** When people come to work; a reminder at night is read in the morning anyway. */
const MORNING = '09:00';
const SHORTEST_REMINDED_DAYS = 3;
/** Working days after the end at which a term that is still open goes one level up. */
const ESCALATION = [3, 10] as const;

/**
 * The rungs of a term:
 * - `reminder`, for terms of three days or more: in the morning of the first working day on which a third of the term or less is
 *   left, but always before the last day;
 * - `due`: in the morning of the last day, or of the last working day before it if it is a day off;
 * - level 1 at the end of the last day, level 2 in the morning of the third and level 3 of the tenth working day after it.
 * A promise gets the same rungs under another name (超承诺); an unknown limit gets none.
 */
export function rungsOf(term: Term, calendar: WorkingCalendar): PlannedRung[] {
  const last = lastDayOf(term, calendar);
  if (!last) return [];
  const place = term.divisionCode ? calendar.of(term.divisionCode) : calendar;
  const rungs: PlannedRung[] = [];
  const reminder = reminderDay(term, last.day, place);
  if (reminder) rungs.push({ rung: 'reminder', level: 0, at: shanghaiInstant(reminder, MORNING) });
  const due = place.isWorkingDay(last.day) ? last.day : place.workingDayBefore(last.day);
  if (due > term.anchorDay) rungs.push({ rung: 'due', level: 0, at: shanghaiInstant(due, MORNING) });
  const over = term.kind === 'promised' ? 'past-promise' : 'overdue';
  rungs.push({ rung: `${over}-1`, level: 1, at: shanghaiInstant(last.day, term.closeOfBusiness ?? '24:00') });
  ESCALATION.forEach((days, place0) => {
    const level = (place0 + 2) as 2 | 3;
    const day = place.addWorkingDays(last.day, days).day;
    rungs.push({ rung: `${over}-${level}`, level, at: shanghaiInstant(day, MORNING) });
  });
  return rungs;
}

function reminderDay(term: Term, lastDay: string, place: WorkingCalendar): string | null {
  const { anchorDay } = term;
  const length = (parseDay(lastDay) - parseDay(anchorDay)) / (24 * 60 * 60 * 1000);
  const counted = term.unit === 'working-day' ? term.value! : length;
  if (counted < SHORTEST_REMINDED_DAYS) return null;
  const after = Math.ceil((counted * 2) / 3);
  const day =
    term.unit === 'working-day'
      ? place.addWorkingDays(anchorDay, after).day
      : place.workingDayFrom(plusDays(anchorDay, after)).day;
  return day < lastDay ? day : null;
}
