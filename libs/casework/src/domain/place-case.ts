import type { Act } from './act.js';
import { withoutPastClaim, type Case, type CaseDecision } from './case.js';
import { CaseNotReady, DayInFuture, ItemWithoutInstitution } from './errors.js';
import { factsOf } from './facts.js';
import { isByPlacement } from './item.js';

/** The institution, school or station is found that does the steps of roles by placement: its users see the case from now on. */
export function placeCase(before: Case, unitId: string, since: string, { today }: Act): CaseDecision {
  if (!before.item.steps.some(({ role }) => isByPlacement(role))) {
    throw new ItemWithoutInstitution(before.item.id);
  }
  const { status } = before.state;
  if (
    status === 'handed-over' ||
    status === 'refused' ||
    status === 'declined' ||
    status === 'stopped' ||
    status === 'withdrawn'
  ) {
    throw new CaseNotReady(status, '安排承办单位', '请刷新页面查看最新状态。');
  }
  if (since > today) throw new DayInFuture('since', today);
  if (before.placement?.unitId === unitId) return { state: before, events: [], kind: 'noted' };
  const ended = before.placement ? endPlacement(before, today) : null;
  const from = ended?.state ?? before;
  const state = withoutPastClaim(before, {
    ...from,
    placement: { unitId, since },
    version: from.version + 1,
  });
  const { facts, common } = factsOf(state);
  return {
    state,
    events: [...(ended?.events ?? []), facts.placed.of({ ...common, unitId, since })],
    kind: 'placed',
  };
}

/** The unit has no more to do with it; a step that is left for one waits for another to be found. */
export function endPlacement(before: Case, endedOn: string): CaseDecision {
  const { placement } = before;
  if (!placement) {
    throw new CaseNotReady(before.state.status, '结束承办', '这一事项没有安排承办单位。');
  }
  const state = withoutPastClaim(before, { ...before, placement: null, version: before.version + 1 });
  const { facts, common } = factsOf(state);
  return {
    state,
    events: [facts.placementEnded.of({ ...common, unitId: placement.unitId, endedOn })],
    kind: 'placement-ended',
  };
}
