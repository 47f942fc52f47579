import { Injectable } from '@nestjs/common';
import {
  actingAs,
  type Actor,
  ColumnCipher,
  lookingWith,
  normaliseNumber,
  permissions,
  readsInClear,
  type ReadsPage,
  REVEALED,
  Sensitive,
} from '@app/access';
import { Database } from '@app/platform';
import { CardRepository } from '../adapters/postgres/card-repository.js';
import { readCardNumber } from '../domain/card-number.js';
import { identityFault, identityNumberOf } from '../domain/identity-number.js';
import { CardNotFound, CardNumberDiffers } from '../domain/errors.js';
import type { Card } from '../domain/card.js';
import type { Component } from '../domain/disability.js';

/** Why a named person is to decide about a card. */
export interface Proposal {
  readonly propose: 'cancellation' | 'transfer';
  readonly because: 'death' | 'standard-not-met' | 'moved-away';
  readonly on: string;
  readonly to: string | null;
}

/** A card as officers see it: name and number leave masked. */
export interface CardView {
  readonly cardId: string;
  readonly personId: string;
  readonly holder: Sensitive;
  readonly cardNumber: Sensitive;
  readonly divisionCode: string;
  readonly status: Card['status'];
  readonly awayTo: string | null;
  readonly category: string;
  readonly grade: number;
  readonly components: readonly Component[];
  readonly issuedOn: string;
  readonly validTo: string;
  readonly origin: Card['origin'];
  readonly deliveredOn: string | null;
  readonly cancelled: Card['cancelled'];
  readonly proposals: readonly Proposal[];
  readonly version: number;
}

/** One entry of a card's history. */
export interface CardEventView {
  readonly version: number;
  readonly action: string;
  readonly reason: string | null;
  readonly note: string | null;
  readonly evidence: readonly { kind: string; reference: string }[];
  readonly status: string;
  readonly category: string;
  readonly grade: number;
  readonly validTo: string;
  readonly by: { id: string; role: string };
  readonly at: string;
}

interface Row extends Omit<CardView, 'holder' | 'cardNumber' | 'proposals'> {
  name: string | null;
  number: string;
  diedOn: string | null;
  movedAwayTo: string | null;
  movedAwayOn: string | null;
  standardNotMetOn: string | null;
}

// A card that was transferred out stays where it was; its holder, registered elsewhere by now, is not in reach with it.
const SELECT = `
  select c.card_id as "cardId", c.person_id as "personId", c.division_code as "divisionCode", c.status, c.away_to as "awayTo",
    c.category, c.grade, c.components, c.issued_on as "issuedOn", c.valid_to as "validTo", c.origin,
    c.delivered_on as "deliveredOn", c.cancelled, c.version, c.card_number as number,
    c.standard_not_met_on as "standardNotMetOn", p.name, p.died_on as "diedOn", p.moved_away_to as "movedAwayTo",
    p.moved_away_on as "movedAwayOn"
  from cards c left join persons p on p.person_id = c.person_id`;

// What is proposed follows from the facts of the person: nothing to set or clear when a death or a move is taken back.
const PROPOSED = {
  cancellation: `c.status <> 'cancelled' and (p.died_on is not null or c.standard_not_met_on is not null)`,
  transfer: `c.status <> 'cancelled' and c.away_to is null and p.moved_away_to is not null`,
};

export interface CardFilter {
  readonly proposed: keyof typeof PROPOSED | null;
  readonly after: string | null;
  readonly limit: number;
}

