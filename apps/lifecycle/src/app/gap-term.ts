import type { NewTerm, TermUnit } from '@app/clocks';
import type { Region } from '@app/catalogue';
import type { StoredTask } from '../adapters/postgres/gaps.js';

/** The step of every released gap's clock. */
export const GAP_STEP = 'gap';

/** Where a place has set nothing there is no number: the task is never late. */
const NO_LIMIT: StoredTask['limit'] = {
  value: null,
  unit: 'working-day',
  kind: 'unknown',
  basis: '当地没有规定或公布对账缺口的办理期限',
};

/** What a place has set for its released gaps: its own rule (当地规定), else what it promises, else nothing. */
export function gapLimitOf({ gapLimit, gapPromise }: Region): StoredTask['limit'] {
  const limit = gapLimit ?? gapPromise;
  return limit
    ? {
        value: limit.value,
        unit: limit.unit,
        kind: limit.kind === 'local_rule' ? 'local_rule' : 'promised',
        basis: limit.basis,
      }
    : NO_LIMIT;
}

/** The term of a gap that is released on a day, with the usual rungs: its owner is reminded, then those above them are told. */
export function gapTerm(
  gapId: string,
  divisionCode: string,
  day: string,
  { value, unit, kind, basis }: StoredTask['limit'],
): NewTerm {
  return {
    subjectId: gapId,
    step: GAP_STEP,
    divisionCode,
    anchorDay: day,
    value,
    unit: unit as TermUnit,
    kind,
    basis,
  };
}
