import type { Act } from './act.js';
import { moved, type Case, type CaseDecision, type Undecided } from './case.js';
import { documentOf } from './document.js';
import { CaseNotReady, NotByMachine } from './errors.js';
import { factsOf } from './facts.js';
import {
  DayNotAhead,
  DayStandsInRule,
  NothingMissing,
  PapersAlreadyAsked,
  PapersNotDue,
  WithdrawalNotInRule,
} from './paper-errors.js';
import type { PaperLimit } from './paper-rules.js';
import type { AskedPaper } from './paper-records.js';
import { missingOf, openObligationsOf, timeIsOverFor } from './papers.js';
import { remedyText } from './remedy.js';
import { settlePapers } from './settle-papers.js';

const NO_LIMIT: PaperLimit = {
  value: null,
  unit: 'natural-day',
  kind: 'unknown',
  basis: '没有来源规定补正的期限',
};

/**
 * Tells the person, once and in full, what is missing or not in order (一次性告知). A second notice names only what could not be seen at
 * the first: a paper that came and was not in order.
 * @param day until when, `YYYY-MM-DD`; only where no source has a number
 * @throws CaseNotReady, NothingMissing, PapersAlreadyAsked, DayStandsInRule, DayNotAhead
 */
export function askForPapers(
  before: Case,
  { note, day }: { readonly note: string | null; readonly day: string | null },
  act: Act,
): CaseDecision {
  assertUndecided(before, '发出补正通知');
  const accepted = new Set(openObligationsOf(before).map(({ material }) => material));
  const missing = missingOf(before).filter((material) => !accepted.has(material));
  if (missing.length === 0) throw new NothingMissing();
  const papers = missing
    .map((material) => askedPaperOf(before, material))
    .filter((paper) => !wasToldOf(before, paper));
  if (papers.length === 0) throw new PapersAlreadyAsked(before.supplements.at(-1)!.at);
  const { supplement: rule } = before.item;
  const state: Case = {
    ...before,
    supplements: [
      ...before.supplements,
      {
        number: before.supplements.length + 1,
        papers,
        note,
        limit: limitUntil(rule?.limit ?? NO_LIMIT, day, act.today),
        effect: rule?.effect ?? null,
        state: 'open',
        by: act.by.id,
        byRole: act.by.role,
        at: act.now.toISOString(),
        endedAt: null,
      },
    ],
  };
  const document = documentOf('supplement', before, { reason: wordsOf(before, papers, note), remedy: null });
  return settlePapers(before, { state, events: [], kind: 'papers-asked', why: note, document }, act);
}

/**
 * The person did not supply what was asked for, and the law takes that for a withdrawal (视为撤回): a named person records it.
 * @param written what that person says about remedies; null where the item's own say it
 * @throws CaseNotReady, WithdrawalNotInRule, NotByMachine, PapersNotDue, RemedyMissing
 */
export function deemWithdrawn(
  before: Case,
  reason: string,
  written: string | null,
  { by }: Act,
): CaseDecision {
  assertUndecided(before, '视为撤回');
  const unsupplied = before.item.supplement?.unsupplied ?? null;
  if (!unsupplied) throw new WithdrawalNotInRule(before.item.id);
  if (by.role === 'service') throw new NotByMachine();
  const missing = missingOf(before);
  const over = timeIsOverFor(before);
  if (!missing.some((material) => over.has(material))) throw new PapersNotDue(missing);
  const remedy = remedyText(before.item, 'decision', written);
  const state = moved(before, {
    status: 'withdrawn',
    reason: `${reason}（${unsupplied.basis}）`,
    from: before.state,
  });
  const { facts, common } = factsOf(state);
  return {
    state,
    events: [facts.withdrawn.of({ ...common, reason: `${reason}（${unsupplied.basis}）` })],
    kind: 'withdrawn',
    document: documentOf('lapse', before, { reason, remedy }),
  };
}

/** Everything that the notice asks for, as the person reads it. */
function wordsOf({ item }: Case, papers: readonly AskedPaper[], note: string | null): string {
  const asked = papers.map(({ material, reason }) => {
    const title = item.materialTitles[material] ?? material;
    return reason === null ? title : `${title}（${reason}）`;
  });
  return `请补正：${asked.join('；')}。${note ?? ''}`;
}

/** A day that the office sets where no source has a number; else what the source says. @throws DayStandsInRule, DayNotAhead */
export function limitUntil(limit: PaperLimit, day: string | null, today: string): PaperLimit {
  if (day === null) return limit;
  if (limit.value !== null) throw new DayStandsInRule(limit.basis);
  if (day <= today) throw new DayNotAhead(today);
  return {
    value: (Date.parse(day) - Date.parse(today)) / 86_400_000,
    unit: 'natural-day',
    kind: 'promised',
    basis: `经办机关指定的日期（${limit.basis}）`,
  };
}

/** @throws CaseNotReady once it is decided, has ended, or has not begun */
export function assertUndecided(
  kase: Case,
  action: string,
): asserts kase is Case & { readonly state: Undecided } {
  const { status } = kase.state;
  if (status !== 'listed' && status !== 'open' && status !== 'deciding' && status !== 'waiting') {
    throw new CaseNotReady(status, action, '只有尚未作出决定的事项可以这样办理。');
  }
}

function askedPaperOf({ materials }: Case, material: string): AskedPaper {
  return { material, reason: materials.find((each) => each.material === material)?.reason ?? null };
}

/** Whether the last notice that names it was there when it was missing already. */
function wasToldOf({ supplements, materials }: Case, { material }: AskedPaper): boolean {
  const last = supplements.findLast(({ papers }) => papers.some((each) => each.material === material));
  if (!last || last.state === 'answered') return false;
  const now = materials.find((each) => each.material === material);
  return !(now?.state === 'refused' && now.at > last.at);
}
