import {
  CalendarMalformed,
  checkLocal,
  checkYear,
  readCalendar,
  type DayType,
  type LocalFile,
  type YearFile,
} from './calendar-files.js';
import { dayNumber, dayText, weekdayOf } from './day.js';
import { OfficeHours, type OfficeSeason } from './office-hours.js';
import { WorkingDays } from './working-days.js';

/** Why a day is or is not a working day. */
export interface DayExplained {
  readonly day: string;
  readonly working: boolean;
  /** Null: an ordinary weekday or weekend day. */
  readonly type: DayType | null;
  readonly name: string;
  /** 暂定: the notice that settles this day is not loaded, so only weekends are assumed to be off. */
  readonly provisional: boolean;
}

export interface CalendarFiles {
  readonly years: readonly YearFile[];
  readonly local?: readonly LocalFile[];
}

interface SpecialDay {
  readonly type: DayType;
  readonly name: string;
}

/** One place and what it lies in, put together. */
interface Place {
  readonly special: ReadonlyMap<number, SpecialDay>;
  readonly days: WorkingDays;
  readonly hours: OfficeHours | null;
}

/** Divisions whose place is remembered: asked for with every term of a person. */
const DIVISIONS_KEPT = 100_000;

/**
 * The working days of mainland China: weekdays, less the holidays and plus the make-up days of the yearly notices, less the days off
 * of a place. Beyond the loaded years an answer is provisional (暂定): only weekends are assumed. A calendar never changes; `with`
 * gives another one.
 */
export class WorkingCalendar {
  /** First day that a loaded notice covers. */
  readonly coveredFrom: string;
  /** Last day that a loaded notice covers. */
  readonly coveredTo: string;
  /**
   * The last day that later notices no longer change. A notice for the next year may move the days around New Year: the one for 2019
   * changed 29 and 31 December 2018, so the last three days stay provisional.
   */
  readonly settledTo: string;
  /** The first and the last settled day as numbers of `day.ts`, for those who count. */
  readonly settled: { readonly from: number; readonly to: number };

  private readonly places = new Map<string, WorkingCalendar>();
  private readonly placeOf = new Map<string, WorkingCalendar>();

  private constructor(
    private readonly years: ReadonlyMap<number, YearFile>,
    private readonly local: ReadonlyMap<string, LocalFile>,
    private readonly place: Place,
  ) {
    const known = inOrder(years.keys());
    this.coveredFrom = `${known[0]}-01-01`;
    this.coveredTo = `${known.at(-1)}-12-31`;
    this.settled = { from: dayNumber(this.coveredFrom), to: dayNumber(this.coveredTo) - 3 };
    this.settledTo = dayText(this.settled.to);
  }

  /** Reads `<year>.json` and `local/*.json`. @throws CalendarMalformed, also if a year between two is missing */
  static load(directory?: string): WorkingCalendar {
    return WorkingCalendar.from(readCalendar(directory));
  }

  /**
   * A calendar of these files. Files of the same division add up.
   * @throws CalendarMalformed naming the file and the day, also if a year between two is missing or there twice
   */
  static from({ years, local = [] }: CalendarFiles): WorkingCalendar {
    const byYear = new Map<number, YearFile>();
    for (const content of years) {
      const file = checkYear(content, nameOfYear(content));
      if (byYear.has(file.year)) throw new CalendarMalformed(String(file.year), 'is there twice');
      byYear.set(file.year, file);
    }
    const byDivision = new Map<string, LocalFile>();
    for (const content of local) {
      const file = checkLocal(content, nameOfPlace(content));
      const known = byDivision.get(file.division);
      byDivision.set(file.division, known ? added(known, file) : file);
    }
    return WorkingCalendar.of(byYear, byDivision);
  }

  /**
   * This calendar with some files more or anew. A year's file takes the place of that year (an amendment, also of days past) or adds the
   * year after the last or before the first; a local file takes the place of all that its division had.
   * @throws CalendarMalformed naming the file and the day
   */
  with(...files: readonly (YearFile | LocalFile)[]): WorkingCalendar {
    const years = new Map(this.years);
    const local = new Map(this.local);
    for (const content of files) {
      if ('division' in content) {
        const file = checkLocal(content, nameOfPlace(content));
        local.set(file.division, file);
      } else {
        const file = checkYear(content, nameOfYear(content));
        years.set(file.year, file);
      }
    }
    return WorkingCalendar.of(years, local);
  }

