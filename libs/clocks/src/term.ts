/** How binding a limit is. Only `statutory` and `local_rule` can be 超期; a published promise that passes is 超承诺. */
export type LimitKind = 'statutory' | 'local_rule' | 'promised' | 'unknown';

/**
 * - `hour`: by the clock on the wall, from the instant of the anchor.
 * - `day-of-next-month`: the value is the day of the month after the anchor's, e.g. pay by the 10th.
 * - `yearly-window`: the term ends with the window of the year (`window`), e.g. the yearly review of employers.
 */
export type TermUnit =
  'hour' | 'working-day' | 'natural-day' | 'month' | 'day-of-next-month' | 'yearly-window';

/** A reason for which a term stands still, where its item says so with the article. */
export interface PauseRule {
  /** Kebab-case, e.g. `assessment` (鉴定), `hearing` (听证), `supplement` (补正). */
  readonly reason: string;
  /** Document and article that stops the term for it. */
  readonly basis: string;
}

/** A yearly window, `MM-DD` both, within one calendar year. */
export interface YearlyWindow {
  readonly from: string;
  readonly to: string;
}

/** What a term **is**. When it ends is derived, and derived anew when the calendar or the ledger changes. */
export interface Term {
  /** The day of the event from which the term runs, `YYYY-MM-DD` in Asia/Shanghai. */
  readonly anchorDay: string;
  /** The instant of that event; only hours need it. */
  readonly anchorAt?: Date | null;
  /** Null: the text gives no number, so the term never ends and is never overdue. Null too for a yearly window, which ends all the same. */
  readonly value: number | null;
  readonly unit: TermUnit;
  readonly kind: LimitKind;
  /** Document and article that the limit comes from. */
  readonly basis: string;
  /** `same`: the anchor's day is the first one, only if the text says so. Absent or `next`: the day after it (民法典 §201). */
  readonly dayOne?: 'next' | 'same';
  /** The article by which an end on a day off moves to the next working day (民法典 §203(1)); absent or null: it does not move. */
  readonly rollOver?: string | null;
  /** For what the term may stand still. Absent: for nothing. */
  readonly pauses?: readonly PauseRule[];
  /** Only for `yearly-window`. */
  readonly window?: YearlyWindow | null;
  /** `person`: a term within which the person may act (复议, 复查); its end is nobody's delay. Absent: `office`. */
  readonly holder?: TermHolder;
  /** Whose local days off and office hours count. */
  readonly divisionCode?: string;
}

export type TermHolder = 'office' | 'person';

/**
 * A term stood still: from the day after the event that stopped it up to the day on which it went on, which is not counted either,
 * as an event's own day never is (民法典 §201). Both within one day stops nothing. Hours stand still from instant to instant.
 */
export interface Suspension {
  readonly reason: string;
  readonly basis: string;
  readonly from: Date;
  /** Null: it still stands. */
  readonly to: Date | null;
}

/** More of the same unit, approved by a named person where the item allows it; it is counted on from the end of the term. */
export interface Extension {
  readonly value: number;
  readonly basis: string;
  /** Who approved it, as a reader is to be told: their role or post. */
  readonly approvedBy?: string;
}

/** What happened to a term since it began, oldest first. Suspensions do not overlap. */
export interface Ledger {
  readonly suspensions: readonly Suspension[];
  readonly extensions: readonly Extension[];
}

export const emptyLedger: Ledger = { suspensions: [], extensions: [] };

/** A term that cannot be computed: a mistake in an item or in a caller. */
export class TermMalformed extends Error {
  constructor(problem: string) {
    super(`term is malformed: ${problem}`);
    this.name = 'TermMalformed';
  }
}
