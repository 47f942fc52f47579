import type { PaperEffect, PaperLimit } from './paper-rules.js';

/** A paper that a notice asks for. */
export interface AskedPaper {
  readonly material: string;
  /** Why the one that was brought is not in order; null: none was brought. */
  readonly reason: string | null;
}

/**
 * - `open`: something of it is still to come.
 * - `answered`: everything of it has come, or need not come any more.
 * - `lapsed`: its time is over and something did not come. Nothing follows by itself: a named person decides.
 */
export const supplementStates = ['open', 'answered', 'lapsed'] as const;

/** A notice to the person of everything that is missing (一次性告知、补正通知). */
export interface Supplement {
  /** Counts from 1; a second one only names what could not be seen at the first. */
  readonly number: number;
  readonly papers: readonly AskedPaper[];
  readonly note: string | null;
  readonly limit: PaperLimit;
  readonly effect: PaperEffect | null;
  readonly state: (typeof supplementStates)[number];
  readonly by: string;
  readonly byRole: string;
  /** Instant, ISO 8601. */
  readonly at: string;
  /** When it was answered or lapsed; instant, ISO 8601. */
  readonly endedAt: string | null;
}

/** Who sees to it that the paper comes. `fetched-from`: another body has it, and the office fetches it there. */
export const obliged = ['person', 'guardian', 'office', 'fetched-from'] as const;
export type Obliged = (typeof obliged)[number];

/** `lapsed`: its time is over; `waived`: it need not come, and the reason says why. */
export const obligationStates = ['open', 'fulfilled', 'lapsed', 'waived'] as const;

/** A paper without which the case was accepted all the same (容缺受理): it comes later. */
export interface Obligation {
  readonly material: string;
  readonly who: Obliged;
  /** The body that has it, for `fetched-from`. */
  readonly from: string | null;
  readonly limit: PaperLimit;
  /** By what the office may accept without it. */
  readonly basis: string;
  /** Why it did so here; of a waived one, why it need not come. */
  readonly reason: string;
  readonly suspends: { readonly steps: readonly string[]; readonly basis: string } | null;
  readonly blocks: 'decision' | 'nothing';
  readonly state: (typeof obligationStates)[number];
  /** When the office accepted without it; its term runs from that day. Instant, ISO 8601. */
  readonly acceptedAt: string;
  /** Who brought it to this state, when. */
  readonly by: string;
  readonly byRole: string;
  readonly at: string;
}
