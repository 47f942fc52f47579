import type { ItemStep, StepLimit } from '@app/catalogue';
import { WorkingCalendar } from '@app/clocks';
import { isBesideSteps, markOf, type CaseTerm } from './case-term.js';
import { clockOfRound, type OpenItem } from './chain-clock.js';

const calendar = WorkingCalendar.load();
/** A Monday. Until 清明 (4 to 6 April) every weekday of the month is worked. */
const MONDAY = '2026-03-02';
const divisionCode = '338801001001';

const days = (value: number, limit: Partial<StepLimit> = {}): StepLimit => ({
  value,
  unit: 'working-day',
  kind: 'statutory',
  basis: `${value} 天`,
  ...limit,
});

function step(id: string, limit: StepLimit | null, more: Partial<ItemStep> = {}): ItemStep {
  return {
    id,
    title: { zh: id, en: id },
    kind: id === 'decide' ? 'decide' : 'work',
    role: 'benefit-officer',
    department: null,
    limit,
    ...more,
  };
}

/** A term that ends with this day. */
function term(name: string, lastDay: string | null, more: Partial<CaseTerm> = {}): CaseTerm {
  return {
    caseId: 'c',
    step: name,
    holder: 'office',
    kind: 'statutory',
    unit: 'working-day',
    value: 10,
    basis: '法条',
    anchorDay: '2026-02-27',
    dueAt: lastDay === null ? null : new Date(`${lastDay}T16:00:00Z`),
    provisional: false,
    paused: lastDay === null,
    pausedSince: null,
    pauseReason: null,
    ended: false,
    ...more,
  };
}

function open(steps: readonly ItemStep[], waitsFor: string, terms: readonly CaseTerm[]): OpenItem {
  return { itemId: 'a', divisionCode, steps, waitsFor, terms, papers: [], gives: [] };
}

const endOf = (item: OpenItem) => clockOfRound([item], [], MONDAY, calendar).ends[0];

