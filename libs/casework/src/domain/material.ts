/** `refused`: what was brought is not in order, and the reason says what to bring instead. */
export const materialStates = ['asked', 'received', 'checked', 'refused'] as const;
export type MaterialState = (typeof materialStates)[number];

/** A paper that only the person can bring, and how far it is. */
export interface CaseMaterial {
  readonly material: string;
  readonly state: MaterialState;
  readonly reason: string | null;
  /** Its scan; null: the paper was seen, or nothing was brought yet. */
  readonly fileId: string | null;
  /** The paper given for an earlier case that was taken for this one. */
  readonly paperId: string | null;
  /** Who brought it this far, when. */
  readonly by: string;
  readonly byRole: string;
  /** Instant, ISO 8601. */
  readonly at: string;
}
