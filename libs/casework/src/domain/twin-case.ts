import { DomainError } from '@app/kernel';
import {
  decided,
  isUntaken,
  moved,
  noted,
  runningStepOf,
  type Case,
  type CaseDecision,
  type Hold,
} from './case.js';
import { factsOf } from './facts.js';

/** Why a case waits whose older twin lives. */
const REASON = '两份档案已合并，同一事项有两件在办或在享，较晚的一件暂停，待经办人核定保留哪一件';

/** The older case of the same person and item lives: two cannot run. */
export class CaseTwinLives extends DomainError {
  readonly slug = 'case-twin-lives';
  readonly kind = 'conflict';
  constructor(twinId: string) {
    super(
      '合并档案后，此人的同一事项还有一件在办或在享。请先停止或撤回那一件，再恢复这一件；或停止这一件。',
      {
        twinId,
      },
    );
  }
}

/**
 * Files were merged and an older case of the same thing lives: this one is put on hold until a named person decides which of both goes on.
 * What nobody has begun is withdrawn, since its twin goes on. No machine lifts this hold.
 * @param mergeId message id of the merge; a round never has it
 */
export function setAsideTwin(before: Case, mergeId: string, today: string): CaseDecision {
  const { state: at } = before;
  const hold: Hold = { cause: 'fact-changed', roundId: mergeId, effectiveOn: today };
  switch (at.status) {
    case 'held':
      return held(moved(before, { ...at, holds: [...at.holds, hold] }), hold);
    case 'invited':
    case 'listed':
      return withdrawn(before);
    case 'open':
    case 'deciding':
      if (isUntaken(before)) return withdrawn(before);
      return held(moved(before, { status: 'held', from: at, holds: [hold] }), hold);
    case 'waiting':
    case 'granted':
    case 'handed-over':
      return held(moved(before, { status: 'held', from: at, holds: [hold] }), hold);
    case 'refused':
    case 'declined':
    case 'stopped':
    case 'withdrawn':
      return noted(before);
  }
}

/** It goes on as it stands; told, because whoever follows the cases of a person may know its twin only. */
export function keepTwin(before: Case, twinId: string): CaseDecision {
  const state: Case = { ...before, version: before.version + 1 };
  const { facts, common } = factsOf(state);
  return decided('kept', state, facts.kept.of({ ...common, twinId, nextStep: runningStepOf(state) }));
}

function withdrawn(before: Case): CaseDecision {
  const state = moved(before, { status: 'withdrawn', reason: REASON });
  const { facts, common } = factsOf(state);
  return decided('withdrawn', state, facts.withdrawn.of({ ...common, reason: REASON }));
}

function held(state: Case, { effectiveOn }: Hold): CaseDecision {
  const { facts, common } = factsOf(state);
  const heldFrom = state.state.status === 'held' ? state.state.from.status : state.state.status;
  return decided('held', state, facts.held.of({ ...common, heldFrom, effectiveOn, reason: REASON }));
}
