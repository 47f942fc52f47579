import type { LimitKind, TermUnit } from '@app/clocks';

/** Until when papers have to be there. `unknown`, or no number: no day is shown and none passes. */
export interface PaperLimit {
  readonly value: number | null;
  readonly unit: TermUnit;
  readonly kind: LimitKind;
  /** Where the number stands, or why there is none. */
  readonly basis: string;
  /** The article by which an end on a day off moves; absent or null: it does not. */
  readonly rollOver?: string | null | undefined;
}

/** What asking for papers does to the term of some steps, with the article. */
export interface PaperEffect {
  /**
   * - `suspend`: the term stands still until the papers are there, or their time is over.
   * - `restart`: the office accepts only what is complete (行政许可法 §32(5)): the term begins with the day of the last paper.
   */
  readonly kind: 'suspend' | 'restart';
  readonly steps: readonly string[];
  readonly basis: string;
}

/** How an item's sources have missing papers asked for (补正). */
export interface SupplementRule {
  readonly limit: PaperLimit;
  /** Null: no source says that a term is touched, so it runs on. */
  readonly effect: PaperEffect | null;
  /** What the law makes of papers that do not come in time (视为撤回); null: somebody decides on what there is. */
  readonly unsupplied: { readonly as: 'withdrawn'; readonly basis: string } | null;
}

/** What an item's sources let an office accept before its papers are complete (容缺受理). */
export interface AcceptIncompleteRule {
  /** The papers that may come later. */
  readonly materials: readonly string[];
  /** In what situation, in the words of the source; null: in any. */
  readonly when: string | null;
  readonly basis: string;
  /** Within what time they come. */
  readonly limit: PaperLimit;
  /** Null: the terms run on. */
  readonly suspends: { readonly steps: readonly string[]; readonly basis: string } | null;
  /** `decision`: it is decided once the paper is there. `nothing`: it is decided first (先行办理). */
  readonly blocks: 'decision' | 'nothing';
}
