import fc from 'fast-check';
import { ARTICLE, at, endOf, ledger, localFile, standing, term } from '../test/invented.js';
import { plusDays, plusMonths } from './day.js';
import { dueOf, usedOf } from './due.js';
import { TermMalformed, type Ledger, type Term } from './term.js';
import { WorkingCalendar } from './working-calendar.js';

const calendar = WorkingCalendar.load();

type Case = [what: string, term: Partial<Term>, end: string];
type LedgerCase = [what: string, term: Partial<Term>, ledger: Ledger, end: string];

describe('the end of a term', () => {
  it.each<Case>([
    ['starts counting on the day after the anchor', { value: 1 }, '2026-06-03T00:00'],
    ['counts the day of the anchor where the text says so', { value: 1, dayOne: 'same' }, '2026-06-02T00:00'],
    [
      'does not count the day of the anchor if it is a day off, whatever the text says',
      { anchorDay: '2026-06-06', value: 1, dayOne: 'same' },
      '2026-06-09T00:00',
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
      'counts 29 December 2018 and not 31 December',
      { anchorDay: '2018-12-27', value: 3 },
      '2019-01-03T00:00',
    ],
    ['skips the longer Spring Festival of 2020', { anchorDay: '2020-01-22', value: 2 }, '2020-02-04T00:00'],
    [
      'takes natural days through a weekend, without moving off it',
      { value: 5, unit: 'natural-day' },
      '2026-06-07T00:00',
    ],
    [
      'moves off a day off only where the item says so',
      { value: 5, unit: 'natural-day', rollOver: ARTICLE },
      '2026-06-09T00:00',
    ],
    [
      'rolls to a make-up working Sunday',
      { anchorDay: '2026-09-09', value: 10, unit: 'natural-day', rollOver: ARTICLE },
      '2026-09-21T00:00',
    ],
    [
      'rolls over a whole festival',
      { anchorDay: '2026-09-21', value: 10, unit: 'natural-day', rollOver: ARTICLE },
      '2026-10-09T00:00',
    ],
    [
      'ends a month on the same date',
      { anchorDay: '2026-03-15', value: 1, unit: 'month' },
      '2026-04-16T00:00',
    ],
    [
      'ends a month a day earlier where the day of the anchor counts',
      { anchorDay: '2026-03-15', value: 1, unit: 'month', dayOne: 'same' },
      '2026-04-15T00:00',
    ],
    [
      'ends at the end of a month that has no such date',
      { anchorDay: '2026-01-31', value: 1, unit: 'month' },
      '2026-03-01T00:00',
    ],
    ['knows leap years', { anchorDay: '2024-01-31', value: 1, unit: 'month' }, '2024-03-01T00:00'],
    ['counts months over the year', { anchorDay: '2025-11-30', value: 3, unit: 'month' }, '2026-03-01T00:00'],
    [
      'rolls a month off a Saturday',
      { anchorDay: '2026-05-06', value: 1, unit: 'month', rollOver: ARTICLE },
      '2026-06-09T00:00',
    ],
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
    ['ends today with a budget of nothing', { value: 0 }, '2026-06-02T00:00'],
    [
      'ends with the window of the year',
      { value: null, unit: 'yearly-window', window: { from: '03-01', to: '10-31' } },
      '2026-11-01T00:00',
    ],
    [
      'ends on the last day of a window that begins with it',
      { anchorDay: '2026-10-31', value: null, unit: 'yearly-window', window: { from: '03-01', to: '10-31' } },
      '2026-11-01T00:00',
    ],
    [
      'ends with the window of the next year once it has closed',
      { anchorDay: '2026-11-01', value: null, unit: 'yearly-window', window: { from: '03-01', to: '10-31' } },
      '2027-11-01T00:00',
    ],
    [
      'ends hours at their instant, through the night and the weekend',
      { anchorDay: '2026-06-05', anchorAt: at('2026-06-05T16:20'), value: 72, unit: 'hour' },
      '2026-06-08T16:20',
    ],
  ])('%s', (_, overrides, end) => {
    expect(endOf(overrides, calendar)).toBe(end);
  });

  it.each<LedgerCase>([
    [
      'does not count the days after the one on which it stopped, up to the one on which it went on',
      { value: 10 },
      ledger([standing('2026-06-03', '2026-06-10')]),
      '2026-06-24T00:00',
    ],
    [
      'is not moved by a weekend that it stood still over',
      { value: 10 },
      ledger([standing('2026-06-05', '2026-06-07')]),
      '2026-06-16T00:00',
    ],
    [
      'is moved by the same weekend if it is one of natural days',
      { value: 10, unit: 'natural-day' },
      ledger([standing('2026-06-05', '2026-06-07')]),
      '2026-06-14T00:00',
    ],
    [
      'is not moved by what began and ended on one day',
      { value: 10 },
      ledger([standing('2026-06-03', '2026-06-03')]),
      '2026-06-16T00:00',
    ],
    [
      'is not moved by what began on its last day',
      { value: 10 },
      ledger([standing('2026-06-15', '2026-06-20')]),
      '2026-06-16T00:00',
    ],
    [
      'is moved by what began the day before its last',
      { value: 10 },
      ledger([standing('2026-06-14', '2026-06-15')]),
      '2026-06-17T00:00',
    ],
    [
      'adds up several suspensions, also one that only the first brings within the term',
      { value: 5 },
      ledger([standing('2026-06-02', '2026-06-09'), standing('2026-06-11', '2026-06-12')]),
      '2026-06-17T00:00',
    ],
    [
      'counts time once that two reasons stop',
      { value: 10 },
      ledger([standing('2026-06-03', '2026-06-10'), standing('2026-06-05', '2026-06-08')]),
      '2026-06-24T00:00',
    ],
    [
      'counts only the part of a suspension after the anchor',
      { value: 2 },
      ledger([standing('2026-05-20', '2026-06-03')]),
      '2026-06-06T00:00',
    ],
    [
      'is not there while an open suspension stands before it',
      { value: 10 },
      ledger([standing('2026-06-03', null)]),
      'paused',
    ],
    [
      'is there if the budget ends before an open suspension',
      { value: 10 },
      ledger([standing('2026-06-15', null)]),
      '2026-06-16T00:00',
    ],
    ['takes an extension in working days', { value: 10 }, ledger([], [5]), '2026-06-24T00:00'],
    [
      'takes an extension of a petition, 60 and 30 days',
      { value: 60, unit: 'natural-day' },
      ledger([], [30]),
      '2026-08-31T00:00',
    ],
    [
      'takes an extension by months from the anchor, not from an end that was cut short',
      { anchorDay: '2026-01-31', value: 1, unit: 'month' },
      ledger([], [1]),
      '2026-04-01T00:00',
    ],
    [
      'counts the natural days of its months on after a suspension',
      { anchorDay: '2026-03-15', value: 1, unit: 'month' },
      ledger([standing('2026-03-20', '2026-03-30')]),
      '2026-04-26T00:00',
    ],
    [
      'does not count the days by which it moves off a festival, so that a pause in them changes nothing',
      { anchorDay: '2026-09-21', value: 10, unit: 'natural-day', rollOver: ARTICLE },
      ledger([standing('2026-10-01', '2026-10-20')]),
      '2026-10-09T00:00',
    ],
    [
      'is the day of the anchor for a budget of nothing, whatever stands still',
      { value: 0 },
      ledger([standing('2026-05-20', null)]),
      '2026-06-02T00:00',
    ],
    [
      'counts from the anchor on where a budget of nothing was extended',
      { value: 0 },
      ledger([], [5]),
      '2026-06-09T00:00',
    ],
    [
      'does not move if it is a date: neither paused nor extended',
      { value: 10, unit: 'day-of-next-month' },
      ledger([standing('2026-06-03', null)], [5]),
      '2026-07-11T00:00',
    ],
    [
      'stands still by the instant if it is one of hours',
      { anchorAt: at('2026-06-01T09:00'), value: 24, unit: 'hour' },
      {
        suspensions: [
          { reason: 'hearing', basis: ARTICLE, from: at('2026-06-01T17:30'), to: at('2026-06-02T08:15') },
        ],
        extensions: [{ value: 2, basis: ARTICLE }],
      },
      '2026-06-03T01:45',
    ],
    [
      'is not there for hours that stand still',
      { anchorAt: at('2026-06-01T09:00'), value: 24, unit: 'hour' },
      ledger([standing('2026-06-01', null)]),
      'paused',
    ],
  ])('with a ledger: %s', (_, overrides, of, end) => {
    expect(endOf(overrides, calendar, of)).toBe(end);
  });

  it('is the close of business of the place in the season of the last day, else midnight', () => {
    const hours = [
      { from: '05-01', to: '09-30', close: '17:30', source: 'an invented order' },
      { from: '10-01', to: '04-30', close: '17:00', source: 'an invented order' },
    ];
    const of = calendar.with(localFile(['2026-06-02'], hours));
    const here = { divisionCode: '338801001000' };
    expect(endOf({ ...here, value: 1 }, of)).toBe('2026-06-03T17:30');
    expect(endOf({ ...here, anchorDay: '2026-09-21', value: 10, unit: 'natural-day' }, of)).toBe(
      '2026-10-01T17:00',
    );
    expect(
      endOf({ ...here, anchorDay: '2026-09-20', value: 10, unit: 'natural-day', rollOver: ARTICLE }, of),
    ).toBe('2026-09-30T17:30');
    expect(endOf({ divisionCode: '330302001000', value: 1 }, of)).toBe('2026-06-03T00:00');
    // Hours end when they end.
    const night = { ...here, anchorAt: at('2026-06-01T09:00'), value: 12, unit: 'hour' as const };
    expect(endOf(night, of)).toBe('2026-06-01T21:00');
  });

  it('would come a day later without the make-up Saturday', () => {
    const file = calendar.files.years.find(({ year }) => year === 2026)!;
    const { '2026-02-14': madeUp, ...days } = file.days;
    expect(madeUp?.type).toBe('调休班');
    expect(endOf({ anchorDay: '2026-02-12', value: 3 }, calendar.with({ ...file, days }))).toBe(
      '2026-02-26T00:00',
    );
  });

  it('never comes for an unknown limit or one without a number, whatever its kind', () => {
    expect(dueOf(term({ kind: 'unknown', value: 5 }), calendar)).toBeNull();
    const window = { value: null, unit: 'yearly-window' as const, window: { from: '03-01', to: '10-31' } };
    expect(dueOf(term({ ...window, kind: 'unknown' }), calendar)).toBeNull();
    for (const kind of ['statutory', 'local_rule', 'promised'] as const) {
      expect(dueOf(term({ kind, value: null }), calendar)).toBeNull();
      expect(dueOf(term({ kind, value: null, unit: 'hour' }), calendar)).toBeNull();
    }
  });

  it('is provisional only where the calendar decides it', () => {
    const far = { anchorDay: '2026-12-30', value: 40 };
    const guessed = (overrides: Partial<Term>, of?: Ledger) =>
      dueOf(term(overrides), calendar, of)?.provisional;
    expect(guessed(far)).toBe(true);
    expect(guessed({ ...far, unit: 'natural-day' })).toBe(false);
    expect(guessed({ ...far, unit: 'natural-day', rollOver: ARTICLE })).toBe(true);
    expect(guessed({ anchorDay: '2026-06-01' })).toBe(false);
    expect(guessed({ anchorDay: '2016-12-30', value: 1 })).toBe(true);
    // The end is settled, and becomes a guess where a suspension carries it over the turn of the year.
    expect(guessed({ anchorDay: '2026-12-14', value: 5 })).toBe(false);
    expect(
      guessed({ anchorDay: '2026-12-14', value: 5 }, ledger([standing('2026-12-15', '2026-12-28')])),
    ).toBe(true);
  });

  it.each<[string, Partial<Term>]>([
    ['a value below zero', { value: -1 }],
    ['half a day', { value: 1.5 }],
    ['more than 5000 days', { value: 5001 }],
    ['day 0 of the next month', { value: 0, unit: 'day-of-next-month' }],
    ['hours without an instant', { unit: 'hour' }],
    ['a window without dates', { value: null, unit: 'yearly-window' }],
    [
      'a window that closes in a 13th month',
      { unit: 'yearly-window', window: { from: '01-01', to: '13-01' } },
    ],
  ])('is refused for %s', (_, overrides) => {
    expect(() => dueOf(term(overrides), calendar)).toThrow(TermMalformed);
  });

  it('is refused for half a day more', () => {
    expect(() => dueOf(term({}), calendar, ledger([], [0.5]))).toThrow(TermMalformed);
  });

  it('is refused for an anchor that is no day', () => {
    expect(() => dueOf(term({ anchorDay: '2026-02-30' }), calendar)).toThrow(RangeError);
    expect(() => dueOf(term({ anchorDay: '2026-2-3', kind: 'unknown' }), calendar)).toThrow(RangeError);
  });

  it('adds months as the law does, never past the end of the month', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3650 }), fc.integer({ min: 0, max: 60 }), (days, months) => {
        const from = plusDays('2017-01-01', days);
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

describe('what a term has used', () => {
  const used = (overrides: Partial<Term>, day: string, of = ledger()) =>
    usedOf(term(overrides), calendar, of, day);

  it('is the working days up to the day, and never more than the budget', () => {
    expect(used({}, '2026-05-20')).toBe(0);
    expect(used({}, '2026-06-01')).toBe(0);
    expect(used({}, '2026-06-02')).toBe(1);
    expect(used({}, '2026-06-07')).toBe(4);
    expect(used({}, '2026-07-31')).toBe(10);
    expect(used({ dayOne: 'same' }, '2026-06-01')).toBe(1);
  });

  it('leaves out what stood still, also what still does', () => {
    const of = ledger([standing('2026-06-03', '2026-06-10')]);
    expect(used({}, '2026-06-10', of)).toBe(2);
    expect(used({}, '2026-06-11', of)).toBe(3);
    expect(used({}, '2026-06-30', ledger([standing('2026-06-03', null)]))).toBe(2);
  });

  it('is natural days of a month, hours of hours, and the days since its anchor of a date', () => {
    expect(used({ value: 1, unit: 'month' }, '2026-06-11')).toBe(10);
    expect(used({ value: 1, unit: 'month' }, '2026-08-11')).toBe(30);
    const hours = { value: 48, unit: 'hour' as const, anchorAt: at('2026-06-01T09:00') };
    expect(used(hours, '2026-06-01')).toBe(15);
    expect(used(hours, '2026-06-01', ledger([standing('2026-06-01', null)]))).toBe(3);
    expect(used(hours, '2026-06-09')).toBe(48);
    expect(used({ unit: 'day-of-next-month' }, '2026-06-11')).toBe(10);
    expect(used({ unit: 'day-of-next-month' }, '2026-09-11')).toBe(39);
  });

  it('is told of a limit without a number too: it has no end, but days pass', () => {
    expect(used({ kind: 'unknown', value: null }, '2026-06-12')).toBe(9);
    expect(used({ value: null }, '2026-12-11')).toBeGreaterThan(100);
  });
});
