import fc from 'fast-check';
import { benefitGrantedV1, eventOfType } from '@app/contracts';
import {
  continueBenefit,
  firstMonth,
  grantBenefit,
  holdBenefit,
  periodsOf,
  releaseBenefit,
  stopBenefit,
  type Benefit,
} from './benefit.js';
import { firstMonthFrom, lastMonthBefore, monthAfter, monthBefore } from './month.js';
import { continuedBy, datedRates, higherOf } from './rates.js';

const rates = [
  { fromMonth: '2026-03', fen: 30000 },
  { fromMonth: '2026-07', fen: 33000 },
];

const granted = (): Benefit =>
  grantBenefit({
    id: '11111111-1111-4111-8111-111111111111',
    caseId: '22222222-2222-4222-8222-222222222222',
    personId: '33333333-3333-4333-8333-333333333333',
    divisionCode: '338801001001',
    itemId: 'invented/tea',
    itemVersion: '2026-01',
    fromMonth: '2026-03',
    rates,
  }).state;

describe('months', () => {
  it('are owed whole once they have begun', () => {
    expect(lastMonthBefore('2026-05-01')).toBe('2026-04');
    expect(lastMonthBefore('2026-05-02')).toBe('2026-05');
    expect(lastMonthBefore('2026-01-01')).toBe('2025-12');
    expect(firstMonthFrom('2026-12-02')).toBe('2027-01');
    expect(firstMonthFrom('2026-12-01')).toBe('2026-12');
    expect(monthAfter('2026-12')).toBe('2027-01');
    expect(monthBefore('2026-01')).toBe('2025-12');
  });
});

describe('the first month', () => {
  const days = {
    decidedOn: '2026-05-20',
    effectiveFrom: null,
    appliedOn: '2026-03-31',
    entitledOn: '2026-02-01',
  };
  it.each([
    ['application-month', days, '2026-03'],
    ['application-month', { ...days, appliedOn: null }, '2026-02'],
    ['application-month', { ...days, appliedOn: null, entitledOn: null }, '2026-05'],
    ['grant-month', days, '2026-05'],
    ['month-after-grant', days, '2026-06'],
    ['month-after-grant', { ...days, decidedOn: '2026-12-01' }, '2027-01'],
    ['application-month', { ...days, effectiveFrom: '2026-04-15' }, '2026-04'],
  ] as const)('by rule %s counts from the right day', (rule, given, month) => {
    expect(firstMonth(rule, given)).toBe(month);
  });
});

describe('dated rates', () => {
  it('begin with the first month, change with a value in force on the first of a month, and say nothing twice', () => {
    const by = (steps: Record<string, number | null>) => (month: string) =>
      Object.entries(steps).findLast(([from]) => from <= month)?.[1] ?? null;
    expect(
      datedRates(
        '2026-03',
        ['2020-01-01', '2026-07-01', '2026-09-15'],
        by({ '2020-01': 30000, '2026-07': 33000 }),
      ),
    ).toEqual(rates);
    expect(datedRates('2026-03', ['2026-06-15'], by({ '2020-01': 1, '2026-07': 2 }))).toEqual([
      { fromMonth: '2026-03', fen: 1 },
      { fromMonth: '2026-07', fen: 2 },
    ]);
  });

  it('are null where nothing is set, begin where it is set, and are null where a rate is taken away again', () => {
    expect(datedRates('2026-03', [], () => null)).toBeNull();
    expect(datedRates('2026-03', ['2026-05-01'], (month) => (month < '2026-05' ? null : 7))).toEqual([
      { fromMonth: '2026-05', fen: 7 },
    ]);
    expect(datedRates('2026-03', ['2026-05-01'], (month) => (month < '2026-05' ? 7 : null))).toBeNull();
  });
});

