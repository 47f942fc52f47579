import type { Act } from './act.js';
import { assertUndecided, limitUntil } from './ask-for-papers.js';
import type { Case, CaseDecision } from './case.js';
import { MaterialNotReady } from './errors.js';
import { AcceptIncompleteNotAllowed, PaperNotLater } from './paper-errors.js';
import type { Obliged, Obligation } from './paper-records.js';
import { missingOf, openObligationsOf } from './papers.js';
import { settlePapers } from './settle-papers.js';
import { materialOf } from './take-material.js';

/** A paper that is to come later, and who sees to it. */
export interface NewObligation {
  readonly material: string;
  readonly who: Obliged;
  /** The body that has it, for `fetched-from`. */
  readonly from: string | null;
  /** Until when, `YYYY-MM-DD`; null: as the rule says. */
  readonly day: string | null;
}

/**
 * The office accepts the case without some papers, because its rule lets it (容缺受理), and takes down who brings each by when.
 * @throws CaseNotReady, AcceptIncompleteNotAllowed, PaperNotLater, MaterialNotAsked, MaterialNotReady, DayStandsInRule, DayNotAhead
 */
export function acceptIncomplete(
  before: Case,
  { obligations, reason }: { readonly obligations: readonly NewObligation[]; readonly reason: string },
  act: Act,
): CaseDecision {
  assertUndecided(before, '容缺受理');
  const rule = before.item.acceptIncomplete;
  if (!rule) throw new AcceptIncompleteNotAllowed(before.item.id);
  const open = new Set(openObligationsOf(before).map(({ material }) => material));
  const done = { by: act.by.id, byRole: act.by.role, at: act.now.toISOString() };
  const added = obligations.map(({ material, who, from, day }): Obligation => {
    assertMissing(before, material);
    if (!rule.materials.includes(material)) throw new PaperNotLater(material, rule.materials);
    if (open.has(material))
      throw new MaterialNotReady(material, 'open', '这份材料已经容缺受理，请等待补交。');
    open.add(material);
    return {
      material,
      who,
      from,
      limit: limitUntil(rule.limit, day, act.today),
      basis: rule.basis,
      reason,
      suspends: rule.suspends,
      blocks: rule.blocks,
      state: 'open',
      acceptedAt: done.at,
      ...done,
    };
  });
  return settlePapers(
    before,
    { state: withObligations(before, added), events: [], kind: 'accepted-incomplete', why: reason },
    act,
  );
}

/**
 * A paper need not come: it is not for this case, or the office has found out otherwise what it says.
 * @throws CaseNotReady, MaterialNotAsked, MaterialNotReady
 */
export function waivePaper(before: Case, material: string, reason: string, act: Act): CaseDecision {
  const { status } = before.state;
  // What was granted first may still wait for it.
  if (status !== 'granted') assertUndecided(before, '免交材料');
  assertMissing(before, material);
  const known = before.obligations.find((each) => each.material === material);
  const done = { by: act.by.id, byRole: act.by.role, at: act.now.toISOString() };
  const waived: Obligation = {
    ...(known ?? {
      material,
      who: 'office',
      from: null,
      limit: { value: null, unit: 'natural-day', kind: 'unknown', basis: '免交' },
      basis: '免交',
      suspends: null,
      blocks: 'decision',
      acceptedAt: done.at,
    }),
    ...done,
    reason,
    state: 'waived',
  };
  return settlePapers(
    before,
    { state: withObligations(before, [waived]), events: [], kind: 'paper-waived', why: reason },
    act,
  );
}

/** @throws MaterialNotAsked, MaterialNotReady if it is there, or need not come */
function assertMissing(before: Case, material: string): void {
  const { state } = materialOf(before, material);
  if (!missingOf(before).includes(material)) {
    throw new MaterialNotReady(material, state, '这份材料已经收到或者免交，不用再等。');
  }
}

function withObligations(before: Case, added: readonly Obligation[]): Case {
  const names = new Set(added.map(({ material }) => material));
  return {
    ...before,
    obligations: [...before.obligations.filter(({ material }) => !names.has(material)), ...added],
  };
}
