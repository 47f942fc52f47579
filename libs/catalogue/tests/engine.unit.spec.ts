import { Catalogue, periodOf, rateOf, UnknownItem, UnknownRegion, type SubjectMember } from '@app/catalogue';
import { retirementDays } from '../src/retirement-age.js';
import {
  conditionCatalogue,
  inventedCatalogue,
  outcomeOf,
  subject,
  teaItem,
  teaVersion,
} from './invented.js';

const dibao = { fact: 'aid.dibao', op: 'eq', value: true };
const tekun = { fact: 'aid.tekun', op: 'eq', value: true };
const factsOf = (a: boolean | null, b: boolean | null) =>
  subject({
    facts: { ...(a === null ? {} : { 'aid.dibao': a }), ...(b === null ? {} : { 'aid.tekun': b }) },
  });
const asked = (catalogue: Catalogue, person: ReturnType<typeof subject>, day?: string) => {
  const { outcome, needs } = outcomeOf(catalogue, person, day);
  return [outcome, ...needs];
};

describe('three-valued evaluation', () => {
  it.each([
    [true, null, ['needs-fact', 'aid.tekun'], ['entitled']],
    [false, null, ['not-entitled'], ['needs-fact', 'aid.tekun']],
    [null, true, ['needs-fact', 'aid.dibao'], ['entitled']],
    [null, false, ['not-entitled'], ['needs-fact', 'aid.dibao']],
    [null, null, ['needs-fact', 'aid.dibao', 'aid.tekun'], ['needs-fact', 'aid.dibao', 'aid.tekun']],
    [true, false, ['not-entitled'], ['entitled']],
  ] as const)('of %s and %s asks only for what can still change it', (a, b, all, any) => {
    expect(asked(conditionCatalogue({ all: [dibao, tekun] }), factsOf(a, b))).toEqual(all);
    expect(asked(conditionCatalogue({ any: [dibao, tekun] }), factsOf(a, b))).toEqual(any);
  });

  it('turns a condition round and leaves the unknown unknown', () => {
    const catalogue = conditionCatalogue({ not: dibao });
    expect(asked(catalogue, factsOf(true, null))).toEqual(['not-entitled']);
    expect(asked(catalogue, factsOf(null, null))).toEqual(['needs-fact', 'aid.dibao']);
  });

  it('says which facts decided', () => {
    const catalogue = conditionCatalogue({
      all: [{ any: [dibao, tekun] }, { fact: 'person.age', op: 'gte', value: 18 }],
    });
    expect(outcomeOf(catalogue, factsOf(false, true)).reasons).toEqual([
      { fact: 'aid.tekun', value: true },
      { fact: 'person.age', value: 46 },
    ]);
    expect(outcomeOf(catalogue, factsOf(false, false)).reasons).toEqual([
      { fact: 'aid.dibao', value: false },
      { fact: 'aid.tekun', value: false },
    ]);
  });

  it('asks the region for a parameter that it has not set, and for no fact beside it', () => {
    const parameters = { ceiling: { type: 'number', zh: '上限' } };
    const condition = { fact: 'income.own-percent-of-dibao', op: 'lte', value: { param: 'ceiling' } };
    const poor = subject({ facts: { 'income.own-percent-of-dibao': 150 } });
    expect(asked(conditionCatalogue(condition, parameters), poor)).toEqual([
      'needs-fact',
      'param:tea/tea-allowance.ceiling',
    ]);
    expect(asked(conditionCatalogue(condition, parameters, { ceiling: 150 }), poor)).toEqual(['entitled']);
    expect(asked(conditionCatalogue(condition, parameters, { ceiling: 149 }), poor)).toEqual([
      'not-entitled',
    ]);
  });

  it('lets no test of a card hold for a person who has none, and asks for nothing', () => {
    for (const op of ['eq', 'ne', 'lte', 'gte']) {
      expect(
        asked(conditionCatalogue({ fact: 'card.grade', op, value: 2 }), subject({ card: null })),
      ).toEqual(['not-entitled']);
    }
  });

  it('waits for a fact that must be known, whatever it says', () => {
    const catalogue = conditionCatalogue({ fact: 'aid.dibao', op: 'is-known' });
    expect(asked(catalogue, factsOf(false, null))).toEqual(['entitled']);
    expect(asked(catalogue, factsOf(null, null))).toEqual(['needs-fact', 'aid.dibao']);
  });

  it('does not know a fact outside its validity, and names the day on which that changes', () => {
    const catalogue = conditionCatalogue(dibao);
    const person = subject({
      facts: { 'aid.dibao': { value: true, validFrom: '2026-03-01', validTo: '2026-05-31' } },
    });
    const on = (day: string) => {
      const { outcome, nextDay } = outcomeOf(catalogue, person, day);
      return [outcome, nextDay];
    };
    expect(on('2026-02-28')).toEqual(['needs-fact', '2026-03-01']);
    expect(on('2026-03-01')).toEqual(['entitled', '2026-06-01']);
    expect(on('2026-05-31')).toEqual(['entitled', '2026-06-01']);
    expect(on('2026-06-01')).toEqual(['needs-fact', null]);
  });
});

