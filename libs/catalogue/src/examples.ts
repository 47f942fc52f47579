import type { DisabilityCategory, DisabilityGrade } from '@app/contracts';
import type { Example, ExampleSubject, ServiceItem } from './schema/item.js';
import type { FactValue, KnownFacts, Subject, SubjectCard } from './subject.js';

/** An example of an item, spelled out: who, where, when, and what must come out. */
export interface SpelledExample {
  readonly name: string;
  readonly region: string;
  readonly day: string;
  readonly subject: Subject;
  readonly expect: Example['expect'];
  readonly needs: readonly string[];
}

type Draft = { -readonly [Key in keyof ExampleSubject]: ExampleSubject[Key] };
type CardDraft = NonNullable<ExampleSubject['card']>;

/** The examples of an item, each the baseline with what it changes. */
export function examplesOf(item: ServiceItem): SpelledExample[] {
  return item.examples.map((example, index) => {
    const draft = changed(item.baseline, example);
    return {
      name: `${index + 1}: ${example.note ?? JSON.stringify(example.with ?? {})} is ${example.expect}`,
      region: draft.region,
      day: draft.day,
      subject: spelled(draft, example.with ?? {}),
      expect: example.expect,
      needs: example.needs ?? [],
    };
  });
}

function changed(baseline: ExampleSubject, example: Example): Draft {
  const draft: Draft = {
    ...structuredClone(baseline),
    ...(example.region === undefined ? {} : { region: example.region }),
    ...(example.day === undefined ? {} : { day: example.day }),
  };
  for (const [key, value] of Object.entries(example.with ?? {})) {
    const [head, tail] = key.split('.') as [string, string | undefined];
    if (key === 'card') draft.card = value as Draft['card'];
    else if (key === 'household') draft.household = value as Draft['household'];
    else if (head === 'card' && tail) {
      if (draft.card === null) throw new Error(`"${key}" changes a card that the baseline does not have`);
      draft.card = { ...draft.card, [tail]: value } as CardDraft;
    } else if (head === 'person' && tail) {
      if (tail === 'birthDate' || tail === 'sex')
        draft.person = { ...draft.person, [tail]: value } as Draft['person'];
    } else if (value === null) {
      draft.facts = Object.fromEntries(Object.entries(draft.facts).filter(([name]) => name !== key));
    } else draft.facts = { ...draft.facts, [key]: value as FactValue };
  }
  return draft;
}

function spelled(draft: Draft, changes: Readonly<Record<string, unknown>>): Subject {
  const card = cardOf(draft.card);
  const members = (draft.household?.members ?? []).map((member) => ({
    birthDate: member.birthDate,
    ...(member.sex === undefined ? {} : { sex: member.sex }),
    card: cardOf(member.card ?? null),
    facts: factsOf(member.facts ?? {}),
  }));
  const holders = [card, ...members.map((member) => member.card)].filter(
    (each) => each?.status === 'valid',
  ).length;
  return {
    person: {
      ...draft.person,
      divisionCode: `${draft.region}000000`,
      diedOn: (changes['person.diedOn'] as string | undefined) ?? null,
      movedAwayOn: (changes['person.movedAwayOn'] as string | undefined) ?? null,
    },
    card,
    facts: factsOf(draft.facts),
    household: draft.household && {
      size: draft.household.size ?? members.length + 1,
      cardholders: draft.household.cardholders ?? holders,
      members,
    },
  };
}

function cardOf(draft: Partial<CardDraft> | null): SubjectCard | null {
  if (draft === null) return null;
  const category = draft.category as DisabilityCategory;
  const grade = draft.grade as DisabilityGrade;
  const components = draft.components ?? [
    { category: category === 'multiple' ? 'physical' : category, grade },
  ];
  return {
    status: draft.status ?? 'valid',
    category,
    grade,
    components: components as SubjectCard['components'],
    issuedOn: draft.issuedOn ?? '2018-01-01',
    validTo: draft.validTo ?? '2039-12-31',
    ...(draft.cancelledOn === undefined ? {} : { cancelledOn: draft.cancelledOn }),
  };
}

function factsOf(facts: Readonly<Record<string, FactValue>>): KnownFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, { value, validFrom: null, validTo: null }]),
  );
}
