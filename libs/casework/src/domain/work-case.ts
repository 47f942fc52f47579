import type { Act } from './act.js';
import { decided, isUntaken, moved, type Case, type CaseDecision, type DoneStep } from './case.js';
import { CaseNotReady, DayInFuture, StepIsDecision, StepNotNext } from './errors.js';
import { factsOf } from './facts.js';
import { placeAfter } from './open-case.js';
import { assertNothingMissing, blockingGrant } from './papers.js';
import { settlePapers } from './settle-papers.js';
import { withReceived } from './take-material.js';

/** The person said yes to an invitation. The day counts: for many benefits it decides the first month. */
export function consent(before: Case, consentedOn: string, { today }: Act): CaseDecision {
  if (before.state.status !== 'invited') {
    throw new CaseNotReady(before.state.status, '登记同意', '请刷新页面，在当前步骤上继续办理。');
  }
  if (consentedOn > today) throw new DayInFuture('consentedOn', today);
  const place = placeAfter(before.item, 0, today);
  const state = moved(before, place, { appliedOn: consentedOn });
  const { facts, common } = factsOf(state);
  const nextStep = 'nextStep' in place ? place.nextStep : null;
  return decided(
    place.status === 'granted' ? 'granted' : 'advanced',
    state,
    facts.advanced.of({ ...common, doneStep: 'consent', nextStep }),
  );
}

/** The person said no. It is no gap, and can be taken up later by applying. */
export function decline(
  before: Case,
  declinedOn: string,
  reason: string | null,
  { today }: Act,
): CaseDecision {
  const { status } = before.state;
  if (
    status !== 'invited' &&
    status !== 'listed' &&
    status !== 'open' &&
    status !== 'deciding' &&
    status !== 'waiting'
  ) {
    throw new CaseNotReady(status, '登记放弃', '已有结果的事项如需终止，请办理停止。');
  }
  if (declinedOn > today) throw new DayInFuture('declinedOn', today);
  const state = moved(before, { status: 'declined', declinedOn, reason });
  const { facts, common } = factsOf(state);
  return decided('declined', state, facts.declined.of({ ...common, declinedOn }));
}

/** Somebody did the next step, and may have received papers with it. */
export function doStep(
  before: Case,
  step: string,
  report: { note: string | null; received: readonly string[] },
  act: Act,
): CaseDecision {
  return settlePapers(before, stepDone(before, step, report, act), act);
}

function stepDone(
  before: Case,
  step: string,
  { note, received }: { note: string | null; received: readonly string[] },
  act: Act,
): CaseDecision {
  const { item, state: at } = before;
  const next = nextStepOf(before);
  const rule = item.steps.find(({ id }) => id === step);
  if (!rule || next !== step) throw new StepNotNext(step, next);
  if (rule.kind === 'decide') throw new StepIsDecision(step);
  const changes = {
    done: [...before.done, doneStep(step, note, act)],
    materials: withReceived(before, received, act),
  };
  const following = item.steps[item.steps.indexOf(rule) + 1] ?? null;
  if (at.status === 'granted') {
    const state = moved(before, { ...at, nextStep: following?.id ?? null }, changes);
    const { facts, common } = factsOf(state);
    return decided(
      'advanced',
      state,
      facts.advanced.of({ ...common, doneStep: step, nextStep: following?.id ?? null }),
    );
  }
  // The last step of an item without a decision is the service itself: who did it, granted it.
  if (following === null) assertNothingMissing(before, '办结', blockingGrant({ ...before, ...changes }));
  const place = placeAfter(item, item.steps.indexOf(rule) + 1, act.today);
  const state = moved(before, place, changes);
  const { facts, common } = factsOf(state);
  return following === null
    ? decided(
        'granted',
        state,
        facts.decided.of({ ...common, decidedOn: act.today, effectiveFrom: null, reason: note }),
      )
    : decided('advanced', state, facts.advanced.of({ ...common, doneStep: step, nextStep: following.id }));
}

/** A step as it stands in the case's record. */
export function doneStep(step: string, note: string | null, { by, now }: Act): DoneStep {
  return {
    step,
    by: { id: by.id, role: by.role },
    onBehalfOf: by.onBehalfOf ?? null,
    at: now.toISOString(),
    note,
  };
}

function nextStepOf({ item, state }: Case): string | null {
  switch (state.status) {
    case 'listed':
      return item.steps[0]?.id ?? null;
    case 'open':
    case 'deciding':
    case 'granted':
      return state.nextStep;
    case 'invited':
      throw new CaseNotReady('invited', '办理步骤', '请先登记本人同意。');
    case 'held':
      throw new CaseNotReady('held', '办理步骤', '请先决定恢复或停止。');
    case 'waiting':
    case 'handed-over':
    case 'refused':
    case 'declined':
    case 'stopped':
    case 'withdrawn':
      throw new CaseNotReady(state.status, '办理步骤', '请刷新页面查看最新状态。');
  }
}

/** Another body took it, and gave a receipt: from here it is theirs. */
export function handOver(before: Case, to: string, receipt: string, { today }: Act): CaseDecision {
  const { status } = before.state;
  const listed = status === 'listed';
  const underWay =
    (before.mode === 'list' || before.mode === 'refer') && (status === 'open' || status === 'deciding');
  if (!listed && !underWay) {
    throw new CaseNotReady(status, '移交', '只有列入名单或转介的事项可以移交，且需对方回执。');
  }
  const state = moved(before, { status: 'handed-over', to, receipt, handedOverOn: today });
  const { facts, common } = factsOf(state);
  return decided('handed-over', state, facts.handedOver.of({ ...common, to, receipt }));
}

/** An invitation or a place on a list that nobody has taken up is taken back. */
export function withdraw(before: Case, reason: string): CaseDecision {
  if (!isUntaken(before)) {
    throw new CaseNotReady(before.state.status, '撤回', '已经开始办理的事项请作出决定，或办理暂停、停止。');
  }
  const state = moved(before, { status: 'withdrawn', reason });
  const { facts, common } = factsOf(state);
  return decided('withdrawn', state, facts.withdrawn.of({ ...common, reason }));
}
