import { DomainError } from '@app/kernel';
import { CalendarMalformed, problemsOf, type LocalFile, type YearFile } from '../calendar-files.js';
import type { WorkingCalendar } from '../working-calendar.js';

/** Kinds of calendar that are published: of a year in the whole country, and of what holds in one place. */
export type CalendarKind = 'year' | 'local';

/** A calendar file that has been looked through. `key` is the year or the division. */
export interface CheckedCalendar {
  readonly kind: CalendarKind;
  readonly key: string;
  readonly file: YearFile | LocalFile;
}

/** A calendar that cannot be published; `details.problems` names every wrong place of it. */
export class CalendarRefused extends DomainError {
  readonly slug = 'calendar-not-valid';
  readonly kind = 'invalid';
  constructor(problems: readonly string[]) {
    super(
      `日历文件有 ${problems.length} 处错误（见 problems），请逐处改正后再试 · the calendar file has ${problems.length} errors, see problems`,
      { problems },
    );
  }
}

/**
 * Looks through a calendar file as it is sent: a year's, or, where it has a `division`, a place's.
 * @param before what is in force: a year may not leave a gap to it
 * @throws CalendarRefused with every wrong place
 */
export function checkCalendar(content: unknown, before: WorkingCalendar): CheckedCalendar {
  const { problems, file } = problemsOf(content);
  if (problems.length > 0 || !file) throw new CalendarRefused(problems);
  try {
    before.with(file);
  } catch (error) {
    if (error instanceof CalendarMalformed) throw new CalendarRefused([error.message]);
    throw error;
  }
  return 'division' in file
    ? { kind: 'local', key: file.division, file }
    : { kind: 'year', key: String(file.year), file };
}
