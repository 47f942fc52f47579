import {
  cardCancelledV1,
  cardFrozenV1,
  cardRegradedV1,
  cardRenewedV1,
  cardRenumberedV1,
  cardReplacedV1,
  cardTransferredV1,
  cardUnfrozenV1,
  type NewEvent,
} from '@app/contracts';
import type { Decision } from '@app/kernel';
import { identityPartOf, readCardNumber } from './card-number.js';
import { factsOf, standingOf, takeOn, type CancelReason, type Card } from './card.js';
import { sameDisability, type Disability } from './disability.js';

/** A card as a file states it; its number is checked against the rest before it comes here. */
export interface StatedCard {
  readonly number: string;
  readonly disability: Disability;
  readonly issuedOn: string;
  readonly validTo: string;
}

/** A row of the roster of the living stock. */
export interface StockRow extends StatedCard {
  readonly status: Card['status'];
}

export const followedChanges = [
  'issue',
  'renew',
  'regrade',
  'replace',
  'freeze',
  'unfreeze',
  'cancel',
  'transfer-out',
  'transfer-in',
] as const;
export type FollowedChange = (typeof followedChanges)[number];

/** A row of the daily file of the system above: the card as it stands after the change. */
export interface DailyRow extends StatedCard {
  readonly change: FollowedChange;
  readonly changedOn: string;
  readonly cancelReason: CancelReason | null;
  readonly awayTo: string | null;
}

export type RowFault =
  'former-number' | 'another-card-in-force' | 'card-not-on-file' | 'card-differs' | 'card-cancelled';

export type RowOutcome =
  | { readonly kind: 'applied'; readonly decision: Decision<Card> }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly fault: RowFault };

/** Who the card belongs to, and the id that it gets if it is new. */
export interface Holder {
  readonly cardId: string;
  readonly personId: string;
  readonly divisionCode: string;
  /** The row names them by a number that they have no more. */
  readonly byFormerNumber: boolean;
}

/** A card and a row of one person under different identity numbers: the one is a former one. */
function otherNumber(card: Card, row: StatedCard): boolean {
  return identityPartOf(card.number) !== identityPartOf(row.number);
}

const UNCHANGED: RowOutcome = { kind: 'unchanged' };
const refused = (fault: RowFault): RowOutcome => ({ kind: 'refused', fault });
const applied = (decision: Decision<Card>): RowOutcome => ({ kind: 'applied', decision });

/** What a row of the living stock does, given the person's card in force and the newest one that is not. */
export function decideStockRow(
  holder: Holder,
  inForce: Card | null,
  cancelled: Card | null,
  row: StockRow,
  today: string,
): RowOutcome {
  const onFile = inForce ?? (row.status === 'cancelled' ? cancelled : null);
  if (onFile && onFile.status === row.status) {
    if (statesTheSame(onFile, row)) return UNCHANGED;
    if (otherNumber(onFile, row) && statesTheSame({ ...onFile, number: row.number }, row)) {
      // By the number of before it says what is on file; by the present one the card, taken over before the number was changed, gets it.
      return holder.byFormerNumber || onFile !== inForce ? UNCHANGED : applied(renumbered(onFile, row, {}));
    }
  }
  if (inForce) return refused('card-differs');
  return applied(takeOn({ ...idsOf(holder), ...row, changedOn: today }, 'taken-over'));
}

/**
 * What a row of the daily file does. The system above has decided; here is only checked that the change fits a card on file.
 * A row older than the last one applied to the card is passed over: files may come in any order.
 */
export function decideDailyRow(
  holder: Holder,
  inForce: Card | null,
  last: Card | null,
  row: DailyRow,
): RowOutcome {
  const newest = inForce ?? last;
  if (newest?.followedOn && row.changedOn < newest.followedOn) return UNCHANGED;
  if (inForce && holder.byFormerNumber && otherNumber(inForce, row)) {
    // The paper under the former number. That it ended with the new one is no news; what comes later a person has to look at.
    return row.changedOn === inForce.followedOn ? UNCHANGED : refused('former-number');
  }
  if (row.change === 'issue' || (row.change === 'transfer-in' && !inForce)) {
    if (inForce && otherNumber(inForce, row)) {
      return applied(renumbered(inForce, row, { followedOn: row.changedOn }));
    }
    if (inForce) return inForce.number === row.number ? UNCHANGED : refused('another-card-in-force');
    const { change, changedOn, cancelReason: _, awayTo: __, ...stated } = row;
    const taken = takeOn({ ...idsOf(holder), ...stated, status: 'valid', changedOn }, 'followed');
    const state = { ...taken.state, followedOn: changedOn };
    return applied(
      change === 'issue'
        ? { ...taken, state }
        : { state, events: [cardTransferredV1.of({ ...factsOf(state), direction: 'in' })] },
    );
  }
  if (!inForce) return refused(last && last.number === row.number ? 'card-cancelled' : 'card-not-on-file');
  return change(inForce, holder, row);
}

