import { Injectable } from '@nestjs/common';
import { Catalogue, rateOf, type ItemInForce } from '@app/catalogue';
import type { Case } from '@app/casework';
import type { FirstMonthRule } from '../domain/benefit.js';
import type { Month } from '../domain/month.js';
import { cycleSaid, type Cycle } from '../domain/pay-line.js';
import { datedRates, type Rate } from '../domain/rates.js';
import { paidBefore, takenOverRates } from './take-over-rates.js';

/** What the catalogue says of the money of a case's item. */
export interface BenefitRule {
  readonly firstMonth: FirstMonthRule;
  readonly cycle: Cycle;
  ratesFrom(fromMonth: Month, state: Pick<Case, 'because' | 'divisionCode'>): readonly Rate[] | null;
}

/** Which items pay month by month, and how much: read from the item version that judges the case. */
@Injectable()
export class BenefitRules {
  private readonly known = new Map<string, BenefitRule | null>();

  constructor(private readonly catalogue: Catalogue) {}

  /** Null: the item pays the person nothing, or not month by month. */
  of({ item, divisionCode }: Case): BenefitRule | null {
    const key = `${divisionCode.slice(0, 6)} ${item.version} ${item.id}`;
    let rule = this.known.get(key);
    if (rule === undefined) {
      rule = ruleOf(this.catalogue.itemVersion(item.id, item.version, divisionCode));
      this.known.set(key, rule);
    }
    return rule;
  }
}

function ruleOf(item: ItemInForce): BenefitRule | null {
  if (item.amounts?.per !== 'month' || !item.payment) return null;
  const parameters = item.amounts.rows.flatMap(({ parameter, percent }) =>
    percent === undefined ? [parameter] : [parameter, percent],
  );
  const changes = parameters.flatMap((name) => (item.values[name] ?? []).map(({ from }) => from));
  return {
    firstMonth: item.payment.from,
    cycle: cycleSaid(item.payment.cycle),
    ratesFrom: (fromMonth, { because, divisionCode }) => {
      const before = paidBefore(because);
      if (before) return takenOverRates(item, divisionCode, fromMonth, before, changes);
      const facts = Object.fromEntries(because.map(({ fact, value }) => [fact, value]));
      return datedRates(fromMonth, changes, (month) => rateOf(item, divisionCode, month, facts));
    },
  };
}
