import type { Act } from './act.js';
import type { Case, CaseChangeKind, CaseDecision } from './case.js';
import { CaseNotReady, MaterialNotAsked, MaterialNotReady } from './errors.js';
import { factsOf } from './facts.js';
import type { CaseItem } from './item.js';
import type { CaseMaterial } from './material.js';
import { settlePapers } from './settle-papers.js';

/** What a material rests on: a scan, a paper given for an earlier case, or a look at the original (both null). */
export interface Brought {
  readonly fileId: string | null;
  readonly paperId: string | null;
}

/** Every paper that an item asks for, as nobody has brought it yet. */
export function askedOf(item: CaseItem, { by, at }: { by: Act['by']; at: string }): CaseMaterial[] {
  return item.askedMaterials.map((material) => ({
    material,
    state: 'asked',
    reason: null,
    fileId: null,
    paperId: null,
    by: by.id,
    byRole: by.role,
    at,
  }));
}

/** Papers came in. @throws MaterialNotAsked */
export function withReceived(
  before: Case,
  received: readonly string[],
  act: Act,
  brought: Brought = { fileId: null, paperId: null },
): readonly CaseMaterial[] {
  const unasked = received.filter((each) => !before.item.askedMaterials.includes(each));
  if (unasked.length > 0) throw new MaterialNotAsked(unasked);
  return before.materials.map((each) =>
    received.includes(each.material) && each.state !== 'checked'
      ? { ...each, ...brought, state: 'received', reason: null, ...doneBy(act) }
      : each,
  );
}

/** A paper was brought to the counter, uploaded, or taken over from an earlier case. */
export function receiveMaterial(before: Case, material: string, brought: Brought, act: Act): CaseDecision {
  assertOpen(before, '收取材料');
  const one = materialOf(before, material);
  if (one.state === 'checked')
    throw new MaterialNotReady(material, one.state, '材料已经核对无误，不必再收。');
  return changed(before, 'material-received', withReceived(before, [material], act, brought), act);
}

/** A paper is in order; one that was not given before is told, so that it need not be brought again. */
export function checkMaterial(before: Case, material: string, paperId: string, act: Act): CaseDecision {
  assertOpen(before, '核对材料');
  const one = materialOf(before, material);
  if (one.state !== 'received') {
    throw new MaterialNotReady(material, one.state, '只有已经收到、尚未核对的材料可以核对。');
  }
  const decision = changed(
    before,
    'material-checked',
    replaced(before, { ...one, state: 'checked', reason: null, ...doneBy(act) }),
    act,
  );
  if (one.paperId !== null) return decision;
  const { facts, common } = factsOf(before);
  return {
    ...decision,
    events: [
      ...decision.events,
      facts.paperChecked.of({
        personId: common.personId,
        divisionCode: common.divisionCode,
        caseId: common.caseId,
        paperId,
        material,
        fileRef: one.fileId,
        checkedOn: act.today,
      }),
    ],
  };
}

/** A paper is not in order: it is asked for again, with the reason. */
export function refuseMaterial(before: Case, material: string, reason: string, act: Act): CaseDecision {
  assertOpen(before, '退回材料');
  const one = materialOf(before, material);
  if (one.state !== 'received') {
    throw new MaterialNotReady(material, one.state, '只有已经收到、尚未核对的材料可以退回。');
  }
  return {
    ...changed(
      before,
      'material-refused',
      replaced(before, { ...one, state: 'refused', reason, ...doneBy(act) }),
      act,
    ),
    why: reason,
  };
}

/** @throws MaterialNotAsked */
export function materialOf({ materials }: Case, material: string): CaseMaterial {
  const one = materials.find((each) => each.material === material);
  if (!one) throw new MaterialNotAsked([material]);
  return one;
}

function assertOpen({ state: { status } }: Case, action: string): void {
  if (status === 'refused' || status === 'declined' || status === 'stopped' || status === 'withdrawn') {
    throw new CaseNotReady(status, action, '如需重新办理，请重新申请。');
  }
}

function replaced({ materials }: Case, one: CaseMaterial): readonly CaseMaterial[] {
  return materials.map((each) => (each.material === one.material ? one : each));
}

function changed(
  before: Case,
  kind: CaseChangeKind,
  materials: readonly CaseMaterial[],
  act: Act,
): CaseDecision {
  return settlePapers(before, { state: { ...before, materials }, events: [], kind }, act);
}

function doneBy({ by, now }: Act): Pick<CaseMaterial, 'by' | 'byRole' | 'at'> {
  return { by: by.id, byRole: by.role, at: now.toISOString() };
}
