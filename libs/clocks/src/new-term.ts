import type { Due } from './due.js';
import type { Recipient, RungPlan } from './rung-plan.js';
import type { Extension, LimitKind, PauseRule, Term, TermHolder, TermUnit } from './term.js';

/** By how much a term may be extended, by whom, and where that stands. The value is in the term's own unit, over all extensions of it. */
export interface ExtensionRule {
  readonly value: number;
  readonly basis: string;
  /** The role that approves it. */
  readonly role: string;
}

/** A term to run for a subject's step. One runs per subject and step at a time. */
export interface NewTerm extends Term {
  /** What it is about: the case. */
  readonly subjectId: string;
  readonly step: string;
  readonly divisionCode: string;
  /** Absent or null: it cannot be extended. */
  readonly extension?: ExtensionRule | null;
  /** Who is told when; absent or null: the usual rungs (`planOf`). */
  readonly rungs?: RungPlan | null;
}

/** A clock that was armed, moved or stopped: what it is now. */
export interface ClockChange {
  readonly clockId: string;
  readonly subjectId: string;
  readonly step: string;
  readonly term: Term;
  readonly status: ClockStatus;
  /** Null: never due, or no longer running. */
  readonly due: Due | null;
  /** Why it stands still now; null: it runs. */
  readonly paused: { readonly reason: string; readonly basis: string; readonly since: Date } | null;
}

/** `superseded`: another term took its place, because its anchor or budget changed. */
export type ClockStatus = 'running' | 'stopped' | 'superseded';

/** Running and past its end now: 超期; of a promise 超承诺; of a term of the person 期满. An unknown limit never is. */
export type ClockMark = '超期' | '超承诺' | '期满';

export interface RungView {
  readonly rung: string;
  readonly level: number;
  readonly at: Date;
  readonly firedAt: Date | null;
}

export interface SuspensionView {
  readonly reason: string;
  readonly basis: string;
  readonly from: Date;
  readonly to: Date | null;
  readonly note: string | null;
  readonly by: string;
  readonly byRole: string;
}

export interface ExtensionView extends Extension {
  readonly reason: string;
  readonly by: string;
  readonly byRole: string;
  readonly at: Date;
}

/** A clock as it stands. */
export interface ClockView {
  readonly clockId: string;
  readonly subjectId: string;
  readonly step: string;
  readonly kind: LimitKind;
  readonly value: number | null;
  readonly unit: TermUnit;
  readonly basis: string;
  readonly holder: TermHolder;
  readonly anchorDay: string;
  /** For what it may stand still. */
  readonly pauses: readonly PauseRule[];
  /** Null: never due, or it stands still. */
  readonly dueAt: Date | null;
  /** Last day, `YYYY-MM-DD`; null where `dueAt` is. */
  readonly dueDay: string | null;
  /** 暂定. */
  readonly provisional: boolean;
  readonly paused: boolean;
  readonly status: ClockStatus;
  readonly mark: ClockMark | null;
  readonly suspensions: readonly SuspensionView[];
  readonly extensions: readonly ExtensionView[];
  /** The clock that took its place. */
  readonly replacedBy: string | null;
  readonly rungs: readonly RungView[];
}

/** A rung that fires now. It is claimed in the transaction that hands it over, so it comes once. */
export interface FiredRung {
  readonly clockId: string;
  readonly subjectId: string;
  readonly step: string;
  readonly divisionCode: string;
  readonly rung: string;
  /** 0 before the term has ended, from 1 on after it. */
  readonly level: number;
  /** Who is to be told. */
  readonly to: readonly Recipient[];
  /** When the term ends, ISO 8601. */
  readonly dueAt: string;
  readonly kind: LimitKind;
  readonly holder: TermHolder;
}
