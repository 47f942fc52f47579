/** How binding a limit is. Only `statutory` and `local_rule` can be 超期; a published promise that passes is 超承诺. */
export type LimitKind = 'statutory' | 'local_rule' | 'promised' | 'unknown';

/** `day-of-next-month`: the value is the day of the month after the anchor's, e.g. pay by the 10th. */
export type TermUnit = 'working-day' | 'natural-day' | 'month' | 'day-of-next-month';

/** What a term **is**. When it ends is derived, and derived anew when the calendar changes. */
export interface Term {
  /** The day of the event from which the term runs, `YYYY-MM-DD`; it is not counted itself (民法典 §201). */
  readonly anchorDay: string;
  /** Null: the text gives no number, so the term never ends and is never overdue. */
  readonly value: number | null;
  readonly unit: TermUnit;
  readonly kind: LimitKind;
  /** Document and article that the limit comes from. */
  readonly basis: string;
  /** Only if the item says so with its article: an end on a day off moves to the next working day (民法典 §203(1)). */
  readonly rollOver?: boolean;
  /** Close of business that ends the last day (民法典 §203(2)), `HH:MM`, a local parameter; absent: 24:00. */
  readonly closeOfBusiness?: string | null;
  /** Whose local days off count. */
  readonly divisionCode?: string;
}

/** A term that cannot be computed: a mistake in an item or in a caller. */
export class TermMalformed extends Error {
  constructor(problem: string) {
    super(`term is malformed: ${problem}`);
    this.name = 'TermMalformed';
  }
}
