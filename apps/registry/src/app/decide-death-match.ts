import { Injectable } from '@nestjs/common';
import { permissions, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { randomUUID } from 'node:crypto';
import { DeathMatches } from '../adapters/postgres/death-matches.js';
import { PersonRepository } from '../adapters/postgres/person-repository.js';
import { checkChoice, checkSecond, checkUndecided } from '../domain/death-match.js';
import { DeathMatchNotProposed } from '../domain/death-match-errors.js';
import { recordDeath } from '../domain/person.js';

/** Whom a row of a death list means, where it is not certain: one user says it, another one says so too, and only then it is a death. */
@Injectable()
export class DecideDeathMatch {
  constructor(
    private readonly matches: DeathMatches,
    private readonly persons: PersonRepository,
    private readonly clock: Clock,
  ) {}

  /** This one is it. @throws DeathMatchNotFound, NotAllowed, DeathMatchNotOpen, NotAmongCandidates */
  propose(actor: Actor, matchId: string, { personId, reason }: { personId: string; reason: string }) {
    return this.matches.decide(actor, 'person:record-death', matchId, (match) => {
      checkChoice(match, personId);
      return { status: 'proposed', chosenId: personId, reason };
    });
  }

  /** None of these. @throws DeathMatchNotFound, NotAllowed, DeathMatchNotOpen */
  nobody(actor: Actor, matchId: string, reason: string): Promise<void> {
    return this.matches.decide(actor, 'person:record-death', matchId, (match) => {
      checkUndecided(match);
      return { status: 'nobody', reason };
    });
  }

  /** The sender of the list is asked; the row waits for the answer. @throws DeathMatchNotFound, NotAllowed, DeathMatchNotOpen */
  ask(actor: Actor, matchId: string, reason: string): Promise<void> {
    return this.matches.decide(actor, 'person:record-death', matchId, (match) => {
      checkUndecided(match);
      return { status: 'asked', reason };
    });
  }

  /** A second person does not say so: it waits again. @throws DeathMatchNotFound, NotAllowed, DeathMatchNotProposed, DeathMatchFourEyes */
  refuse(actor: Actor, matchId: string, reason: string): Promise<void> {
    return this.matches.decide(actor, 'person:withdraw-death', matchId, (match, by) => {
      checkSecond(match, by);
      return { status: 'open', reason };
    });
  }

  /**
   * A second person says so too: the death is recorded, with list and row as its source, and can be withdrawn like any other.
   * @throws DeathMatchNotFound, NotAllowed, DeathMatchNotOpen, DeathMatchNotProposed, DeathMatchFourEyes, DeathOnFileDiffers
   */
  async approve(
    actor: Actor,
    matchId: string,
  ): Promise<{ personId: string; version: number; factId: string }> {
    const match = await this.matches.seen(actor, matchId);
    if (match.chosenId === null) throw new DeathMatchNotProposed();
    const source = { kind: 'roster:death', reference: `${match.importId}#${match.row}`, asOf: match.asOf };
    const today = this.clock.today();
    const { person } = await this.persons.change(
      actor,
      permissions['person:withdraw-death'],
      match.chosenId,
      (file) => recordDeath(file, match.diedOn, source, today, randomUUID),
      {
        also: async (tx) => {
          const locked = await this.matches.lock(tx, matchId);
          // Proposed anew between the two looks, it would be another person.
          if (checkSecond(locked, tx.actor) !== match.chosenId) throw new DeathMatchNotProposed();
          await this.matches.step(tx, locked, { status: 'matched' });
        },
      },
    );
    return { personId: person.personId, version: person.version, factId: person.death!.factId };
  }
}
