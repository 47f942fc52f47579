import { DomainError } from '@app/kernel';
import type { CaseItem } from './item.js';

/** A decision waits for papers: what is missing, and the ways out. */
export class PapersMissing extends DomainError {
  readonly slug = 'papers-missing';
  readonly kind = 'conflict';
  constructor(action: string, missing: readonly string[], item: CaseItem) {
    const later = missing.filter((material) => item.acceptIncomplete?.materials.includes(material));
    const names = (materials: readonly string[]) =>
      materials.map((material) => item.materialTitles[material] ?? material).join('、');
    super(
      [
        `还缺材料：${names(missing)}，现在不能${action}。`,
        '请一次性告知本人补正，等材料补齐或者补正期限届满后再决定；',
        later.length > 0
          ? `其中${names(later)}按规定可以容缺受理，约定补交后继续办理；`
          : '这些材料没有可以容缺受理的规定；',
        '确实不需要的材料，请登记免交及理由。',
      ].join(''),
      { missing, later, waysOut: later.length > 0 ? ['supplement', 'accept-incomplete'] : ['supplement'] },
    );
  }
}

/** There is nothing to ask for. */
export class NothingMissing extends DomainError {
  readonly slug = 'nothing-missing';
  readonly kind = 'conflict';
  constructor() {
    super('没有缺少的材料，不需要补正。已经容缺受理的，请等待补交。');
  }
}

/** What is missing was told at once, and is not asked for again (一次性告知). */
export class PapersAlreadyAsked extends DomainError {
  readonly slug = 'papers-already-asked';
  readonly kind = 'conflict';
  constructor(askedAt: string) {
    super(
      '缺少的材料已经一次性告知，不能再次要求补正。只有收到后发现不合格的材料，才可以就这一份再次告知。需要催办的，请直接联系本人。',
      { askedAt },
    );
  }
}

/** The source has a number of days; the office cannot set another day. */
export class DayStandsInRule extends DomainError {
  readonly slug = 'day-stands-in-rule';
  readonly kind = 'invalid';
  constructor(basis: string) {
    super(`补交的期限由规定确定，不能另定日期：${basis}。请去掉日期后提交。`, { field: 'by', basis });
  }
}

export class DayNotAhead extends DomainError {
  readonly slug = 'day-not-ahead';
  readonly kind = 'invalid';
  constructor(today: string) {
    super(`补交的日期须晚于今天（${today}），请更正后再提交。`, { field: 'by' });
  }
}

/** No source lets the office accept this item before its papers are complete. */
export class AcceptIncompleteNotAllowed extends DomainError {
  readonly slug = 'accept-incomplete-not-allowed';
  readonly kind = 'conflict';
  constructor(itemId: string) {
    super('这一事项在当地没有容缺受理的规定，请一次性告知本人补正。', { itemId });
  }
}

/** The rule does not let this paper come later. */
export class PaperNotLater extends DomainError {
  readonly slug = 'paper-not-later';
  readonly kind = 'conflict';
  constructor(material: string, later: readonly string[]) {
    super('这份材料不在可以容缺的范围内，请一次性告知本人补正。', { material, later });
  }
}

/** No law takes papers that do not come for a withdrawal. */
export class WithdrawalNotInRule extends DomainError {
  readonly slug = 'withdrawal-not-in-rule';
  readonly kind = 'conflict';
  constructor(itemId: string) {
    super('这一事项没有“逾期不补正视为撤回”的规定，请由有权人员作出决定并说明理由。', { itemId });
  }
}

/** The papers were not asked for, or may still come. */
export class PapersNotDue extends DomainError {
  readonly slug = 'papers-not-due';
  readonly kind = 'conflict';
  constructor(missing: readonly string[]) {
    super('材料还没有告知补正，或者补正期限还没有届满，不能视为撤回。', { missing });
  }
}
