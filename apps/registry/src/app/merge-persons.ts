import { Injectable } from '@nestjs/common';
import { ColumnCipher, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { IdentityDecisions, type IdentityDecision } from '../adapters/postgres/identity-decisions.js';
import { numberTaken, PersonRepository } from '../adapters/postgres/person-repository.js';
import { Representatives } from '../adapters/postgres/representatives.js';
import { PersonNotFound } from '../domain/errors.js';
import {
  checkDecision,
  checkMergeable,
  checkOpen,
  mergeFiles,
  secondFile,
  splitFile,
  type SecondPerson,
} from '../domain/merge.js';
import { PersonChangedMeanwhile, SplitNotPossible } from '../domain/merge-errors.js';
import { NumberOfAnother } from '../domain/number-errors.js';
import { recordFacts, withdrawFact, type PersonFile } from '../domain/person.js';
import { ChangeNumber } from './change-number.js';
import { checkedIdentityNumber } from './register-person.js';

const NEW_PERSON = 'registry.identity_decisions.new_person';
const NO_NUMBER = { newNumber: null, numberChange: null };

/** What somebody proposes who found two files of one person; `personId` goes into `into`. */
export interface MergeProposal {
  readonly into: string;
  readonly reason: string;
  /** The versions of both files that the user saw. */
  readonly versions: { readonly person: number; readonly into: number };
}

/** What somebody proposes who found two persons in one file. */
export interface SplitProposal {
  readonly version: number;
  readonly reason: string;
  /** Ids of cases, cards, applications, benefits, files, accounts that go to the new person. */
  readonly subjects: readonly string[];
  /** The file that comes out again; absent: `person` says who it is. */
  readonly undoes?: string | undefined;
  readonly person?: { readonly name: string; readonly identityNumber: string } | undefined;
}

/** What came of a decision. */
export interface Decided {
  readonly decisionId: string;
  /** The file that stays. */
  readonly personId: string;
  readonly version: number;
  /** Of a split: the new file. */
  readonly newPersonId: string | null;
}

/** Files of one person become one, of two persons two, and numbers others: proposed by one user, decided by another. */
@Injectable()
export class MergePersons {
  constructor(
    private readonly decisions: IdentityDecisions,
    private readonly persons: PersonRepository,
    private readonly numbers: ChangeNumber,
    private readonly representatives: Representatives,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  /** @throws PersonNotFound, NotAllowed, PersonChangedMeanwhile, DecisionAlreadyProposed */
  async proposeMerge(actor: Actor, absorbedId: string, { into, reason, versions }: MergeProposal) {
    const [absorbed, person] = await Promise.all([
      this.decisions.seen(actor, absorbedId),
      this.decisions.seen(actor, into),
    ]);
    if (absorbed.version !== versions.person || person.version !== versions.into) {
      throw new PersonChangedMeanwhile();
    }
    return this.decisions.propose(
      actor,
      {
        kind: 'merge',
        personId: into,
        absorbedId,
        subjects: [],
        newPerson: null,
        ...NO_NUMBER,
        reason,
        personVersion: versions.into,
        absorbedVersion: versions.person,
      },
      { person, absorbed },
    );
  }

  /** @throws PersonNotFound, NotAllowed, PersonChangedMeanwhile, SplitNotPossible, IdentityNumberNotValid, DecisionAlreadyProposed */
  async proposeSplit(actor: Actor, personId: string, proposal: SplitProposal) {
    const { undoes, person: second } = proposal;
    if ((undoes === undefined) === (second === undefined)) throw new SplitNotPossible();
    const person = await this.decisions.seen(actor, personId);
    if (person.version !== proposal.version) throw new PersonChangedMeanwhile();
    const number = second && checkedIdentityNumber(second.identityNumber, this.clock.today()).number;
    return this.decisions.propose(
      actor,
      {
        kind: 'split',
        personId,
        absorbedId: undoes ?? null,
        subjects: proposal.subjects,
        newPerson:
          second && number
            ? this.cipher.encrypt(NEW_PERSON, JSON.stringify({ name: second.name, identityNumber: number }))
            : null,
        ...NO_NUMBER,
        reason: proposal.reason,
        personVersion: proposal.version,
        absorbedVersion: null,
      },
      { person, absorbed: null },
    );
  }

  /** @throws DecisionNotFound, DecisionNotOpen, DecisionFourEyes, PersonChangedMeanwhile, FilesContradict, NumberOfAnother */
  approve(actor: Actor, decisionId: string): Promise<Decided> {
    const approved = this.decisions.decide(actor, decisionId, (tx, decision, by): Promise<Decided> => {
      // Before anything is loaded: what was decided is no more to be found.
      checkOpen(decision, by);
      switch (decision.kind) {
        case 'merge':
          return this.merge(tx, decision);
        case 'split':
          return this.split(tx, decision);
        case 'number':
          return this.number(tx, decision);
      }
    });
    return approved.catch(numberTaken(() => new NumberOfAnother(null)));
  }

  /** @throws DecisionNotFound, DecisionNotOpen, DecisionFourEyes */
  async refuse(actor: Actor, decisionId: string, reason: string): Promise<void> {
    await this.decisions.decide(actor, decisionId, async (tx, decision, by) => {
      checkOpen(decision, by);
      await this.decisions.close(tx, decisionId, { status: 'refused', reason });
      tx.audit({
        what: `person.${decision.kind}-refused`,
        personIds: [decision.personId],
        why: reason,
        detail: { decisionId },
      });
    });
  }

  private async merge(tx: Tx, decision: IdentityDecision): Promise<Decided> {
    const { decisionId, personId, reason } = decision;
    const absorbedId = decision.absorbedId!;
    const files = await this.persons.load(tx, [personId, absorbedId]);
    const survivor = files.find(({ person }) => person.personId === personId);
    const absorbed = files.find(({ person }) => person.personId === absorbedId);
    if (!survivor || !absorbed) throw new PersonNotFound();
    checkDecision(decision, tx.actor, survivor.person, absorbed.person);
    checkMergeable(survivor.person, absorbed.person);
    const { state, events, taken } = mergeFiles(survivor, absorbed, randomUUID);
    await this.persons.save(tx, [{ before: survivor, after: state, events, why: reason }]);
    await this.decisions.absorb(tx, state, absorbedId, mergedVersion(survivor, absorbed));
    await this.representatives.tell(tx, [personId], absorbedId);
    await this.decisions.close(tx, decisionId, { status: 'approved', taken });
    tx.audit({
      what: 'person.merged',
      personIds: [personId, absorbedId],
      why: reason,
      detail: { decisionId },
    });
    return { decisionId, personId, version: state.person.version, newPersonId: null };
  }

  private async split(tx: Tx, decision: IdentityDecision): Promise<Decided> {
    const { decisionId, personId, absorbedId, reason, subjects } = decision;
    const [file] = await this.persons.load(tx, [personId]);
    if (!file) throw new PersonNotFound();
    checkDecision(decision, tx.actor, file.person, null);
    const newPersonId = randomUUID();
    const before = absorbedId ? await this.persons.loadMerged(tx, absorbedId, personId) : null;
    const { second, secrets } = before
      ? { second: before.person, secrets: await this.decisions.releaseNumber(tx, absorbedId!, personId) }
      : this.secondOf(decision, file);
    const { householdId: _, ...who } = second;
    const made = secondFile(
      { ...who, personId: newPersonId, householdId: null, relation: null },
      before,
      randomUUID,
    );
    const returned = absorbedId ? await this.giveBack(tx, file, absorbedId) : { state: file, events: [] };
    const parted = splitFile(returned.state, { newPersonId, aliasId: absorbedId, subjects });
    await this.persons.save(tx, [
      { before: file, after: parted.state, events: [...returned.events, ...parted.events], why: reason },
      { before: null, after: made.state, events: made.events, secrets },
    ]);
    await this.decisions.part(tx, {
      personId,
      newPersonId,
      absorbedId,
      subjects,
      version: parted.state.person.version,
    });
    await this.representatives.tell(tx, [newPersonId]);
    await this.decisions.close(tx, decisionId, { status: 'approved', newPersonId });
    tx.audit({
      what: 'person.split',
      personIds: [personId, newPersonId],
      why: reason,
      detail: { decisionId },
    });
    return { decisionId, personId, version: parted.state.person.version, newPersonId };
  }

  private async number(tx: Tx, decision: IdentityDecision): Promise<Decided> {
    const { decisionId, personId } = decision;
    return { decisionId, personId, version: await this.numbers.carryOut(tx, decision), newPersonId: null };
  }

  /** The facts that a merge had brought, given back: they are withdrawn, and what they had replaced counts again. */
  private async giveBack(tx: Tx, file: PersonFile, absorbedId: string) {
    const taken = await this.decisions.takenBy(tx, file.person.personId, absorbedId);
    const current = new Set([...file.facts.values()].map(({ factId }) => factId));
    const still = taken.filter(({ factId }) => current.has(factId));
    let state = file;
    const events = [];
    for (const { factId } of still) {
      const withdrawn = withdrawFact(state, factId, '合并有误，已拆分');
      state = withdrawn.state;
      events.push(...withdrawn.events);
    }
    const before = await this.persons.factsById(
      tx,
      still.flatMap(({ replaced }) => replaced ?? []),
    );
    if (before.length > 0 && !state.person.death) {
      const again = recordFacts(state, before, this.clock.today(), randomUUID);
      state = again.state;
      events.push(...again.events);
    }
    return { state, events };
  }

  private secondOf({ newPerson }: IdentityDecision, { person }: PersonFile) {
    const said = JSON.parse(this.cipher.decrypt(NEW_PERSON, newPerson!)) as {
      name: string;
      identityNumber: string;
    };
    const number = checkedIdentityNumber(said.identityNumber, this.clock.today());
    const second: SecondPerson = {
      personId: person.personId,
      divisionCode: person.divisionCode,
      name: said.name,
      sex: number.sex,
      birthDate: number.birthDate,
      identityToken: this.persons.tokenOf(number.number),
      householdId: null,
      relation: null,
    };
    return {
      second,
      secrets: this.persons.seal({ identityNumber: number.number, phone: null, address: null }),
    };
  }
}

/** The version under which a merge is told: above both. */
function mergedVersion(survivor: PersonFile, absorbed: PersonFile): number {
  return Math.max(survivor.person.version, absorbed.person.version) + 1;
}