describe('ages and days', () => {
  it.each([
    ['gte', 18, '2008-06-01', 'entitled', null],
    ['gte', 18, '2008-06-02', 'not-entitled', '2026-06-02'],
    ['lte', 6, '2019-06-02', 'entitled', '2026-06-02'],
    ['lte', 6, '2019-06-01', 'not-entitled', null],
    ['lt', 18, '2008-06-02', 'entitled', '2026-06-02'],
    ['gt', 17, '2008-06-02', 'not-entitled', '2026-06-02'],
    ['eq', 18, '2008-06-01', 'entitled', '2027-06-01'],
    ['gte', 18, '2008-02-29', 'entitled', null],
  ] as const)('age %s %i, born %s: %s until %s', (op, value, birthDate, outcome, nextDay) => {
    const found = outcomeOf(conditionCatalogue({ fact: 'person.age', op, value }), subject({ birthDate }));
    expect([found.outcome, found.nextDay]).toEqual([outcome, nextDay]);
  });

  it('reaches an age on 1 March where 29 February is missing', () => {
    const catalogue = conditionCatalogue({ fact: 'person.age', op: 'gte', value: 18 });
    const born = subject({ birthDate: '2008-02-29' });
    expect(outcomeOf(catalogue, born, '2026-02-28')).toMatchObject({
      outcome: 'not-entitled',
      nextDay: '2026-03-01',
    });
    expect(outcomeOf(catalogue, born, '2026-03-01').outcome).toBe('entitled');
  });

  it('takes a card to be valid on its last day and names the day after', () => {
    const catalogue = conditionCatalogue({ fact: 'card.valid', op: 'eq', value: true });
    const holder = subject({ card: { validTo: '2026-06-01' } });
    expect(outcomeOf(catalogue, holder)).toMatchObject({ outcome: 'entitled', nextDay: '2026-06-02' });
    expect(outcomeOf(catalogue, holder, '2026-06-02')).toMatchObject({
      outcome: 'not-entitled',
      nextDay: null,
    });
  });

  it('compares days with today, at month ends too', () => {
    const catalogue = conditionCatalogue({
      fact: 'card.validTo',
      op: 'on-or-before',
      value: { today: { months: 6 } },
    });
    const holder = subject({ card: { validTo: '2027-02-28' } });
    expect(outcomeOf(catalogue, holder, '2026-08-27')).toMatchObject({
      outcome: 'not-entitled',
      nextDay: '2026-08-28',
    });
    expect(outcomeOf(catalogue, holder, '2026-08-28')).toMatchObject({ outcome: 'entitled', nextDay: null });
  });

  it('takes the statutory retirement age from the month of birth, never a constant', () => {
    const on = (birth: string, sex: 'male' | 'female', post?: 'cadre' | 'worker') =>
      retirementDays(birth, sex, post).latest;
    expect(on('1964-12-31', 'male')).toBe('2024-12-31');
    expect(on('1965-01-01', 'male')).toBe('2025-02-01');
    expect(on('1965-05-01', 'male')).toBe('2025-07-01');
    expect(on('1966-01-01', 'male')).toBe('2026-05-01');
    expect(on('1971-01-01', 'female', 'cadre')).toBe('2026-05-01');
    expect(on('1976-09-01', 'male')).toBe('2039-09-01');
    expect(on('1990-01-01', 'male')).toBe('2053-01-01');
    expect(on('1970-01-01', 'female', 'cadre')).toBe('2025-02-01');
    expect(on('1981-09-01', 'female', 'cadre')).toBe('2039-09-01');
    expect(on('1975-01-01', 'female', 'worker')).toBe('2025-02-01');
    expect(on('1975-03-01', 'female', 'worker')).toBe('2025-05-01');
    expect(on('1984-11-01', 'female', 'worker')).toBe('2039-11-01');
  });

  it('asks for the kind of post only of a woman whose retirement depends on it', () => {
    const catalogue = conditionCatalogue({ fact: 'person.retirement-age-reached', op: 'eq', value: true });
    const woman = (birthDate: string, post?: string) =>
      subject({ sex: 'female', birthDate, facts: post ? { 'employment.post': post } : {} });
    expect(asked(catalogue, woman('1974-01-01'))).toEqual(['needs-fact', 'employment.post']);
    expect(asked(catalogue, woman('1974-01-01', 'worker'))).toEqual(['entitled']);
    expect(asked(catalogue, woman('1974-01-01', 'cadre'))).toEqual(['not-entitled']);
    expect(asked(catalogue, woman('1950-01-01'))).toEqual(['entitled']);
    expect(asked(catalogue, woman('2000-01-01'))).toEqual(['not-entitled']);
  });
});

