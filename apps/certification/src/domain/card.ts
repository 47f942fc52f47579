import {
  cardCancelledV1,
  cardCorrectedV1,
  cardDeliveredV1,
  cardFrozenV1,
  cardIssuedV1,
  cardRegradedV1,
  cardRenewedV1,
  cardRenumberedV1,
  cardReplacedV1,
  cardTakenOverV1,
  cardTransferredV1,
  cardUnfrozenV1,
  type DisabilityCategory,
  type DisabilityGrade,
  type NewEvent,
} from '@app/contracts';
import type { Decision } from '@app/kernel';
import { addMonths, addYears } from './calendar-day.js';
import { identityPartOf, readCardNumber, writeCardNumber } from './card-number.js';
import { sameDisability, type Disability } from './disability.js';
import {
  CardActionNotOpen,
  CardAlreadyInForce,
  DayInFuture,
  NothingChanges,
  NumberFits,
  RenewalTooEarly,
} from './errors.js';
import { RENEWAL_WINDOW, VALIDITY } from './rules.js';

export const cancelReasons = ['death', 'wish', 'standard-not-met', 'not-transferred'] as const;
export type CancelReason = (typeof cancelReasons)[number];

export const freezeReasons = ['not-transferred', 'misuse', 'in-doubt'] as const;
export type FreezeReason = (typeof freezeReasons)[number];

export const unfreezeReasons = ['transferred', 'settled', 'frozen-by-mistake'] as const;
export type UnfreezeReason = (typeof unfreezeReasons)[number];

export const correctReasons = ['wrong-person', 'wrong-decision', 'entry-error'] as const;
export type CorrectReason = (typeof correctReasons)[number];

export type Origin = 'issued-here' | 'followed' | 'taken-over';

/** A disability card. The number changes with category, grade and replacement; the card, known by its id, stays the same. */
export interface Card extends Disability {
  readonly cardId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly origin: Origin;
  readonly status: 'valid' | 'frozen' | 'cancelled';
  readonly issuedOn: string;
  readonly validTo: string;
  /** Secret: it contains the identity number. Never in an event, log or error. */
  readonly number: string;
  /** The county that it was transferred out to; null: it is kept here. */
  readonly awayTo: string | null;
  readonly cancelled: {
    readonly reason: CancelReason | 'issued-by-mistake' | 'above';
    readonly on: string;
    readonly was: 'valid' | 'frozen';
  } | null;
  readonly deliveredOn: string | null;
  /** A later assessment found the standard not met: a named person is to decide about cancellation. */
  readonly standardNotMetOn: string | null;
  /** Day of the last change that was followed from the system above. */
  readonly followedOn: string | null;
}

/** What may be done with a card. Who, why and on which evidence stand beside it in the card's history. */
export type CardAction =
  | { readonly kind: 'renew'; readonly on: string; readonly windowMonths?: number }
  | { readonly kind: 'regrade'; readonly disability: Disability }
  | { readonly kind: 'replace' }
  | { readonly kind: 'renumber'; readonly identityNumber: string }
  | { readonly kind: 'transfer-out'; readonly to: string }
  | { readonly kind: 'transfer-in'; readonly divisionCode: string }
  | { readonly kind: 'freeze'; readonly reason: FreezeReason }
  | { readonly kind: 'unfreeze'; readonly reason: UnfreezeReason }
  | { readonly kind: 'cancel'; readonly reason: CancelReason; readonly effectiveOn: string }
  | { readonly kind: 'correct'; readonly withdraws: 'issue' | 'cancellation'; readonly reason: CorrectReason }
  | { readonly kind: 'deliver'; readonly deliveredOn: string }
  | { readonly kind: 'find-standard-not-met'; readonly assessedOn: string };

export type CardActionKind = CardAction['kind'];

/** Where a card stands, for what may be done with it. */
export type Standing = 'valid' | 'frozen' | 'away' | 'cancelled' | 'withdrawn';

export function standingOf(card: Card): Standing {
  if (card.status === 'cancelled') {
    return card.cancelled?.reason === 'issued-by-mistake' ? 'withdrawn' : 'cancelled';
  }
  return card.awayTo === null ? card.status : 'away';
}