describe('the end of an item', () => {
  it('is that of its last step’s term', () => {
    const item = open([step('decide', days(10))], 'decide', [term('decide', '2026-03-13')]);
    expect(endOf(item)).toEqual({ itemId: 'a', day: '2026-03-13', provisional: false, openStep: null });
  });

  it('is what the steps that follow may take, each from the end of the one before', () => {
    // 9 March, then 10, 11, 12, 13 and 16.
    const item = open([step('notice', days(5)), step('decide', days(5))], 'notice', [
      term('notice', '2026-03-09'),
    ]);
    expect(endOf(item)?.day).toBe('2026-03-16');
  });

  it('is one time for steps that count from one event', () => {
    const shared = days(10, { from: 'push' });
    const item = open([step('push', days(3)), step('review', shared), step('decide', shared)], 'review', [
      term('review', '2026-03-13', { anchorDay: '2026-02-27' }),
    ]);
    expect(endOf(item)?.day).toBe('2026-03-13');
  });

  it('counts a later step from the event from which its text counts it, also one that is past', () => {
    const steps = [
      step('refer', null),
      step('begin', days(3)),
      step('inquire', days(15, { from: 'refer' })),
      step('notice', days(5)),
    ];
    // After Monday 2 March: 3 to 6, 9 to 13, 16 to 20 and 23; then 24 to 27 and 30.
    const begun = term('begin', '2026-03-05', { anchorDay: MONDAY });
    expect(endOf(open(steps, 'begin', [begun]))?.day).toBe('2026-03-30');
  });

  it('is that of the whole at the latest, which is no step and opens no item', () => {
    const steps = [step('begin', days(3)), step('inquire', null), step('decide', days(10))];
    const begin = term('begin', '2026-03-05');
    expect(endOf(open(steps, 'begin', [begin]))).toMatchObject({ day: '2026-03-05', openStep: 'inquire' });
    const whole = (day: string | null, more: Partial<CaseTerm> = {}) => term('overall', day, more);
    const capped = [begin, whole('2026-04-10', { provisional: true })];
    expect(endOf(open(steps, 'begin', capped))).toEqual({
      itemId: 'a',
      day: '2026-04-10',
      provisional: true,
      openStep: null,
    });
    // The step stands still, or has no term; the whole runs.
    expect(endOf(open(steps, 'inquire', [whole('2026-04-10')]))).toMatchObject({ day: '2026-04-10' });
    // What its steps may take ends before it, or after.
    const counted = [step('notice', days(5)), step('decide', days(5))];
    const notice = term('notice', '2026-03-09');
    expect(endOf(open(counted, 'notice', [notice, whole('2026-03-20')]))?.day).toBe('2026-03-16');
    expect(endOf(open(counted, 'notice', [notice, whole('2026-03-12')]))?.day).toBe('2026-03-12');
    // Standing still, over, or past it says nothing.
    for (const silent of [whole(null), whole('2026-03-12', { ended: true }), whole('2026-02-27')]) {
      expect(endOf(open(counted, 'notice', [notice, silent]))?.day).toBe('2026-03-16');
      expect(endOf(open(steps, 'inquire', [silent]))).toMatchObject({ day: null, openStep: 'inquire' });
    }
    // Nobody waits for it: the person's consent, or papers without a day, hold the item as before.
    expect(endOf(open(steps, 'consent', capped))).toMatchObject({ day: null, openStep: 'consent' });
    const papers = { ...open(counted, 'notice', [notice, whole('2026-03-12')]), papers: ['photo'] };
    expect(endOf(papers)).toMatchObject({ day: '2026-03-09', openStep: 'papers' });
  });

  it('is open from the first step without a number on', () => {
    const item = open(
      [step('notice', days(5)), step('decide', days(5, { value: null, kind: 'unknown' }))],
      'notice',
      [term('notice', '2026-03-09')],
    );
    expect(endOf(item)).toMatchObject({ day: '2026-03-09', openStep: 'decide' });
    expect(endOf(open([step('decide', null)], 'decide', []))).toMatchObject({
      day: null,
      openStep: 'decide',
    });
    expect(endOf(open([step('decide', days(5))], 'consent', []))).toMatchObject({
      day: null,
      openStep: 'consent',
    });
  });

  it('cannot be told while its term stands still, or after it has ended', () => {
    const steps = [step('decide', days(10))];
    expect(endOf(open(steps, 'decide', [term('decide', null)]))).toMatchObject({
      day: null,
      openStep: 'decide',
    });
    const ended = term('decide', '2026-03-13', { ended: true });
    expect(endOf(open(steps, 'decide', [ended]))).toMatchObject({ day: null });
    const persons = term('decide', '2026-03-13', { holder: 'person' });
    expect(endOf(open(steps, 'decide', [persons]))).toMatchObject({ day: null });
  });

  it('is open while papers are to come without a day, whatever else runs', () => {
    const steps = [step('decide', days(10))];
    const papers = ['income-proof'];
    const runs = { ...open(steps, 'decide', [term('decide', '2026-03-13')]), papers };
    expect(endOf(runs)).toEqual({ itemId: 'a', day: '2026-03-13', provisional: false, openStep: 'papers' });
    // Not today: the term has ended, and says nothing of the papers.
    const late = { ...open(steps, 'decide', [term('decide', '2026-02-20')]), papers };
    expect(endOf(late)).toMatchObject({ day: '2026-02-20', openStep: 'papers' });
    const stands = { ...open(steps, 'decide', [term('decide', null)]), papers };
    expect(endOf(stands)).toMatchObject({ day: null, openStep: 'papers' });
    const others = [term('decide', '2026-03-13'), term('remedy:review', '2026-04-10', { holder: 'person' })];
    expect(endOf({ ...open(steps, 'decide', others), papers })).toMatchObject({ openStep: 'papers' });
  });

  it('is that of the step’s term where the papers have a day of their own', () => {
    const steps = [step('decide', days(10))];
    for (const name of ['supplement:1', 'paper:income-proof']) {
      const terms = [term('decide', '2026-03-13'), term(name, '2026-03-09', { holder: 'person' })];
      const item = { ...open(steps, 'decide', terms), papers: ['income-proof'] };
      expect(endOf(item)).toMatchObject({ day: '2026-03-13', openStep: null });
    }
  });

  it('waits for no term beside its steps: neither the person’s nor that of another body', () => {
    const steps = [step('decide', days(10))];
    const terms = [
      term('decide', '2026-03-13'),
      term('remedy:reconsideration', '2026-05-01', { holder: 'person' }),
      term('challenge:reconsideration', '2026-06-01'),
    ];
    expect(endOf(open(steps, 'decide', terms))).toMatchObject({ day: '2026-03-13', openStep: null });
  });

  it('of what is overdue is counted from today', () => {
    // 3, 4, 5, 6 and 9 March.
    const item = open([step('notice', days(5)), step('decide', days(5))], 'notice', [
      term('notice', '2026-02-20'),
    ]);
    expect(endOf(item)?.day).toBe('2026-03-09');
  });

  it('goes by the steps and limits of such a case, and leaves what comes after the decision', () => {
    const unknown = days(10, { value: null, kind: 'unknown' });
    const elsewhere = { limitWhen: { 'cross-region': days(10, { from: 'push' }) } } as const;
    const steps = [
      step('push', days(3), { when: 'cross-region' }),
      step('receive', unknown, elsewhere),
      step('decide', unknown, elsewhere),
      step('tell', days(3), { when: 'cross-region' }),
    ];
    // From 5 March: 6, then 9 to 13, then 16 to 19.
    expect(endOf(open(steps, 'push', [term('push', '2026-03-05')]))).toEqual({
      itemId: 'a',
      day: '2026-03-19',
      provisional: false,
      openStep: null,
    });
    expect(endOf(open(steps, 'receive', []))).toMatchObject({ day: null, openStep: 'receive' });
  });
});

