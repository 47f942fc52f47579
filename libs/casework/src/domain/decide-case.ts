import { isSameHand, type Hand } from '@app/access';
import type { Act } from './act.js';
import { decided, moved, type Case, type CaseDecision, type Reported } from './case.js';
import {
  CaseNotReady,
  DayInFuture,
  DecisionOfOtherBody,
  EnteredBySameHand,
  FourEyes,
  ItemNotRationed,
  NotByMachine,
} from './errors.js';
import { documentOf } from './document.js';
import { factsOf } from './facts.js';
import { assertNothingMissing, blockingGrant, blockingRefusal } from './papers.js';
import { doerOf } from './item.js';
import { remedyText } from './remedy.js';
import { doneStep } from './work-case.js';

/**
 * Grants the case. `effectiveFrom` null: by the item's own rule.
 * @param reported what another body decided outside of this system; null: who acts decides
 */
export function grant(
  before: Case,
  effectiveFrom: string | null,
  act: Act,
  reported: Reported | null = null,
): CaseDecision {
  const { step } = readyToDecide(before, '批准', act, reported);
  const decidedOn = reported?.on ?? act.today;
  assertNothingMissing(before, '批准', blockingGrant(before));
  const position = before.item.steps.findIndex(({ id }) => id === step);
  const state = moved(
    before,
    {
      status: 'granted',
      decidedOn,
      effectiveFrom,
      nextStep: before.item.steps[position + 1]?.id ?? null,
    },
    { done: [...before.done, { ...doneStep(step, null, act), ...(reported ? { reported } : {}) }] },
  );
  const { facts, common } = factsOf(state);
  const document = documentOf('decision', before, {
    reason: null,
    remedy: remedyText(before.item, 'decision', ''),
  });
  return {
    ...decided('granted', state, facts.decided.of({ ...common, decidedOn, effectiveFrom, reason: null })),
    document,
  };
}

/**
 * Refuses it; the person is told why, and how to object. Not for papers that were not asked for, or may still come.
 * @param written what the decider says about remedies; null where the item's own say it
 * @param reported as in `grant`
 */
export function refuse(
  before: Case,
  reason: string,
  written: string | null,
  act: Act,
  reported: Reported | null = null,
): CaseDecision {
  const { step } = readyToDecide(before, '不予批准', act, reported);
  const decidedOn = reported?.on ?? act.today;
  assertNothingMissing(before, '不予批准', blockingRefusal(before));
  const remedy = remedyText(before.item, 'decision', written);
  const state = moved(
    before,
    { status: 'refused', decidedOn, reason, remedy },
    { done: [...before.done, { ...doneStep(step, reason, act), ...(reported ? { reported } : {}) }] },
  );
  const { facts, common } = factsOf(state);
  return {
    ...decided('refused', state, facts.decided.of({ ...common, decidedOn, effectiveFrom: null, reason })),
    document: documentOf('refusal', before, { reason, remedy }),
  };
}

/** Entitled, but the quota is used up: a place on the published waiting list, or a new place on it. */
export function waitlist(before: Case, place: number, act: Act): CaseDecision {
  if (!before.item.rationed) throw new ItemNotRationed(before.item.id);
  const { step } = readyToDecide(before, '列入轮候', act);
  const state = moved(before, { status: 'waiting', place, nextStep: step });
  const { facts, common } = factsOf(state);
  return decided('waitlisted', state, facts.waitlisted.of({ ...common, place }));
}

function readyToDecide(
  before: Case,
  action: string,
  { by, today }: Act,
  reported: Reported | null = null,
): { step: string } {
  const step = decisionOf(before);
  if (step === null) {
    const { status } = before.state;
    throw new CaseNotReady(
      status,
      action,
      status === 'open' || status === 'listed' ? '请先办完前面的步骤。' : '请刷新页面查看最新状态。',
    );
  }
  if (by.role === 'service') throw new NotByMachine();
  if (reported) {
    assertReported(before, step, reported, by, today);
    return { step };
  }
  const last = before.done.at(-1);
  if (last && isSameHand({ ...last.by, onBehalfOf: last.onBehalfOf }, by)) throw new FourEyes(last.step);
  return { step };
}

/** The decider is the other body, so who prepared the case is not it; two persons here see what it says, one after the other. */
function assertReported(before: Case, step: string, reported: Reported, by: Hand, today: string): void {
  if (doerOf(before.item, step)?.department !== reported.body) throw new DecisionOfOtherBody(step);
  if (isSameHand(reported.enteredBy, by)) throw new EnteredBySameHand();
  if (reported.on > today) throw new DayInFuture('on', today);
}

/** The decision that is next; null: none is. */
function decisionOf({ state, item }: Case): string | null {
  if (state.status === 'deciding' || state.status === 'waiting') return state.nextStep;
  // What is only listed may need nothing but the decision.
  const first = state.status === 'listed' ? item.steps[0] : undefined;
  return first?.kind === 'decide' ? first.id : null;
}

/**
 * A named person lifts every hold: the case stands where it stood, and what was due meanwhile is owed; at the lower amount
 * where it was held for that.
 */
export function release(before: Case, reason: string): CaseDecision {
  if (before.state.status !== 'held') {
    throw new CaseNotReady(before.state.status, '恢复', '只有暂停待定的事项可以恢复。');
  }
  const lowered = before.state.holds.flatMap(({ effectiveOn, lowersTo }) =>
    lowersTo ? [{ from: effectiveOn, because: lowersTo }] : [],
  );
  const state = moved(before, before.state.from, { because: lowered.at(-1)?.because ?? before.because });
  const { facts, common } = factsOf(state);
  return decided('released', state, facts.released.of({ ...common, reason }), lowered);
}

/** A named person stops what is on hold or runs; the person is told why, and how to object. `written` as in `refuse`. */
export function stop(
  before: Case,
  stoppedFrom: string,
  reason: string,
  written: string | null,
  { by, today }: Act,
): CaseDecision {
  const { state: at } = before;
  if (at.status !== 'held' && at.status !== 'granted' && at.status !== 'handed-over') {
    throw new CaseNotReady(at.status, '停止', '只有正在享受或暂停待定的事项可以停止。');
  }
  if (by.role === 'service') throw new NotByMachine();
  // Up to the first of next month: "from the next month on" is how most stops are worded.
  if (stoppedFrom > firstOfNextMonth(today)) throw new DayInFuture('stoppedFrom', firstOfNextMonth(today));
  const remedy = remedyText(before.item, 'decision', written);
  const [from, holds] = at.status === 'held' ? [at.from, at.holds] : [at, []];
  const state = moved(before, { status: 'stopped', from, holds, stoppedFrom, reason, remedy });
  const { facts, common } = factsOf(state);
  return {
    ...decided('stopped', state, facts.stopped.of({ ...common, stoppedFrom, reason })),
    document: documentOf('stop', before, { reason, remedy }),
  };
}

function firstOfNextMonth(day: string): string {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
}
