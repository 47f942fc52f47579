import { checkPlan, planOf, type PlannedLimit, type RungRule, type RungTime } from './rung-plan.js';

const rule = (overrides: Partial<RungRule> & { readonly at: RungTime }): RungRule => ({
  rung: 'own',
  level: 0,
  to: ['doer'],
  ...overrides,
});
const limit = (overrides: Partial<PlannedLimit>): PlannedLimit => ({
  unit: 'working-day',
  value: 10,
  ...overrides,
});
const said = (rules: readonly RungRule[], of?: PlannedLimit) => checkPlan(rules, of).map(({ en }) => en);

describe('a plan of rungs', () => {
  it('is fine as it usually is, for every kind of term', () => {
    for (const kind of ['statutory', 'promised'] as const) {
      for (const unit of ['working-day', 'natural-day', 'month', 'hour', 'day-of-next-month'] as const) {
        const of = { unit, value: unit === 'hour' ? 72 : 10, kind };
        expect(checkPlan(planOf(of), of)).toEqual([]);
        expect(checkPlan(planOf({ ...of, holder: 'person' }), { ...of, holder: 'person' })).toEqual([]);
      }
    }
  });

  it.each<[string, RungRule[], RegExp]>([
    ['a name with spaces', [rule({ rung: 'Two words', at: { on: 'last-day' } })], /kebab-case/],
    ['a name twice', [rule({ at: { on: 'last-day' } }), rule({ at: { left: 'third' } })], /twice/],
    ['nobody to tell', [rule({ at: { on: 'last-day' }, to: [] })], /tells nobody/],
    ['somebody told twice', [rule({ at: { on: 'last-day' }, to: ['doer', 'doer'] })], /somebody twice/],
    ['no days before', [rule({ at: { before: 0, unit: 'working-day' } })], /whole number/],
    ['half a day after', [rule({ level: 1, at: { after: 0.5, unit: 'working-day' } })], /whole number/],
    ['a level before the end', [rule({ level: 1, at: { on: 'last-day' } })], /only level 0/],
    [
      'a reminder after the end',
      [rule({ at: { after: 1, unit: 'working-day' } })],
      /level must be 1 or more/,
    ],
    [
      'a higher level that is not later',
      [
        rule({ rung: 'one', level: 1, at: { after: 3, unit: 'working-day' } }),
        rule({ rung: 'two', level: 2, at: { after: 3, unit: 'working-day' } }),
      ],
      /later than one/,
    ],
    [
      'a higher level at the end, a lower one after it',
      [
        rule({ rung: 'one', level: 1, at: { after: 1, unit: 'working-day' } }),
        rule({ rung: 'three', level: 3, at: { at: 'end' } }),
      ],
      /later than one/,
    ],
  ])('is refused for %s', (_, rules, message) => {
    expect(said(rules)).toEqual([expect.stringMatching(message)]);
  });

  it('names the rung and says it in Chinese first', () => {
    expect(checkPlan([rule({ rung: 'early', level: 2, at: { left: 'third' } })])).toEqual([
      { rung: 'early', zh: '期限届满之前只能是提醒（0 级）', en: 'before the end there is only level 0' },
    ]);
  });

  it('has no levels in a term of the person', () => {
    const rules = [rule({ level: 1, at: { at: 'end' } })];
    expect(said(rules, limit({ holder: 'person' }))).toEqual([expect.stringMatching(/nobody is late/)]);
    expect(said(rules, limit({}))).toEqual([]);
  });

  it.each<[string, RungTime, Partial<PlannedLimit>]>([
    ['as many working days before as there are', { before: 10, unit: 'working-day' }, {}],
    ['a year before the end of ten working days', { before: 365, unit: 'natural-day' }, {}],
    ['two months before the end of ten working days', { before: 2, unit: 'month' }, {}],
    [
      'as many natural days before as there are',
      { before: 30, unit: 'natural-day' },
      { unit: 'natural-day', value: 30 },
    ],
    ['as many months before as there are', { before: 6, unit: 'month' }, { unit: 'month', value: 6 }],
    ['days before within hours', { before: 1, unit: 'natural-day' }, { unit: 'hour', value: 24 }],
    [
      'a year before a window of every year',
      { before: 366, unit: 'natural-day' },
      { unit: 'yearly-window', value: null },
    ],
    ['a third of two days', { left: 'third' }, { value: 2 }],
    ['the last day of a term of none', { on: 'last-day' }, { value: 0 }],
    ['anything of a limit without a number', { on: 'last-day' }, { value: null }],
  ])('is refused for what can never come: %s', (_, time, of) => {
    expect(said([rule({ at: time })], limit(of))).toEqual([expect.stringMatching(/never come/)]);
  });

  it.each<[string, RungTime, Partial<PlannedLimit>]>([
    ['one working day less', { before: 9, unit: 'working-day' }, {}],
    ['natural days that a festival may add', { before: 20, unit: 'natural-day' }, {}],
    ['what an extension adds', { before: 12, unit: 'working-day' }, { extension: { value: 5 } }],
    [
      'what a suspension may add',
      { before: 30, unit: 'natural-day' },
      { pauses: [{ reason: 'hearing', basis: 'an invented regulation, article 1' }] },
    ],
    [
      'a month before the end of a month that rolls',
      { before: 1, unit: 'month' },
      { unit: 'month', value: 1, rollOver: 'x' },
    ],
    [
      'a year before a card of ten years expires',
      { before: 12, unit: 'month' },
      { unit: 'month', value: 120 },
    ],
    ['a third of a month', { left: 'third' }, { unit: 'month', value: 1 }],
    ['the last day of a window', { on: 'last-day' }, { unit: 'yearly-window', value: null }],
  ])('is let pass for what may come: %s', (_, time, of) => {
    expect(said([rule({ at: time })], limit(of))).toEqual([]);
  });
});