function idsOf({ cardId, personId, divisionCode }: Holder) {
  return { cardId, personId, divisionCode };
}

/** The same card under its holder's present number, as the row states it. */
function renumbered(card: Card, row: StatedCard, more: Partial<Card>): Decision<Card> {
  const { disability, number, issuedOn, validTo } = row;
  const next: Card = {
    ...card,
    ...disability,
    ...{ number, issuedOn, validTo, deliveredOn: null, version: card.version + 1 },
    ...more,
  };
  const facts = factsOf(next);
  const previous = { category: card.category, grade: card.grade };
  const same = sameDisability(card, disability);
  return {
    state: next,
    events: [same ? cardRenumberedV1.of(facts) : cardRegradedV1.of({ ...facts, previous })],
  };
}

const ABOVE = 'above';

function change(card: Card, holder: Holder, row: DailyRow): RowOutcome {
  const stated = {
    ...row.disability,
    number: row.number,
    issuedOn: row.issuedOn,
    validTo: row.validTo,
  };
  const to = (state: Partial<Card>, fact: (facts: ReturnType<typeof factsOf>) => NewEvent): RowOutcome => {
    // The row states the card as it stands, so under the present number of its holder.
    const number = otherNumber(card, row) ? row.number : (state.number ?? card.number);
    const next: Card = { ...card, ...state, number, version: card.version + 1, followedOn: row.changedOn };
    return applied({ state: next, events: [fact(factsOf(next))] });
  };
  const same = statesTheSame(card, row);
  switch (row.change) {
    case 'issue':
      return UNCHANGED;
    case 'renew':
      if (same) return UNCHANGED;
      if (!sameDisability(card, row.disability)) return refused('card-differs');
      return to({ ...stated, deliveredOn: null }, (facts) => cardRenewedV1.of(facts));
    case 'regrade': {
      if (same) return UNCHANGED;
      const previous = { category: card.category, grade: card.grade };
      return to({ ...stated, deliveredOn: null }, (facts) => cardRegradedV1.of({ ...facts, previous }));
    }
    case 'replace': {
      if (same) return UNCHANGED;
      if (!sameDisability(card, row.disability)) return refused('card-differs');
      const replacement = readCardNumber(row.number)?.replacement ?? 0;
      if (otherNumber(card, row) && replacement === 0) {
        return to({ ...stated, deliveredOn: null }, (facts) => cardRenumberedV1.of(facts));
      }
      if (replacement === 0) return refused('card-differs');
      return to({ ...stated, deliveredOn: null }, (facts) => cardReplacedV1.of({ ...facts, replacement }));
    }
    case 'freeze':
      if (card.status === 'frozen') return UNCHANGED;
      return to({ status: 'frozen' }, (facts) => cardFrozenV1.of({ ...facts, reason: ABOVE }));
    case 'unfreeze':
      if (card.status === 'valid') return UNCHANGED;
      return to({ status: 'valid' }, (facts) => cardUnfrozenV1.of({ ...facts, reason: ABOVE }));
    case 'cancel': {
      const was = card.status === 'frozen' ? 'frozen' : 'valid';
      const reason = row.cancelReason ?? ABOVE;
      return to({ status: 'cancelled', cancelled: { reason, on: row.changedOn, was } }, (facts) =>
        cardCancelledV1.of({ ...facts, reason, effectiveOn: row.changedOn }),
      );
    }
    case 'transfer-out':
      if (standingOf(card) === 'away') return UNCHANGED;
      return to({ awayTo: row.awayTo }, (facts) => cardTransferredV1.of({ ...facts, direction: 'out' }));
    case 'transfer-in':
      if (standingOf(card) !== 'away') return UNCHANGED;
      return to({ ...stated, awayTo: null, divisionCode: holder.divisionCode }, (facts) =>
        cardTransferredV1.of({ ...facts, direction: 'in' }),
      );
  }
}

function statesTheSame(card: Card, stated: StatedCard): boolean {
  return (
    card.number === stated.number &&
    card.issuedOn === stated.issuedOn &&
    card.validTo === stated.validTo &&
    sameDisability(card, stated.disability)
  );
}
