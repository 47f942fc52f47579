import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { actingAs, type Actor, ColumnCipher, lookingWith, type Role, identityNumberOf } from '@app/access';
import { Clock } from '@app/kernel';
import { CardRepository } from '../adapters/postgres/card-repository.js';
import { PersonReadModel } from '../adapters/postgres/person-read-model.js';
import { RegionModes } from '../adapters/region-modes.js';
import type { Evidence } from '../domain/application.js';
import { cardNumberFault, readCardNumber, writeCardNumber } from '../domain/card-number.js';
import { assertNoneInForce, takeIn, type Card } from '../domain/card.js';
import { disabilityOf, type Component } from '../domain/disability.js';
import {
  CardNumberDiffers,
  CardsIssuedAbove,
  DayInFuture,
  PersonNotOnFile,
  PersonRecordedDead,
  StandardNotMet,
} from '../domain/errors.js';

export interface IncomingCard {
  readonly identityNumber: string;
  readonly cardNumber: string;
  readonly components: readonly Component[];
  readonly issuedOn: string;
  readonly validTo: string;
  readonly note: string | null;
  readonly evidence: readonly Evidence[];
}

const ROLES: readonly Role[] = ['card-officer', 'federation-lead'];

/** Puts a card on file that another county issued, when its holder has moved in (迁入). */
@Injectable()
export class TakeInCard {
  constructor(
    private readonly cards: CardRepository,
    private readonly persons: PersonReadModel,
    private readonly regions: RegionModes,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, incoming: IncomingCard): Promise<Card> {
    const identityNumber = identityNumberOf(incoming.identityNumber);
    const disability = disabilityOf(incoming.components);
    if (!disability) throw new StandardNotMet();
    const fault = cardNumberFault(incoming.cardNumber, { identityNumber, ...disability });
    const number = readCardNumber(incoming.cardNumber);
    if (fault || !number) throw new CardNumberDiffers(fault ?? 'shape');
    if (incoming.issuedOn > this.clock.today()) throw new DayInFuture('issuedOn');
    const token = this.cipher.blindIndex('identity', identityNumber);
    const person = await this.persons.byToken(lookingWith(actor, 'card:read'), token);
    if (!person) throw new PersonNotOnFile();
    const by = actingAs(actor, ROLES, person.divisionCode);
    if (this.regions.of(person.divisionCode) === 'followed') throw new CardsIssuedAbove();
    return this.cards.add(by, async (tx) => {
      const holder = await this.persons.lock(tx, person.personId);
      if (!holder) throw new PersonNotOnFile();
      if (holder.diedOn !== null) throw new PersonRecordedDead();
      // Nobody gets a second card because the first one stands at another place.
      const inForce = await tx.asService(() => this.cards.lockInForce(tx, [holder.personId]));
      assertNoneInForce(inForce.get(holder.personId) ?? null);
      return {
        ...takeIn({
          cardId: randomUUID(),
          personId: holder.personId,
          divisionCode: holder.divisionCode,
          disability,
          number: writeCardNumber(number),
          issuedOn: incoming.issuedOn,
          validTo: incoming.validTo,
        }),
        because: { action: 'take-in', reason: 'move', note: incoming.note, evidence: incoming.evidence },
      };
    });
  }
}
