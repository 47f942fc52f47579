import {
  deathRecordedV1,
  deathWithdrawnV1,
  factRecordedV1,
  factWithdrawnV1,
  movedAwayV1,
  movedInV1,
  personRegisteredV1,
  type NewEvent,
  type RecordedFact,
} from '@app/contracts';
import type { Decision } from '@app/kernel';
import {
  DayNotPossible,
  DeathOnFileDiffers,
  FactNotFound,
  FactNotValid,
  MoveNotPossible,
  PersonContradicted,
  PersonIsDead,
  PersonIsNotDead,
} from './errors.js';
import type { Sex } from './identity-number.js';

/** Who a person is and where, without the secrets: identity number, phone and address stay in the adapter. */
export interface Person {
  readonly personId: string;
  /** Village or community of the household registration, 12 digits. */
  readonly divisionCode: string;
  /** One higher with every fact that is told to others. */
  readonly version: number;
  readonly name: string;
  readonly sex: Sex;
  readonly birthDate: string;
  readonly identityToken: string;
  readonly householdId: string | null;
  /** To the head of the household: 户主, 配偶, 子, … */
  readonly relation: string | null;
  readonly death: Death | null;
  /** Set while the household registration is outside the region served here. */
  readonly away: { readonly to: string; readonly on: string } | null;
}

export type FactSource = RecordedFact['source'];
export type FactValue = RecordedFact['value'];

export interface Death {
  readonly factId: string;
  readonly diedOn: string;
  readonly source: FactSource;
}

/** A fact as somebody states it. */
export type StatedFact = Omit<RecordedFact, 'factId'>;

/** A fact that holds no longer. It stays on file. */
export interface EndedFact {
  readonly factId: string;
  readonly as: 'replaced' | 'withdrawn';
  readonly reason: string | null;
}

/** A person with every fact that is current, by name; and what ended in the present change. */
export interface PersonFile {
  readonly person: Person;
  readonly facts: ReadonlyMap<string, RecordedFact>;
  /** By name: the latest day for which a source said what the current fact says. */
  readonly confirmed: ReadonlyMap<string, string>;
  readonly ended: readonly EndedFact[];
  /** A death record that the present change took back. */
  readonly deathWithdrawn: { readonly factId: string; readonly reason: string } | null;
}

export type FileDecision = Decision<PersonFile>;
type NewId = () => string;

/** A person who comes on file. */
export function registerPerson(person: Omit<Person, 'version' | 'death' | 'away'>): FileDecision {
  const registered: Person = { ...person, version: 1, death: null, away: null };
  return {
    state: { person: registered, facts: new Map(), confirmed: new Map(), ended: [], deathWithdrawn: null },
    events: [registeredEvent(registered)],
  };
}

/** The whole of what is on file about who the person is: published at each change of it. */
export function registeredEvent(person: Person): NewEvent {
  return personRegisteredV1.of({
    personId: person.personId,
    divisionCode: person.divisionCode,
    version: person.version,
    name: person.name,
    sex: person.sex,
    birthDate: person.birthDate,
    householdId: person.householdId,
    identityToken: person.identityToken,
  });
}

/** What may be changed about who a person is. */
export type PersonChange = Partial<Pick<Person, 'name' | 'householdId' | 'relation'>>;

/** A corrected name or household. Nothing changed: nothing is told. The identity number has its own way: `changeNumber`. */
export function changePerson(file: PersonFile, change: PersonChange): FileDecision {
  const changed = { ...file.person, ...change };
  const keys = Object.keys(change) as (keyof PersonChange)[];
  if (keys.every((key) => changed[key] === file.person[key])) return { state: file, events: [] };
  const person = { ...changed, version: file.person.version + 1 };
  return { state: { ...file, person }, events: [registeredEvent(person)] };
}

/**
 * What is now known of a person under each name. A statement that says what is on file already changes nothing and is told to
 * nobody, however often it is made.
 */