describe('rates that change with the facts', () => {
  const low = [{ fromMonth: '2026-03', fen: 5 }];
  const high = [
    { fromMonth: '2026-05', fen: 9 },
    { fromMonth: '2026-07', fen: 4 },
  ];
  it('go on as others from a month on, keep what is past, and are never lowered by a rise', () => {
    expect(continuedBy(low, '2026-05', high)).toEqual([...low, ...high]);
    expect(continuedBy(high, '2026-06', [{ fromMonth: '2026-06', fen: 9 }])).toEqual([high[0]]);
    expect(continuedBy(null, '2026-05', high)).toEqual(high);
    expect(continuedBy(low, '2026-05', null)).toBeNull();
    expect(higherOf(low, continuedBy(low, '2026-05', high))).toEqual([
      ...low,
      { fromMonth: '2026-05', fen: 9 },
      { fromMonth: '2026-07', fen: 5 },
    ]);
    expect(higherOf(low, null)).toEqual(low);
    expect(higherOf(null, low)).toEqual(low);
  });
});

describe('a benefit', () => {
  it('shows its months, cut where rate or state changes', () => {
    expect(periodsOf(granted())).toEqual([
      { fromMonth: '2026-03', toMonth: '2026-06', fen: 30000, state: 'owed' },
      { fromMonth: '2026-07', toMonth: null, fen: 33000, state: 'owed' },
    ]);
    expect(periodsOf(holdBenefit(granted(), '2026-05-12').state)).toEqual([
      { fromMonth: '2026-03', toMonth: '2026-05', fen: 30000, state: 'owed' },
      { fromMonth: '2026-06', toMonth: '2026-06', fen: 30000, state: 'held' },
      { fromMonth: '2026-07', toMonth: null, fen: 33000, state: 'held' },
    ]);
    expect(periodsOf(stopBenefit(granted(), '2026-07-01').state)).toEqual([
      { fromMonth: '2026-03', toMonth: '2026-06', fen: 30000, state: 'owed' },
    ]);
    expect(periodsOf(stopBenefit(granted(), '2026-03-01').state)).toEqual([]);
    expect(periodsOf({ ...granted(), rates: null })).toEqual([
      { fromMonth: '2026-03', toMonth: null, fen: null, state: 'owed' },
    ]);
  });

  it('is held from the earliest cause, released whole, and ends with its last month', () => {
    const held = holdBenefit(granted(), '2026-05-12');
    expect(held.events[0]?.data).toMatchObject({ status: 'held', heldFrom: '2026-05-12', version: 2 });
    expect(holdBenefit(held.state, '2026-06-01').events).toEqual([]);
    expect(holdBenefit(held.state, '2026-04-01').state.state).toEqual({
      status: 'held',
      heldFrom: '2026-04-01',
    });
    expect(releaseBenefit(held.state).events[0]?.data).toMatchObject({ status: 'running', toMonth: null });
    const stopped = stopBenefit(held.state, '2026-05-12');
    expect(stopped.events[0]?.data).toMatchObject({ status: 'stopped', toMonth: '2026-05' });
    expect(holdBenefit(stopped.state, '2026-01-01').events).toEqual([]);
    expect(releaseBenefit(stopped.state).state.state).toEqual({ status: 'running' });
    const next = continueBenefit(
      granted(),
      { caseId: granted().id, itemVersion: '2027-01', divisionCode: '338801001001' },
      null,
    );
    expect(next.events[0]).toMatchObject({
      type: benefitGrantedV1.type,
      data: { fromMonth: '2026-03', rates: null },
    });
  });

  it('never loses or doubles a month, whatever happens to it', () => {
    const day = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
      .map(([month, date]) => `2026-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`);
    const happening = fc.oneof(
      day.map((on) => (state: Benefit) => holdBenefit(state, on)),
      day.map((on) => (state: Benefit) => stopBenefit(state, on)),
      fc.constant((state: Benefit) => releaseBenefit(state)),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 10 }), (happenings) => {
        let state = granted();
        for (const happens of happenings) {
          const decision = happens(state);
          for (const event of decision.events) eventOfType(event.type)!.schema.parse(event.data);
          expect(decision.state.version - state.version).toBe(decision.events.length);
          state = decision.state;
          const periods = periodsOf(state);
          periods.forEach((period, place) => {
            const next = periods[place + 1];
            if (next) expect(monthAfter(period.toMonth!)).toBe(next.fromMonth);
          });
          const end = state.state.status === 'stopped' ? state.state.toMonth : null;
          if (end === null || end >= state.fromMonth) {
            expect([periods[0]?.fromMonth, periods.at(-1)?.toMonth]).toEqual([state.fromMonth, end]);
          }
        }
      }),
    );
  });
});
