import { decided, moved, type Case, type CaseDecision, type Reason } from './case.js';
import { factsOf } from './facts.js';
import type { CaseItem } from './item.js';

/** What was granted before this system came, as the old list has it. */
export interface GrantedBefore {
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly item: CaseItem;
  readonly period: string;
  /** What it rests on as far as it is known: the list's own words. */
  readonly because: readonly Reason[];
  /** First day from which it counts, `YYYY-MM-DD`. */
  readonly since: string;
}

/**
 * A case that stands as granted since a day before this system came (存量接管): decided by nobody here, followed by no round, nothing left to
 * do. It is told as opened and granted at once, so that everybody counts the item as had.
 */
export function grantedBefore({ caseId, since, ...taken }: GrantedBefore): CaseDecision {
  const state: Case = {
    ...taken,
    id: caseId,
    mode: 'apply',
    roundId: null,
    factVersion: 0,
    entitledOn: null,
    appliedOn: null,
    circumstances: [],
    appliedAt: null,
    // What was asked for then lies in the paper archive.
    materials: [],
    supplements: [],
    obligations: [],
    done: [],
    placement: null,
    claim: null,
    state: { status: 'granted', decidedOn: since, effectiveFrom: since, nextStep: null },
    version: 1,
  };
  const { facts, common } = factsOf(state);
  return decided('opened', state, facts.opened.of({ ...common, mode: state.mode }));
}

/** The take-over that brought it is undone, or its row was wrong: the case is as if it had never come, with the reason. */
export function takenBack(before: Case, reason: string): CaseDecision {
  const state = moved(before, { status: 'withdrawn', reason }, { claim: null });
  const { facts, common } = factsOf(state);
  return decided('withdrawn', state, facts.withdrawn.of({ ...common, reason }));
}