export function recordFacts(
  file: PersonFile,
  stated: readonly StatedFact[],
  today: string,
  newId: NewId,
): FileDecision {
  if (file.person.death) throw new PersonIsDead();
  const facts = new Map(file.facts);
  const confirmed = new Map(file.confirmed);
  const recorded: RecordedFact[] = [];
  const ended: EndedFact[] = [...file.ended];
  for (const fact of stated) {
    checkValidity(fact, today);
    const current = facts.get(fact.name);
    const { asOf } = fact.source;
    if (current && saysTheSame(current, fact)) {
      if (asOf > (confirmed.get(fact.name) ?? '')) confirmed.set(fact.name, asOf);
      continue;
    }
    confirmed.set(fact.name, asOf);
    const next: RecordedFact = { factId: newId(), ...fact };
    if (current) ended.push({ factId: current.factId, as: 'replaced', reason: null });
    facts.set(fact.name, next);
    recorded.push(next);
  }
  if (recorded.length === 0) return { state: { ...file, confirmed }, events: [] };
  const person = { ...file.person, version: file.person.version + 1 };
  const { personId, divisionCode, version } = person;
  return {
    state: { ...file, person, facts, confirmed, ended },
    events: [factRecordedV1.of({ personId, divisionCode, version, facts: recorded })],
  };
}

/** Whether a statement adds nothing to what is on file. A newer source for the same is no news. */
export function saysTheSame(
  current: Pick<RecordedFact, 'value' | 'validFrom' | 'validTo'>,
  stated: Pick<RecordedFact, 'value' | 'validFrom' | 'validTo'>,
): boolean {
  return (
    current.value === stated.value &&
    current.validFrom === stated.validFrom &&
    current.validTo === stated.validTo
  );
}

function checkValidity(fact: StatedFact, today: string): void {
  if (fact.validFrom && fact.validTo && fact.validFrom > fact.validTo) {
    throw new FactNotValid(`“${fact.name}”的有效期截止日早于起始日，请核对后重新填写。`);
  }
  if (fact.source.asOf > today) {
    throw new FactNotValid(`“${fact.name}”的信息截止日晚于今天，请填写来源实际的截止日。`);
  }
}

/** A fact turned out wrong and nothing is known in its place. */
export function withdrawFact(file: PersonFile, factId: string, reason: string): FileDecision {
  const fact = currentFact(file, factId);
  const facts = new Map(file.facts);
  facts.delete(fact.name);
  const person = { ...file.person, version: file.person.version + 1 };
  const { personId, divisionCode, version } = person;
  return {
    state: { ...file, person, facts, ended: [...file.ended, { factId, as: 'withdrawn', reason }] },
    events: [
      factWithdrawnV1.of({
        personId,
        divisionCode,
        version,
        withdrawn: [{ factId, name: fact.name }],
        reason,
      }),
    ],
  };
}

/** What a fact should have said. */
export interface FactCorrection {
  readonly value: FactValue;
  readonly validFrom?: string | null | undefined;
  readonly validTo?: string | null | undefined;
  readonly reason: string;
}

/** A fact turned out wrong and the right one is known: the old one is withdrawn and the right one recorded, together. */
export function correctFact(
  file: PersonFile,
  factId: string,
  correction: FactCorrection,
  today: string,
  newId: NewId,
): FileDecision {
  const wrong = currentFact(file, factId);
  const right: StatedFact = {
    name: wrong.name,
    value: correction.value,
    source: { kind: 'correction', reference: factId, asOf: today },
    validFrom: correction.validFrom === undefined ? wrong.validFrom : correction.validFrom,
    validTo: correction.validTo === undefined ? wrong.validTo : correction.validTo,
  };
  if (saysTheSame(wrong, right)) {
    throw new FactNotValid('更正后的内容与档案中的相同，请填写正确的内容，或撤回这条信息。');
  }
  const withdrawn = withdrawFact(file, factId, correction.reason);
  const recorded = recordFacts(withdrawn.state, [right], today, newId);
  return { state: recorded.state, events: [...withdrawn.events, ...recorded.events] };
}

function currentFact(file: PersonFile, factId: string): RecordedFact {
  const fact = [...file.facts.values()].find((candidate) => candidate.factId === factId);
  if (!fact) throw new FactNotFound();
  return fact;
}

