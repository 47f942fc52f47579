/** Invented terms, ledgers and calendar files for the tests of the engine. */
import type { LocalFile, YearFile } from '../src/calendar-files.js';
import { plusDays } from '../src/day.js';
import { dueOf } from '../src/due.js';
import type { Extension, Ledger, Suspension, Term } from '../src/term.js';
import type { WorkingCalendar } from '../src/working-calendar.js';

export const ARTICLE = 'an invented regulation, article 1';

export const term = (overrides: Partial<Term>): Term => ({
  anchorDay: '2026-06-01',
  value: 10,
  unit: 'working-day',
  kind: 'statutory',
  basis: ARTICLE,
  ...overrides,
});

/** An instant on the wall of Shanghai, `YYYY-MM-DDTHH:MM`. */
export const at = (wall: string) => new Date(`${wall}:00+08:00`);
export const wall = (instant: Date) => new Date(instant.getTime() + 8 * 3600_000).toISOString().slice(0, 16);

/** From noon of a day to noon of another; null: it still stands. */
export const standing = (from: string, to: string | null, reason = 'assessment'): Suspension => ({
  reason,
  basis: ARTICLE,
  from: at(`${from}T12:00`),
  to: to === null ? null : at(`${to}T12:00`),
});

export const ledger = (
  suspensions: readonly Suspension[] = [],
  extensions: readonly number[] = [],
): Ledger => ({
  suspensions,
  extensions: extensions.map((value): Extension => ({ value, basis: ARTICLE })),
});

/** When a term ends, on the wall of Shanghai; `paused` or `never` if it does not. */
export const endOf = (overrides: Partial<Term>, calendar: WorkingCalendar, of?: Ledger) => {
  const due = dueOf(term(overrides), calendar, of);
  if (!due) return 'never';
  return due.dueAt ? wall(due.dueAt) : 'paused';
};

export const yearFile = (year: number, days: YearFile['days'] = {}): YearFile => ({
  year,
  source: { basis: 'an invented notice' },
  days,
});

/** 2026 as it is, with these days off that were to be worked: as in 2020, when a holiday was made longer while it lasted. */
export function amendedYear({ files }: WorkingCalendar, days: readonly string[]): YearFile {
  const year = files.years.find((each) => each.year === 2026)!;
  const longer = days.map((day) => [day, { type: '调休休' as const, name: '延长' }] as const);
  return { ...year, days: { ...year.days, ...Object.fromEntries(longer) } };
}

export const localFile = (
  days: readonly string[] = [],
  officeHours?: LocalFile['officeHours'],
  division = '338801000000',
): LocalFile => ({
  division,
  days: Object.fromEntries(days.map((day) => [day, { name: '台风停工', source: 'an invented order' }])),
  ...(officeHours ? { officeHours } : {}),
});

export function* daysOf(year: number): Generator<string> {
  for (let day = `${year}-01-01`; day.startsWith(String(year)); day = plusDays(day, 1)) yield day;
}