  /** What the calendar was made of, as it would have to be written down to get it again. */
  get files(): Required<CalendarFiles> {
    const byYear = [...this.years.values()].sort((one, other) => one.year - other.year);
    return { years: byYear, local: [...this.local.values()] };
  }

  /** The calendar of a place, with the days off of it and of what it lies in, and the office hours of the nearest that has any. */
  of(divisionCode: string): WorkingCalendar {
    if (this.local.size === 0) return this;
    let known = this.placeOf.get(divisionCode);
    if (!known) {
      known = this.placed(divisionCode);
      if (this.placeOf.size >= DIVISIONS_KEPT) this.placeOf.clear();
      this.placeOf.set(divisionCode, known);
    }
    return known;
  }

  isWorkingDay(day: string): boolean {
    return this.place.days.isWorking(dayNumber(day));
  }

  /** Whether the notice that settles this day is not loaded. */
  isProvisional(day: string): boolean {
    return !this.isSettled(dayNumber(day));
  }

  /** The n-th working day after the day, which is not counted itself; 0 is the day itself. */
  addWorkingDays(day: string, n: number): { readonly day: string; readonly provisional: boolean } {
    if (!Number.isInteger(n) || n < 0 || n > 5000) throw new RangeError(`not a number of working days: ${n}`);
    const from = dayNumber(day);
    if (n === 0) return { day, provisional: false };
    const to = this.place.days.after(from, n);
    return { day: dayText(to), provisional: to > this.settled.to || from + 1 < this.settled.from };
  }

  /** The day itself if it is a working day, else the next one. */
  workingDayFrom(day: string): { day: string; provisional: boolean } {
    const from = dayNumber(day);
    const to = this.place.days.from(from);
    return { day: dayText(to), provisional: !this.isSettled(from) || !this.isSettled(to) };
  }

  /** The last working day before the day. */
  workingDayBefore(day: string): string {
    return dayText(this.place.days.before(dayNumber(day), 1));
  }

  /** Close of business on a day, minutes after midnight: 24 × 60 where no hours are known. */
  closeOn(day: number): number {
    return this.place.hours ? this.place.hours.closeOn(day) : 24 * 60;
  }

  /** The office hours that hold on a day, and the document; null where none are known, so that the day ends at 24:00. */
  officeSeasonOn(day: string): OfficeSeason | null {
    return this.place.hours?.seasonOn(dayNumber(day)) ?? null;
  }

  /** The working days numbered, for those who count by the million. */
  get workingDays(): WorkingDays {
    return this.place.days;
  }

  /** Why the day is or is not a working day. */
  explain(day: string): DayExplained {
    const number = dayNumber(day);
    const what = this.place.special.get(number);
    const weekend = weekdayOf(number) > 4;
    return {
      day,
      working: what ? what.type === '调休班' : !weekend,
      type: what?.type ?? null,
      name: what?.name ?? (weekend ? '周末' : '工作日'),
      provisional: !this.isSettled(number),
    };
  }

  /** The places that have days off or office hours of their own, by division code. */
  get divisions(): readonly string[] {
    return [...this.local.keys()].sort();
  }

  private static of(
    years: ReadonlyMap<number, YearFile>,
    local: ReadonlyMap<string, LocalFile>,
  ): WorkingCalendar {
    if (years.size === 0) throw new CalendarMalformed('of no year', 'no year is there');
    const known = inOrder(years.keys());
    const special = new Map<number, SpecialDay>();
    known.forEach((year, place) => {
      const expected = known[0]! + place;
      if (year !== expected) throw new CalendarMalformed(String(expected), `${expected} is missing`);
      for (const [day, what] of Object.entries(years.get(year)!.days)) special.set(dayNumber(day), what);
    });
    return new WorkingCalendar(years, local, { special, days: workingDaysOf(special), hours: null });
  }

  private placed(divisionCode: string): WorkingCalendar {
    const around = [...this.local.values()]
      .filter(({ division }) => liesIn(divisionCode, division))
      .sort((one, other) => levelOf(one.division) - levelOf(other.division));
    if (around.length === 0) return this;
    const key = around.map(({ division }) => division).join();
    let place = this.places.get(key);
    if (!place) {
      const special = new Map<number, SpecialDay>();
      for (const { days } of around) {
        for (const [day, { name }] of Object.entries(days)) {
          special.set(dayNumber(day), { type: '地方', name });
        }
      }
      const merged = new Map([...this.place.special, ...special]);
      const seasons = around.findLast(({ officeHours }) => officeHours)?.officeHours;
      place = new WorkingCalendar(this.years, new Map(), {
        special: merged,
        days: special.size === 0 ? this.place.days : workingDaysOf(merged),
        hours: seasons ? new OfficeHours(seasons) : null,
      });
      this.places.set(key, place);
    }
    return place;
  }

