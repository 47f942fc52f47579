import type { ActorRef } from '@app/contracts';

/** Who does something, and for whom a deputy (代理) does it: what is written beside a step. */
export interface Hand extends ActorRef {
  readonly onBehalfOf?: string | null;
}

/** What of a caller is kept with what they did: neither their reach nor where they were. */
export function handOf({ id, role, onBehalfOf }: Hand): Hand {
  return onBehalfOf ? { id, role, onBehalfOf } : { id, role };
}

/** Whether these are the same pair of eyes: a deputy sees with those of whom they act for. */
export function isSameHand(one: Hand, other: Hand): boolean {
  const hands = [one.id, one.onBehalfOf].filter(Boolean);
  return [other.id, other.onBehalfOf].some((id) => id && hands.includes(id));
}
