/** What a chip needs of a legal term. */
export interface ChipTerm {
  readonly kind: 'statutory' | 'local_rule' | 'promised' | 'unknown';
  /** Last day, or its instant; null: it never ends, or it stands still. */
  readonly due: string | null;
  readonly provisional: boolean;
  readonly paused: boolean;
  readonly status?: 'running' | 'stopped' | 'superseded';
  /** What its owner says of it; where the owner said nothing, the day decides. */
  readonly mark?: '超期' | '超承诺' | '期满' | null;
  /** Counted days of the term that are left, where somebody has counted them out. */
  readonly workingDaysLeft?: number | null;
}

export type DeadlineState =
  'unknown' | 'paused' | 'done' | 'overdue' | 'promise-passed' | 'expired' | 'today' | 'soon' | 'normal';

export interface Deadline {
  readonly state: DeadlineState;
  /** The last day, `YYYY-MM-DD`. */
  readonly day: string | null;
  /** Natural days from today to the last day; negative once it has passed. */
  readonly days: number | null;
  readonly workingDays: number | null;
  readonly provisional: boolean;
}

const SHANGHAI = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' });
const DAY_MS = 86_400_000;
/** 临期: two counted days, or three natural ones where nobody has counted. */
const SOON = { working: 2, natural: 3 };

/** The calendar day of an instant where the offices are. */
export const dayOf = (instant: Date): string => SHANGHAI.format(instant);

const calendarDay = (due: string): string => (due.length === 10 ? due : dayOf(new Date(due)));

/**
 * How a term stands now. A limit that no source gives a number is never late, and neither is one that stands still.
 * @param now by the server's clock
 */
export function deadlineOf(term: ChipTerm, now: Date): Deadline {
  const day = term.due === null ? null : calendarDay(term.due);
  const days = day === null ? null : Math.round((Date.parse(day) - Date.parse(dayOf(now))) / DAY_MS);
  const rest = { day, days, workingDays: term.workingDaysLeft ?? null, provisional: term.provisional };
  return { state: stateOf(term, days, now), ...rest };
}

function stateOf(term: ChipTerm, days: number | null, now: Date): DeadlineState {
  if (term.kind === 'unknown') return 'unknown';
  if (term.status === 'stopped' || term.status === 'superseded') return 'done';
  if (term.paused) return 'paused';
  if (term.due === null || days === null) return 'unknown';
  if (term.mark === '期满') return 'expired';
  const passed = term.due.length === 10 ? days < 0 : new Date(term.due) < now;
  if (passed || term.mark) return term.kind === 'promised' ? 'promise-passed' : 'overdue';
  if (days === 0) return 'today';
  const soon = term.workingDaysLeft != null ? term.workingDaysLeft <= SOON.working : days <= SOON.natural;
  return soon ? 'soon' : 'normal';
}
