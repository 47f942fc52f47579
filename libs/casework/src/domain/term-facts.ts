import type { ClockChange, Term } from '@app/clocks';
import { caseFacts, type CaseFacts, type NewEvent, type Owner } from '@app/contracts';

/** Of a case, what a fact about one of its terms says. */
export interface CaseOfTerm {
  readonly id: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly item: { readonly id: string; readonly owner: Owner };
  readonly roundId: string | null;
  readonly version: number;
}

/** A limit without a number is nobody's to wait for, and neither is one whose kind no source says. */
export function canEnd({ kind, unit, value }: Pick<Term, 'kind' | 'unit' | 'value'>): boolean {
  return kind !== 'unknown' && (value !== null || unit === 'yearly-window');
}

/**
 * What became of the terms of cases, one fact for each step: what it is now. Of a limit without a number there is nothing to tell, so that a
 * case of unknown limits costs none.
 * @param caseOf the case as it now stands; undefined for what is not a case
 */
export function termFactsOf(
  changes: readonly ClockChange[],
  caseOf: (caseId: string) => CaseOfTerm | undefined,
): NewEvent[] {
  // Of one that was moved twice only what came of it.
  const last = new Map(changes.map((change) => [`${change.subjectId} ${change.step}`, change]));
  return [...last.values()].flatMap(({ clockId, subjectId, step, term, status, due, paused }) => {
    const { kind, unit, value } = term;
    const kase = caseOf(subjectId);
    if (!kase || !canEnd(term) || kind === 'unknown') return [];
    const ended = status !== 'running';
    return [
      (caseFacts[kase.item.owner] as CaseFacts).term.of({
        personId: kase.personId,
        divisionCode: kase.divisionCode,
        version: kase.version,
        caseId: subjectId,
        itemId: kase.item.id,
        roundId: kase.roundId,
        clockId,
        step,
        holder: term.holder ?? 'office',
        kind,
        unit,
        value,
        basis: term.basis,
        anchorDay: term.anchorDay,
        dueAt: ended ? null : (due?.dueAt?.toISOString() ?? null),
        provisional: !ended && (due?.provisional ?? false),
        paused: !ended && paused !== null,
        pausedSince: ended ? null : (paused?.since.toISOString() ?? null),
        pauseReason: ended ? null : (paused?.reason ?? null),
        ended,
      }),
    ];
  });
}
