import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { clockIdOf } from './clock-row.js';
import { plusDays, plusMonths } from './day.js';
import {
  CalendarMalformed,
  dueOf,
  explain,
  rungsOf,
  TermMalformed,
  WorkingCalendar,
  type Term,
} from './index.js';

const calendar = WorkingCalendar.load();
const data = join(dirname(fileURLToPath(import.meta.url)), '../calendar');
const years = readdirSync(data).flatMap((name) => /^(\d{4})\.json$/.exec(name)?.[1] ?? []);

const term = (overrides: Partial<Term>): Term => ({
  anchorDay: '2026-06-01',
  value: 10,
  unit: 'working-day',
  kind: 'statutory',
  basis: 'an invented regulation, article 1',
  ...overrides,
});

/** When a term ends, in Shanghai time. */
const endOf = (overrides: Partial<Term>, of = calendar) => {
  const due = dueOf(term(overrides), of);
  return due && new Date(due.dueAt.getTime() + 8 * 3600_000).toISOString().slice(0, 16);
};

function* daysOf(year: string): Generator<string> {
  for (let day = `${year}-01-01`; day.startsWith(year); day = plusDays(day, 1)) yield day;
}

/** A calendar of invented files, for what the real ones do not show. */
function calendarOf(files: Record<string, unknown>): WorkingCalendar {
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

const yearFile = (year: number, days: Record<string, { type: string; name: string }> = {}) => ({
  year,
  source: { dataset: 'invented', version: '1', licence: 'none', basis: 'an invented notice' },
  days,
});

describe('the working calendar', () => {
  it.each(years)('says of every day of %s what a second public data set says', (year) => {
    // `holiday-calendar`, MIT: made by other people from the same notices.
    const file = createRequire(import.meta.url).resolve('holiday-calendar/package.json');
    const other = JSON.parse(readFileSync(join(dirname(file), `data/CN/${year}.json`), 'utf8')) as {
      dates: { date: string; type: 'public_holiday' | 'transfer_workday' }[];
    };
    const typeOf = new Map(other.dates.map(({ date, type }) => [date, type]));
    expect(typeOf.size).toBeGreaterThan(20);
    const differing = [...daysOf(year)].filter((day) => {
      const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
      const theirs = typeOf.get(day) ? typeOf.get(day) === 'transfer_workday' : !weekend;
      return theirs !== calendar.isWorkingDay(day);
    });
    expect(differing).toEqual([]);
  });

  it.each([
    ['2024', 251, ['02-04', '02-18', '04-07', '04-28', '05-11', '09-14', '09-29', '10-12']],
    ['2025', 248, ['01-26', '02-08', '04-27', '09-28', '10-11']],
    ['2026', 248, ['01-04', '02-14', '02-28', '05-09', '09-20', '10-10']],
  ])('has in %s %i working days and works on the make-up days of the notice', (year, count, makeUp) => {
    const all = [...daysOf(year)];
    expect(all.filter((day) => calendar.isWorkingDay(day))).toHaveLength(count);
    expect(all.filter((day) => calendar.explain(day).type === '调休班').map((day) => day.slice(5))).toEqual(
      makeUp,
    );
  });

  it('names what makes a day differ from its weekday', () => {
    expect(calendar.explain('2026-10-01')).toMatchObject({ working: false, type: '法定休', name: '国庆节' });
    expect(calendar.explain('2026-10-07')).toMatchObject({ working: false, type: '调休休', name: '国庆节' });
    expect(calendar.explain('2026-10-10')).toMatchObject({ working: true, type: '调休班', name: '国庆节' });
    expect(calendar.explain('2026-10-17')).toMatchObject({ working: false, type: null, name: '周末' });
    expect(calendar.explain('2026-10-19')).toMatchObject({ working: true, type: null, name: '工作日' });
  });

  it('answers provisionally beyond the loaded years, before them, and around New Year, which the next notice may change', () => {
    expect(calendar.coveredFrom).toBe(`${years[0]}-01-01`);
    expect(calendar.coveredTo).toBe(`${years.at(-1)}-12-31`);
    expect(calendar.isProvisional(plusDays(calendar.coveredTo, -3))).toBe(false);
    expect(calendar.isProvisional(plusDays(calendar.coveredTo, -2))).toBe(true);
    expect(calendar.isProvisional(plusDays(calendar.coveredTo, 100))).toBe(true);
    expect(calendar.isProvisional(plusDays(calendar.coveredFrom, -1))).toBe(true);
    expect(calendar.addWorkingDays('2026-06-01', 5).provisional).toBe(false);
    expect(calendar.addWorkingDays('2026-12-21', 20).provisional).toBe(true);
  });

  it('knows days off of a place, in everything below it and nowhere else', () => {
    const of = calendarOf({
      '2026.json': yearFile(2026),
      'local/typhoon.json': {
        division: '338801000000',
        days: { '2026-08-10': { name: '台风停工', source: 'an invented order' } },
      },
    });
    expect(of.of('338801001002').explain('2026-08-10')).toMatchObject({ working: false, type: '地方' });
    expect(of.of('330302001002').isWorkingDay('2026-08-10')).toBe(true);
    expect(endOf({ anchorDay: '2026-08-07', value: 1, divisionCode: '338801001000' }, of)).toBe(
      '2026-08-12T00:00',
    );
    expect(endOf({ anchorDay: '2026-08-07', value: 1, divisionCode: '330302001000' }, of)).toBe(
      '2026-08-11T00:00',
    );
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
      { '2026.json': yearFile(2026, { '2026-01-01': { type: '休', name: '元旦' } }) },
      /type/,
    ],
    [
      'a day lies in another year',
      { '2026.json': yearFile(2026, { '2027-01-01': { type: '法定休', name: '元旦' } }) },
      /another year/,
    ],
    ['it is not JSON', { '2026.json': '{' }, /2026\.json/],
    ['no year is there', {}, /no year/],
  ])('refuses to load, naming the file, when %s', (_, files, message) => {
    expect(() => calendarOf(files)).toThrow(CalendarMalformed);
    expect(() => calendarOf(files)).toThrow(message);
  });

  const anyDay = fc.integer({ min: 0, max: 2900 }).map((days) => plusDays('2019-01-01', days));
  const count = fc.integer({ min: 0, max: 120 });

  it('counts working days monotonously, step by step, and always ends on one', () => {
    fc.assert(
      fc.property(anyDay, count, count, (day, n, m) => {
        const { day: end } = calendar.addWorkingDays(day, n);
        expect(calendar.addWorkingDays(end, m).day).toBe(calendar.addWorkingDays(day, n + m).day);
        expect(calendar.addWorkingDays(plusDays(day, 1), n).day >= end).toBe(true);
        if (n === 0) return expect(end).toBe(day);
        expect(calendar.addWorkingDays(day, n - 1).day < end).toBe(true);
        expect(calendar.isWorkingDay(end)).toBe(true);
        let counted = 0;
        for (let each = plusDays(day, 1); each <= end; each = plusDays(each, 1)) {
          if (calendar.isWorkingDay(each)) counted += 1;
        }
        expect(counted).toBe(n);
      }),
      { numRuns: 500, seed: 338801 },
    );
  });
});

