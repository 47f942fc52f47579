import { v5 as uuidv5 } from 'uuid';
import type { FiredRung, NewTerm, Rung } from './new-term.js';
import type { PlannedRung } from './rungs.js';
import type { LimitKind, Term, TermUnit } from './term.js';

const NAMESPACE = 'f3d4f9e0-5f0c-5d3c-9a53-6a3a4c1f0b2e';

/** A row of `clocks`. */
export interface ClockRow {
  readonly clock_id: string;
  readonly subject_id: string;
  readonly step: string;
  readonly person_id: string;
  readonly division_code: string;
  readonly round_id: string | null;
  readonly kind: LimitKind;
  readonly value: number | null;
  readonly unit: TermUnit;
  readonly basis: string;
  readonly anchor_day: string;
  readonly roll_over: boolean;
  readonly close_of_business: string | null;
  readonly due_at: Date | null;
  readonly provisional: boolean;
  readonly status: 'running' | 'stopped' | 'superseded';
  readonly next_rung: Rung | null;
  readonly next_at: Date | null;
}

/** The id of a term of a subject's step: the same term gives the same clock, another anchor or budget another one. */
export function clockIdOf(term: NewTerm): string {
  const { subjectId, step, anchorDay, kind, unit, value, rollOver = false, closeOfBusiness = null } = term;
  return uuidv5(
    JSON.stringify([subjectId, step, anchorDay, kind, unit, value, rollOver, closeOfBusiness]),
    NAMESPACE,
  );
}

export function toTerm(row: ClockRow): Term {
  return {
    anchorDay: row.anchor_day,
    value: row.value,
    unit: row.unit,
    kind: row.kind,
    basis: row.basis,
    rollOver: row.roll_over,
    closeOfBusiness: row.close_of_business,
    divisionCode: row.division_code,
  };
}

export function toFiredRung(row: ClockRow, { rung, level }: PlannedRung, dueAt: Date): FiredRung {
  return {
    clockId: row.clock_id,
    subjectId: row.subject_id,
    step: row.step,
    personId: row.person_id,
    divisionCode: row.division_code,
    roundId: row.round_id,
    rung,
    level,
    dueAt: dueAt.toISOString(),
    kind: row.kind,
  };
}
