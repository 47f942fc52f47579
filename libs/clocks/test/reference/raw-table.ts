import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayAt, placeOf } from './day-list.js';

/** The day table as it lies on the disk, read without the engine. Days are places in the day list. */
export interface RawTable {
  readonly types: ReadonlyMap<number, string>;
  readonly places: readonly Place[];
  /** First day of the first year of the table. */
  readonly from: number;
  /** The last three days of the last year are open: the next notice may change them, as that of 2019 did with 29 and 31 December 2018. */
  readonly settledTo: number;
}

export interface Place {
  /** The digits of its code that everything below it begins with. */
  readonly prefix: string;
  readonly daysOff: ReadonlySet<number>;
  readonly officeHours: readonly Season[];
}

/** `MM-DD` both, `from` may be later in the year than `to`; `close` is `HH:MM`. */
export interface Season {
  readonly from: string;
  readonly to: string;
  readonly close: string;
}

interface YearFile {
  days: Record<string, { type: string }>;
}

interface PlaceFile {
  division: string;
  days?: Record<string, unknown>;
  officeHours?: Season[];
}

const read = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;

/** Reads `<year>.json` and `local/*.json`. */
export function readTable(directory: string): RawTable {
  const years = readdirSync(directory)
    .filter((name) => /^\d{4}\.json$/.test(name))
    .sort();
  const types = new Map<number, string>();
  for (const name of years) {
    for (const [day, { type }] of Object.entries(read<YearFile>(join(directory, name)).days)) {
      types.set(placeOf(day), type);
    }
  }
  return {
    types,
    places: placesOf(join(directory, 'local')),
    from: placeOf(`${years[0]?.slice(0, 4)}-01-01`),
    settledTo: placeOf(`${years.at(-1)?.slice(0, 4)}-12-28`),
  };
}

function placesOf(directory: string): Place[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => read<PlaceFile>(join(directory, name)))
    .map(({ division, days = {}, officeHours = [] }) => ({
      prefix: prefixOf(division),
      daysOff: new Set(Object.keys(days).map(placeOf)),
      officeHours,
    }));
}

/** 省 2, 市 4, 县 6, 镇 9, 村 12 digits; what is left is zeros. */
function prefixOf(division: string): string {
  const length = [2, 4, 6, 9].find((digits) => /^0*$/.test(division.slice(digits))) ?? 12;
  return division.slice(0, length);
}

/** The places that a division lies in, the nearest first. */
export function placesAround(table: RawTable, division: string | undefined): Place[] {
  if (division === undefined) return [];
  return table.places
    .filter(({ prefix }) => division.startsWith(prefix))
    .sort((one, other) => other.prefix.length - one.prefix.length);
}

/** A day off of the place, else as the notice of the year says, else the weekend. */
export function isOff(table: RawTable, around: readonly Place[], day: number): boolean {
  for (const place of around) if (place.daysOff.has(day)) return true;
  const type = table.types.get(day);
  if (type === '法定休' || type === '调休休') return true;
  if (type === '调休班') return false;
  return dayAt(day).weekend;
}

/** Whether the notices that there are have the last word on this day. */
export const isSettled = (table: RawTable, day: number) => day >= table.from && day <= table.settledTo;

/** When the offices of the nearest place that says so close on this day; where none says so, at midnight. */
export function closeOf(around: readonly Place[], day: number): string {
  const date = dayAt(day).text.slice(5);
  for (const { officeHours } of around) {
    const season = officeHours.find(({ from, to }) =>
      from <= to ? from <= date && date <= to : from <= date || date <= to,
    );
    if (season) return season.close;
  }
  return '24:00';
}
