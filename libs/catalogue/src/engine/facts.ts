import { ageOn, dayOfAge, addDays, earlier, NEVER } from '../days.js';
import { retirementDays } from '../retirement-age.js';
import type { FactValue, KnownFacts, Subject, SubjectCard, SubjectMember } from '../subject.js';
import { vocabulary } from '../vocabulary.js';

/** Nobody has said. */
export const UNKNOWN: unique symbol = Symbol('unknown');
/** Known not to exist: the grade of a card that the person does not have. No comparison of it holds. */
export const ABSENT: unique symbol = Symbol('absent');

export type Reading = FactValue | typeof UNKNOWN | typeof ABSENT;

/** Whom or what facts are read from: a person on a day, a member of the household, or one component of a card. */
export class Scope {
  /** By the fact's place in the vocabulary; a person is read once for the whole catalogue. */
  private readonly cache: (Reading | undefined)[] = [];
  private readonly changes: (string | undefined)[] = [];
  private memberScopes: readonly Scope[] | undefined;
  private componentScopes: readonly Scope[] | undefined;

  constructor(
    readonly day: string,
    readonly birthDate: string,
    readonly sex: 'male' | 'female' | undefined,
    readonly card: SubjectCard | null,
    readonly facts: KnownFacts,
    readonly household: Subject['household'],
    readonly component: SubjectCard['components'][number] | null,
  ) {}

  static ofPerson(subject: Subject, day: string): Scope {
    const { person, card, facts, household } = subject;
    return new Scope(day, person.birthDate, person.sex, card, facts, household, null);
  }

  static ofMember(member: SubjectMember, day: string): Scope {
    return new Scope(day, member.birthDate, member.sex, member.card, member.facts, null, null);
  }

  /** The others of the household that are on file. */
  others(): readonly Scope[] {
    this.memberScopes ??= (this.household?.members ?? []).map((member) => Scope.ofMember(member, this.day));
    return this.memberScopes;
  }

  components(): readonly Scope[] {
    this.componentScopes ??= (this.card?.components ?? []).map(
      (component) => new Scope(this.day, this.birthDate, this.sex, this.card, this.facts, null, component),
    );
    return this.componentScopes;
  }

  read(reader: FactReader): Reading {
    return (this.cache[reader.index] ??= reader.read(this));
  }

  changesOn(reader: FactReader): string {
    return (this.changes[reader.index] ??= reader.changesOn(this));
  }
}

/** How one fact of the vocabulary is read, and on which later day it reads differently though nobody records anything. */
export interface FactReader {
  readonly name: string;
  readonly index: number;
  /** What to ask for when it is not known: another fact where it is worked out from that. */
  readonly asks: string;
  read(scope: Scope): Reading;
  changesOn(scope: Scope): string;
}

function never(): string {
  return NEVER;
}

function ofCard(read: (card: SubjectCard, scope: Scope) => Reading): Pick<FactReader, 'read' | 'changesOn'> {
  return { read: (scope) => (scope.card ? read(scope.card, scope) : ABSENT), changesOn: never };
}

/** A valid card expires by date alone. */
function expiry(scope: Scope): string {
  const { card, day } = scope;
  return card && card.status === 'valid' && card.validTo >= day ? addDays(card.validTo, 1) : NEVER;
}

function isValid(card: SubjectCard | null, day: string): boolean {
  return card !== null && card.status === 'valid' && card.validTo >= day;
}

function retirement(scope: Scope) {
  const post = scope.sex === 'male' ? undefined : recorded(scope, 'employment.post');
  return retirementDays(scope.birthDate, scope.sex, post === 'cadre' || post === 'worker' ? post : undefined);
}

const special: Record<string, Pick<FactReader, 'read' | 'changesOn'>> = {
  'person.age': {
    read: (scope) => ageOn(scope.birthDate, scope.day),
    changesOn: (scope) => dayOfAge(scope.birthDate, ageOn(scope.birthDate, scope.day) + 1),
  },
  'person.sex': { read: (scope) => scope.sex ?? UNKNOWN, changesOn: never },
  'person.retirement-age-reached': {
    read: (scope) => {
      const { earliest, latest } = retirement(scope);
      return scope.day >= latest ? true : scope.day < earliest ? false : UNKNOWN;
    },
    changesOn: (scope) => {
      const { earliest, latest } = retirement(scope);
      return scope.day < earliest ? earliest : scope.day < latest ? latest : NEVER;
    },
  },
  'household.size': { read: (scope) => scope.household?.size ?? UNKNOWN, changesOn: never },
  'household.cardholders': {
    read: (scope) => scope.household?.cardholders ?? UNKNOWN,
    changesOn: (scope) =>
      scope.others().reduce((soonest, member) => earlier(soonest, expiry(member)), expiry(scope)),
  },
  'card.valid': { read: (scope) => isValid(scope.card, scope.day), changesOn: expiry },
  'card.status': {
    read: ({ card, day }) =>
      card === null ? 'none' : card.status === 'valid' && card.validTo < day ? 'expired' : card.status,
    changesOn: expiry,
  },
  'card.category': ofCard((card) => card.category),
  'card.grade': ofCard((card) => card.grade),
  'card.issuedOn': ofCard((card) => card.issuedOn),
  'card.validTo': ofCard((card) => card.validTo),
  'card.cancelledOn': ofCard((card) =>
    card.status === 'cancelled' ? (card.cancelledOn ?? UNKNOWN) : ABSENT,
  ),
  'component.category': { read: (scope) => scope.component?.category ?? ABSENT, changesOn: never },
  'component.grade': { read: (scope) => scope.component?.grade ?? ABSENT, changesOn: never },
};

function recorded(scope: Scope, name: string): Reading {
  const fact = scope.facts[name];
  if (fact === undefined) return UNKNOWN;
  if (fact.validFrom !== null && scope.day < fact.validFrom) return UNKNOWN;
  if (fact.validTo !== null && scope.day > fact.validTo) return UNKNOWN;
  return fact.value;
}

function recordedChange(scope: Scope, name: string): string {
  const fact = scope.facts[name];
  if (fact === undefined) return NEVER;
  if (fact.validFrom !== null && scope.day < fact.validFrom) return fact.validFrom;
  if (fact.validTo !== null && scope.day <= fact.validTo) return addDays(fact.validTo, 1);
  return NEVER;
}

/** Facts that are worked out from others are not asked for themselves. */
const asksFor: Readonly<Record<string, string>> = {
  'person.retirement-age-reached': 'employment.post',
  'household.size': 'household.members',
  'household.cardholders': 'household.members',
};

const readers = new Map<string, FactReader>(
  vocabulary.map(({ name }, index) => [
    name,
    {
      name,
      index,
      asks: asksFor[name] ?? name,
      ...(special[name] ?? {
        read: (scope: Scope) => recorded(scope, name),
        changesOn: (scope: Scope) => recordedChange(scope, name),
      }),
    },
  ]),
);

export function readerOf(name: string): FactReader {
  const reader = readers.get(name);
  if (!reader) throw new Error(`no fact is named ${name}: the loader should have refused it`);
  return reader;
}
