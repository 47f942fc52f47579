import {
  benefitGrantedV1,
  benefitHeldV1,
  benefitReleasedV1,
  benefitStoppedV1,
  type NewEvent,
} from '@app/contracts';
import type { Decision } from '@app/kernel';
import { firstMonthFrom, lastMonthBefore, monthAfter, monthBefore, monthOf, type Month } from './month.js';
import { sameRates, type Rate } from './rates.js';

/** What a person is paid month by month for one item (待遇). */
export interface Benefit {
  readonly id: string;
  /** The case that it rests on. */
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly state: BenefitState;
  readonly fromMonth: Month;
  /** Null: nothing can be paid yet, because the region has set no rate or the facts do not tell which one holds. */
  readonly rates: readonly Rate[] | null;
  readonly version: number;
}

export type BenefitState =
  | { readonly status: 'running' }
  /** Nothing is paid for months that begin from this day on, until a named person decides. */
  | { readonly status: 'held'; readonly heldFrom: string }
  | { readonly status: 'stopped'; readonly toMonth: Month };

export type FirstMonthRule = 'application-month' | 'month-after-grant' | 'grant-month';

/** The first month that is owed: the decider's word, else the item's rule. */
export function firstMonth(
  rule: FirstMonthRule,
  days: {
    decidedOn: string;
    effectiveFrom: string | null;
    appliedOn: string | null;
    entitledOn: string | null;
  },
): Month {
  if (days.effectiveFrom !== null) return monthOf(days.effectiveFrom);
  switch (rule) {
    case 'application-month':
      // What opens by itself has no application: it counts from the day the person became entitled.
      return monthOf(days.appliedOn ?? days.entitledOn ?? days.decidedOn);
    case 'grant-month':
      return monthOf(days.decidedOn);
    case 'month-after-grant':
      return monthAfter(monthOf(days.decidedOn));
  }
}

function factOf(benefit: Benefit) {
  return {
    personId: benefit.personId,
    divisionCode: benefit.divisionCode,
    version: benefit.version,
    benefitId: benefit.id,
    caseId: benefit.caseId,
    itemId: benefit.itemId,
    status: benefit.state.status,
    fromMonth: benefit.fromMonth,
    toMonth: toMonthOf(benefit),
    rates: benefit.rates ? [...benefit.rates] : null,
  };
}

function decided(state: Benefit, event: (benefit: Benefit) => NewEvent): Decision<Benefit> {
  return { state, events: [event(state)] };
}

/**
 * A benefit runs from now on.
 * @param paidThrough of one that was taken over, the last month that the old list says was paid
 */
export function grantBenefit(
  benefit: Omit<Benefit, 'state' | 'version'>,
  paidThrough: Month | null = null,
): Decision<Benefit> {
  return decided({ ...benefit, state: { status: 'running' }, version: 1 }, (state) =>
    benefitGrantedV1.of({ ...factOf(state), ...(paidThrough === null ? {} : { paidThrough }) }),
  );
}

/** Another case of the same item was granted (a new year): the benefit goes on under it, without a break. */
export function continueBenefit(
  before: Benefit,
  under: Pick<Benefit, 'caseId' | 'itemVersion' | 'divisionCode'>,
  rates: readonly Rate[] | null,
): Decision<Benefit> {
  return decided(
    { ...before, ...under, rates, state: { status: 'running' }, version: before.version + 1 },
    (state) => benefitGrantedV1.of(factOf(state)),
  );
}

/** It was decided again, since another body had revoked the decision: it runs from the month that counts now. */
export function grantAgain(
  before: Benefit,
  fromMonth: Month,
  rates: readonly Rate[] | null,
): Decision<Benefit> {
  const same = before.fromMonth === fromMonth && sameRates(before.rates, rates);
  if (before.state.status === 'running' && same) return { state: before, events: [] };
  return decided(
    { ...before, fromMonth, rates, state: { status: 'running' }, version: before.version + 1 },
    (state) => benefitGrantedV1.of(factOf(state)),
  );
}

