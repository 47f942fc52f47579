import { decided, isUntaken, moved, noted, type Case, type CaseDecision, type Hold } from './case.js';
import { causeName, factsOf } from './facts.js';

/** A stop that the lifecycle proposes: the conditions are no longer met, or are met at another rate. */
export interface ProposedStop extends Hold {
  readonly factVersion: number;
}

/**
 * Puts a case on hold until a named person decides. What nobody has taken up is withdrawn instead; a case that is on hold
 * already gets one cause more. Where less is due and nothing is paid yet there is nothing to hold: it goes on under the facts of now.
 */
export function holdCase(before: Case, proposed: ProposedStop): CaseDecision {
  // A newer fact said that the person is entitled: this stop is past.
  if (proposed.factVersion < before.factVersion) return noted(before);
  const followed = { roundId: proposed.roundId, factVersion: proposed.factVersion };
  const { cause, roundId, effectiveOn, lowersTo } = proposed;
  const hold: Hold = { cause, roundId, effectiveOn, ...(lowersTo ? { lowersTo } : {}) };
  const reason = `${causeName(cause)}，自${effectiveOn}起不再符合条件或标准有变`;
  if (lowersTo && !hasBegunToPay(before)) return goOn(before, { ...followed, because: lowersTo }, reason);
  if (isUntaken(before)) {
    const state = moved(before, { status: 'withdrawn', reason }, followed);
    const { facts, common } = factsOf(state);
    return decided('withdrawn', state, facts.withdrawn.of({ ...common, reason }));
  }
  const { state: at } = before;
  switch (at.status) {
    case 'refused':
    case 'declined':
    case 'stopped':
    case 'withdrawn':
      return noted(before);
    case 'held':
      if (at.holds.some((known) => known.roundId === roundId)) return noted(before);
      return held(moved(before, { ...at, holds: [...at.holds, hold] }, followed), hold, reason);
    case 'invited':
    case 'listed':
    case 'open':
    case 'deciding':
    case 'waiting':
    case 'granted':
    case 'handed-over':
      return held(moved(before, { status: 'held', from: at, holds: [hold] }, followed), hold, reason);
  }
}

function hasBegunToPay({ state: { status } }: Case): boolean {
  return !['invited', 'listed', 'open', 'deciding', 'waiting'].includes(status);
}

/** That no decision is needed is told as if one had been made. */
function goOn(before: Case, changes: Partial<Case>, reason: string): CaseDecision {
  const state: Case = { ...before, ...changes, version: before.version + 1 };
  const { facts, common } = factsOf(state);
  return decided('adopted', state, facts.released.of({ ...common, reason }));
}

function held(state: Case, { effectiveOn }: Hold, reason: string): CaseDecision {
  const { facts, common } = factsOf(state);
  const heldFrom = state.state.status === 'held' ? state.state.from.status : state.state.status;
  return decided('held', state, facts.held.of({ ...common, heldFrom, effectiveOn, reason }));
}

/** The cause of a stop is gone; the round is the one that had proposed it. */
export interface WithdrawnStop {
  readonly roundId: string;
  readonly factVersion: number;
  readonly reason: string;
}

/**
 * Lifts the hold of a withdrawn cause. When none is left the case stands where it stood; also one that a person had stopped for
 * exactly this, since its ground is gone.
 */
export function liftHold(before: Case, withdrawn: WithdrawnStop): CaseDecision {
  const { state: at } = before;
  if (at.status !== 'held' && at.status !== 'stopped') return noted(before);
  const left = at.holds.filter(({ roundId }) => roundId !== withdrawn.roundId);
  if (left.length === at.holds.length) return noted(before);
  // Still held, or stopped, for another cause: remembered, so that the last withdrawal is recognised.
  if (left.length > 0) return noted({ ...before, state: { ...at, holds: left } });
  const state = moved(before, at.from, {
    roundId: withdrawn.roundId,
    factVersion: Math.max(before.factVersion, withdrawn.factVersion),
  });
  const { facts, common } = factsOf(state);
  return decided('released', state, facts.released.of({ ...common, reason: withdrawn.reason }));
}