describe('the clock of a round', () => {
  const ends = (itemId: string, day: string, gives: readonly string[] = []): OpenItem => ({
    ...open([step('decide', days(10))], 'decide', [term('decide', day)]),
    itemId,
    gives,
  });
  const later = (limit: StepLimit) => ({
    itemId: 'later',
    divisionCode,
    steps: [step('decide', limit)],
    needs: ['aid.dibao'],
  });

  it('ends with the item that ends last', () => {
    const clock = clockOfRound([ends('a', '2026-03-13'), ends('b', '2026-03-20')], [], MONDAY, calendar);
    expect(clock).toMatchObject({ day: '2026-03-20', openEnded: [], critical: ['b'], followUps: [] });
  });

  it('has several critical items where they end together', () => {
    const clock = clockOfRound([ends('a', '2026-03-20'), ends('b', '2026-03-20')], [], MONDAY, calendar);
    expect(clock.critical).toEqual(['a', 'b']);
  });

  it('names those of which nobody can say when they end', () => {
    const clock = clockOfRound(
      [ends('a', '2026-03-13'), { ...open([step('decide', null)], 'decide', []), itemId: 'b' }],
      [],
      MONDAY,
      calendar,
    );
    expect(clock).toMatchObject({ day: '2026-03-13', openEnded: ['b'], critical: ['a'] });
  });

  it('goes on through what waits for a fact that an item gives', () => {
    // 20 days after 16 March is 5 April: natural days do not move off a holiday.
    const waiting = [later(days(20, { unit: 'natural-day' }))];
    const clock = clockOfRound(
      [ends('a', '2026-03-16', ['aid.dibao']), ends('b', '2026-03-20')],
      waiting,
      MONDAY,
      calendar,
    );
    expect(clock.followUps).toEqual([
      {
        itemId: 'later',
        day: '2026-04-05',
        provisional: false,
        openStep: null,
        after: 'a',
        fact: 'aid.dibao',
      },
    ]);
    expect(clock).toMatchObject({ day: '2026-04-05', critical: ['a', 'later'], openEnded: [] });
    const others = clockOfRound([ends('b', '2026-03-20', ['aid.tekun'])], waiting, MONDAY, calendar);
    expect(others.followUps).toEqual([]);
  });

  it('says nothing of what waits for an item that has no end itself', () => {
    const item = { ...open([step('decide', null)], 'decide', []), gives: ['aid.dibao'] };
    const clock = clockOfRound([item], [later(days(5))], MONDAY, calendar);
    expect(clock).toMatchObject({ day: null, openEnded: ['a', 'later'], critical: [] });
  });

  it('is provisional where its latest end is', () => {
    const item = { ...ends('a', '2026-03-20'), terms: [term('decide', '2026-03-20', { provisional: true })] };
    expect(clockOfRound([item], [], MONDAY, calendar).provisional).toBe(true);
  });
});

it('the whole and the telling of a refusal hold no item; the term of a step does', () => {
  expect(['overall', 'tell-refusal', 'remedy:review', 'tell', 'decide'].map(isBesideSteps)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

describe('the mark of a term', () => {
  const past = new Date('2026-03-14T00:00:00Z');
  it.each([
    ['statutory', 'office', '超期'],
    ['local_rule', 'office', '超期'],
    ['promised', 'office', '超承诺'],
    ['statutory', 'person', '期满'],
  ] as const)('of a %s one of the %s is %s once it has passed', (kind, holder, mark) => {
    const one = term('decide', '2026-03-13', { kind, holder });
    expect(markOf(one, past)).toBe(mark);
    expect(markOf(one, new Date('2026-03-13T15:59:59Z'))).toBeNull();
    expect(markOf({ ...one, ended: true }, past)).toBeNull();
  });
});