describe('the end of a term', () => {
  it.each<[string, Partial<Term>, string]>([
    [
      'starts counting on the day after the anchor',
      { anchorDay: '2026-06-01', value: 1 },
      '2026-06-03T00:00',
    ],
    [
      'counts a make-up Saturday: three working days before Spring Festival',
      { anchorDay: '2026-02-12', value: 3 },
      '2026-02-25T00:00',
    ],
    ['counts a make-up Saturday of 2025', { anchorDay: '2025-02-06', value: 3 }, '2025-02-11T00:00'],
    [
      'counts a make-up Saturday of 2024 and skips the festival after it',
      { anchorDay: '2024-09-12', value: 3 },
      '2024-09-19T00:00',
    ],
    [
      'takes natural days through a weekend, without moving off it',
      { anchorDay: '2026-06-01', value: 5, unit: 'natural-day' },
      '2026-06-07T00:00',
    ],
    [
      'moves off a day off only where the item says so',
      { anchorDay: '2026-06-01', value: 5, unit: 'natural-day', rollOver: true },
      '2026-06-09T00:00',
    ],
    [
      'rolls to a make-up working Sunday',
      { anchorDay: '2026-09-09', value: 10, unit: 'natural-day', rollOver: true },
      '2026-09-21T00:00',
    ],
    [
      'rolls over a whole festival',
      { anchorDay: '2026-09-21', value: 10, unit: 'natural-day', rollOver: true },
      '2026-10-09T00:00',
    ],
    [
      'ends a month on the same date',
      { anchorDay: '2026-03-15', value: 1, unit: 'month' },
      '2026-04-16T00:00',
    ],
    [
      'ends at the end of a month that has no such date',
      { anchorDay: '2026-01-31', value: 1, unit: 'month' },
      '2026-03-01T00:00',
    ],
    ['knows leap years', { anchorDay: '2024-01-31', value: 1, unit: 'month' }, '2024-03-01T00:00'],
    ['counts months over the year', { anchorDay: '2025-11-30', value: 3, unit: 'month' }, '2026-03-01T00:00'],
    [
      'takes a day of the next month',
      { anchorDay: '2026-12-03', value: 10, unit: 'day-of-next-month' },
      '2027-01-11T00:00',
    ],
    [
      'takes the end of a next month that is shorter',
      { anchorDay: '2026-01-05', value: 31, unit: 'day-of-next-month' },
      '2026-03-01T00:00',
    ],
    [
      'ends at the close of business where one is set',
      { anchorDay: '2026-06-01', value: 1, closeOfBusiness: '17:30' },
      '2026-06-02T17:30',
    ],
    ['ends today with a budget of nothing', { anchorDay: '2026-06-01', value: 0 }, '2026-06-02T00:00'],
  ])('%s', (_, overrides, end) => {
    expect(endOf(overrides)).toBe(end);
  });

  it('would come a day later without the make-up Saturday', () => {
    const days = Object.fromEntries(
      [...daysOf('2026')]
        .map((day) => [day, calendar.explain(day)] as const)
        .filter(([day, { type }]) => type && day !== '2026-02-14')
        .map(([day, { type, name }]) => [day, { type: type!, name }]),
    );
    const without = calendarOf({ '2026.json': yearFile(2026, days) });
    expect(endOf({ anchorDay: '2026-02-12', value: 3 }, without)).toBe('2026-02-26T00:00');
  });

  it('never comes for an unknown limit or one without a number, whatever its kind', () => {
    expect(dueOf(term({ kind: 'unknown', value: 5 }), calendar)).toBeNull();
    for (const kind of ['statutory', 'local_rule', 'promised'] as const) {
      expect(dueOf(term({ kind, value: null }), calendar)).toBeNull();
      expect(rungsOf(term({ kind, value: null }), calendar)).toEqual([]);
    }
  });

  it('is provisional only where the calendar decides it', () => {
    const far = { anchorDay: '2026-12-30', value: 40 };
    expect(dueOf(term(far), calendar)?.provisional).toBe(true);
    expect(dueOf(term({ ...far, unit: 'natural-day' }), calendar)?.provisional).toBe(false);
    expect(dueOf(term({ ...far, unit: 'natural-day', rollOver: true }), calendar)?.provisional).toBe(true);
    expect(dueOf(term({ anchorDay: '2026-06-01' }), calendar)?.provisional).toBe(false);
  });

  it('refuses a term that cannot be computed', () => {
    expect(() => dueOf(term({ value: -1 }), calendar)).toThrow(TermMalformed);
    expect(() => dueOf(term({ value: 1.5 }), calendar)).toThrow(TermMalformed);
    expect(() => dueOf(term({ value: 0, unit: 'day-of-next-month' }), calendar)).toThrow(TermMalformed);
    expect(() => dueOf(term({ anchorDay: '2026-02-30' }), calendar)).toThrow(RangeError);
    expect(() => dueOf(term({ closeOfBusiness: '25:00' }), calendar)).toThrow(RangeError);
  });

  it('adds months as the law does, never past the end of the month', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2900 }), fc.integer({ min: 0, max: 60 }), (days, months) => {
        const from = plusDays('2019-01-01', days);
        const to = plusMonths(from, months);
        const distance = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
        expect(distance(to) - distance(from)).toBe(months);
        const sameDate = to.slice(8) === from.slice(8);
        expect(sameDate || (to.slice(8) < from.slice(8) && plusDays(to, 1).endsWith('-01'))).toBe(true);
      }),
      { seed: 338801 },
    );
  });
});

