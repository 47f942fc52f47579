import { v5 as uuidv5 } from 'uuid';
import type { ClockRule } from './clock-rule.js';
import type { Due } from './due.js';
import type { ClockChange, ClockStatus, FiredRung, NewTerm } from './new-term.js';
import type { PlannedRung } from './rungs.js';
import type { Term } from './term.js';

const NAMESPACE = 'f3d4f9e0-5f0c-5d3c-9a53-6a3a4c1f0b2e';

/** A row of `clocks`. What many rows share stands in `clock_rules`. */
export interface ClockRow {
  readonly clock_id: string;
  readonly subject_id: string;
  readonly step: string;
  readonly division_code: string;
  readonly rule_id: number;
  readonly anchor_day: string;
  readonly anchor_at: Date | null;
  readonly due_at: Date | null;
  readonly provisional: boolean;
  readonly paused: boolean;
  readonly status: ClockStatus;
  readonly next_rung: string | null;
  readonly next_at: Date | null;
  readonly replaced_by: string | null;
}

/** A `ClockRow` of `clocks c`. */
export const clockColumns = `c.clock_id, c.subject_id, c.step, c.division_code, c.rule_id, c.anchor_day, c.anchor_at, c.due_at,
  c.provisional, c.paused, c.status, c.next_rung, c.next_at, c.replaced_by`;

/** The id of a term of a subject's step: the same term gives the same clock, another anchor or budget another one. */
export function clockIdOf(term: NewTerm): string {
  const { subjectId, step, anchorDay, kind, unit, value, rollOver, anchorAt, dayOne, window } = term;
  // What most terms do not have is left out, so that the ids of those are what they always were.
  const rest = [
    ...(rollOver ? [rollOver] : []),
    ...(anchorAt ? [anchorAt.toISOString()] : []),
    ...(dayOne === 'same' ? [dayOne] : []),
    ...(window ? [window] : []),
  ];
  return uuidv5(
    JSON.stringify([subjectId, step, anchorDay, kind, unit, value, false, null, ...rest]),
    NAMESPACE,
  );
}

export function toTerm(row: ClockRow, rule: ClockRule): Term {
  return {
    anchorDay: row.anchor_day,
    anchorAt: row.anchor_at,
    value: rule.value,
    unit: rule.unit,
    kind: rule.kind,
    basis: rule.basis,
    dayOne: rule.dayOne,
    rollOver: rule.rollOver,
    pauses: rule.pauses,
    window: rule.window,
    holder: rule.holder,
    divisionCode: row.division_code,
  };
}

export function toFiredRung(
  row: ClockRow,
  rule: ClockRule,
  { rung, level, to }: PlannedRung,
  dueAt: Date,
): FiredRung {
  return {
    clockId: row.clock_id,
    subjectId: row.subject_id,
    step: row.step,
    divisionCode: row.division_code,
    rung,
    level,
    to,
    dueAt: dueAt.toISOString(),
    kind: rule.kind,
    holder: rule.holder,
  };
}

export function toChange(
  row: ClockRow,
  term: Term,
  due: Due | null,
  paused: ClockChange['paused'] = null,
): ClockChange {
  return {
    clockId: row.clock_id,
    subjectId: row.subject_id,
    step: row.step,
    term,
    status: row.status,
    due,
    paused,
  };
}
