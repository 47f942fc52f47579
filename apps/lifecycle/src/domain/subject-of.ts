import type { KnownFacts, Subject, SubjectCard } from '@app/catalogue';
import { currentCard, type KeptFact, type PersonFile } from './person-file.js';

/**
 * What determination may know of a person.
 * @param household the files of everybody in the household that is on record, the person among them
 * @param day whose valid cards count: one that has expired makes nobody a card holder
 * @returns null while the registry's record of the person has not arrived
 */
export function subjectOf(file: PersonFile, household: readonly PersonFile[], day: string): Subject | null {
  if (file.birthDate === null || file.sex === null) return null;
  const others = household.filter((other) => other.personId !== file.personId && isPresent(other));
  return {
    person: {
      birthDate: file.birthDate,
      sex: file.sex,
      divisionCode: file.divisionCode,
      diedOn: file.diedOn,
      movedAwayOn: file.movedAwayOn,
    },
    card: cardOf(file),
    facts: factsOf(file),
    household:
      file.householdId === null
        ? null
        : {
            size: 1 + others.length,
            cardholders: [file, ...others].filter((member) => holdsCard(member, day)).length,
            members: others.map((member) => ({
              birthDate: member.birthDate as string,
              sex: member.sex as 'male' | 'female',
              facts: factsOf(member),
              card: cardOf(member),
            })),
          },
  };
}

/** A household counts who lives in it and is known. */
function isPresent(file: PersonFile): boolean {
  return file.birthDate !== null && file.sex !== null && file.diedOn === null && file.movedAwayOn === null;
}

function holdsCard(file: PersonFile, day: string): boolean {
  const card = cardOf(file);
  return card !== null && card.status === 'valid' && card.validTo >= day;
}

function cardOf(file: PersonFile): SubjectCard | null {
  const card = currentCard(file);
  if (!card) return null;
  return {
    status: card.left ? 'cancelled' : card.status,
    category: card.category,
    grade: card.grade,
    components: card.components,
    issuedOn: card.issuedOn,
    validTo: card.validTo,
    cancelledOn: card.cancelledOn,
  };
}

const knownFacts = new WeakMap<PersonFile, KnownFacts>();

/** Worked out once per file: everybody in a household is looked at with everybody else, and a file never changes. */
function factsOf(file: PersonFile): KnownFacts {
  const known = knownFacts.get(file);
  if (known) return known;
  const facts = isAllKnown(file.facts) ? file.facts : onlyKnown(file.facts);
  knownFacts.set(file, facts);
  return facts;
}

type KnownFact = KeptFact & KnownFacts[string];

function isKnown(fact: KeptFact): fact is KnownFact {
  return fact.value !== null && !fact.withdrawn;
}

/** As with nearly everybody: nothing was withdrawn, so what is kept serves as it is. */
function isAllKnown(facts: PersonFile['facts']): facts is Readonly<Record<string, KnownFact>> {
  return Object.values(facts).every(isKnown);
}

function onlyKnown(facts: PersonFile['facts']): KnownFacts {
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, KnownFact] => isKnown(entry[1])),
  );
}

/** The person as they were taken for, while facts that have been withdrawn were believed; null if none has. */
export function asBelieved(subject: Subject, file: PersonFile): Subject | null {
  const withdrawn = Object.values(file.facts).filter((fact) => fact.withdrawn && fact.value !== null);
  if (withdrawn.length === 0) return null;
  const facts = { ...subject.facts };
  for (const { name, value } of withdrawn) {
    facts[name] = { value: value as string | number | boolean, validFrom: null, validTo: null };
  }
  return { ...subject, facts };
}

/** The person as if nothing had stopped their card, and they lived here. */
export function unstopped(subject: Subject): Subject {
  return {
    ...subject,
    person: { ...subject.person, diedOn: null, movedAwayOn: null },
    card: subject.card && { ...subject.card, status: 'valid', cancelledOn: null },
  };
}