describe('a term explained', () => {
  it('lists every day after the anchor, whether it counted, and why', () => {
    const explained = explain(term({ anchorDay: '2026-02-12', value: 3 }), calendar);
    expect(explained).toMatchObject({
      lastDay: '2026-02-24',
      dueAt: '2026-02-24T16:00:00.000Z',
      provisional: false,
    });
    expect(explained.days).toHaveLength(12);
    expect(explained.days.filter(({ counted }) => counted).map(({ day, reason }) => [day, reason])).toEqual([
      ['2026-02-13', '工作日'],
      ['2026-02-14', '调休班：春节'],
      ['2026-02-24', '工作日'],
    ]);
    expect(explained.days[2]).toMatchObject({ day: '2026-02-15', counted: false, reason: '法定休：春节' });
  });

  it('says which days were rolled over, and that a guess is one', () => {
    const rolled = explain(
      term({ anchorDay: '2026-06-01', value: 5, unit: 'natural-day', rollOver: true }),
      calendar,
    );
    expect(rolled.days.map(({ counted }) => counted)).toEqual([true, true, true, true, true, false, false]);
    expect(rolled.days[6]!.reason).toContain('顺延');
    expect(explain(term({ anchorDay: '2027-03-01', value: 1 }), calendar).days[0]!.reason).toBe(
      '工作日（暂定）',
    );
    expect(explain(term({ kind: 'unknown' }), calendar)).toMatchObject({ lastDay: null, days: [] });
  });
});

