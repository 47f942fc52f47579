import { Injectable } from '@nestjs/common';
import { actingAs, type Actor, lookingWith, type Role } from '@app/access';
import { Clock } from '@app/kernel';
import { CardRepository } from '../adapters/postgres/card-repository.js';
import { RegionModes } from '../adapters/region-modes.js';
import type { Evidence } from '../domain/application.js';
import { act, type Card, type CardAction } from '../domain/card.js';
import { CardNotFound, CardsIssuedAbove } from '../domain/errors.js';

/** Why, in whose words, on which evidence. */
export interface Grounding {
  readonly reason: string | null;
  readonly note: string | null;
  readonly evidence: readonly Evidence[];
}

const OFFICER: readonly Role[] = ['card-officer', 'federation-lead'];
const LEAD: readonly Role[] = ['federation-lead'];

/** What takes a decision back, or rests on a new assessment, is the lead's; the rest is counter work. */
const rolesFor: Record<CardAction['kind'], readonly Role[]> = {
  renew: OFFICER,
  regrade: LEAD,
  replace: OFFICER,
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
    private readonly regions: RegionModes,
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
    const today = this.clock.today();
    return this.cards.change(by, cardId, (card) => ({
      ...act(card, action, today),
      because: { action: action.kind, ...grounding },
    }));
  }
}
