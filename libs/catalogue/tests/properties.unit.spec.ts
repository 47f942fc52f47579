import fc from 'fast-check';
import { Catalogue, vocabulary, type Subject, type SubjectMember } from '@app/catalogue';
import { filesOfCondition, subject, withCondition } from './invented.js';

/** What must hold for every condition and every person, not only for those that somebody thought of. */
const registry = vocabulary.filter(({ from, name }) => from === 'registry' && name !== 'employment.post');
const chosen = registry.filter((_, index) => index % 3 === 0);
const today = '2026-06-01';

const day = fc
  .integer({ min: 0, max: 30_000 })
  .map((days) => new Date(Date.UTC(1950, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));

function valueOf({ type, values }: (typeof registry)[number]): fc.Arbitrary<string | number | boolean> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'number') return fc.integer({ min: 0, max: 300 });
  if (type === 'day') return day;
  return fc.constantFrom(...Object.keys(values ?? {}));
}

const recorded: fc.Arbitrary<Subject['facts']> = fc.record(
  Object.fromEntries(
    chosen.map((fact) => [
      fact.name,
      fc.record({
        value: valueOf(fact),
        validFrom: fc.option(day, { freq: 3 }),
        validTo: fc.option(day, { freq: 3 }),
      }),
    ]),
  ),
  { requiredKeys: [] },
) as fc.Arbitrary<Subject['facts']>;

const card: fc.Arbitrary<Subject['card']> = fc.option(
  fc
    .record({
      status: fc.constantFrom('valid' as const, 'frozen' as const),
      grade: fc.constantFrom(1 as const, 2 as const, 3 as const),
      validTo: day,
    })
    .map(
      (changes) =>
        subject({ card: { ...changes, components: [{ category: 'physical', grade: changes.grade }] } }).card,
    ),
  { freq: 2 },
) as fc.Arbitrary<Subject['card']>;

const member: fc.Arbitrary<SubjectMember> = fc.record({
  birthDate: day,
  sex: fc.constantFrom('male' as const, 'female' as const),
  facts: recorded,
  card,
});

const person: fc.Arbitrary<Subject> = fc
  .record({
    birthDate: day,
    sex: fc.constantFrom('male' as const, 'female' as const),
    card,
    facts: recorded,
    members: fc.option(fc.array(member, { maxLength: 3 })),
    missing: fc.integer({ min: 0, max: 1 }),
  })
  .map(({ birthDate, sex, card, facts, members, missing }) => ({
    person: { birthDate, sex, divisionCode: '990101001001', diedOn: null, movedAwayOn: null },
    card,
    facts,
    household: members && {
      size: members.length + 1 + missing,
      cardholders: members.filter((each) => each.card).length,
      members,
    },
  }));

const factTest = fc.oneof(
  fc.constantFrom(...chosen).chain((fact) =>
    fc.record({
      fact: fc.constant(fact.name),
      op: fc.constantFrom(
        ...(fact.type === 'boolean'
          ? ['eq', 'ne']
          : fact.type === 'number'
            ? ['lte', 'gt', 'eq']
            : fact.type === 'day'
              ? ['before', 'on-or-after']
              : ['eq', 'ne']),
      ),
      value: valueOf(fact),
    }),
  ),
  fc.record({
    fact: fc.constant('person.age'),
    op: fc.constantFrom('gte', 'gt', 'lt', 'lte', 'eq', 'ne'),
    value: fc.integer({ min: 0, max: 90 }),
  }),
  fc.constantFrom(
    { fact: 'card.valid', op: 'eq', value: true },
    { fact: 'person.retirement-age-reached', op: 'eq', value: false },
    { fact: 'card.grade', op: 'lte', value: 2 },
  ),
  fc.record({
    fact: fc.constant('card.validTo'),
    op: fc.constantFrom('before', 'on-or-before', 'after', 'on-or-after'),
    value: fc.record({
      today: fc.record({ months: fc.integer({ min: -14, max: 14 }), days: fc.integer({ min: -3, max: 3 }) }),
    }),
  }),
  fc.record({ param: fc.constantFrom('set', 'unset'), op: fc.constant('eq'), value: fc.boolean() }),
);

const condition = fc.letrec<{ node: unknown; leaf: unknown }>((tie) => ({
  leaf: factTest,
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    factTest,
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
    fc.record({ household: fc.record({ of: fc.constantFrom('others', 'everyone'), all: tie('leaf') }) }),
    fc.record({ household: fc.record({ of: fc.constantFrom('others', 'everyone'), any: tie('leaf') }) }),
    fc.record({
      household: fc.record({
        of: fc.constantFrom('others', 'everyone'),
        count: fc.record({
          where: tie('leaf'),
          op: fc.constantFrom('eq', 'gte', 'lt'),
          value: fc.integer({ min: 0, max: 3 }),
        }),
      }),
    }),
  ),
})).node;

