import type { Suspension, Term } from './term.js';
import type { DayExplained } from './working-calendar.js';

/** What a reader is told, in both languages. */
export interface Told {
  readonly zh: string;
  readonly en: string;
}

/** A day of a term: whether it counted, and why or why not. */
export interface TermDay extends DayExplained {
  readonly counted: boolean;
  /** Which one of the days that counted it is; null if it did not, and of hours. */
  readonly number: number | null;
  /** How many hours of it counted; null unless the term is one of hours. */
  readonly hours: number | null;
  readonly reason: Told;
  /** The article by which the term paused, moved or was extended on this day; null on any other. */
  readonly basis: string | null;
}

/** A term laid out day by day, for the one who asks why it ends then. */
export interface TermExplained {
  readonly term: Term;
  /** One sentence: from when, how much, until when. */
  readonly summary: Told;
  /** The first day that may count; null where nothing is counted. */
  readonly firstDay: string | null;
  /** Null: no number and so never due, or it stands still. */
  readonly lastDay: string | null;
  /** ISO 8601; null as `lastDay` is. */
  readonly dueAt: string | null;
  /** When the offices of the place close on the last day, and by which document; 24:00 without one where none is known. */
  readonly closeOfBusiness: { readonly time: string; readonly source: string | null } | null;
  readonly provisional: boolean;
  readonly provisionalReason: Told | null;
  /** What it stands still for, so that it has no end for now. */
  readonly pausedBy: Pick<Suspension, 'reason' | 'basis' | 'from'> | null;
  /** How much was to be counted, with extensions: in days, or hours. Null: no number. */
  readonly budget: number | null;
  readonly totals: {
    readonly counted: number;
    /** Days off that did not count. */
    readonly off: number;
    readonly paused: number;
    /** Days by which the end moved off days off. */
    readonly moved: number;
  };
  /** From the first day that may count up to the last, or up to where the term stands still. */
  readonly days: readonly TermDay[];
}
