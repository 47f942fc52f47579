import { Injectable } from '@nestjs/common';
import { actingAs, type Actor, ColumnCipher, lookingWith, type Role } from '@app/access';
import { Clock } from '@app/kernel';
import { CardRepository } from '../adapters/postgres/card-repository.js';
import { PersonReadModel } from '../adapters/postgres/person-read-model.js';
import { RegionModes } from '../adapters/region-modes.js';
import type { Evidence } from '../domain/application.js';
import { act, type Card, type CardAction } from '../domain/card.js';
import {
  CardNotFound,
  CardsIssuedAbove,
  NumberIsFormer,
  PersonDiffers,
  PersonNotOnFile,
} from '../domain/errors.js';
import { CheckAuthority } from './check-authority.js';

/** Why, in whose words, on which evidence. */
export interface Grounding {
  readonly reason: string | null;
  readonly note: string | null;
  readonly evidence: readonly Evidence[];
  /** Who says so for the holder: an entry of registry's. Only for a cancellation that is the holder's wish. */
  readonly onBehalf?: string | null;
}

const OFFICER: readonly Role[] = ['card-officer', 'federation-lead'];
const LEAD: readonly Role[] = ['federation-lead'];

/** What takes a decision back, or rests on a new assessment, is the lead's; the rest is counter work. */
const rolesFor: Record<CardAction['kind'], readonly Role[]> = {
  renew: OFFICER,
  regrade: LEAD,
  replace: OFFICER,
  renumber: OFFICER,
  'transfer-out': OFFICER,
  'transfer-in': OFFICER,
  freeze: OFFICER,
  unfreeze: OFFICER,
  cancel: OFFICER,
  correct: LEAD,
  deliver: OFFICER,
  'find-standard-not-met': OFFICER,
};

/** Everything that an officer does with a card, in one transaction with its history and its fact. */
@Injectable()
export class ChangeCard {
  constructor(
    private readonly cards: CardRepository,
    private readonly persons: PersonReadModel,
    private readonly cipher: ColumnCipher,
    private readonly regions: RegionModes,
    private readonly authority: CheckAuthority,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, cardId: string, action: CardAction, grounding: Grounding): Promise<Card> {
    const place = await this.cards.placeOf(lookingWith(actor, 'card:read'), cardId);
    if (!place) throw new CardNotFound({ cardId });
    const by = actingAs(actor, rolesFor[action.kind], place.divisionCode);
    // Handing over the plastic happens at the counter, wherever the card was decided.
    if (action.kind !== 'deliver' && this.regions.of(place.divisionCode) === 'followed') {
      throw new CardsIssuedAbove();
    }
    const { onBehalf = null } = grounding;
    if (onBehalf !== null) await this.authority.run(by, place.personId, onBehalf, 'decline');
    const holderId = action.kind === 'renumber' ? await this.holderOf(actor, action.identityNumber) : null;
    const today = this.clock.today();
    return this.cards.change(by, cardId, (card) => {
      if (holderId !== null && holderId !== card.personId) throw new PersonDiffers();
      return { ...act(card, action, today), because: { action: action.kind, ...grounding } };
    });
  }

  /** Whose number it is, as registry has told. @throws PersonNotOnFile, NumberIsFormer */
  private async holderOf(actor: Actor, identityNumber: string): Promise<string> {
    const token = this.cipher.blindIndex('identity', identityNumber);
    const person = await this.persons.byToken(lookingWith(actor, 'card:read'), token);
    if (!person) throw new PersonNotOnFile();
    if (person.identityToken !== token) throw new NumberIsFormer();
    return person.personId;
  }
}
