import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { parseDay, plusDays, weekday } from './day.js';

/**
 * What makes a day differ from its weekday: 法定休 a statutory holiday, 调休休 a day off that is worked on another day, 调休班 a
 * weekend day that is worked, 地方 a day off of one place only.
 */
export const dayTypes = ['法定休', '调休休', '调休班', '地方'] as const;
export type DayType = (typeof dayTypes)[number];

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

const COUNTED_KEPT = 10_000;

const special = z.object({
  type: z.enum(dayTypes).exclude(['地方']),
  name: z.string().min(1),
});
const yearFile = z.object({
  year: z.int(),
  source: z.object({ dataset: z.string(), version: z.string(), licence: z.string(), basis: z.string() }),
  days: z.record(z.iso.date(), special),
});
const localFile = z.object({
  /** Twelve digits; holds in everything below it. */
  division: z.string().regex(/^\d{12}$/),
  days: z.record(z.iso.date(), z.object({ name: z.string().min(1), source: z.string().min(1) })),
});

interface SpecialDay {
  readonly type: DayType;
  readonly name: string;
}

/** A calendar file that does not fit; names the file and what is wrong in it. */
export class CalendarMalformed extends Error {
  constructor(file: string, problem: string) {
    super(`calendar file ${file}: ${problem}`);
    this.name = 'CalendarMalformed';
  }
}

/**
 * The working days of mainland China: weekdays, less the holidays and plus the make-up days of the yearly notices, less the days off
 * of a place. Beyond the loaded years an answer is provisional (暂定): only weekends are assumed.
 */
export class WorkingCalendar {
  /**
   * The last day that later notices no longer change. A notice for the next year may move the days around New Year: the one for 2019
   * changed 29 and 31 December 2018, so the last three days stay provisional.
   */
  readonly settledTo: string;
  private readonly places = new Map<string, WorkingCalendar>();
  /** Terms are armed by the thousand from the same day, with a few budgets: counting out each is what arming would cost. */
  private readonly counted = new Map<string, { day: string; provisional: boolean }>();

  private constructor(
    /** First day that a loaded notice covers. */
    readonly coveredFrom: string,
    /** Last day that a loaded notice covers. */
    readonly coveredTo: string,
    private readonly special: ReadonlyMap<string, SpecialDay>,
    private readonly localDays: ReadonlyMap<string, ReadonlyMap<string, SpecialDay>>,
  ) {
    this.settledTo = plusDays(coveredTo, -3);
  }

  /** Reads `<year>.json` and `local/*.json`. @throws CalendarMalformed, also if a year between two is missing */
  static load(directory: string = calendarDirectory()): WorkingCalendar {
    const years = readdirSync(directory)
      .filter((name) => /^\d{4}\.json$/.test(name))
      .sort();
    if (years.length === 0) throw new CalendarMalformed(directory, 'no year is there');
    const special = new Map<string, SpecialDay>();
    let expected = Number(years[0]!.slice(0, 4));
    for (const name of years) {
      const file = join(directory, name);
      const { year, days } = read(file, yearFile);
      if (year !== Number(name.slice(0, 4))) throw new CalendarMalformed(file, `is for ${year}`);
      if (year !== expected++) throw new CalendarMalformed(directory, `${expected - 1} is missing`);
      for (const [day, what] of Object.entries(days)) {
        if (Number(day.slice(0, 4)) !== year) throw new CalendarMalformed(file, `${day} is in another year`);
        special.set(day, what);
      }
    }
    return new WorkingCalendar(
      `${years[0]!.slice(0, 4)}-01-01`,
      `${years.at(-1)!.slice(0, 4)}-12-31`,
      special,
      readLocal(join(directory, 'local')),
    );
  }

