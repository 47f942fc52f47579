import type { Term } from '@app/clocks';
import type { RemedyKind } from '@app/contracts';

/** What a remedy lies against: the case's own decision, that nothing was done, or what another body said to an earlier remedy. */
export type RemedyTarget = 'decision' | 'inaction' | RemedyKind;

/** A term without its anchor, as an item gives it. */
export type RemedyTerm = Pick<Term, 'value' | 'unit' | 'kind' | 'basis' | 'dayOne' | 'rollOver' | 'pauses'>;

/** One remedy of an item: whose decision can be asked for, within what time, and how long that body has. */
export interface ItemRemedy {
  readonly kind: RemedyKind;
  /** The body that decides it. */
  readonly to: { readonly zh: string; readonly en: string };
  readonly against: readonly RemedyTarget[];
  /** Within which the person may ask, from the service of what it lies against. */
  readonly term: RemedyTerm;
  /** Within which the body decides: from when it received the request, or from when it accepted it. Null: no text says. */
  readonly decides: { readonly from: 'receipt' | 'acceptance'; readonly limit: RemedyTerm } | null;
  /** Within which the respondent answers with evidence (答复、举证), from the receipt of the copy. Null: no text says. */
  readonly evidence: RemedyTerm | null;
}
