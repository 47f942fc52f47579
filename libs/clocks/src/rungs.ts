import { countOf, countOut, extended, type Count } from './counting.js';
import { dayNumber, dayOfInstant, instantOn, monthsLater } from './day.js';
import { dueOf, endOfHours, placeOf } from './due.js';
import { planOf, type Recipient, type RungPlan, type RungTime } from './rung-plan.js';
import { emptyLedger, type Ledger, type Term } from './term.js';
import type { WorkingCalendar } from './working-calendar.js';

export interface PlannedRung {
  readonly rung: string;
  /** 0 before the term has ended, from 1 on after it. */
  readonly level: number;
  readonly at: Date;
  readonly to: readonly Recipient[];
}

/** When people come to work; a reminder at night is read in the morning anyway. Minutes after midnight. */
const MORNING = 9 * 60;
const SHORTEST_REMINDED = 3;
const MINUTE_MS = 60_000;

/**
 * The rungs of a term in the order in which they come, each on a whole minute: an end between two is told at the later one, never
 * early. A rung that would come before the term begins is left out. None for a term that is never due, or that stands still.
 */
export function rungsOf(
  term: Term,
  calendar: WorkingCalendar,
  ledger: Ledger = emptyLedger,
  plan: RungPlan = planOf(term),
): PlannedRung[] {
  const due = dueOf(term, calendar, ledger);
  if (!due || due.dueAt === null) return [];
  const end: End = {
    term,
    ledger,
    place: placeOf(term, calendar),
    anchor: dayNumber(term.anchorDay),
    // Hours that end at midnight end with the day before.
    day: term.unit === 'hour' ? dayOfInstant(new Date(due.dueAt.getTime() - 1)) : dayNumber(due.day!),
    at: due.dueAt,
  };
  const rungs: PlannedRung[] = [];
  for (const { rung, level, at, to } of plan) {
    const comes = timeOf(at, end);
    if (comes) rungs.push({ rung, level, at: comes, to });
  }
  return rungs.sort((one, other) => one.at.getTime() - other.at.getTime() || one.level - other.level);
}

/** A term and where it ends. Days are numbers of `day.ts`. */
interface End {
  readonly term: Term;
  readonly ledger: Ledger;
  readonly place: WorkingCalendar;
  readonly anchor: number;
  readonly day: number;
  readonly at: Date;
}

function timeOf(time: RungTime, end: End): Date | null {
  const { workingDays } = end.place;
  if ('at' in time) return wholeMinute(end.at.getTime());
  if ('after' in time) return instantOn(workingDays.after(end.day, time.after), MORNING);
  if ('left' in time) return thirdLeft(end);
  if ('on' in time) return morningBeforeEnd(workingDays.before(end.day + 1, 1), end);
  if (time.unit === 'working-day') return morningBeforeEnd(workingDays.before(end.day, time.before), end);
  const day = time.unit === 'month' ? monthsLater(end.day, -time.before) : end.day - time.before;
  return morningBeforeEnd(workingDays.before(day + 1, 1), end);
}

function morningBeforeEnd(day: number, { anchor, at }: End): Date | null {
  if (day <= anchor) return null;
  const morning = instantOn(day, MORNING);
  return morning < at ? morning : null;
}

/** The morning of the first working day on which a third or less is left; of hours, the minute. */
function thirdLeft(end: End): Date | null {
  const { term, ledger, place } = end;
  if (term.unit === 'hour') {
    const hours = extended(term.value!, ledger);
    if (hours < SHORTEST_REMINDED) return null;
    const at = endOfHours(term, (hours * 2) / 3, ledger);
    return at && wholeMinute(at.getTime());
  }
  const [count, counted] = countOfEnd(end);
  if (count.budget < SHORTEST_REMINDED) return null;
  const reached = countOut(count, Math.ceil((count.budget * 2) / 3), place, counted);
  if (reached.paused) return null;
  const day = place.workingDays.from(reached.day);
  return day < end.day ? instantOn(day, MORNING) : null;
}

/** How a term is counted, and by which ledger: one that ends on a date is as long as it is, whatever stands still. */
function countOfEnd({ term, ledger, anchor, day }: End): readonly [Count, Ledger] {
  if (term.unit === 'day-of-next-month' || term.unit === 'yearly-window') {
    return [{ anchor, start: anchor, budget: day - anchor, workingDaysOnly: false }, emptyLedger];
  }
  return [countOf(term, term.value!, ledger), ledger];
}

function wholeMinute(instant: number): Date {
  return new Date(Math.ceil(instant / MINUTE_MS) * MINUTE_MS);
}
