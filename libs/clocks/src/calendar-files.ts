import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { dayNumber, weekdayOf } from './day.js';
import { OfficeHours } from './office-hours.js';

/**
 * What makes a day differ from its weekday: 法定休 a statutory holiday, 调休休 a day off that is worked on another day, 调休班 a
 * weekend day that is worked, 地方 a day off of one place only.
 */
export const dayTypes = ['法定休', '调休休', '调休班', '地方'] as const;
export type DayType = (typeof dayTypes)[number];

const day = z.iso.date();
const text = z.string().min(1);
const notice = z.strictObject({
  /** Title of the notice. */
  basis: text,
  /** 发文字号, where it is known for certain. */
  number: text.optional(),
  date: day.optional(),
});

/** The days of a year that differ from their weekday, as the State Council's notice for it, and what amended it, has them. */
export const yearFile = z.strictObject({
  year: z.int().min(1949).max(2999),
  source: notice.extend({
    dataset: text.optional(),
    version: text.optional(),
    licence: text.optional(),
    amendedBy: z.array(notice.extend({ changes: text })).optional(),
  }),
  /** Where a public data set says something else than the notice: which one, what, and what decides. */
  overruled: z
    .array(z.strictObject({ day, dataset: text, says: z.enum(['worked', 'off']), why: text }))
    .optional(),
  days: z.record(day, z.strictObject({ type: z.enum(dayTypes).exclude(['地方']), name: text })),
});
export type YearFile = z.infer<typeof yearFile>;

const date = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'must be a date, MM-DD');

/** What holds in one place only: its days off, and when its offices close. */
export const localFile = z.strictObject({
  /** Twelve digits; holds in everything below it. */
  division: z.string().regex(/^\d{12}$/, 'must be twelve digits'),
  days: z.record(day, z.strictObject({ name: text, source: text })).default({}),
  officeHours: z
    .array(z.strictObject({ from: date, to: date, close: z.string(), source: text }))
    .min(1)
    .optional(),
});
export type LocalFile = z.infer<typeof localFile>;

/** A calendar file that does not fit; names the file and what is wrong in it. */
export class CalendarMalformed extends Error {
  constructor(file: string, problem: string) {
    super(`calendar file ${file}: ${problem}`);
    this.name = 'CalendarMalformed';
  }
}

/** @param name what the file is called in an error @throws CalendarMalformed */
export function checkYear(content: unknown, name: string): YearFile {
  const file = parse(content, yearFile, name);
  const [first] = wrongDaysOf(file);
  if (first) throw new CalendarMalformed(name, first);
  return file;
}

/** @param name what the file is called in an error @throws CalendarMalformed */
export function checkLocal(content: unknown, name: string): LocalFile {
  const file = parse(content, localFile, name);
  const wrong = wrongHoursOf(file);
  if (wrong) throw new CalendarMalformed(name, wrong);
  return file;
}

/** Everything that is wrong in a file: a place's if it names a division, else a year's. @returns the file where nothing is */
export function problemsOf(content: unknown): { problems: string[]; file?: YearFile | LocalFile } {
  const ofPlace = typeof content === 'object' && content !== null && 'division' in content;
  const parsed = ofPlace ? localFile.safeParse(content) : yearFile.safeParse(content);
  if (!parsed.success) return { problems: sayIssues(parsed.error) };
  const file = parsed.data;
  const problems =
    'division' in file ? [wrongHoursOf(file)].filter((each) => each !== null) : wrongDaysOf(file);
  return problems.length > 0 ? { problems } : { problems, file };
}

function wrongDaysOf(file: YearFile): string[] {
  const special = Object.entries(file.days).flatMap(([each, { type }]) => {
    if (Number(each.slice(0, 4)) !== file.year) return [`${each} is in another year`];
    const weekend = weekdayOf(dayNumber(each)) > 4;
    if (type === '调休班' && !weekend) {
      return [`${each} is 调休班, but it is a weekday, which is worked anyway`];
    }
    if (type === '调休休' && weekend) {
      return [`${each} is 调休休, but it is a weekend day, which is off anyway`];
    }
    return [];
  });
  const overruled = (file.overruled ?? [])
    .filter(({ day: each }) => Number(each.slice(0, 4)) !== file.year)
    .map(({ day: each }) => `${each}, which is overruled, is in another year`);
  return [...special, ...overruled];
}

function wrongHoursOf({ officeHours }: LocalFile): string | null {
  try {
    if (officeHours) new OfficeHours(officeHours);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Reads `<year>.json` and `local/*.json`, each checked for itself. @throws CalendarMalformed */
export function readCalendar(directory: string = calendarDirectory()): {
  years: YearFile[];
  local: LocalFile[];
} {
  const names = readdirSync(directory).filter((name) => /^\d{4}\.json$/.test(name));
  if (names.length === 0) throw new CalendarMalformed(directory, 'no year is there');
  const years = names.sort().map((name) => {
    const path = join(directory, name);
    const file = checkYear(read(path), path);
    if (file.year !== Number(name.slice(0, 4))) throw new CalendarMalformed(path, `is for ${file.year}`);
    return file;
  });
  const places = join(directory, 'local');
  const local = existsSync(places) ? readdirSync(places).filter((name) => name.endsWith('.json')) : [];
  return {
    years,
    local: local.sort().map((name) => checkLocal(read(join(places, name)), join(places, name))),
  };
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CalendarMalformed(file, messageOf(error));
  }
}

function parse<Schema extends z.ZodType>(content: unknown, schema: Schema, name: string): z.infer<Schema> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new CalendarMalformed(name, sayIssues(parsed.error).join('; '));
}

/**
 * What is wrong where. A name that could be somebody's number is not said again: it may have been pasted there. One of
 * letters only is, so that whoever mistyped a field finds it.
 */
function sayIssues({ issues }: z.ZodError): string[] {
  return issues.map((issue) => {
    const place = issue.path.map(sayName).join('.') || 'the file';
    return `${place}: ${issue.code === 'unrecognized_keys' ? `a calendar has no field ${issue.keys.map(sayName).join(', ')}` : issue.message}`;
  });
}

function sayName(name: PropertyKey): string {
  return KNOWN_PART.test(String(name)) ? String(name) : '*';
}
const KNOWN_PART = /^([a-zA-Z]{1,20}|\d{4}-\d{2}-\d{2}|\d{1,3})$/;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