const parameters = { set: { type: 'boolean', zh: '已定' }, unset: { type: 'boolean', zh: '未定' } };
const files = filesOfCondition({ fact: 'card.valid', op: 'eq', value: true }, parameters, { set: true });
const catalogueOf = (conditions: unknown) => withCondition(files, conditions);
const determine = (catalogue: Catalogue, who: Subject, on = today) => {
  const [found] = catalogue.region('990101001001', on).determine(who, on);
  if (!found) throw new Error('the invented item is not in force');
  return found;
};

describe('for every condition and every person', () => {
  it('compiled closures and the trace read off the condition agree', () => {
    fc.assert(
      fc.property(condition, fc.array(person, { minLength: 5, maxLength: 5 }), (conditions, people) => {
        const catalogue = catalogueOf(conditions);
        for (const who of people) {
          const trace = catalogue.region('990101001001', today).explain('tea/tea-allowance', who, today);
          expect(trace.outcome).toBe(determine(catalogue, who).outcome);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a fact that becomes known never turns one decided outcome into another', () => {
    fc.assert(
      fc.property(condition, person, recorded, (conditions, known, more) => {
        const catalogue = catalogueOf(conditions);
        const before = determine(catalogue, known);
        const current = (fact: Subject['facts'][string] | undefined) =>
          fact !== undefined && (fact.validFrom ?? '') <= today && today <= (fact.validTo ?? '9999');
        const kept = Object.fromEntries(Object.entries(known.facts).filter(([, fact]) => current(fact)));
        const after = determine(catalogue, { ...known, facts: { ...more, ...kept } });
        if (before.outcome !== 'needs-fact') expect(after.outcome).toBe(before.outcome);
      }),
      { numRuns: 150 },
    );
  });

  it('what is asked for is enough: once all of it is known, the outcome is decided or other facts are asked for', () => {
    fc.assert(
      fc.property(condition, person, recorded, (conditions, known, more) => {
        const catalogue = catalogueOf(conditions);
        const before = determine(catalogue, known);
        const answers = Object.fromEntries(
          before.needs.flatMap((name) => {
            const answer = more[name];
            return answer ? [[name, { ...answer, validFrom: null, validTo: null }]] : [];
          }),
        );
        const after = determine(catalogue, { ...known, facts: { ...known.facts, ...answers } });
        for (const name of Object.keys(answers)) expect(after.needs).not.toContain(name);
      }),
      { numRuns: 100 },
    );
  });

  it('until the next day that is named, no day brings another outcome', () => {
    fc.assert(
      fc.property(
        condition,
        person,
        fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 15, maxLength: 15 }),
        (conditions, who, later) => {
          const catalogue = catalogueOf(conditions);
          const { outcome, needs, nextDay } = determine(catalogue, who);
          const days = later.map((days) =>
            new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10),
          );
          if (nextDay !== null)
            days.push(new Date(Date.parse(nextDay) - 86_400_000).toISOString().slice(0, 10));
          for (const on of days.filter((each) => each >= today && (nextDay === null || each < nextDay))) {
            expect([on, determine(catalogue, who, on).outcome]).toEqual([on, outcome]);
          }
          expect(needs.length > 0).toBe(outcome === 'needs-fact');
        },
      ),
      { numRuns: 120 },
    );
  });
});

describe('for the catalogue of the house', () => {
  const catalogue = Catalogue.load();

  it('the trace agrees with the outcome of every item, in every county', () => {
    const counties = catalogue.regions.filter(({ level }) => level === 'county').map(({ code }) => code);
    fc.assert(
      fc.property(person, fc.constantFrom(...counties), (who, county) => {
        const region = catalogue.region(county, today);
        for (const { itemId, outcome } of region.determine(who, today)) {
          expect([itemId, region.explain(itemId, who, today).outcome]).toEqual([itemId, outcome]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of somebody without a card, a look at the items that need none finds all there is to find', () => {
    const counties = catalogue.regions.filter(({ level }) => level === 'county').map(({ code }) => code);
    fc.assert(
      fc.property(person, fc.constantFrom(...counties), (who, county) => {
        const region = catalogue.region(county, today);
        const nobody = { ...who, card: null };
        const needing = new Set(region.items.filter(({ needsCard }) => needsCard).map(({ id }) => id));
        const all = region.determine(nobody, today);
        expect(region.determineWithoutCard(nobody, today)).toEqual(
          all.filter(({ itemId }) => !needing.has(itemId)),
        );
        expect(
          new Set(all.filter(({ itemId }) => needing.has(itemId)).map(({ outcome }) => outcome)),
        ).toEqual(new Set(['not-entitled']));
      }),
      { numRuns: 60 },
    );
  });

  it('no item is decided for a person of whom nothing but birth and sex is known, unless a card is what it rests on', () => {
    const nobody = subject({ card: null });
    for (const { itemId, outcome } of catalogue.region('338801', today).determine(nobody, today)) {
      const item = catalogue.region('338801', today).items.find(({ id }) => id === itemId);
      if (item?.needsCard) expect([itemId, outcome]).toEqual([itemId, 'not-entitled']);
      else expect([itemId, outcome]).not.toEqual([itemId, 'entitled']);
    }
  });
});