/** In which standing each action is open: the state machine at one look. */
export const openIn: Record<CardActionKind, readonly Standing[]> = {
  renew: ['valid'],
  regrade: ['valid'],
  replace: ['valid'],
  renumber: ['valid', 'frozen'],
  'transfer-out': ['valid', 'frozen'],
  'transfer-in': ['away'],
  freeze: ['valid'],
  unfreeze: ['frozen'],
  cancel: ['valid', 'frozen', 'away'],
  // The correction of an issue, or of a cancellation; see `correct`.
  correct: ['valid', 'frozen', 'away', 'cancelled'],
  deliver: ['valid'],
  'find-standard-not-met': ['valid', 'frozen'],
};

/** What the contract says of a card: everything but its number. */
export function factsOf(card: Card) {
  const { personId, divisionCode, version, cardId, status, category, grade, issuedOn, validTo, origin } =
    card;
  const components = card.components.map((component) => ({ ...component }));
  return {
    personId,
    divisionCode,
    version,
    cardId,
    status,
    category,
    grade,
    components,
    issuedOn,
    validTo,
    origin,
  };
}

export interface NewCard {
  readonly cardId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly identityNumber: string;
  readonly disability: Disability;
  readonly issuedOn: string;
}

/** Approved and numbered: the chain starts. */
export function issue(card: NewCard): Decision<Card> {
  const { disability, identityNumber, ...rest } = card;
  const state: Card = {
    ...rest,
    ...disability,
    version: 1,
    origin: 'issued-here',
    status: 'valid',
    validTo: addYears(card.issuedOn, VALIDITY.value),
    number: writeCardNumber({ identityNumber, ...disability, replacement: 0 }),
    awayTo: null,
    cancelled: null,
    deliveredOn: null,
    standardNotMetOn: null,
    followedOn: null,
  };
  return { state, events: [cardIssuedV1.of(factsOf(state))] };
}

/** A card that another office decided, as it stands on its roster or daily file. */
export interface KnownCard {
  readonly cardId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly disability: Disability;
  readonly number: string;
  readonly issuedOn: string;
  readonly validTo: string;
  readonly status: Card['status'];
  readonly changedOn: string;
}

/** Onto the file: from the living stock it starts nothing, from the daily file of the system above it is an issue. */
export function takeOn(known: KnownCard, origin: 'taken-over' | 'followed'): Decision<Card> {
  const { disability, changedOn, ...rest } = known;
  const state: Card = {
    ...rest,
    ...disability,
    version: 1,
    origin,
    awayTo: null,
    cancelled: known.status === 'cancelled' ? { reason: 'above', on: changedOn, was: 'valid' } : null,
    deliveredOn: null,
    standardNotMetOn: null,
    followedOn: null,
  };
  const fact = origin === 'followed' ? cardIssuedV1 : cardTakenOverV1;
  return { state, events: [fact.of(factsOf(state))] };
}

/** A card that comes in with its holder from another county. */
export function takeIn(known: Omit<KnownCard, 'status' | 'changedOn'>): Decision<Card> {
  const { state } = takeOn({ ...known, status: 'valid', changedOn: known.issuedOn }, 'taken-over');
  return { state, events: [cardTransferredV1.of({ ...factsOf(state), direction: 'in' })] };
}

/**
 * The one function that changes a card.
 * @throws CardActionNotOpen if the card's standing does not allow it
 */
