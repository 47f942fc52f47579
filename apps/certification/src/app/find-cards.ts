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
  identityFault,
  identityNumberOf,
} from '@app/access';
import { Database } from '@app/platform';
import { CardRepository } from '../adapters/postgres/card-repository.js';
import { readCardNumber } from '../domain/card-number.js';
import { CardNotFound, CardNumberDiffers } from '../domain/errors.js';
import type { Card } from '../domain/card.js';
import type { Component } from '../domain/disability.js';

/** Why a named person is to decide about a card. */
export interface Proposal {
  readonly propose: 'cancellation' | 'transfer' | 'renumbering';
  readonly because: 'death' | 'standard-not-met' | 'moved-away' | 'identity-number-changed' | 'files-merged';
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
  /** Numbers that it had before, the latest first. */
  readonly formerNumbers: readonly { readonly cardNumber: Sensitive; readonly untilVersion: number }[];
  readonly version: number;
}

/** By what a card was found: its number or the holder's, a former one, that of a merged file, or one that was never the holder's. */
export const foundBy = ['current', 'former', 'absorbed', 'mistaken'] as const;
export type FoundBy = (typeof foundBy)[number];

/** One entry of a card's history. */
export interface CardEventView {
  readonly version: number;
  readonly action: string;
  readonly reason: string | null;
  readonly note: string | null;
  readonly evidence: readonly { kind: string; reference: string }[];
  /** Who acted for the holder: their entry in registry. */
  readonly onBehalf: string | null;
  readonly status: string;
  readonly category: string;
  readonly grade: number;
  readonly validTo: string;
  readonly by: { id: string; role: string };
  readonly at: string;
}

interface Row extends Omit<CardView, 'holder' | 'cardNumber' | 'proposals' | 'formerNumbers'> {
  name: string | null;
  number: string;
  diedOn: string | null;
  movedAwayTo: string | null;
  movedAwayOn: string | null;
  standardNotMetOn: string | null;
  numberUntil: string | null;
  numberEnded: 'changed' | 'mistaken' | 'merged' | null;
  former: { number: string; until: number }[];
}

// A card that was transferred out stays where it was; its holder, registered elsewhere by now, is not in reach with it.
const SELECT = `
  select c.card_id as "cardId", c.person_id as "personId", c.division_code as "divisionCode", c.status, c.away_to as "awayTo",
    c.category, c.grade, c.components, c.issued_on as "issuedOn", c.valid_to as "validTo", c.origin,
    c.delivered_on as "deliveredOn", c.cancelled, c.version, c.card_number as number,
    c.standard_not_met_on as "standardNotMetOn", p.name, p.died_on as "diedOn", p.moved_away_to as "movedAwayTo",
    p.moved_away_on as "movedAwayOn", f.until as "numberUntil", f.because as "numberEnded",
    (select coalesce(json_agg(json_build_object('number', n.card_number, 'until', n.until_version) order by n.until_version desc), '[]')
     from former_card_numbers n where n.card_id = c.card_id) as former
  from cards c left join persons p on p.person_id = c.person_id
  left join former_identity_tokens f
    on f.person_id = c.person_id and f.identity_token = c.identity_token and c.identity_token <> p.identity_token`;

// What is proposed follows from the facts of the person: nothing to set or clear when a death or a move is taken back.
const PROPOSED = {
  cancellation: `c.status <> 'cancelled' and (p.died_on is not null or c.standard_not_met_on is not null)`,
  transfer: `c.status <> 'cancelled' and c.away_to is null and p.moved_away_to is not null`,
  renumbering: `c.status <> 'cancelled' and c.away_to is null and f.until is not null`,
};

const IN_FORCE_FIRST = `c.status = 'cancelled', c.created_at desc limit 1`;

const BY_CARD_NUMBER = `
  select c.card_id, case when c.card_token = $1 then 'current' else 'former' end as found_by from cards c
  where c.card_id in (select card_id from cards where card_token = $1 union all select card_id from former_card_numbers where card_token = $1)
  order by c.card_token <> $1, ${IN_FORCE_FIRST}`;

const BY_IDENTITY_NUMBER = `
  select c.card_id, o.found_by
  from (select person_id, 'current' as found_by, 0 as place from persons where identity_token = $1
        union all
        select person_id, case because when 'changed' then 'former' when 'merged' then 'absorbed' else because end,
          case because when 'mistaken' then 2 else 1 end
        from former_identity_tokens where identity_token = $1) o
  join cards c using (person_id) order by o.place, ${IN_FORCE_FIRST}`;

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
  async byNumber(
    actor: Actor,
    kind: 'identity' | 'card',
    number: string,
  ): Promise<CardView & { foundBy: FoundBy }> {
    const token =
      kind === 'card'
        ? this.cards.tokenOf(cardNumberOf(number))
        : this.cipher.blindIndex('identity', identityNumberOf(number));
    const [found] = await this.database.query<{ card_id: string; found_by: FoundBy }>(
      lookingWith(actor, 'card:read'),
      kind === 'card' ? BY_CARD_NUMBER : BY_IDENTITY_NUMBER,
      [token],
    );
    if (!found) throw new CardNotFound();
    return { ...(await this.byId(actor, found.card_id)), foundBy: found.found_by };
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
      `select version, action, reason, note, evidence, on_behalf as "onBehalf", status, category, grade, valid_to as "validTo",
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
    numberUntil,
    numberEnded,
    former,
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
    if (live && numberUntil && card.awayTo === null) {
      const because = numberEnded === 'merged' ? 'files-merged' : 'identity-number-changed';
      proposals.push({ propose: 'renumbering', because, on: numberUntil, to: null });
    }
    return {
      ...card,
      formerNumbers: former.map(({ number: stored, until }) => ({
        cardNumber: new Sensitive('card', this.cards.openFormer(stored)),
        untilVersion: until,
      })),
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