export function holdBenefit(before: Benefit, heldFrom: string): Decision<Benefit> {
  const { state: at } = before;
  if (at.status === 'stopped' || (at.status === 'held' && at.heldFrom <= heldFrom)) {
    return { state: before, events: [] };
  }
  return decided({ ...before, state: { status: 'held', heldFrom }, version: before.version + 1 }, (state) =>
    benefitHeldV1.of({ ...factOf(state), heldFrom }),
  );
}

/** More is due by new facts. What is held stays so. */
export function raiseBenefit(before: Benefit, rates: readonly Rate[] | null): Decision<Benefit> {
  const { state: at } = before;
  if (at.status === 'stopped' || sameRates(before.rates, rates)) return { state: before, events: [] };
  return decided({ ...before, rates, version: before.version + 1 }, (state) =>
    at.status === 'held'
      ? benefitHeldV1.of({ ...factOf(state), heldFrom: at.heldFrom })
      : benefitGrantedV1.of(factOf(state)),
  );
}

/**
 * The hold is lifted, or the stop taken back: months that were not paid meanwhile are owed.
 * @param rates what is due by the decision
 */
export function releaseBenefit(before: Benefit, rates: Benefit['rates'] = before.rates): Decision<Benefit> {
  if (before.state.status === 'running') return { state: before, events: [] };
  return decided({ ...before, rates, state: { status: 'running' }, version: before.version + 1 }, (state) =>
    benefitReleasedV1.of(factOf(state)),
  );
}

export function stopBenefit(before: Benefit, stoppedFrom: string): Decision<Benefit> {
  if (before.state.status === 'stopped') return { state: before, events: [] };
  const toMonth = lastMonthBefore(stoppedFrom);
  return decided({ ...before, state: { status: 'stopped', toMonth }, version: before.version + 1 }, (state) =>
    benefitStoppedV1.of(factOf(state)),
  );
}

/** The stop is not carried out: held from the day from which it had counted, neither paid nor lost. */
export function stayStop(before: Benefit, heldFrom: string): Decision<Benefit> {
  if (before.state.status !== 'stopped') return { state: before, events: [] };
  return decided({ ...before, state: { status: 'held', heldFrom }, version: before.version + 1 }, (state) =>
    benefitHeldV1.of({ ...factOf(state), heldFrom }),
  );
}

/** The last month that is owed; null: open. It lies before the first month if nothing is owed at all. */
export function toMonthOf({ state }: Benefit): Month | null {
  return state.status === 'stopped' ? state.toMonth : null;
}

/** Months in a row with one rate and one state. */
export interface Period {
  readonly fromMonth: Month;
  /** Null: open. */
  readonly toMonth: Month | null;
  /** 分 a month; null: no rate is set, nothing can be paid. */
  readonly fen: number | null;
  readonly state: 'owed' | 'held';
}

/** What is owed month by month, cut where the rate or the state changes. */
export function periodsOf(benefit: Benefit): Period[] {
  const { fromMonth, rates, state } = benefit;
  const end = toMonthOf(benefit);
  const heldFrom = state.status === 'held' ? firstMonthFrom(state.heldFrom) : null;
  const cuts = [fromMonth, ...(rates ?? []).map((rate) => rate.fromMonth), ...(heldFrom ? [heldFrom] : [])];
  const starts = [...new Set(cuts)]
    .filter((month) => month >= fromMonth && (end === null || month <= end))
    .sort();
  return starts.map((start, place) => {
    const next = starts[place + 1];
    return {
      fromMonth: start,
      toMonth: next ? monthBefore(next) : end,
      fen: rates?.findLast((rate) => rate.fromMonth <= start)?.fen ?? null,
      state: heldFrom !== null && start >= heldFrom ? 'held' : 'owed',
    };
  });
}