describe('the rungs of a term', () => {
  const rungs = (overrides: Partial<Term>) =>
    rungsOf(term(overrides), calendar).map(({ rung, level, at }) => [
      rung,
      level,
      new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 16),
    ]);

  it('reminds with a third left, on the last day, at its end, and then goes up twice', () => {
    expect(rungs({ anchorDay: '2026-06-01', value: 10 })).toEqual([
      ['reminder', 0, '2026-06-10T09:00'],
      ['due', 0, '2026-06-15T09:00'],
      ['overdue-1', 1, '2026-06-16T00:00'],
      ['overdue-2', 2, '2026-06-18T09:00'],
      ['overdue-3', 3, '2026-06-30T09:00'],
    ]);
  });

  it('calls a promise that passed 超承诺, not 超期', () => {
    expect(rungs({ kind: 'promised', value: 5 }).map(([rung]) => rung)).toEqual([
      'reminder',
      'due',
      'past-promise-1',
      'past-promise-2',
      'past-promise-3',
    ]);
  });

  it('does not remind of a term of less than three days, and reminds of a day off on the working day before', () => {
    expect(rungs({ value: 2 }).map(([rung]) => rung)).toEqual(['due', 'overdue-1', 'overdue-2', 'overdue-3']);
    // Ends on Sunday 7 June.
    expect(rungs({ value: 6, unit: 'natural-day' }).slice(0, 3)).toEqual([
      ['reminder', 0, '2026-06-05T09:00'],
      ['due', 0, '2026-06-05T09:00'],
      ['overdue-1', 1, '2026-06-08T00:00'],
    ]);
  });

  it('come in order for any term, the first overdue one exactly at its end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2900 }),
        fc.integer({ min: 1, max: 31 }),
        fc.constantFrom('working-day', 'natural-day', 'month', 'day-of-next-month'),
        fc.boolean(),
        (days, value, unit, rollOver) => {
          const any = term({ anchorDay: plusDays('2019-01-01', days), value, unit, rollOver });
          const all = rungsOf(any, calendar);
          const times = all.map(({ at }) => at.getTime());
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect(all.find(({ level }) => level === 1)!.at).toEqual(dueOf(any, calendar)!.dueAt);
        },
      ),
      { numRuns: 500, seed: 338801 },
    );
  });
});

describe('the id of a clock', () => {
  const newTerm = {
    ...term({}),
    subjectId: '0d6ff0f6-1111-4222-8333-444455556666',
    step: 'review',
    personId: '0d6ff0f6-1111-4222-8333-444455557777',
    divisionCode: '338801001001',
    roundId: null,
  };

  it('is the same for the same term, and another one for another subject, step, anchor or budget', () => {
    const id = clockIdOf(newTerm);
    expect(clockIdOf({ ...newTerm })).toBe(id);
    const others = [
      { subjectId: '0d6ff0f6-1111-4222-8333-444455558888' },
      { step: 'decide' },
      { anchorDay: '2026-06-02' },
      { value: 11 },
      { unit: 'natural-day' as const },
    ].map((change) => clockIdOf({ ...newTerm, ...change }));
    expect(new Set([id, ...others]).size).toBe(6);
  });
});