/** Looks at cards; what is out of the actor's reach is as if it did not exist. */
@Injectable()
export class FindCards {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly cards: CardRepository,
  ) {}

  async byId(actor: Actor, cardId: string): Promise<CardView> {
    return this.one(actor, 'c.card_id = $1', cardId, new CardNotFound({ cardId }));
  }

  /** The card in force, else the newest one. */
  async ofPerson(actor: Actor, personId: string): Promise<CardView> {
    return this.one(
      actor,
      `c.person_id = $1 order by c.status = 'cancelled', c.created_at desc`,
      personId,
      new CardNotFound({ personId }),
    );
  }

  /**
   * By the number on the card, or of the person; numbers come in bodies only.
   * @throws IdentityNumberMalformed, CardNumberDiffers for what nobody can have: it was misread, not searched in vain
   */
  async byNumber(actor: Actor, kind: 'identity' | 'card', number: string): Promise<CardView> {
    const token =
      kind === 'card'
        ? this.cards.tokenOf(cardNumberOf(number))
        : this.cipher.blindIndex('identity', identityNumberOf(number));
    const column = kind === 'card' ? 'c.card_token' : 'p.identity_token';
    return this.one(
      actor,
      `${column} = $1 order by c.status = 'cancelled', c.created_at desc`,
      token,
      new CardNotFound(),
    );
  }

  async list(actor: Actor, { proposed, after, limit }: CardFilter): Promise<CardView[]> {
    const rows = await this.database.query<Row>(
      lookingWith(actor, 'card:read'),
      `${SELECT}
       where ($1::uuid is null or c.card_id > $1) and ${proposed ? PROPOSED[proposed] : 'true'}
       order by c.card_id limit $2`,
      [after, limit],
    );
    return rows.map((row) => this.toView(row));
  }

  async history(actor: Actor, cardId: string): Promise<CardEventView[]> {
    await this.byId(actor, cardId);
    return this.database.query<CardEventView>(
      lookingWith(actor, 'card:read'),
      `select version, action, reason, note, evidence, status, category, grade, valid_to as "validTo",
         jsonb_build_object('id', actor_id, 'role', actor_role) as by, to_jsonb(happened_at) as at
       from card_events where card_id = $1 order by version`,
      [cardId],
    );
  }

  /** The number of a card in the clear: it is read and written down together, or not at all. @throws CardNotFound */
  async reveal(actor: Actor, cardId: string, purpose: string): Promise<Sensitive> {
    const place = await this.cards.placeOf(lookingWith(actor, 'card:read'), cardId);
    if (!place) throw new CardNotFound({ cardId });
    const who = actingAs(actor, permissions['card:reveal'], place.divisionCode);
    return this.database.transaction(who, async (tx) => {
      const [row] = await tx.query<{ person_id: string; number: string }>(
        'select person_id, card_number as number from cards where card_id = $1',
        [cardId],
      );
      if (!row) throw new CardNotFound({ cardId });
      tx.audit({
        what: REVEALED,
        personIds: [row.person_id],
        why: purpose,
        detail: { field: 'card', cardId },
      });
      return new Sensitive('card', this.cards.openNumber(row.number));
    });
  }

  /** Who read the number of a card of this one's holder in the clear. @throws CardNotFound */
  async reads(
    actor: Actor,
    cardId: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<ReadsPage> {
    return this.database.read(lookingWith(actor, 'card:reads'), async (tx) => {
      const [card] = await tx.query<{ person_id: string }>('select person_id from cards where card_id = $1', [
        cardId,
      ]);
      if (!card) throw new CardNotFound({ cardId });
      return readsInClear(tx, card.person_id, page);
    });
  }

  private async one(actor: Actor, where: string, param: string, notFound: CardNotFound): Promise<CardView> {
    const looking = lookingWith(actor, 'card:read');
    const [row] = await this.database.query<Row>(looking, `${SELECT} where ${where} limit 1`, [param]);
    if (!row) throw notFound;
    return this.toView(row);
  }

  private toView({
    name,
    number,
    diedOn,
    movedAwayTo,
    movedAwayOn,
    standardNotMetOn,
    ...card
  }: Row): CardView {
    const live = card.status !== 'cancelled';
    const proposals: Proposal[] = [];
    if (live && diedOn) proposals.push({ propose: 'cancellation', because: 'death', on: diedOn, to: null });
    if (live && standardNotMetOn) {
      proposals.push({
        propose: 'cancellation',
        because: 'standard-not-met',
        on: standardNotMetOn,
        to: null,
      });
    }
    if (live && movedAwayTo && movedAwayOn && card.awayTo === null) {
      proposals.push({ propose: 'transfer', because: 'moved-away', on: movedAwayOn, to: movedAwayTo });
    }
    return {
      ...card,
      holder: new Sensitive('name', name ?? ''),
      cardNumber: new Sensitive('card', this.cards.openNumber(number)),
      proposals,
    };
  }
}

function cardNumberOf(text: string): string {
  const read = readCardNumber(text);
  if (!read) throw new CardNumberDiffers('shape');
  if (identityFault(read.identityNumber)) throw new CardNumberDiffers('identity-number');
  return normaliseNumber(text);
}
