import type { ActorRef, DisabilityCategory, DisabilityGrade } from '@app/contracts';

/**
 * A fact of the registry as it is kept here. Withdrawn it stays, with its version: an older record of it must not come back. Its value
 * then is what turned out wrong; null where that was never seen.
 */
export interface KeptFact {
  readonly factId: string;
  readonly name: string;
  readonly value: string | number | boolean | null;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly withdrawn: boolean;
  readonly version: number;
  /** Of a fact that was learnt just now: to be written down, but of no interest to any later decision. */
  readonly origin?: FactOrigin;
}

export interface FactOrigin {
  readonly source: { readonly kind: string; readonly reference: string | null; readonly asOf: string } | null;
  readonly by: ActorRef;
}

/** A card as its last fact says. */
export interface KeptCard {
  readonly cardId: string;
  readonly version: number;
  readonly status: 'valid' | 'frozen' | 'cancelled';
  readonly category: DisabilityCategory;
  readonly grade: DisabilityGrade;
  readonly components: readonly {
    readonly category: Exclude<DisabilityCategory, 'multiple'>;
    readonly grade: DisabilityGrade;
  }[];
  readonly issuedOn: string;
  readonly validTo: string;
  readonly cancelledOn: string | null;
  /** It followed its holder out of the region. */
  readonly left: boolean;
  /** Instant at which the living stock was taken over; null for a card that started its chain. */
  readonly takenOverAt: string | null;
  readonly by: ActorRef;
}

/**
 * All that is kept of a person, from the facts of registry and certification. Each part remembers the version of the fact that it
 * came from, because facts arrive in any order: what has been passed is ignored, part by part.
 */
export interface PersonFile {
  readonly personId: string;
  readonly divisionCode: string;
  /** null until the registry's record has arrived. */
  readonly birthDate: string | null;
  readonly sex: 'male' | 'female' | null;
  readonly householdId: string | null;
  readonly diedOn: string | null;
  readonly movedAwayOn: string | null;
  readonly versions: {
    readonly identity: number;
    readonly place: number;
    readonly presence: number;
    readonly death: number;
  };
  readonly facts: Readonly<Record<string, KeptFact>>;
  readonly cards: Readonly<Record<string, KeptCard>>;
}

/** The card that counts: one that is still here before one that is void, then the newest. */
export function currentCard(file: PersonFile): KeptCard | null {
  let current: KeptCard | null = null;
  for (const card of Object.values(file.cards)) {
    if (!current || before(current, card)) current = card;
  }
  return current;
}

function before(a: KeptCard, b: KeptCard): boolean {
  const [voidA, voidB] = [isVoid(a), isVoid(b)];
  if (voidA !== voidB) return voidA;
  if (a.issuedOn !== b.issuedOn) return a.issuedOn < b.issuedOn;
  return a.cardId < b.cardId;
}

function isVoid(card: KeptCard): boolean {
  return card.left || card.status === 'cancelled';
}

/** Whether benefits that rest on the card may run. An expired card is a matter of the catalogue's conditions and of the day. */
export function cardStanding(file: PersonFile): 'none' | 'valid' | 'stopped' {
  const card = currentCard(file);
  if (!card) return 'none';
  return card.left || card.status !== 'valid' ? 'stopped' : 'valid';
}
