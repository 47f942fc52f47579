import type { Act } from './act.js';
import { endedStatuses, type Case, type CaseDecision } from './case.js';
import { factsOf } from './facts.js';
import type { Obligation, Supplement } from './paper-records.js';
import { awaitedOf, missingOf, outstandingOf } from './papers.js';

/**
 * What follows from papers that came, or proved not to be in order: an obligation is fulfilled, or open again; a notice is answered by the
 * last of its papers. What the case waits for now is told, if that changed.
 */
export function settlePapers(before: Case, decision: CaseDecision, act: Act): CaseDecision {
  const state = settled(decision.state, act);
  const papers = awaitedOf(state);
  const ended: readonly string[] = endedStatuses;
  if (ended.includes(state.state.status) || isSame(awaitedOf(before), papers)) return { ...decision, state };
  const told: Case = { ...state, version: state.version + 1 };
  const { facts, common } = factsOf(told);
  return {
    ...decision,
    state: told,
    events: [...decision.events, facts.papersAwaited.of({ ...common, papers: [...papers] })],
  };
}

function settled(state: Case, act: Act): Case {
  const missing = missingOf(state);
  const obligations = state.obligations.map((each) => ofNow(each, missing.includes(each.material), act));
  const now: Case = { ...state, obligations };
  return { ...now, supplements: state.supplements.map((each) => answered(now, each, act)) };
}

function ofNow(obligation: Obligation, missing: boolean, { by, now }: Act): Obligation {
  const { state } = obligation;
  const done = { by: by.id, byRole: by.role, at: now.toISOString() };
  if (!missing && (state === 'open' || state === 'lapsed'))
    return { ...obligation, ...done, state: 'fulfilled' };
  // A paper that is not in order does not fulfil it; its time goes on from where it began.
  if (missing && state === 'fulfilled') return { ...obligation, ...done, state: 'open' };
  return obligation;
}

function answered(state: Case, supplement: Supplement, { now }: Act): Supplement {
  return supplement.state !== 'answered' && outstandingOf(state, supplement).length === 0
    ? { ...supplement, state: 'answered', endedAt: now.toISOString() }
    : supplement;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, at) => word === other[at]);
}
