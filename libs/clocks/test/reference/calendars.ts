import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The calendars that terms are tried on: the one in force, and what it was before notices amended it. */
export const calendarNames = [
  'in-force',
  /** As of November 2018: 29 December 2018 is a free Saturday and 31 December a working Monday, and nothing of 2019 is known. */
  'before-2019',
  /** Before 国办发明电〔2019〕3号 made four days of 1 May 2019. */
  'labour-day-2019-before',
  /** Before 国办发明电〔2020〕1号 extended Spring Festival to 2 February 2020. */
  'spring-2020-before',
  /** As of January 2024: 2025 and 2026 are not published. */
  'until-2024',
] as const;

export type CalendarName = (typeof calendarNames)[number];

/** An invented county with days off and summer hours of its own, a village of a town in it that has others, and its neighbour. */
export const places = {
  county: '338877000000',
  village: '338877003001',
  neighbour: '338878001001',
  /** Nothing is known of it but what holds everywhere. */
  elsewhere: '330302001002',
} as const;

/** Days off of the county: on weekdays, on a make-up Sunday, at New Year, in a festival, on a Saturday. */
export const countyDaysOff = [
  '2018-07-11',
  '2019-08-12',
  '2020-01-19',
  '2021-07-26',
  '2022-12-30',
  '2023-07-28',
  '2024-09-16',
  '2024-12-31',
  '2025-09-28',
  '2026-08-10',
  '2026-08-15',
];
const townDaysOff = ['2021-12-31', '2024-04-07', '2026-03-03'];

const data = fileURLToPath(new URL('../../calendar', import.meta.url));
/** What the product's table leaves out, since the public data sets contradict each other there: entered by hand from the notices. */
const olderNotices = fileURLToPath(new URL('./notices', import.meta.url));
const source = '虚构，只用于测试 · invented, for tests only';

type Days = Record<string, { type: string; name: string }>;

/** Writes every calendar into a directory of its own below `root`; both the engine and the reference read them from there. */
export function writeCalendars(root = mkdtempSync(join(tmpdir(), 'calendars-'))): Calendars {
  for (const name of calendarNames) {
    const directory = join(root, name);
    cpSync(data, directory, { recursive: true, filter: (from) => !from.endsWith('.mjs') });
    for (const file of readdirSync(olderNotices)) {
      if (!existsSync(join(directory, file))) cpSync(join(olderNotices, file), join(directory, file));
    }
    mkdirSync(join(directory, 'local'), { recursive: true });
    writePlaces(directory);
  }
  amend(join(root, 'before-2019'), 2018, { '2018-12-29': null, '2018-12-30': null, '2018-12-31': null });
  dropAfter(join(root, 'before-2019'), 2018);
  amend(join(root, 'labour-day-2019-before'), 2019, {
    '2019-04-28': null,
    '2019-05-02': null,
    '2019-05-03': null,
    '2019-05-04': null,
    '2019-05-05': null,
  });
  amend(join(root, 'spring-2020-before'), 2020, {
    '2020-01-31': null,
    '2020-02-01': { type: '调休班', name: '春节' },
    '2020-02-02': null,
  });
  dropAfter(join(root, 'until-2024'), 2024);
  return {
    directory: (name) => join(root, name),
    root,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export interface Calendars {
  readonly root: string;
  directory(name: CalendarName): string;
  remove(): void;
}

function amend(directory: string, year: number, change: Record<string, Days[string] | null>): void {
  const file = join(directory, `${year}.json`);
  const content = JSON.parse(readFileSync(file, 'utf8')) as { days: Days };
  for (const [day, to] of Object.entries(change)) {
    if (to) content.days[day] = to;
    else delete content.days[day];
  }
  writeFileSync(file, JSON.stringify(content));
}

function dropAfter(directory: string, year: number): void {
  for (const name of readdirSync(directory)) {
    if (/^\d{4}\.json$/.test(name) && Number(name.slice(0, 4)) > year) rmSync(join(directory, name));
  }
}

function writePlaces(directory: string): void {
  const daysOff = (days: string[]) =>
    Object.fromEntries(days.map((day) => [day, { name: '台风停工', source }]));
  const season = (from: string, to: string, close: string) => ({ from, to, close, source });
  const write = (name: string, content: unknown) =>
    writeFileSync(join(directory, 'local', `${name}.json`), JSON.stringify(content));
  write('reference-county', {
    division: places.county,
    days: daysOff(countyDaysOff),
    officeHours: [season('05-01', '09-30', '17:30'), season('10-01', '04-30', '17:00')],
  });
  write('reference-town', {
    division: '338877003000',
    days: daysOff(townDaysOff),
    officeHours: [season('07-01', '08-31', '16:45'), season('09-01', '06-30', '17:00')],
  });
  write('reference-neighbour', {
    division: '338878000000',
    days: {},
    officeHours: [season('01-01', '12-31', '18:00')],
  });
}

/** Where an earlier run wrote them. */
export function calendarsIn(root: string): Calendars {
  if (!existsSync(root)) throw new Error(`no calendars in ${root}`);
  return { root, directory: (name) => join(root, name), remove: () => undefined };
}
