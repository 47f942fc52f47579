import { Injectable } from '@nestjs/common';
import { actingAs, ColumnCipher, permissions, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { Database, type Tx } from '@app/platform';
import { FormerNumbers } from '../adapters/postgres/former-numbers.js';
import { IdentityDecisions, type IdentityDecision } from '../adapters/postgres/identity-decisions.js';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { PersonNotFound } from '../domain/errors.js';
import { checkDecision } from '../domain/merge.js';
import { PersonChangedMeanwhile } from '../domain/merge-errors.js';
import { changeNumber, checkBasis, hasNumber, type NumberChange } from '../domain/person-number.js';
import { checkedIdentityNumber } from './register-person.js';

const NEW_NUMBER = 'registry.identity_decisions.new_number';

/** What somebody proposes who has the proof of another identity number. */
export interface NumberProposal extends NumberChange {
  readonly identityNumber: string;
  readonly reason: string;
  /** The version of the file that the user saw. */
  readonly version: number;
}

/** The identity number of a person is another one, or there is one at last: proposed with its proof by one user, decided by another. */
@Injectable()
export class ChangeNumber {
  constructor(
    private readonly decisions: IdentityDecisions,
    private readonly persons: PersonRepository,
    private readonly former: FormerNumbers,
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  /** @throws PersonNotFound, PersonChangedMeanwhile, IdentityNumberNotValid, NumberBasisDiffers, NumberOfAnother, DecisionAlreadyProposed */
  async propose(actor: Actor, personId: string, proposal: NumberProposal): Promise<{ decisionId: string }> {
    const { number } = checkedIdentityNumber(proposal.identityNumber, this.clock.today());
    const person = await this.decisions.seen(actor, personId);
    if (person.version !== proposal.version) throw new PersonChangedMeanwhile();
    checkBasis(person, proposal.basis);
    const who = actingAs(actor, permissions['person:correct'], person.places);
    await this.database.read(who, (tx) => this.former.assertFree(tx, this.persons.tokenOf(number), personId));
    const { basis, since, proof, reason, version } = proposal;
    return this.decisions.propose(
      actor,
      {
        ...{ kind: 'number', personId, absorbedId: null, subjects: [], newPerson: null, reason },
        ...{ personVersion: version, absorbedVersion: null },
        newNumber: this.cipher.encrypt(NEW_NUMBER, number),
        numberChange: { basis, since, proof },
      },
      { person, absorbed: null },
    );
  }

  /** What was proposed has its effect. @returns the version after it @throws as `propose`, DecisionFourEyes */
  async carryOut(tx: Tx, decision: IdentityDecision): Promise<number> {
    const { decisionId, personId, reason } = decision;
    const change = decision.numberChange!;
    const [file] = await this.persons.load(tx, [personId]);
    if (!file) throw new PersonNotFound();
    checkDecision(decision, tx.actor, file.person, null);
    const today = this.clock.today();
    const plain = this.cipher.decrypt(NEW_NUMBER, decision.newNumber!);
    const { number, ...says } = checkedIdentityNumber(plain, today);
    const token = this.persons.tokenOf(number);
    await this.former.assertFree(tx, token, personId);
    const { state, events } = changeNumber(file, { ...says, token }, change, today);
    if (hasNumber(file.person) && change.basis !== 'first') {
      const { basis, since: until, proof } = change;
      const { identityToken } = file.person;
      await this.former.keep(tx, { personId, token: identityToken, basis, until, proof, reason, decisionId });
    }
    await this.persons.save(tx, [
      {
        before: file,
        after: state,
        events,
        why: reason,
        secrets: this.persons.sealSome({ identityNumber: number }),
      },
    ]);
    await this.decisions.close(tx, decisionId, { status: 'approved' });
    tx.audit({
      what: 'person.number-changed',
      personIds: [personId],
      why: reason,
      detail: { decisionId, basis: change.basis },
    });
    return state.person.version;
  }
}
