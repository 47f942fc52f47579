// Not by the index, which would bring Nest and TypeORM into each process of the comparison.
import { dueOf, usedOf } from '../../src/due.js';
import { explain } from '../../src/explain.js';
import { WorkingCalendar } from '../../src/working-calendar.js';
import type { CalendarName, Calendars } from './calendars.js';
import type { End } from './naive-term.js';
import { readTable, type RawTable } from './raw-table.js';
import type { RandomTerm } from './random-terms.js';

/** What the product says, in the words of the reference. */
export function productOn(calendars: Calendars) {
  const calendarOf = remembered((name: CalendarName) => WorkingCalendar.load(calendars.directory(name)));
  const end = ({ calendar, term, ledger }: Pick<RandomTerm, 'calendar' | 'term' | 'ledger'>): End | null => {
    const due = dueOf(term, calendarOf(calendar), ledger);
    if (!due) return null;
    const { day, dueAt, provisional, paused } = due;
    return { day, dueAt: dueAt && dueAt.getTime(), provisional, paused };
  };
  /** How much of its budget the term has used by the end of this day. */
  const used = ({ calendar, term, ledger }: RandomTerm, day: string) =>
    usedOf(term, calendarOf(calendar), ledger, day);
  /** The arithmetic as people are shown it. */
  const explained = ({ calendar, term, ledger }: RandomTerm) => explain(term, calendarOf(calendar), ledger);
  return { end, used, explained };
}

/** The raw tables of these calendars, each read once. */
export const tablesOf = (calendars: Calendars): ((name: CalendarName) => RawTable) =>
  remembered((name) => readTable(calendars.directory(name)));

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = make(key)));
    return value;
  };
}