export function act(card: Card, action: CardAction, today: string): Decision<Card> {
  const standing = standingOf(card);
  if (!openIn[action.kind].includes(standing)) {
    throw new CardActionNotOpen(action.kind, standing, openIn[action.kind]);
  }
  const to = (change: Partial<Card>): Card => ({ ...card, ...change, version: card.version + 1 });
  switch (action.kind) {
    case 'renew': {
      const from = addMonths(card.validTo, -(action.windowMonths ?? RENEWAL_WINDOW.value));
      if (action.on < from) throw new RenewalTooEarly(from, RENEWAL_WINDOW.basis);
      notInFuture('on', action.on, today);
      return changed(
        to({
          issuedOn: action.on,
          validTo: addYears(action.on, VALIDITY.value),
          deliveredOn: null,
          standardNotMetOn: null,
        }),
        (facts) => cardRenewedV1.of(facts),
      );
    }
    case 'regrade': {
      if (sameDisability(card, action.disability)) throw new NothingChanges();
      const previous = { category: card.category, grade: card.grade };
      const number = renumbered(card, action.disability, 0);
      return changed(
        to({ ...action.disability, number, deliveredOn: null, standardNotMetOn: null }),
        (facts) => cardRegradedV1.of({ ...facts, previous }),
      );
    }
    case 'replace': {
      const replacement = replacementOf(card) + 1;
      return changed(to({ number: renumbered(card, card, replacement), deliveredOn: null }), (facts) =>
        cardReplacedV1.of({ ...facts, replacement }),
      );
    }
    case 'renumber': {
      if (identityPartOf(card.number) === action.identityNumber) throw new NumberFits();
      // The first card under this number: replacements are counted anew, as after a change of grade.
      const number = writeCardNumber({ ...card, identityNumber: action.identityNumber, replacement: 0 });
      return changed(to({ number, deliveredOn: null }), (facts) => cardRenumberedV1.of(facts));
    }
    case 'transfer-out':
      return changed(to({ awayTo: action.to }), (facts) =>
        cardTransferredV1.of({ ...facts, direction: 'out' }),
      );
    case 'transfer-in':
      return changed(to({ awayTo: null, divisionCode: action.divisionCode }), (facts) =>
        cardTransferredV1.of({ ...facts, direction: 'in' }),
      );
    case 'freeze':
      return changed(to({ status: 'frozen' }), (facts) =>
        cardFrozenV1.of({ ...facts, reason: action.reason }),
      );
    case 'unfreeze':
      return changed(to({ status: 'valid' }), (facts) =>
        cardUnfrozenV1.of({ ...facts, reason: action.reason }),
      );
    case 'cancel': {
      notInFuture('effectiveOn', action.effectiveOn, today);
      const cancelled = { reason: action.reason, on: action.effectiveOn, was: liveStatus(card) };
      return changed(to({ status: 'cancelled', cancelled, standardNotMetOn: null }), (facts) =>
        cardCancelledV1.of({ ...facts, reason: action.reason, effectiveOn: action.effectiveOn }),
      );
    }
    case 'correct':
      return correct(card, action, to, today);
    case 'deliver':
      notInFuture('deliveredOn', action.deliveredOn, today);
      if (card.deliveredOn !== null) throw new CardActionNotOpen('deliver', 'delivered', openIn.deliver);
      return changed(to({ deliveredOn: action.deliveredOn }), (facts) =>
        cardDeliveredV1.of({ ...facts, deliveredOn: action.deliveredOn }),
      );
    case 'find-standard-not-met':
      // No fact yet: the card stands until a named person cancels it.
      return { state: to({ standardNotMetOn: action.assessedOn }), events: [] };
  }
}

/** An issue or a cancellation that was a mistake of the office. */
function correct(
  card: Card,
  { withdraws, reason }: Extract<CardAction, { kind: 'correct' }>,
  to: (change: Partial<Card>) => Card,
  today: string,
): Decision<Card> {
  const standing = standingOf(card);
  const open: readonly Standing[] = withdraws === 'issue' ? ['valid', 'frozen', 'away'] : ['cancelled'];
  if (!open.includes(standing)) throw new CardActionNotOpen(`correct-${withdraws}`, standing, open);
  const state =
    withdraws === 'issue'
      ? to({
          status: 'cancelled',
          cancelled: { reason: 'issued-by-mistake', on: today, was: liveStatus(card) },
          standardNotMetOn: null,
        })
      : to({ status: card.cancelled?.was ?? 'valid', cancelled: null });
  return changed(state, (facts) => cardCorrectedV1.of({ ...facts, withdraws, reason }));
}

function changed(state: Card, fact: (facts: ReturnType<typeof factsOf>) => NewEvent): Decision<Card> {
  return { state, events: [fact(factsOf(state))] };
}

function liveStatus(card: Card): 'valid' | 'frozen' {
  return card.status === 'frozen' ? 'frozen' : 'valid';
}

function replacementOf(card: Card): number {
  return readCardNumber(card.number)?.replacement ?? 0;
}

function renumbered(
  card: Card,
  { category, grade }: { category: DisabilityCategory; grade: DisabilityGrade },
  replacement: number,
): string {
  return writeCardNumber({ identityNumber: identityPartOf(card.number), category, grade, replacement });
}

function notInFuture(field: string, day: string, today: string): void {
  if (day > today) throw new DayInFuture(field);
}

/** A person has at most one card that is valid or frozen and kept here. */
export function assertNoneInForce(card: Card | null): void {
  if (card && card.status !== 'cancelled') throw new CardAlreadyInForce(card.cardId);
}
