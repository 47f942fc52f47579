import type { Benefit, BenefitState } from '../../domain/benefit.js';
import type { Rate } from '../../domain/rates.js';

export interface BenefitRow {
  readonly benefit_id: string;
  readonly case_id: string;
  readonly person_id: string;
  readonly division_code: string;
  readonly item_id: string;
  readonly item_version: string;
  readonly status: BenefitState['status'];
  readonly from_month: string;
  readonly to_month: string | null;
  readonly held_from: string | null;
  readonly rates: readonly Rate[] | null;
  readonly version: number;
}

export const benefitColumns = `b.benefit_id, b.case_id, b.person_id, b.division_code, b.item_id, b.item_version, b.status,
  b.from_month, b.to_month, b.held_from, b.rates, b.version`;

export function toBenefit(row: BenefitRow): Benefit {
  return {
    id: row.benefit_id,
    caseId: row.case_id,
    personId: row.person_id,
    divisionCode: row.division_code,
    itemId: row.item_id,
    itemVersion: row.item_version,
    state: stateOf(row),
    fromMonth: row.from_month,
    rates: row.rates,
    version: row.version,
  };
}

function stateOf({ status, held_from, to_month }: BenefitRow): BenefitState {
  switch (status) {
    case 'running':
      return { status };
    case 'held':
      return { status, heldFrom: held_from! };
    case 'stopped':
      return { status, toMonth: to_month! };
  }
}
