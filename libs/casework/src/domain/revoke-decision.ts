import type { RemedyKind } from '@app/contracts';
import type { Act } from './act.js';
import { decided, moved, noted, runningStepOf, type Case, type CaseDecision } from './case.js';
import type { Overturning } from './challenge.js';
import { factsOf } from './facts.js';
import { doneStep } from './work-case.js';

/** The step of the record by which a case came back: whoever recorded it cannot decide it again (four eyes). */
export const REVOKED = 'decision-revoked';

/** What another body said about the decision of a case. */
export interface Revocation {
  readonly kind: RemedyKind;
  readonly outcome: Overturning;
  /** `YYYY-MM-DD` */
  readonly on: string;
  readonly reason: string;
}

/**
 * The decision of a case does not stand: one that was granted or refused is to be decided again, one that was stopped stands where it
 * stood before, on hold if it had been; so does one whose missing papers were taken for a withdrawal (视为撤回). What the body changed itself,
 * the office carries out by deciding it so.
 * @returns null where nothing stands that could be undone
 */
export function revokeDecision(
  before: Case,
  { kind, outcome, on, reason }: Revocation,
  act: Act,
): CaseDecision | null {
  const { state: at } = before;
  const done = [...before.done, doneStep(REVOKED, reason, act)];
  const after = backFrom(before, done);
  if (!after) return null;
  const { facts, common } = factsOf(after);
  return decided(
    'decision-revoked',
    after,
    facts.decisionRevoked.of({
      ...common,
      revoked: at.status,
      remedy: kind,
      outcome,
      decidedOn: on,
      nextStep: runningStepOf(after),
      reason,
    }),
  );
}

function backFrom(before: Case, done: Case['done']): Case | null {
  const { state: at, item } = before;
  switch (at.status) {
    case 'granted':
    case 'refused': {
      const decision = item.steps.find(({ kind }) => kind === 'decide');
      return decision ? moved(before, { status: 'deciding', nextStep: decision.id }, { done }) : null;
    }
    case 'stopped':
      return at.holds.length > 0
        ? moved(before, { status: 'held', from: at.from, holds: at.holds }, { done })
        : moved(before, at.from, { done });
    case 'withdrawn':
      return at.from ? moved(before, at.from, { done }) : null;
    case 'held': {
      // Only a stop that was stayed: any other hold is not what was challenged.
      if (!at.stayed) return null;
      return at.holds.length > 0
        ? moved(before, { status: 'held', from: at.from, holds: at.holds }, { done })
        : moved(before, at.from, { done });
    }
    case 'invited':
    case 'listed':
    case 'open':
    case 'deciding':
    case 'waiting':
    case 'handed-over':
    case 'declined':
      return null;
  }
}

/** The stop is not carried out until the challenge is decided (停止执行): the case is on hold, neither paid nor ended. */
export function stayStop(before: Case, reason: string): CaseDecision {
  const { state: at } = before;
  if (at.status !== 'stopped') return noted(before);
  const { from, holds, stoppedFrom } = at;
  const stayed = { stoppedFrom, reason: at.reason, remedy: at.remedy };
  const state = moved(before, { status: 'held', from, holds, stayed });
  const { facts, common } = factsOf(state);
  return decided(
    'stayed',
    state,
    facts.held.of({ ...common, heldFrom: from.status, effectiveOn: stoppedFrom, reason }),
  );
}

/** The stay is over and the stop stands: it counts from the day from which it had counted. */
export function carryOutStop(before: Case): CaseDecision {
  const { state: at } = before;
  if (at.status !== 'held' || !at.stayed) return noted(before);
  const state = moved(before, { status: 'stopped', from: at.from, holds: at.holds, ...at.stayed });
  const { facts, common } = factsOf(state);
  const { stoppedFrom, reason } = at.stayed;
  return decided('stopped', state, facts.stopped.of({ ...common, stoppedFrom, reason }));
}
