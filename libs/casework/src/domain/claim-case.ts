import type { Role } from '@app/access';
import type { Hand } from '@app/access';
import type { Act } from './act.js';
import { noted, taskOf, type Case, type CaseDecision } from './case.js';
import { CaseClaimed, CaseNotReady } from './errors.js';

/** Who gives a task that somebody holds to somebody else. */
export const claimSupervisors: readonly Role[] = ['township-chair', 'federation-lead'];

/** Somebody takes the open task. @throws CaseClaimed if somebody else has */
export function claimCase(before: Case, { by, now }: Act): CaseDecision {
  if (!taskOf(before)) throw new CaseNotReady(before.state.status, '认领', '这一事项没有待办的任务。');
  assertFree(before, by);
  if (before.claim) return noted(before);
  return { state: { ...before, claim: { by: by.id, at: now.toISOString() } }, events: [], kind: 'claimed' };
}

/** The task is anybody's again who may do it. */
export function releaseClaim(before: Case, { by }: Act): CaseDecision {
  if (!before.claim) return noted(before);
  assertMayMove(before, by);
  return { state: { ...before, claim: null }, events: [], kind: 'claim-released' };
}

/** The task is somebody else's from now on. @param to the user's id */
export function handOnClaim(before: Case, to: string, { by, now }: Act): CaseDecision {
  if (!before.claim)
    throw new CaseNotReady(before.state.status, '转交', '这一事项没有人认领，可以直接认领。');
  assertMayMove(before, by);
  return {
    state: { ...before, claim: { by: to, at: now.toISOString() } },
    events: [],
    kind: 'claim-handed-on',
  };
}

/** @throws CaseClaimed if somebody else holds the task, with who it is */
export function assertFree({ claim }: Case, by: Hand): void {
  if (claim && claim.by !== by.id && claim.by !== by.onBehalfOf) throw new CaseClaimed(claim.by);
}

function assertMayMove(before: Case, by: Hand): void {
  if (!claimSupervisors.some((role) => role === by.role)) assertFree(before, by);
}