  private isSettled(day: number): boolean {
    return day >= this.settled.from && day <= this.settled.to;
  }
}

/** A day that is not the same in two calendars; `division` null: in the whole country. */
export interface ChangedDay {
  readonly day: string;
  readonly division: string | null;
  readonly before: DayExplained;
  readonly after: DayExplained;
}

/**
 * The days that are worked in one calendar and not in the other, or have another type or name, in order: first of the whole country,
 * then what is else in a place that has days of its own.
 */
export function changedDays(before: WorkingCalendar, after: WorkingCalendar): ChangedDay[] {
  const days = daysNamed(before, after);
  const national = changesOn(days, null, before, after);
  const everywhere = new Map(national.map((change) => [change.day, change]));
  const local = [...new Set([...before.divisions, ...after.divisions])].sort().flatMap((division) =>
    changesOn(days, division, before.of(division), after.of(division)).filter((change) => {
      const same = everywhere.get(change.day);
      return !same || !alike(same.before, change.before) || !alike(same.after, change.after);
    }),
  );
  return [...national, ...local];
}

/** The places whose offices close at another time in the one calendar than in the other, by division code. */
export function changedOfficeHours(before: WorkingCalendar, after: WorkingCalendar): string[] {
  const hoursIn = (calendar: WorkingCalendar, place: string) =>
    JSON.stringify(
      calendar.files.local
        .find(({ division }) => division === place)
        ?.officeHours?.map(({ from, to, close }) => [from, to, close]) ?? null,
    );
  return [...new Set([...before.divisions, ...after.divisions])]
    .sort()
    .filter((division) => hoursIn(before, division) !== hoursIn(after, division));
}

/** Every day that a file of one of the calendars names. */
function daysNamed(...calendars: readonly WorkingCalendar[]): string[] {
  const files = calendars.flatMap(({ files: { years, local } }) => [...years, ...local]);
  return [...new Set(files.flatMap(({ days }) => Object.keys(days)))].sort();
}

function changesOn(
  days: readonly string[],
  division: string | null,
  before: WorkingCalendar,
  after: WorkingCalendar,
): ChangedDay[] {
  return days
    .map((day) => ({ day, division, before: before.explain(day), after: after.explain(day) }))
    .filter((change) => !alike(change.before, change.after));
}

function alike(one: DayExplained, other: DayExplained): boolean {
  return one.working === other.working && one.type === other.type && one.name === other.name;
}

function inOrder(years: Iterable<number>): number[] {
  return [...years].sort((one, other) => one - other);
}

function workingDaysOf(special: ReadonlyMap<number, SpecialDay>): WorkingDays {
  return new WorkingDays(new Map([...special].map(([day, { type }]) => [day, type === '调休班'])));
}

function added(one: LocalFile, other: LocalFile): LocalFile {
  const twice = Object.keys(other.days).find((day) => day in one.days);
  if (twice) throw new CalendarMalformed(one.division, `${twice} is there twice`);
  if (one.officeHours && other.officeHours) {
    throw new CalendarMalformed(one.division, 'officeHours are there twice');
  }
  const officeHours = one.officeHours ?? other.officeHours;
  return {
    division: one.division,
    days: { ...one.days, ...other.days },
    ...(officeHours ? { officeHours } : {}),
  };
}

function nameOfYear(content: YearFile): string {
  return String((content as Partial<YearFile> | null)?.year ?? 'of a year');
}

function nameOfPlace(content: LocalFile): string {
  return String((content as Partial<LocalFile> | null)?.division ?? 'of a place');
}

/** Codes end in zeros below the level they name; county codes have six digits, township ones nine. */
export function levelOf(division: string): number {
  return [2, 4, 6, 9].find((length) => /^0*$/.test(division.slice(length))) ?? 12;
}

function liesIn(divisionCode: string, division: string): boolean {
  const level = levelOf(division);
  return divisionCode.slice(0, level) === division.slice(0, level);
}
