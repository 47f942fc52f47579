import type { Role } from '@app/access';
import type { Hand } from '@app/access';
import type { Act } from './act.js';
import { decided, noted, taskOf, type Case, type CaseDecision } from './case.js';
import { CaseClaimed, CaseNotReady } from './errors.js';
import { factsOf } from './facts.js';

/** Who gives a task that somebody holds to somebody else. */
export const claimSupervisors: readonly Role[] = ['township-chair', 'federation-lead'];

/** Somebody takes the open task. @throws CaseClaimed if somebody else has */
export function claimCase(before: Case, { by, now }: Act): CaseDecision {
  if (!taskOf(before)) throw new CaseNotReady(before.state.status, '认领', '这一事项没有待办的任务。');
  assertFree(before, by);
  if (before.claim) return noted(before);
  return claimedBy(before, by.id, now, 'claimed');
}

/** The task is anybody's again who may do it. */
export function releaseClaim(before: Case, { by, now }: Act): CaseDecision {
  const { claim } = before;
  if (!claim) return noted(before);
  assertMayMove(before, by);
  const state: Case = { ...before, claim: null, version: before.version + 1 };
  const { facts, common } = factsOf(state);
  return decided(
    'claim-released',
    state,
    facts.claimEnded.of({ ...common, by: claim.by, at: now.toISOString() }),
  );
}

/** The task is somebody else's from now on. @param to the user's id */
export function handOnClaim(before: Case, to: string, { by, now }: Act): CaseDecision {
  if (!before.claim)
    throw new CaseNotReady(before.state.status, '转交', '这一事项没有人认领，可以直接认领。');
  assertMayMove(before, by);
  return claimedBy(before, to, now, 'claim-handed-on');
}

/** Whoever held the task has left: it is their successor's. */
export function passOnClaim(before: Case, successorId: string, now: Date): CaseDecision {
  return before.claim ? claimedBy(before, successorId, now, 'claim-handed-on') : noted(before);
}

function claimedBy(
  before: Case,
  userId: string,
  now: Date,
  kind: 'claimed' | 'claim-handed-on',
): CaseDecision {
  const claim = { by: userId, at: now.toISOString() };
  const state: Case = { ...before, claim, version: before.version + 1 };
  const { facts, common } = factsOf(state);
  return decided(kind, state, facts.claimed.of({ ...common, ...claim }));
}

/** @throws CaseClaimed if somebody else holds the task, with who it is */
export function assertFree({ claim }: Case, by: Hand): void {
  if (claim && claim.by !== by.id && claim.by !== by.onBehalfOf) throw new CaseClaimed(claim.by);
}

function assertMayMove(before: Case, by: Hand): void {
  if (!claimSupervisors.some((role) => role === by.role)) assertFree(before, by);
}