/** A stop fact. The same death stated again changes nothing. */
export function recordDeath(
  file: PersonFile,
  diedOn: string,
  source: FactSource,
  today: string,
  newId: NewId,
): FileDecision {
  const { person } = file;
  if (person.death) {
    if (person.death.diedOn !== diedOn) throw new DeathOnFileDiffers(person.death.diedOn);
    return { state: file, events: [] };
  }
  if (diedOn > today) throw new DayNotPossible('死亡日期晚于今天，请核对后重新填写。');
  if (diedOn < person.birthDate) throw new DayNotPossible('死亡日期早于出生日期，请核对是否为同一个人。');
  const death: Death = { factId: newId(), diedOn, source };
  const dead = { ...person, version: person.version + 1, death };
  const { personId, divisionCode, version } = dead;
  return {
    state: { ...file, person: dead },
    events: [deathRecordedV1.of({ personId, divisionCode, version, ...death })],
  };
}

/** The record of the death was wrong, e.g. a namesake stood on the list. */
export function withdrawDeath(file: PersonFile, reason: string): FileDecision {
  const { death } = file.person;
  if (!death) throw new PersonIsNotDead();
  const person = { ...file.person, version: file.person.version + 1, death: null };
  const { personId, divisionCode, version } = person;
  return {
    state: { ...file, person, deathWithdrawn: { factId: death.factId, reason } },
    events: [deathWithdrawnV1.of({ personId, divisionCode, version, factId: death.factId, reason })],
  };
}

/** Where a person is seen from: the place of the file, and while away the place that they went to. */
export function placesOfPerson(person: Pick<Person, 'divisionCode' | 'away'>): string[] {
  return person.away ? [person.divisionCode, person.away.to] : [person.divisionCode];
}

/** The county of a division code: the region that a federation serves. */
export function countyOf(divisionCode: string): string {
  return divisionCode.slice(0, 6);
}

/**
 * The household registration moved. Out of the county it is a stop fact, and the file stays where it was; inside the county,
 * or back into it, or onwards into the county that the person went to, the file follows.
 */
export function movePerson(file: PersonFile, to: string, movedOn: string, today: string): FileDecision {
  const { person } = file;
  if (person.death) throw new PersonIsDead();
  if (movedOn > today) throw new DayNotPossible('迁移日期晚于今天，请在迁移生效后登记。');
  if (movedOn < person.birthDate) throw new DayNotPossible('迁移日期早于出生日期，请核对后重新填写。');
  const from = person.divisionCode;
  if (to === from && !person.away) {
    throw new MoveNotPossible('迁入地与现在的户籍地相同，无需登记迁移。请核对迁入地区划代码。');
  }
  if (person.away && movedOn < person.away.on) {
    throw new MoveNotPossible('迁移日期早于上一次迁移，请核对后重新填写。');
  }
  const leaves = person.away === null && countyOf(to) !== countyOf(person.divisionCode);
  if (leaves) {
    const away = { ...person, version: person.version + 1, away: { to, on: movedOn } };
    const { personId, divisionCode, version } = away;
    return {
      state: { ...file, person: away },
      events: [movedAwayV1.of({ personId, divisionCode, version, from, to, movedOn })],
    };
  }
  const moved = { ...person, version: person.version + 1, divisionCode: to, away: null };
  const told = { ...moved, version: moved.version + 1 };
  return {
    state: { ...file, person: told },
    events: [
      movedInV1.of({
        personId: moved.personId,
        divisionCode: to,
        version: moved.version,
        from,
        to,
        movedOn,
      }),
      registeredEvent(told),
    ],
  };
}

/** What a form says beside the number must agree with the number: sex and birth date stand in it. */
export function agreesWithNumber(
  stated: { readonly sex?: Sex | undefined; readonly birthDate?: string | undefined },
  number: { readonly sex: Sex; readonly birthDate: string },
): void {
  if (stated.sex && stated.sex !== number.sex) {
    throw new PersonContradicted('填写的性别与身份证号第17位不符，请对照身份证核对性别和号码。');
  }
  if (stated.birthDate && stated.birthDate !== number.birthDate) {
    throw new PersonContradicted('填写的出生日期与身份证号第7至14位不符，请对照身份证核对日期和号码。');
  }
}
