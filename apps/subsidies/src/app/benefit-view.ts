import type { PastState } from '../adapters/postgres/benefit-queries.js';
import { periodsOf, toMonthOf, type Benefit, type Period } from '../domain/benefit.js';
import type { Rate } from '../domain/rates.js';

export interface BenefitSummary {
  readonly benefitId: string;
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly status: 'running' | 'held' | 'stopped';
  readonly fromMonth: string;
  readonly toMonth: string | null;
  readonly heldFrom: string | null;
  /** 分 a month from a month on; null: see `unpayable`. */
  readonly rates: readonly Rate[] | null;
  /** Why nothing can be paid though it runs; null: it can. */
  readonly unpayable: string | null;
  readonly version: number;
}

export interface BenefitDetail extends BenefitSummary {
  readonly periods: readonly Period[];
  readonly history: readonly PastState[];
}

export interface BenefitPage {
  readonly benefits: readonly BenefitSummary[];
  readonly next: string | null;
}

export function summaryOf(benefit: Benefit): BenefitSummary {
  return {
    benefitId: benefit.id,
    caseId: benefit.caseId,
    personId: benefit.personId,
    divisionCode: benefit.divisionCode,
    itemId: benefit.itemId,
    status: benefit.state.status,
    fromMonth: benefit.fromMonth,
    toMonth: toMonthOf(benefit),
    heldFrom: benefit.state.status === 'held' ? benefit.state.heldFrom : null,
    rates: benefit.rates,
    unpayable: benefit.rates === null ? '当地尚未录入发放标准，或现有信息不足以确定档次，暂不能发放' : null,
    version: benefit.version,
  };
}

export function detailOf(benefit: Benefit, history: readonly PastState[]): BenefitDetail {
  return { ...summaryOf(benefit), periods: periodsOf(benefit), history };
}