describe('death and leaving', () => {
  const catalogue = conditionCatalogue(dibao);

  it('end every item from their day on', () => {
    const facts = { 'aid.dibao': true };
    expect(outcomeOf(catalogue, subject({ facts, diedOn: '2026-06-01' }))).toMatchObject({
      outcome: 'not-entitled',
      reasons: [{ fact: 'person.diedOn', value: '2026-06-01' }],
      nextDay: null,
    });
    expect(outcomeOf(catalogue, subject({ facts, movedAwayOn: '2026-06-02' }))).toMatchObject({
      outcome: 'entitled',
      nextDay: '2026-06-02',
    });
  });
});

describe('households', () => {
  const working = { fact: 'employment.status', op: 'eq', value: 'employed' };
  const member = (status?: string, birthDate = '1990-01-01'): SubjectMember => ({
    birthDate,
    card: null,
    facts: status ? { 'employment.status': { value: status, validFrom: null, validTo: null } } : {},
  });
  const home = (members: SubjectMember[], size = members.length + 1) =>
    subject({ facts: { 'employment.status': 'unemployed' }, household: { size, cardholders: 0, members } });
  const any = conditionCatalogue({ household: { of: 'others', any: working } });
  const all = conditionCatalogue({ household: { of: 'everyone', all: { not: working } } });
  const two = conditionCatalogue({
    household: { of: 'others', count: { where: working, op: 'gte', value: 2 } },
  });

  it('ask for its members while it is not on file', () => {
    expect(asked(any, subject({}))).toEqual(['needs-fact', 'household.members']);
  });

  it('are decided by the members that are known, if those suffice', () => {
    expect(asked(any, home([member('employed'), member()]))).toEqual(['entitled']);
    expect(asked(any, home([member('student'), member()]))).toEqual(['needs-fact', 'household.members']);
    expect(asked(any, home([member('student')]))).toEqual(['not-entitled']);
    expect(asked(any, home([]))).toEqual(['not-entitled']);
    expect(asked(any, home([member('student')], 3))).toEqual(['needs-fact', 'household.members']);
    expect(asked(all, home([member('student')]))).toEqual(['entitled']);
    expect(asked(all, home([member('employed'), member()]))).toEqual(['not-entitled']);
  });

  it('count', () => {
    expect(asked(two, home([member('employed'), member('employed')]))).toEqual(['entitled']);
    expect(asked(two, home([member('employed'), member()]))).toEqual(['needs-fact', 'household.members']);
    expect(asked(two, home([member('student'), member()]))).toEqual(['not-entitled']);
  });

  it('give a number as reason, nobody’s facts', () => {
    expect(outcomeOf(any, home([member('employed')])).reasons).toEqual([
      { fact: 'household.members', value: 1 },
    ]);
    const trace = any
      .region('990101001001', '2026-06-01')
      .explain('tea/tea-allowance', home([member('employed')]), '2026-06-01');
    expect(JSON.stringify(trace)).not.toContain('employed');
  });

  it('know the day on which a member’s age changes it', () => {
    const adults = conditionCatalogue({
      household: { of: 'others', any: { fact: 'person.age', op: 'gte', value: 60 } },
    });
    expect(outcomeOf(adults, home([member(undefined, '1966-09-01')]))).toMatchObject({
      outcome: 'not-entitled',
      nextDay: '2026-09-01',
    });
  });
});

