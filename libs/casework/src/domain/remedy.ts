import type { Term } from '@app/clocks';
import type { RemedyKind } from '@app/contracts';
import { RemedyMissing } from './remedy-errors.js';
import type { ItemRemedy, RemedyTarget } from './item-remedy.js';
import type { CaseItem } from './item.js';

export const remedyNames: Readonly<Record<RemedyKind, string>> = {
  objection: '异议',
  reassessment: '重新评定',
  'final-assessment': '最终评定',
  review: '复查',
  'final-review': '复核',
  reconsideration: '行政复议',
  litigation: '行政诉讼',
};

const ask: Readonly<Record<RemedyKind, string>> = {
  objection: '提出异议',
  reassessment: '申请重新评定',
  'final-assessment': '申请最终评定',
  review: '请求复查',
  'final-review': '请求复核',
  reconsideration: '申请行政复议',
  litigation: '提起行政诉讼',
};

const unitNames: Partial<Record<Term['unit'], string>> = {
  hour: '小时',
  'working-day': '个工作日',
  'natural-day': '日',
  month: '个月',
};

/** The remedies of an item that lie against something, in the order of the item. */
export function remediesAgainst({ remedies }: CaseItem, target: RemedyTarget): readonly ItemRemedy[] {
  return remedies.filter(({ against }) => against.includes(target));
}

/** The name of a person's term in the clocks of the case. */
export function remedyStep(kind: RemedyKind): string {
  return `remedy:${kind}`;
}

/**
 * What an adverse notice says about remedies: those of the item, with body, term and article, then what the decider added.
 * @throws RemedyMissing where neither the item nor the decider names one
 */
export function remedyText(item: CaseItem, target: RemedyTarget, written: string | null): string {
  const named = remediesAgainst(item, target).map(wordingOf);
  if (named.length === 0 && written === null) throw new RemedyMissing(item.id);
  const structured = named.length === 0 ? '' : `不服的，可以${named.join('；也可以')}。`;
  return `${structured}${written ?? ''}`;
}

function wordingOf({ kind, to, term }: ItemRemedy): string {
  const unit = unitNames[term.unit];
  const within = term.value === null || unit === undefined ? '' : `自收到之日起${term.value}${unit}内`;
  return `${within}向${to.zh}${ask[kind]}（${term.basis}）`;
}
