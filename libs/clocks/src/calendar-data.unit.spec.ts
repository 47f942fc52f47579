import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { daysOf } from '../test/invented.js';
import { readCalendar } from './calendar-files.js';
import { dayNumber, weekdayOf } from './day.js';
import { WorkingCalendar } from './working-calendar.js';

const calendar = WorkingCalendar.load();
const { years } = readCalendar();
const named = years.map((file) => [file.year, file] as const);

const isWeekend = (day: string) => weekdayOf(dayNumber(day)) > 4;

/**
 * The notices themselves, typed in from their text as they were amended: breaks, and the weekend days that are worked. A festival that
 * joins a weekend is written as the day that it falls on.
 */
const notices: Record<number, { breaks: string; worked: string }> = {
  2017: {
    breaks: '01-01/01-02 01-27/02-02 04-02/04-04 05-01 05-28/05-30 10-01/10-08',
    worked: '01-22 02-04 04-01 05-27 09-30',
  },
  2018: {
    breaks: '01-01 02-15/02-21 04-05/04-07 04-29/05-01 06-18 09-24 10-01/10-07 12-30/12-31',
    worked: '02-11 02-24 04-08 04-28 09-29 09-30 12-29',
  },
  2019: {
    breaks: '01-01 02-04/02-10 04-05 05-01/05-04 06-07 09-13 10-01/10-07',
    worked: '02-02 02-03 04-28 05-05 09-29 10-12',
  },
  2020: {
    breaks: '01-01 01-24/02-02 04-04/04-06 05-01/05-05 06-25/06-27 10-01/10-08',
    worked: '01-19 04-26 05-09 06-28 09-27 10-10',
  },
  2021: {
    breaks: '01-01/01-03 02-11/02-17 04-03/04-05 05-01/05-05 06-12/06-14 09-19/09-21 10-01/10-07',
    worked: '02-07 02-20 04-25 05-08 09-18 09-26 10-09',
  },
  2022: {
    breaks: '01-01/01-03 01-31/02-06 04-03/04-05 04-30/05-04 06-03/06-05 09-10/09-12 10-01/10-07',
    worked: '01-29 01-30 04-02 04-24 05-07 10-08 10-09',
  },
  2023: {
    breaks: '01-01/01-02 01-21/01-27 04-05 04-29/05-03 06-22/06-24 09-29/10-06',
    worked: '01-28 01-29 04-23 05-06 06-25 10-07 10-08',
  },
  2024: {
    breaks: '01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-10 09-15/09-17 10-01/10-07',
    worked: '02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12',
  },
  2025: {
    breaks: '01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08',
    worked: '01-26 02-08 04-27 09-28 10-11',
  },
  2026: {
    breaks: '01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07',
    worked: '01-04 02-14 02-28 05-09 09-20 10-10',
  },
};

/** The days that a data set says are worked, or off. */
type Says = (day: string) => 'worked' | 'off';

const weekdays = (day: string) => (isWeekend(day) ? 'off' : 'worked');

/** `holiday-calendar` and `chinese-days`, both MIT, made by different people from the same notices. */
const dataSets: Record<string, (year: number) => Says> = {
  'holiday-calendar': (year) => {
    const { dates } = jsonOf<{ dates: { date: string; type: string }[] }>(
      'holiday-calendar',
      `data/CN/${year}.json`,
    );
    const typeOf = new Map(dates.map(({ date, type }) => [date, type]));
    expect(typeOf.size).toBeGreaterThan(20);
    return (day) => {
      const type = typeOf.get(day);
      if (type === undefined) return weekdays(day);
      return type === 'transfer_workday' ? 'worked' : 'off';
    };
  },
  'chinese-days': () => {
    const { holidays, workdays } = jsonOf<Record<'holidays' | 'workdays', Record<string, string>>>(
      'chinese-days',
      'dist/chinese-days.json',
    );
    return (day) => (day in workdays ? 'worked' : day in holidays ? 'off' : weekdays(day));
  },
};

function jsonOf<Content>(dataset: string, path: string): Content {
  const manifest = createRequire(import.meta.url).resolve(`${dataset}/package.json`);
  return JSON.parse(readFileSync(join(dirname(manifest), path), 'utf8')) as Content;
}

describe('the ten published years', () => {
  it('are 2017 to 2026, each with its notice', () => {
    expect(years.map(({ year }) => year)).toEqual([
      2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026,
    ]);
    for (const { year, source } of years) {
      expect(source.basis).toBe(`国务院办公厅关于${year}年部分节假日安排的通知`);
      expect(source.number).toMatch(/^国办发明电〔20\d\d〕\d+号$/);
      expect(source.licence).toContain('MIT');
    }
  });

  it.each(named)('%i: every day is as the notice has it, as it was amended', (year) => {
    const { breaks, worked } = notices[year]!;
    const off = new Set(
      breaks.split(' ').flatMap((span) => {
        const [from, to = from] = span.split('/');
        return [...daysOf(year)].filter((day) => day.slice(5) >= from! && day.slice(5) <= to!);
      }),
    );
    const madeUp = new Set(worked.split(' ').map((date) => `${year}-${date}`));
    for (const day of daysOf(year)) {
      const expected = madeUp.has(day) || (!isWeekend(day) && !off.has(day));
      expect([day, calendar.isWorkingDay(day)]).toEqual([day, expected]);
    }
  });

  it.each(
    named.flatMap(([year, file]) =>
      Object.entries(dataSets).map(([set, says]) => [year, set, file, says] as const),
    ),
  )(
    '%i: %s says of every day what the calendar says, but for those that were overruled',
    (year, dataset, file, says) => {
      const theirs = says(year);
      const differing = [...daysOf(year)]
        .filter((day) => (theirs(day) === 'worked') !== calendar.isWorkingDay(day))
        .map((day) => [day, theirs(day)]);
      const overruled = (file.overruled ?? []).filter((row) => row.dataset === dataset);
      expect(differing).toEqual(overruled.map(({ day, says: said }) => [day, said]));
    },
  );

  it('overrule a data set on four days of 2018 only, and say by what', () => {
    const all = years.flatMap(({ overruled = [] }) => overruled);
    expect(all.map(({ day }) => day)).toEqual(['2018-06-16', '2018-09-22', '2018-12-29', '2018-12-31']);
    for (const { why } of all) expect(why).toMatch(/通知第.条/);
  });

  it('tell which notices changed a year in force', () => {
    const amended = years.flatMap(({ year, source }) =>
      (source.amendedBy ?? []).map(({ basis }) => [year, basis]),
    );
    expect(amended).toEqual([
      [2018, '国务院办公厅关于2019年部分节假日安排的通知'],
      [2019, '国务院办公厅关于调整2019年劳动节假期安排的通知'],
      [2020, '国务院办公厅关于延长2020年春节假期的通知'],
    ]);
  });

  it('turn from 2016 to 2017 and from 2018 to 2019 as the notices say', () => {
    expect(calendar.explain('2017-01-02')).toMatchObject({ working: false, name: '元旦' });
    expect(calendar.isWorkingDay('2017-01-03')).toBe(true);
    expect(calendar.explain('2018-12-29')).toMatchObject({ working: true, type: '调休班' });
    expect(calendar.explain('2018-12-31')).toMatchObject({ working: false, type: '调休休' });
  });
});
