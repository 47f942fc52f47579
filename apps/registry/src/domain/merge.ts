import { isSameHand, type Hand } from '@app/access';
import {
  deathRecordedV1,
  factRecordedV1,
  personMergedV1,
  personSplitV1,
  type NewEvent,
  type RecordedFact,
} from '@app/contracts';
import {
  DecisionFourEyes,
  DecisionNotOpen,
  FilesContradict,
  FilesNotMergeable,
  PersonChangedMeanwhile,
} from './merge-errors.js';
import {
  registeredEvent,
  registerPerson,
  type EndedFact,
  type FileDecision,
  type Person,
  type PersonFile,
} from './person.js';
import { hasNumber } from './person-number.js';

type NewId = () => string;

/** A fact that the surviving file took over, and what it had said itself. */
export interface TakenFact {
  readonly factId: string;
  readonly replaced: string | null;
}

/** That two files are of one person, or one is of two, as one user proposed it. */
export interface Proposal {
  readonly status: 'proposed' | 'approved' | 'refused' | 'undone';
  readonly proposedBy: Hand;
  /** The versions that the proposer saw. */
  readonly personVersion: number;
  readonly absorbedVersion: number | null;
}

/** A second pair of eyes, and both files as they were proposed. @throws DecisionNotOpen, DecisionFourEyes, PersonChangedMeanwhile */
export function checkDecision(
  proposal: Proposal,
  by: Hand,
  person: Person,
  absorbed: Pick<Person, 'version'> | null,
): void {
  checkOpen(proposal, by);
  if (person.version !== proposal.personVersion) throw new PersonChangedMeanwhile();
  if (absorbed && absorbed.version !== proposal.absorbedVersion) throw new PersonChangedMeanwhile();
}

/** @throws DecisionNotOpen, DecisionFourEyes */
export function checkOpen({ status, proposedBy }: Proposal, by: Hand): void {
  if (status !== 'proposed') throw new DecisionNotOpen();
  if (isSameHand(proposedBy, by)) throw new DecisionFourEyes();
}

/** What would end or move money by itself is settled by a person first, each in its own file. @throws FilesNotMergeable, FilesContradict */
export function checkMergeable(survivor: Person, absorbed: Person): void {
  if (survivor.personId === absorbed.personId) throw new FilesNotMergeable();
  if (survivor.death?.diedOn !== absorbed.death?.diedOn) throw new FilesContradict('death');
  if (survivor.away?.to !== absorbed.away?.to) throw new FilesContradict('away');
  if (!hasNumber(survivor) && hasNumber(absorbed)) throw new FilesContradict('number');
}

/** A merge as it comes out: the surviving file, and what it took over. */
export interface Merged extends FileDecision {
  readonly taken: readonly TakenFact[];
}

/**
 * Two files become one. The surviving file keeps its id, name, number and place. Of a fact that both have, the one that a source
 * confirmed last stands, and the surviving file's on the same day; what only the other has is taken over. A household is taken over
 * where it had none. All that is then known is told again above every version that either had, so that no late fact of the other counts.
 * @throws FilesNotMergeable, FilesContradict
 */
export function mergeFiles(survivor: PersonFile, absorbed: PersonFile, newId: NewId): Merged {
  checkMergeable(survivor.person, absorbed.person);
  const facts = new Map(survivor.facts);
  const confirmed = new Map(survivor.confirmed);
  const ended: EndedFact[] = [...survivor.ended];
  const taken: TakenFact[] = [];
  for (const [name, theirs] of absorbed.facts) {
    const own = facts.get(name);
    const day = absorbed.confirmed.get(name) ?? theirs.source.asOf;
    if (own && (confirmed.get(name) ?? own.source.asOf) >= day) continue;
    const fact: RecordedFact = { ...theirs, factId: newId() };
    if (own) ended.push({ factId: own.factId, as: 'replaced', reason: '合并档案，以最近核实的信息为准' });
    facts.set(name, fact);
    confirmed.set(name, day);
    taken.push({ factId: fact.factId, replaced: own?.factId ?? null });
  }
  const { householdId, relation } = survivor.person.householdId ? survivor.person : absorbed.person;
  const version = Math.max(survivor.person.version, absorbed.person.version) + 1;
  const person: Person = { ...survivor.person, householdId, relation, version: version + 1 };
  const { personId, divisionCode } = person;
  const merged = personMergedV1.of({
    personId,
    divisionCode,
    version,
    absorbedId: absorbed.person.personId,
  });
  const told = tellFacts(person, facts);
  return {
    state: { ...survivor, person: told.person, facts, confirmed, ended },
    events: [merged, registeredEvent(person), ...told.events],
    taken,
  };
}

/** Everything that is known, under the next version. */
function tellFacts(
  person: Person,
  facts: ReadonlyMap<string, RecordedFact>,
): { person: Person; events: NewEvent[] } {
  if (facts.size === 0) return { person, events: [] };
  const { personId, divisionCode } = person;
  const version = person.version + 1;
  return {
    person: { ...person, version },
    events: [factRecordedV1.of({ personId, divisionCode, version, facts: [...facts.values()] })],
  };
}

/** Who the second person is. */
export type SecondPerson = Omit<Person, 'version' | 'death' | 'away'>;

/**
 * A file for the person who comes out of another one.
 * @param before the file that had been merged into the other, with all that was known in it; null: there was none
 */
export function secondFile(second: SecondPerson, before: PersonFile | null, newId: NewId): FileDecision {
  const { state, events } = registerPerson(second);
  if (!before) return { state, events };
  const facts = new Map([...before.facts].map(([name, fact]) => [name, { ...fact, factId: newId() }]));
  const told = tellFacts(state.person, facts);
  const known = { ...state, facts, confirmed: new Map(before.confirmed), person: told.person };
  if (!before.person.death) return { state: known, events: [...events, ...told.events] };
  const death = { ...before.person.death, factId: newId() };
  const dead: Person = { ...told.person, version: told.person.version + 1, death };
  const { personId, divisionCode, version } = dead;
  return {
    state: { ...known, person: dead },
    events: [...events, ...told.events, deathRecordedV1.of({ personId, divisionCode, version, ...death })],
  };
}

/** The file that the second person comes out of: it says who goes, and which of its parts. */
export function splitFile(
  file: PersonFile,
  part: {
    readonly newPersonId: string;
    readonly aliasId: string | null;
    readonly subjects: readonly string[];
  },
): FileDecision {
  const person = { ...file.person, version: file.person.version + 1 };
  const { personId, divisionCode, version } = person;
  return {
    state: { ...file, person },
    events: [
      personSplitV1.of({
        personId,
        divisionCode,
        version,
        newPersonId: part.newPersonId,
        aliasId: part.aliasId,
        subjects: [...part.subjects],
      }),
    ],
  };
}
