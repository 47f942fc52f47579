import type { Actor } from '@app/access';
import type { DueStanding } from './due-standing.js';
import { reachOfDivision, type Reach } from './unit-reach.js';

/** The lists of the work queue. */
export const workViews = ['pool', 'mine', 'review', 'papers', 'overdue', 'all'] as const;
export type WorkView = (typeof workViews)[number];

/** How near the end of the nearest term is: passed, today, or on one of the next two working days. No item stands in two of these. */
export const dueClasses = ['overdue', 'today', 'soon'] as const;
export type DueClass = (typeof dueClasses)[number];

export const workSorts = ['due', 'opened'] as const;
export type WorkSort = (typeof workSorts)[number];

/** What a user may ask the queue for, beside the view. */
export interface WorkFilter {
  readonly owner?: string | undefined;
  readonly item?: string | undefined;
  /** Division code, or its beginning. */
  readonly division?: string | undefined;
  readonly status?: string | undefined;
  readonly due?: DueClass | undefined;
  /** A name or its reading, whole or its beginning. */
  readonly name?: string | undefined;
  readonly personId?: string | undefined;
  readonly caseId?: string | undefined;
  /** Only what somebody has to do, or of which a term runs. */
  readonly open?: true | undefined;
  readonly standing?: DueStanding | undefined;
  /** User id of who has taken it. */
  readonly holder?: string | undefined;
  /** What nobody has taken, and exactly these may do; with the institution that it is placed with. */
  readonly waitsFor?: { readonly doers: readonly string[]; readonly unitId: string | null } | undefined;
}

/** Terms whose end makes a case overdue (超期). What is only promised, or unknown, never does. */
export const overdueKinds = ['statutory', 'local_rule'] as const;

/** Whoever the user works as: the own id, and those for whom a deputy acts. */
export function handsOf({ id, grants }: Actor): string[] {
  return [...new Set([id, ...grants.flatMap(({ onBehalfOf }) => onBehalfOf ?? [])])];
}

/** First and last code of what begins with these digits; a whole code stands for everything in its division. */
export function divisionRange(text: string): Reach {
  return text.length === 12
    ? reachOfDivision(text)
    : { from: text.padEnd(12, '0'), to: text.padEnd(12, '9') };
}
