import { ARTICLE, at, ledger, localFile, standing, term, wall } from '../test/invented.js';
import type { RungPlan, RungTime } from './rung-plan.js';
import { rungsOf } from './rungs.js';
import type { Ledger, Term } from './term.js';
import { WorkingCalendar } from './working-calendar.js';

const calendar = WorkingCalendar.load();
const rungs = (overrides: Partial<Term>, of?: Ledger, plan?: RungPlan) =>
  rungsOf(term(overrides), calendar, of, plan).map(({ rung, level, at: time }) => [rung, level, wall(time)]);

describe('the rungs of a term', () => {
  it('remind with a third left and on the last day, tell at its end, and then go up twice', () => {
    expect(rungs({})).toEqual([
      ['reminder', 0, '2026-06-10T09:00'],
      ['due', 0, '2026-06-15T09:00'],
      ['overdue-1', 1, '2026-06-16T00:00'],
      ['overdue-2', 2, '2026-06-18T09:00'],
      ['overdue-3', 3, '2026-06-30T09:00'],
    ]);
  });

  it('tell the doer, then the supervisor too, then the lead', () => {
    expect(rungsOf(term({}), calendar).map(({ to }) => to)).toEqual([
      ['doer'],
      ['doer'],
      ['doer', 'supervisor'],
      ['doer', 'supervisor'],
      ['lead'],
    ]);
  });

  it('call a promise that passed 超承诺, not 超期', () => {
    expect(rungs({ kind: 'promised', value: 5 }).map(([rung]) => rung)).toEqual([
      'reminder',
      'due',
      'past-promise-1',
      'past-promise-2',
      'past-promise-3',
    ]);
  });

  it('do not remind of a term of less than three days, and remind of a day off on the working day before', () => {
    expect(rungs({ value: 2 }).map(([rung]) => rung)).toEqual(['due', 'overdue-1', 'overdue-2', 'overdue-3']);
    // Ends on Sunday 7 June.
    expect(rungs({ value: 6, unit: 'natural-day' }).slice(0, 3)).toEqual([
      ['reminder', 0, '2026-06-05T09:00'],
      ['due', 0, '2026-06-05T09:00'],
      ['overdue-1', 1, '2026-06-08T00:00'],
    ]);
  });

  it('move with the end, and are none while the term stands still, is unknown or has no number', () => {
    expect(rungs({}, ledger([standing('2026-06-03', '2026-06-10')], [3]))).toEqual([
      ['reminder', 0, '2026-06-22T09:00'],
      ['due', 0, '2026-06-26T09:00'],
      ['overdue-1', 1, '2026-06-27T00:00'],
      ['overdue-2', 2, '2026-07-01T09:00'],
      ['overdue-3', 3, '2026-07-10T09:00'],
    ]);
    expect(rungs({}, ledger([standing('2026-06-03', null)]))).toEqual([]);
    expect(rungs({ kind: 'unknown' })).toEqual([]);
    expect(rungs({ value: null })).toEqual([]);
  });

  it('of the person: only a reminder to them, three working days before the end of a term of more than ten days', () => {
    const person = { holder: 'person', unit: 'natural-day' } as const;
    // Ends on 31 July, a Friday.
    expect(rungsOf(term({ ...person, value: 60 }), calendar)).toEqual([
      { rung: 'reminder', level: 0, at: at('2026-07-28T09:00'), to: ['person'] },
    ]);
    expect(rungs({ ...person, value: 10 })).toEqual([]);
    expect(rungs({ ...person, value: 11 })).toHaveLength(1);
    expect(rungs({ ...person, unit: 'month', value: 6 })).toEqual([['reminder', 0, '2026-11-26T09:00']]);
  });

  it('tell at the close of business', () => {
    const place = calendar.with(
      localFile([], [{ from: '01-01', to: '12-31', close: '17:30', source: 'an invented order' }]),
    );
    const here = rungsOf(term({ divisionCode: '338801001000' }), place);
    expect(wall(here[2]!.at)).toBe('2026-06-15T17:30');
  });

  it('of hours: with a third left, in the morning of the last day, and on the minute after an end between two', () => {
    const hours = {
      anchorAt: new Date(at('2026-06-01T10:00').getTime() + 20_500),
      value: 48,
      unit: 'hour' as const,
    };
    expect(rungs(hours)).toEqual([
      ['reminder', 0, '2026-06-02T18:01'],
      ['due', 0, '2026-06-03T09:00'],
      ['overdue-1', 1, '2026-06-03T10:01'],
      ['overdue-2', 2, '2026-06-08T09:00'],
      ['overdue-3', 3, '2026-06-17T09:00'],
    ]);
    const atMidnight = { ...hours, anchorAt: at('2026-06-01T00:00') };
    expect(rungs(atMidnight)[2]).toEqual(['overdue-1', 1, '2026-06-03T00:00']);
    expect(rungs(atMidnight)[1]).toEqual(['due', 0, '2026-06-02T09:00']);
    // The whole term lies between two mornings.
    expect(rungs({ ...hours, value: 2 }).map(([rung]) => rung)).toEqual([
      'overdue-1',
      'overdue-2',
      'overdue-3',
    ]);
  });

  it.each<[string, RungTime, string[]]>([
    ['working days before', { before: 2, unit: 'working-day' }, ['2026-09-22T09:00']],
    // 20 September is a Sunday that is worked; 19 September is not.
    [
      'natural days before, on a day that is worked',
      { before: 4, unit: 'natural-day' },
      ['2026-09-20T09:00'],
    ],
    [
      'natural days before, moved to the working day before',
      { before: 5, unit: 'natural-day' },
      ['2026-09-18T09:00'],
    ],
    ['a month before', { before: 1, unit: 'month' }, ['2026-08-24T09:00']],
    ['more than the whole term before: never', { before: 4, unit: 'month' }, []],
    ['working days after, over a festival', { after: 3, unit: 'working-day' }, ['2026-09-30T09:00']],
  ])('of a plan of one’s own: %s', (_, time, expected) => {
    const plan: RungPlan = [{ rung: 'own', level: 'after' in time ? 1 : 0, at: time, to: ['person'] }];
    // Ends on Thursday 24 September, before the Mid-Autumn Festival.
    const three = { anchorDay: '2026-06-24', value: 3, unit: 'month' } as const;
    expect(rungs(three, undefined, plan).map(([, , time_]) => time_)).toEqual(expected);
  });

  it('come in the order of their times, whatever the order of the plan', () => {
    const plan: RungPlan = [
      { rung: 'late', level: 2, at: { after: 1, unit: 'working-day' }, to: ['lead'] },
      { rung: 'end', level: 1, at: { at: 'end' }, to: ['doer'] },
      { rung: 'early', level: 0, at: { before: 3, unit: 'working-day' }, to: ['doer'] },
    ];
    expect(rungs({}, undefined, plan).map(([rung]) => rung)).toEqual(['early', 'end', 'late']);
  });

  it('of a date: by the days that there are until it, which nothing stops', () => {
    const date = { value: 10, unit: 'day-of-next-month' as const, rollOver: ARTICLE };
    expect(rungs(date, ledger([standing('2026-06-02', null)])).slice(0, 3)).toEqual([
      ['reminder', 0, '2026-06-29T09:00'],
      ['due', 0, '2026-07-10T09:00'],
      ['overdue-1', 1, '2026-07-11T00:00'],
    ]);
  });
});
