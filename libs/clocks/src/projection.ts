import { ledgerOf, type LedgerRows } from './clock-ledger.js';
import { toTerm, type ClockRow } from './clock-row.js';
import type { ClockRule } from './clock-rule.js';
import { dueOf, type Due } from './due.js';
import type { ClockChange } from './new-term.js';
import { planOf } from './rung-plan.js';
import { rungsOf, type PlannedRung } from './rungs.js';
import type { Ledger, Term } from './term.js';
import type { WorkingCalendar } from './working-calendar.js';

/** A clock with all that its end is derived from. */
export interface LoadedClock {
  readonly row: ClockRow;
  readonly rule: ClockRule;
  readonly ledger: LedgerRows;
  /** Rungs that have fired. */
  readonly fired: readonly string[];
}

/** When a clock ends and what it does next, as its row keeps it. Null `due`: it is never due. */
export interface Projection {
  readonly term: Term;
  readonly due: Due | null;
  /** The rungs that are to fire, in their order, late ones among them. */
  readonly left: readonly PlannedRung[];
  /** The first of them. */
  readonly next: PlannedRung | undefined;
  readonly paused: ClockChange['paused'];
}

/** When a term ends, and its rungs. */
interface Derivation {
  readonly due: Due | null;
  readonly rungs: readonly PlannedRung[];
}

/**
 * What was derived by one calendar. Most clocks have no ledger, and then whatever has the same rule, anchor and place ends alike: of a
 * million some thousands are worked out.
 */
export class Derivations {
  private readonly known = new Map<string, Derivation>();

  constructor(private readonly calendar: WorkingCalendar) {}

  of({ row, rule, ledger }: LoadedClock, term: Term): Derivation {
    if (ledger.suspensions.length > 0 || ledger.extensions.length > 0) return this.derive(term, rule, ledger);
    const key = `${row.rule_id} ${row.anchor_day} ${row.anchor_at?.getTime() ?? ''} ${row.division_code}`;
    const before = this.known.get(key);
    if (before) return before;
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    const derived = this.derive(term, rule, ledger);
    this.known.set(key, derived);
    return derived;
  }

  private derive(term: Term, rule: ClockRule, ledger: LedgerRows): Derivation {
    const rows = ledgerOf(ledger);
    const due = dueOf(term, this.calendar, rows);
    const rungs = due === null || due.paused ? [] : rungsFor(term, rule, this.calendar, rows);
    return { due, rungs };
  }
}
/** Some 20 MB; what is more is worked out again. */
const MOST_KNOWN = 20_000;

/**
 * Derives what a row says of its end. A rung that fired does not come again, and one for which the clock waits is not lost, however late
 * it is; other reminders of what is past tell nothing.
 */
export function project(clock: LoadedClock, derivations: Derivations, now: Date): Projection {
  const { row, rule, ledger, fired } = clock;
  const term = toTerm(row, rule);
  const { due, rungs } = derivations.of(clock, term);
  const left = rungsLeft(rungs, now, fired, row.next_rung);
  const standing = due?.paused ? ledger.suspensions.find(({ to_at }) => to_at === null) : undefined;
  return {
    term,
    due,
    left,
    next: left[0],
    paused: standing ? { reason: standing.reason, basis: standing.basis, since: standing.from_at } : null,
  };
}

/** The rungs of a clock's term by its rule. */
export function rungsFor(
  term: Term,
  rule: Pick<ClockRule, 'rungs'>,
  calendar: WorkingCalendar,
  ledger: Ledger,
): PlannedRung[] {
  return rungsOf(term, calendar, ledger, rule.rungs ?? planOf(term));
}

/**
 * A clock that is armed or moved late begins with what is still to come, or is overdue.
 * @param pending the rung for which it waits: it and what comes after it are to fire, also if they are late
 */
function rungsLeft(
  rungs: readonly PlannedRung[],
  now: Date,
  fired: readonly string[] = [],
  pending: string | null = null,
): PlannedRung[] {
  const waits = pending === null ? -1 : rungs.findIndex(({ rung }) => rung === pending);
  return rungs.filter(
    ({ rung, level, at }, place) =>
      !fired.includes(rung) && (level > 0 || at > now || (waits >= 0 && place >= waits)),
  );
}

/** What a clock that is armed now does first. */
export function firstRung(rungs: readonly PlannedRung[], now: Date): PlannedRung | undefined {
  return rungsLeft(rungs, now)[0];
}
