import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import type { DisabilityCategory, DisabilityGrade } from '@app/contracts';
import type { Decision } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { type Caller, Database, type Tx } from '@app/platform';
import type { Evidence } from '../../domain/application.js';
import { identityPartOf, readCardNumber, writeCardNumber } from '../../domain/card-number.js';
import type { Card } from '../../domain/card.js';
import type { Component } from '../../domain/disability.js';
import { CardAlreadyInForce, CardNotFound } from '../../domain/errors.js';
import { violatedConstraint } from './unique-violation.js';

const NUMBER_COLUMN = 'certification.cards.card_number';
const FORMER_COLUMN = 'certification.former_card_numbers.card_number';

/** What stands beside a change in the card's history. */
export interface Because {
  readonly action: string;
  readonly reason: string | null;
  readonly note: string | null;
  readonly evidence: readonly Evidence[];
  /** Who acted for the holder: their entry in registry. */
  readonly onBehalf?: string | null;
}

interface Row {
  card_id: string;
  person_id: string;
  division_code: string;
  version: number;
  origin: Card['origin'];
  status: Card['status'];
  category: DisabilityCategory;
  grade: DisabilityGrade;
  components: Component[];
  issued_on: string;
  valid_to: string;
  card_number: string;
  away_to: string | null;
  cancelled: Card['cancelled'];
  delivered_on: string | null;
  standard_not_met_on: string | null;
  followed_on: string | null;
}

const COLUMNS = `card_id, person_id, division_code, version, origin, status, category, grade, components, issued_on, valid_to,
  card_number, away_to, cancelled, delivered_on, standard_not_met_on, followed_on`;

/** A card to save, and why. */
export interface Change {
  readonly card: Card;
  readonly because: Because;
}

