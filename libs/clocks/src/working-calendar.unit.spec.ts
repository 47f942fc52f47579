import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { daysOf, localFile, yearFile } from '../test/invented.js';
import { CalendarMalformed, type LocalFile, type YearFile } from './calendar-files.js';
import { plusDays } from './day.js';
import { changedDays, changedOfficeHours, WorkingCalendar } from './working-calendar.js';

const calendar = WorkingCalendar.load();

/** A directory of calendar files; a text is written as it is. */
function loaded(files: Record<string, unknown>): WorkingCalendar {
  const directory = mkdtempSync(join(tmpdir(), 'calendar-'));
  try {
    mkdirSync(join(directory, 'local'));
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    return WorkingCalendar.load(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const yearOf = (year: number, of = calendar): YearFile => of.files.years.find((file) => file.year === year)!;
const hours = (...seasons: [from: string, to: string, close: string][]) =>
  seasons.map(([from, to, close]) => ({ from, to, close, source: 'an invented order' }));
const summerAndWinter = hours(['05-01', '09-30', '17:30'], ['10-01', '04-30', '17:00']);

describe('the working calendar', () => {
  it('names what makes a day differ from its weekday', () => {
    expect(calendar.explain('2026-10-01')).toMatchObject({ working: false, type: '法定休', name: '国庆节' });
    expect(calendar.explain('2026-10-07')).toMatchObject({ working: false, type: '调休休', name: '国庆节' });
    expect(calendar.explain('2026-10-10')).toMatchObject({ working: true, type: '调休班', name: '国庆节' });
    expect(calendar.explain('2026-10-17')).toMatchObject({ working: false, type: null, name: '周末' });
    expect(calendar.explain('2026-10-19')).toMatchObject({ working: true, type: null, name: '工作日' });
  });

  it('answers provisionally beyond the loaded years, before them, and around New Year, which the next notice may change', () => {
    expect([calendar.coveredFrom, calendar.coveredTo, calendar.settledTo]).toEqual([
      '2017-01-01',
      '2026-12-31',
      '2026-12-28',
    ]);
    expect(calendar.isProvisional('2026-12-28')).toBe(false);
    expect(calendar.isProvisional('2026-12-29')).toBe(true);
    expect(calendar.isProvisional('2027-05-01')).toBe(true);
    expect(calendar.isProvisional('2016-12-31')).toBe(true);
    expect(calendar.addWorkingDays('2026-06-01', 5).provisional).toBe(false);
    expect(calendar.addWorkingDays('2026-12-21', 20).provisional).toBe(true);
  });

  it('knows days off of a place, in everything below it and nowhere else', () => {
    const of = loaded({ '2026.json': yearFile(2026), 'local/typhoon.json': localFile(['2026-08-10']) });
    expect(of.of('338801001002').explain('2026-08-10')).toMatchObject({ working: false, type: '地方' });
    expect(of.of('330302001002').isWorkingDay('2026-08-10')).toBe(true);
    expect(of.isWorkingDay('2026-08-10')).toBe(true);
  });

  it('adds up the days off of a place and of what it lies in, also one on a make-up day', () => {
    const of = calendar.with(
      localFile(['2026-08-10']),
      localFile(['2026-08-11', '2026-02-14'], undefined, '338801001000'),
    );
    const below = of.of('338801001002');
    expect(['2026-08-10', '2026-08-11', '2026-02-14'].map((day) => below.isWorkingDay(day))).toEqual([
      false,
      false,
      false,
    ]);
    const beside = of.of('338801002000');
    expect(['2026-08-10', '2026-08-11', '2026-02-14'].map((day) => beside.isWorkingDay(day))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('closes by the season of the nearest place that has hours, and nowhere else before midnight', () => {
    const of = calendar.with(
      localFile([], summerAndWinter),
      localFile([], hours(['01-01', '12-31', '16:00']), '338801001000'),
    );
    const closeIn = (place: string, day: string) => of.of(place).officeSeasonOn(day)?.close ?? '24:00';
    expect(closeIn('338801002000', '2026-04-30')).toBe('17:00');
    expect(closeIn('338801002000', '2026-05-01')).toBe('17:30');
    expect(closeIn('338801002000', '2026-09-30')).toBe('17:30');
    expect(closeIn('338801002000', '2026-12-31')).toBe('17:00');
    expect(closeIn('338801002000', '2024-02-29')).toBe('17:00');
    expect(closeIn('338801001001', '2026-05-01')).toBe('16:00');
    expect(closeIn('330302001000', '2026-05-01')).toBe('24:00');
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a year between two is missing',
      { '2024.json': yearFile(2024), '2026.json': yearFile(2026) },
      /2025 is missing/,
    ],
    ['a file is for another year', { '2026.json': yearFile(2025) }, /2026\.json: is for 2025/],
    [
      'a day type is unknown',
      { '2026.json': { ...yearFile(2026), days: { '2026-01-01': { type: '休', name: '元旦' } } } },
      /2026\.json: days\.2026-01-01\.type/,
    ],
    [
      'a day is none',
      { '2026.json': { ...yearFile(2026), days: { '2026-02-30': { type: '法定休', name: '元旦' } } } },
      /2026-02-30/,
    ],
    [
      'a day lies in another year',
      { '2026.json': yearFile(2026, { '2027-01-01': { type: '法定休', name: '元旦' } }) },
      /2027-01-01 is in another year/,
    ],
    [
      'a weekday is called a make-up day',
      { '2026.json': yearFile(2026, { '2026-01-05': { type: '调休班', name: '元旦' } }) },
      /2026-01-05 is 调休班, but it is a weekday/,
    ],
    [
      'a weekend day is called off in exchange',
      { '2026.json': yearFile(2026, { '2026-01-03': { type: '调休休', name: '元旦' } }) },
      /2026-01-03 is 调休休, but it is a weekend day/,
    ],
    ['a key is unknown', { '2026.json': { ...yearFile(2026), holidays: {} } }, /holidays/],
    ['it is not JSON', { '2026.json': '{' }, /2026\.json/],
    ['no year is there', {}, /no year/],
    [
      'a place has no code of twelve digits',
      { '2026.json': yearFile(2026), 'local/a.json': { ...localFile(), division: '3388' } },
      /a\.json: division: must be twelve digits/,
    ],
    [
      'seasons leave a date out',
      { '2026.json': yearFile(2026), 'local/a.json': localFile([], hours(['03-01', '02-28', '17:00'])) },
      /a\.json: officeHours: no season holds 02-29/,
    ],
    [
      'two seasons hold a date',
      {
        '2026.json': yearFile(2026),
        'local/a.json': localFile([], hours(['05-01', '10-01', '17:30'], ['10-01', '04-30', '17:00'])),
      },
      /10-01 lies in two seasons, 05-01–10-01 and 10-01–04-30/,
    ],
    [
      'a time of closing is none',
      { '2026.json': yearFile(2026), 'local/a.json': localFile([], hours(['01-01', '12-31', '25:00'])) },
      /not a time of day: 25:00/,
    ],
    [
      'two files give a place the same day',
      {
        '2026.json': yearFile(2026),
        'local/a.json': localFile(['2026-08-10']),
        'local/b.json': localFile(['2026-08-10']),
      },
      /338801000000: 2026-08-10 is there twice/,
    ],
  ])('refuses to load, naming the file, when %s', (_, files, message) => {
    expect(() => loaded(files)).toThrow(CalendarMalformed);
    expect(() => loaded(files)).toThrow(message);
  });
});

describe('another calendar made of one', () => {
  const original2020 = (): YearFile => {
    const { '2020-01-31': friday, '2020-02-01': saturday, '2020-02-02': sunday, ...days } = yearOf(2020).days;
    expect([friday, saturday, sunday].map((day) => day?.type)).toEqual(['法定休', '法定休', '法定休']);
    return { ...yearOf(2020), days: { ...days, '2020-02-01': { type: '调休班', name: '春节' } } };
  };

  it('has the next year, and is settled up to its end', () => {
    const next = calendar.with(yearFile(2027, { '2027-01-01': { type: '法定休', name: '元旦' } }));
    expect(next.settledTo).toBe('2027-12-28');
    expect(next.isProvisional('2026-12-31')).toBe(false);
    expect(calendar.settledTo).toBe('2026-12-28');
    expect(changedDays(calendar, next)).toMatchObject([
      { day: '2027-01-01', division: null, before: { working: true }, after: { working: false } },
    ]);
  });

  it('has a year in force amended, also for days past: the Spring Festival of 2020', () => {
    const before = calendar.with(original2020());
    expect(before.isWorkingDay('2020-01-31')).toBe(true);
    expect(
      changedDays(before, calendar).map(({ day, before: was, after }) => [day, was.working, after.working]),
    ).toEqual([
      ['2020-01-31', true, false],
      ['2020-02-01', true, false],
      ['2020-02-02', false, false],
    ]);
  });

  it('has the turn of 2018 amended together with the new year 2019', () => {
    const { '2018-12-29': _29, '2018-12-30': _30, '2018-12-31': _31, ...days } = yearOf(2018).days;
    const first = WorkingCalendar.from({ years: [yearOf(2017), { ...yearOf(2018), overruled: [], days }] });
    expect(first.isProvisional('2018-12-29')).toBe(true);
    const then = first.with(yearOf(2018), yearOf(2019));
    expect(then.isProvisional('2018-12-29')).toBe(false);
    const moved = changedDays(first, then).filter(({ day }) => day < '2019');
    expect(moved.map(({ day, after }) => [day, after.working])).toEqual([
      ['2018-12-29', true],
      ['2018-12-30', false],
      ['2018-12-31', false],
    ]);
  });

  it('has what is new in a place, whose days are told with its code', () => {
    const typhoon = calendar.with(localFile(['2026-08-10'], summerAndWinter));
    expect(changedDays(calendar, typhoon)).toMatchObject([
      { day: '2026-08-10', division: '338801000000', after: { type: '地方', name: '台风停工' } },
    ]);
    expect(changedOfficeHours(calendar, typhoon)).toEqual(['338801000000']);
    const back = typhoon.with(localFile());
    expect(changedDays(calendar, back)).toEqual([]);
    expect(changedOfficeHours(typhoon, back)).toEqual(['338801000000']);
    expect(changedOfficeHours(typhoon, typhoon.with(localFile(['2026-08-11'], summerAndWinter)))).toEqual([]);
  });

  it('is what its files say: writing them down and reading them gives the same', () => {
    const one = calendar.with(localFile(['2026-08-10'], summerAndWinter));
    const again = WorkingCalendar.from(JSON.parse(JSON.stringify(one.files)) as typeof one.files);
    expect(changedDays(one, again)).toEqual([]);
    expect(again.files).toEqual(one.files);
  });

  it.each<[string, YearFile | LocalFile, RegExp]>([
    ['a year is left out', yearFile(2028), /2027 is missing/],
    [
      'a day lies in another year',
      yearFile(2027, { '2026-12-31': { type: '法定休', name: '元旦' } }),
      /2027: 2026-12-31/,
    ],
    [
      'a weekday is a make-up day',
      yearFile(2027, { '2027-01-04': { type: '调休班', name: '元旦' } }),
      /2027-01-04/,
    ],
    ['seasons leave a date out', localFile([], hours(['01-01', '12-30', '17:00'])), /338801000000: .*12-31/],
  ])('is refused, naming the year or place and the day, when %s', (_, file, message) => {
    expect(() => calendar.with(file)).toThrow(CalendarMalformed);
    expect(() => calendar.with(file)).toThrow(message);
  });
});

describe('working days', () => {
  const anyDay = fc.integer({ min: 0, max: 3650 + 800 }).map((days) => plusDays('2016-01-01', days));
  const count = fc.integer({ min: 0, max: 120 });
  const places = [
    calendar,
    calendar.with(localFile(['2019-07-10', '2026-08-10', '2029-03-05'])).of('338801001000'),
  ];

  it.each(places.map((place, number) => [number === 0 ? 'the country' : 'a place', place] as const))(
    'of %s count monotonously, step by step, and always end on one',
    (_, of) => {
      fc.assert(
        fc.property(anyDay, count, count, (day, n, m) => {
          const { day: end } = of.addWorkingDays(day, n);
          expect(of.addWorkingDays(end, m).day).toBe(of.addWorkingDays(day, n + m).day);
          expect(of.addWorkingDays(plusDays(day, 1), n).day >= end).toBe(true);
          if (n === 0) return expect(end).toBe(day);
          expect(of.addWorkingDays(day, n - 1).day < end).toBe(true);
          expect(of.isWorkingDay(end)).toBe(true);
          let counted = 0;
          for (let each = plusDays(day, 1); each <= end; each = plusDays(each, 1)) {
            if (of.explain(each).working) counted += 1;
          }
          expect(counted).toBe(n);
        }),
        { numRuns: 500, seed: 338801 },
      );
    },
  );

  it('are the same by number as by day, in every year and years away from them', () => {
    const wrong: string[] = [];
    for (const of of places) {
      for (const year of [2015, 2016, 2017, 2018, 2020, 2026, 2027, 2029, 2031]) {
        let before: string | null = null;
        for (const day of daysOf(year)) {
          const { working } = of.explain(day);
          if (of.isWorkingDay(day) !== working) wrong.push(`${day} is ${working}`);
          if (of.workingDayFrom(day).day > day === working) wrong.push(`from ${day}`);
          if (before && of.workingDayBefore(day) !== before) wrong.push(`before ${day}`);
          if (working) before = day;
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
