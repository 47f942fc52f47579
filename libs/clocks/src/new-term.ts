import type { LimitKind, Term, TermUnit } from './term.js';

/** A term to run for a subject's step. One runs per subject and step at a time. */
export interface NewTerm extends Omit<Term, 'divisionCode'> {
  /** What it is about: the case. */
  readonly subjectId: string;
  readonly step: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly roundId: string | null;
}

/** `past-promise-n` is 超承诺, `overdue-n` is 超期. */
export type Rung = 'reminder' | 'due' | `overdue-${1 | 2 | 3}` | `past-promise-${1 | 2 | 3}`;

export interface RungView {
  readonly rung: Rung;
  readonly level: number;
  readonly at: Date;
  readonly firedAt: Date | null;
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
  readonly anchorDay: string;
  /** Null: never due. */
  readonly dueAt: Date | null;
  /** 暂定. */
  readonly provisional: boolean;
  /** `superseded`: another term took its place, because its anchor or budget changed. */
  readonly status: 'running' | 'stopped' | 'superseded';
  /** Running and past its end now: 超期 or, for a promise, 超承诺. An unknown limit never is. */
  readonly mark: '超期' | '超承诺' | null;
  readonly rungs: readonly RungView[];
}

/** A rung that fires now. It is claimed in the transaction that hands it over, so it comes once. */
export interface FiredRung {
  readonly clockId: string;
  readonly subjectId: string;
  readonly step: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly roundId: string | null;
  readonly rung: Rung;
  /** 0 before the term has ended, from 1 on after it. */
  readonly level: number;
  /** When the term ends, ISO 8601. */
  readonly dueAt: string;
  readonly kind: LimitKind;
}