/** Cards, their numbers encrypted; `change` is the way to write one that exists. */
@Injectable()
export class CardRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly outbox: Outbox,
  ) {}

  /** Blind index of a card number, however its replacement is written. */
  tokenOf(number: string): string {
    const read = readCardNumber(number);
    return this.cipher.blindIndex('card', read ? writeCardNumber(read) : number);
  }

  /** Where a card is and whose, and whether it is there at all. */
  async placeOf(actor: Caller, cardId: string): Promise<{ divisionCode: string; personId: string } | null> {
    const [row] = await this.database.query<{ division_code: string; person_id: string }>(
      actor,
      'select division_code, person_id from cards where card_id = $1',
      [cardId],
    );
    return row ? { divisionCode: row.division_code, personId: row.person_id } : null;
  }

  async change(
    actor: Caller,
    cardId: string,
    decide: (card: Card) => Decision<Card> & { because: Because },
  ): Promise<Card> {
    return this.database.command(actor, async (tx) => {
      const card = await this.lock(tx, cardId);
      if (!card) throw new CardNotFound({ cardId });
      const { state, events, because } = decide(card);
      const save = () => this.update(tx, [{ card: state, because }]);
      // Whoever may transfer a card in may transfer it to a place out of their own reach.
      await (state.divisionCode === card.divisionCode ? save() : tx.asService(save));
      audit(tx, state, because);
      this.outbox.append(tx, events);
      // The number stays here: what a command returns may be kept for a repeated request.
      return { ...state, number: '' };
    });
  }

  /** A new card by a command of its own (taken in from another county). */
  async add(
    actor: Caller,
    decide: (tx: Tx) => Promise<Decision<Card> & { because: Because }>,
  ): Promise<Card> {
    return this.database.command(actor, async (tx) => {
      const { state, events, because } = await decide(tx);
      await this.insert(tx, [{ card: state, because }]);
      audit(tx, state, because);
      this.outbox.append(tx, events);
      return { ...state, number: '' };
    });
  }

  async lock(tx: Tx, cardId: string): Promise<Card | null> {
    const [row] = await tx.query<Row>(`select ${COLUMNS} from cards where card_id = $1 for update`, [cardId]);
    return row ? this.toCard(row) : null;
  }

  /** Every card in force of each person, locked: the one that counts first, then its twins. */
  async lockLiving(tx: Tx, personIds: readonly string[]): Promise<Map<string, Card[]>> {
    const rows = await tx.query<Row>(
      `select ${COLUMNS} from cards c where person_id = any($1::uuid[]) and status <> 'cancelled'
       order by twin_of is not null and exists (select from cards o where o.card_id = c.twin_of and o.status <> 'cancelled'), card_id
       for update of c`,
      [personIds],
      'cards-lock-living',
    );
    const living = new Map<string, Card[]>();
    for (const row of rows)
      living.set(row.person_id, [...(living.get(row.person_id) ?? []), this.toCard(row)]);
    return living;
  }

  /** The card in force of each person, locked; of two since files were merged the older, until it is cancelled; persons without one are not in the map. */
  async lockInForce(tx: Tx, personIds: readonly string[]): Promise<Map<string, Card>> {
    const rows = await tx.query<Row>(
      `select ${COLUMNS} from cards c where person_id = any($1::uuid[]) and status <> 'cancelled'
         and (twin_of is null or exists (select from cards o where o.card_id = c.twin_of and o.status = 'cancelled'))
       order by card_id for update`,
      [personIds],
      'cards-lock-in-force',
    );
    return new Map(rows.map((row) => [row.person_id, this.toCard(row)]));
  }

  /** The newest card of each person that is no longer in force. */
  async lastCancelled(tx: Tx, personIds: readonly string[]): Promise<Map<string, Card>> {
    const rows = await tx.query<Row>(
      `select distinct on (person_id) ${COLUMNS} from cards
       where person_id = any($1::uuid[]) and status = 'cancelled'
       order by person_id, cancelled ->> 'on' desc, created_at desc`,
      [personIds],
    );
    return new Map(rows.map((row) => [row.person_id, this.toCard(row)]));
  }

  /** @throws CardAlreadyInForce if the person, or the number, has a card in force */
  async insert(tx: Tx, changes: readonly Change[]): Promise<void> {
    await this.save(tx, { inserted: changes.map(({ card }) => card), updated: [], history: changes });
  }

  async update(tx: Tx, changes: readonly Change[]): Promise<void> {
    await this.save(tx, { inserted: [], updated: changes.map(({ card }) => card), history: changes });
  }

  /** Cards as they stand at the end, each once; and every change on the way, for the history. */
  async save(
    tx: Tx,
    {
      inserted,
      updated,
      history,
    }: { inserted: readonly Card[]; updated: readonly Card[]; history: readonly Change[] },
  ): Promise<void> {
    try {
      const [before] = await Promise.all([
        // First: a card that is cancelled makes room for the person's next one.
        updated.length > 0 &&
          tx.query<{ card_id: string; was: string; was_token: string }>(
            `update cards c set
               division_code = n.division_code, version = n.version, status = n.status, category = n.category,
               grade = n.grade, components = n.components, issued_on = n.issued_on, valid_to = n.valid_to,
               card_number = n.card_number, away_to = n.away_to, cancelled = n.cancelled, delivered_on = n.delivered_on,
               standard_not_met_on = n.standard_not_met_on, followed_on = n.followed_on, card_token = n.card_token,
               identity_token = n.identity_token, changed_by = $20, changed_role = $21, changed_at = now()
             from unnest(${UNNEST}) as n (${COLUMNS}, card_token, identity_token) join cards o using (card_id)
             where c.card_id = n.card_id
             returning c.card_id, o.card_number as was, o.card_token as was_token`,
            [...this.toColumns(updated), tx.actor.id, tx.actor.role],
            'cards-update',
          ),
        inserted.length > 0 &&
          tx.query(
            `insert into cards (${COLUMNS}, card_token, identity_token, created_by, created_role, changed_by, changed_role)
             select *, $20, $21, $20, $21 from unnest(${UNNEST})`,
            [...this.toColumns(inserted), tx.actor.id, tx.actor.role],
            'cards-insert',
          ),
        this.remember(tx, history),
      ]);
      await this.keepFormer(tx, before || [], [...updated, ...inserted], history);
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** Numbers that the cards have no more: what was on file before, and what stood in between. */
  private async keepFormer(
    tx: Tx,
    before: readonly { card_id: string; was: string; was_token: string }[],
    cards: readonly Card[],
    history: readonly Change[],
  ): Promise<void> {
    const present = new Map(cards.map((card) => [card.cardId, card.number]));
    const ended: { cardId: string; token: string; number: string; until: number }[] = [];
    const standing = new Map(
      before.flatMap(({ card_id, was, was_token }) =>
        was_token === this.tokenOf(present.get(card_id)!) ? [] : [[card_id, this.openNumber(was)]],
      ),
    );
    for (const { card } of history) {
      const was = standing.get(card.cardId);
      if (was !== undefined && was !== card.number) {
        ended.push({ cardId: card.cardId, token: this.tokenOf(was), number: was, until: card.version });
      }
      standing.set(card.cardId, card.number);
    }
    if (ended.length === 0) return;
    await tx.query(
      `insert into former_card_numbers as f (card_id, card_token, card_number, until_version)
       select distinct on (n.card_id, n.card_token) * from unnest($1::uuid[], $2::text[], $3::text[], $4::int[])
         as n (card_id, card_token, card_number, until_version)
       order by n.card_id, n.card_token, n.until_version desc
       on conflict (card_id, card_token) do update set until_version = excluded.until_version`,
      [
        ended.map(({ cardId }) => cardId),
        ended.map(({ token }) => token),
        ended.map(({ number }) => this.cipher.encrypt(FORMER_COLUMN, number)),
        ended.map(({ until }) => until),
      ],
    );
  }

  private async remember(tx: Tx, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const of = <Value>(pick: (change: Change) => Value) => changes.map(pick);
    await tx.query(
      `insert into card_events (card_id, version, action, reason, note, evidence, status, category, grade, valid_to, division_code,
         on_behalf, actor_id, actor_role)
       select *, $13, $14 from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[],
         $8::text[], $9::int[], $10::date[], $11::text[], $12::uuid[])`,
      [
        of(({ card }) => card.cardId),
        of(({ card }) => card.version),
        of(({ because }) => because.action),
        of(({ because }) => because.reason),
        of(({ because }) => because.note),
        of(({ because }) => JSON.stringify(because.evidence)),
        of(({ card }) => card.status),
        of(({ card }) => card.category),
        of(({ card }) => card.grade),
        of(({ card }) => card.validTo),
        of(({ card }) => card.divisionCode),
        of(({ because }) => because.onBehalf ?? null),
        tx.actor.id,
        tx.actor.role,
      ],
      'card-events-insert',
    );
  }

  private toColumns(cards: readonly Card[]): unknown[][] {
    const of = <Value>(pick: (card: Card) => Value) => cards.map(pick);
    return [
      of((card) => card.cardId),
      of((card) => card.personId),
      of((card) => card.divisionCode),
      of((card) => card.version),
      of((card) => card.origin),
      of((card) => card.status),
      of((card) => card.category),
      of((card) => card.grade),
      of((card) => JSON.stringify(card.components)),
      of((card) => card.issuedOn),
      of((card) => card.validTo),
      of((card) => this.cipher.encrypt(NUMBER_COLUMN, card.number)),
      of((card) => card.awayTo),
      of((card) => (card.cancelled ? JSON.stringify(card.cancelled) : null)),
      of((card) => card.deliveredOn),
      of((card) => card.standardNotMetOn),
      of((card) => card.followedOn),
      of((card) => this.tokenOf(card.number)),
      of((card) => this.cipher.blindIndex('identity', identityPartOf(card.number))),
    ];
  }

  private translated(error: unknown): unknown {
    const constraint = violatedConstraint(error);
    return constraint === 'cards_one_in_force' || constraint === 'cards_number_in_force'
      ? new CardAlreadyInForce(null)
      : error;
  }

  private toCard(row: Row): Card {
    return {
      cardId: row.card_id,
      personId: row.person_id,
      divisionCode: row.division_code,
      version: row.version,
      origin: row.origin,
      status: row.status,
      category: row.category,
      grade: row.grade,
      components: row.components,
      issuedOn: row.issued_on,
      validTo: row.valid_to,
      number: this.cipher.decrypt(NUMBER_COLUMN, row.card_number),
      awayTo: row.away_to,
      cancelled: row.cancelled,
      deliveredOn: row.delivered_on,
      standardNotMetOn: row.standard_not_met_on,
      followedOn: row.followed_on,
    };
  }

  /** For views, which mask it. */
  openNumber(stored: string): string {
    return this.cipher.decrypt(NUMBER_COLUMN, stored);
  }

  /** As `openNumber`, of one that the card had before. */
  openFormer(stored: string): string {
    return this.cipher.decrypt(FORMER_COLUMN, stored);
  }
}

function audit(tx: Tx, card: Card, { action, reason, note }: Because): void {
  const why = [reason, note].filter((word) => word !== null).join('：');
  tx.audit({ what: `card.${action}`, personIds: [card.personId], ...(why ? { why } : {}) });
}

const UNNEST = `$1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::jsonb[],
  $10::date[], $11::date[], $12::text[], $13::text[], $14::jsonb[], $15::date[], $16::date[], $17::date[], $18::text[], $19::text[]`;