  /** The calendar of a place, with the days off of it and of what it lies in. */
  of(divisionCode: string): WorkingCalendar {
    const holding = [...this.localDays.keys()].filter((division) => liesIn(divisionCode, division)).sort();
    if (holding.length === 0) return this;
    const key = holding.join();
    let place = this.places.get(key);
    if (!place) {
      const merged = new Map(this.special);
      for (const division of holding) {
        for (const [day, what] of this.localDays.get(division)!) merged.set(day, what);
      }
      place = new WorkingCalendar(this.coveredFrom, this.coveredTo, merged, new Map());
      this.places.set(key, place);
    }
    return place;
  }

  isWorkingDay(day: string): boolean {
    const type = this.special.get(day)?.type;
    if (type) return type === '调休班';
    return !isWeekend(day);
  }

  /** Whether the notice that settles this day is not loaded. */
  isProvisional(day: string): boolean {
    parseDay(day);
    return day > this.settledTo || day < this.coveredFrom;
  }

  /** The n-th working day after the day, which is not counted itself; 0 is the day itself. */
  addWorkingDays(day: string, n: number): { readonly day: string; readonly provisional: boolean } {
    if (!Number.isInteger(n) || n < 0 || n > 5000) throw new RangeError(`not a number of working days: ${n}`);
    const key = `${day}+${n}`;
    let end = this.counted.get(key);
    if (!end) {
      end = this.countOut(day, n);
      if (this.counted.size >= COUNTED_KEPT) this.counted.clear();
      this.counted.set(key, end);
    }
    return end;
  }

  private countOut(day: string, n: number): { day: string; provisional: boolean } {
    let last = day;
    for (let left = n; left > 0;) {
      last = plusDays(last, 1);
      if (this.isWorkingDay(last)) left -= 1;
    }
    return {
      day: last,
      provisional: n > 0 && (this.isProvisional(last) || plusDays(day, 1) < this.coveredFrom),
    };
  }

  /** The day itself if it is a working day, else the next one. */
  workingDayFrom(day: string): { day: string; provisional: boolean } {
    let next = day;
    while (!this.isWorkingDay(next)) next = plusDays(next, 1);
    return { day: next, provisional: this.isProvisional(next) || this.isProvisional(day) };
  }

  /** The last working day before the day. */
  workingDayBefore(day: string): string {
    let before = plusDays(day, -1);
    while (!this.isWorkingDay(before)) before = plusDays(before, -1);
    return before;
  }

  /** Why the day is or is not a working day. */
  explain(day: string): DayExplained {
    const what = this.special.get(day);
    const weekend = isWeekend(day);
    return {
      day,
      working: this.isWorkingDay(day),
      type: what?.type ?? null,
      name: what?.name ?? (weekend ? '周末' : '工作日'),
      provisional: this.isProvisional(day),
    };
  }
}

function isWeekend(day: string): boolean {
  const number = weekday(day);
  return number === 0 || number === 6;
}

/** Codes end in zeros below the level they name; county codes have six digits, township ones nine. */
function liesIn(divisionCode: string, division: string): boolean {
  const level = [2, 4, 6, 9, 12].find((length) => /^0*$/.test(division.slice(length))) ?? 12;
  return divisionCode.slice(0, level) === division.slice(0, level);
}

function readLocal(directory: string): Map<string, Map<string, SpecialDay>> {
  const places = new Map<string, Map<string, SpecialDay>>();
  if (!existsSync(directory)) return places;
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.json'))) {
    const { division, days } = read(join(directory, name), localFile);
    const place = places.get(division) ?? new Map<string, SpecialDay>();
    for (const [day, { name: why }] of Object.entries(days)) place.set(day, { type: '地方', name: why });
    places.set(division, place);
  }
  return places;
}

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CalendarMalformed(file, error instanceof Error ? error.message : String(error));
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new CalendarMalformed(
    file,
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}

/** The calendar lies in the source tree, wherever the compiled code lies: found from the root of the project. */
function calendarDirectory(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
      if (name === 'onething') return join(at, 'libs/clocks/calendar');
    }
    if (at === dirname(at)) throw new Error('the calendar is not there: no package.json of onething above');
  }
}