describe('cards', () => {
  it('of several disabilities are tested component by component', () => {
    const catalogue = conditionCatalogue({
      components: {
        any: {
          all: [
            { fact: 'component.category', op: 'eq', value: 'visual' },
            { fact: 'component.grade', op: 'lte', value: 2 },
          ],
        },
      },
    });
    const multiple = (visual: 1 | 2 | 3 | 4) =>
      subject({
        card: {
          category: 'multiple',
          grade: 1,
          components: [
            { category: 'physical', grade: 1 },
            { category: 'visual', grade: visual },
          ],
        },
      });
    expect(asked(catalogue, multiple(2))).toEqual(['entitled']);
    expect(asked(catalogue, multiple(3))).toEqual(['not-entitled']);
    expect(asked(catalogue, subject({ card: null }))).toEqual(['not-entitled']);
  });
});

describe('layers, versions and values', () => {
  const parameters = {
    limit: { type: 'number', zh: '上限' },
    base: { type: 'money', zh: '标准' },
    share: { type: 'number', zh: '比例' },
  };
  const amounts = {
    per: 'month',
    rows: [
      { when: [{ fact: 'person.age', op: 'lt', value: 18 }], parameter: 'base', percent: 'share' },
      { parameter: 'base' },
    ],
  };
  const step = {
    id: 'decide',
    title: { zh: '决定', en: 'Decide' },
    kind: 'decide',
    role: 'benefit-officer',
    department: null,
    limit: { value: null, unit: 'working-day', kind: 'unknown', basis: '没有' },
  };
  const item = teaItem({
    parameters,
    versions: [
      teaVersion({
        conditions: { fact: 'person.age', op: 'lte', value: { param: 'limit' } },
        amounts,
        steps: [step],
      }),
      teaVersion({
        version: '2027-01',
        effectiveFrom: '2027-01-01',
        conditions: { fact: 'person.age', op: 'lte', value: 99 },
        amounts,
        steps: [step],
      }),
    ],
  });
  const dated = (from: string, value: unknown) => ({ from, value, demo: true });
  const catalogue = inventedCatalogue({
    item,
    nation: {
      'tea/tea-allowance': {
        inForce: { from: '2020-01-01' },
        parameters: { limit: [dated('2020-01-01', 10)] },
      },
    },
    province: {
      'tea/tea-allowance': {
        parameters: {
          limit: [dated('2022-01-01', 20)],
          base: [dated('2022-01-01', 1001), dated('2026-07-01', 2000)],
        },
      },
    },
    county: {
      'tea/tea-allowance': {
        parameters: { limit: [dated('2024-01-01', 50)], share: [dated('2022-01-01', 50)] },
        steps: { decide: { limit: { value: 3, unit: 'working-day', kind: 'promised', basis: '本县承诺' } } },
      },
    },
  });
  const at = (age: number, day: string) =>
    outcomeOf(catalogue, subject({ birthDate: `${+day.slice(0, 4) - age}-01-01` }), day).outcome;

  it('take a value from the deepest layer that speaks on the day', () => {
    expect([at(10, '2021-06-01'), at(11, '2021-06-01')]).toEqual(['entitled', 'not-entitled']);
    expect([at(20, '2022-06-01'), at(21, '2022-06-01')]).toEqual(['entitled', 'not-entitled']);
    expect([at(50, '2024-06-01'), at(51, '2024-06-01')]).toEqual(['entitled', 'not-entitled']);
  });

  it('use the wording of the day, and keep a case with its own', () => {
    expect(at(70, '2026-12-31')).toBe('not-entitled');
    expect(at(70, '2027-01-01')).toBe('entitled');
    expect(outcomeOf(catalogue, subject({ birthDate: '1956-01-01' }), '2026-12-31').nextDay).toBe(
      '2027-01-01',
    );
    expect(catalogue.itemVersion('tea/tea-allowance', '2020-01', '990101001001').version).toBe('2020-01');
    expect(() => catalogue.itemVersion('tea/tea-allowance', '2019-01', '990101001001')).toThrow(UnknownItem);
    expect(() => catalogue.region('880101001001', '2026-01-01')).toThrow(UnknownRegion);
  });

  it('lay a county’s limit over a step and leave the rest', () => {
    const [inForce] = catalogue.region('990101001001', '2026-06-01').items;
    expect(inForce?.steps).toEqual([
      { ...step, limit: { value: 3, unit: 'working-day', kind: 'promised', basis: '本县承诺' } },
    ]);
  });

  it('change the fingerprint when, and only when, something changes', () => {
    const print = (day: string) => catalogue.region('990101001001', day).fingerprint;
    expect(print('2026-06-01')).toBe(print('2026-06-30'));
    expect(print('2026-06-30')).not.toBe(print('2026-07-01'));
    expect(catalogue.region('990101001001', '2026-06-01')).toBe(
      catalogue.region('990101002002', '2026-06-30'),
    );
  });

  it('pay by the month’s values, halves of a 分 rounded up, and nothing where no rate is set', () => {
    const inForce = catalogue.itemVersion('tea/tea-allowance', '2020-01', '990101001001');
    const rate = (month: string, age?: number) =>
      rateOf(inForce, '990101001001', month, age === undefined ? {} : { 'person.age': age });
    expect(rate('2021-12', 20)).toBeNull();
    expect(rate('2022-01', 20)).toBe(1001);
    expect(rate('2022-01', 17)).toBe(501);
    expect(rate('2026-07', 20)).toBe(2000);
    expect(rate('2026-07')).toBeNull();
    expect(() => rateOf(inForce, '330302001001', '2026-07')).toThrow('take the item of that region');
  });

  it('are out of force before their first day, after their last, and where a layer takes them out', () => {
    const force = (inForce: unknown) =>
      inventedCatalogue({
        nation: { 'tea/tea-allowance': { inForce: { from: '2020-01-01' } } },
        county: { 'tea/tea-allowance': { inForce } },
      });
    const count = (from: Catalogue, day: string) => from.region('990101001001', day).items.length;
    expect(count(force({ from: '2021-01-01', to: '2021-12-31' }), '2020-12-31')).toBe(0);
    expect(count(force({ from: '2021-01-01', to: '2021-12-31' }), '2021-12-31')).toBe(1);
    expect(count(force({ from: '2021-01-01', to: '2021-12-31' }), '2022-01-01')).toBe(0);
    expect(count(force(false), '2021-01-01')).toBe(0);
  });

  it('tell what a case is unique by', () => {
    expect(periodOf({ period: 'once' }, '2026-06-01', 'r1')).toBe('once');
    expect(periodOf({ period: 'year' }, '2026-06-01', 'r1')).toBe('2026');
    expect(periodOf({ period: 'round' }, '2026-06-01', 'r1')).toBe('r1');
  });
});
