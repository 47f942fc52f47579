import { Injectable } from '@nestjs/common';
import { CaseEffects, type Case, type CaseChange } from '@app/casework';
import { causedBy, type CausedEvent, type NewEvent } from '@app/contracts';
import type { Decision } from '@app/kernel';
import type { Tx } from '@app/platform';
import { v5 as uuidV5 } from 'uuid';
import { BenefitLedger } from '../adapters/postgres/benefit-ledger.js';
import {
  continueBenefit,
  firstMonth,
  grantAgain,
  grantBenefit,
  holdBenefit,
  raiseBenefit,
  releaseBenefit,
  stayStop,
  stopBenefit,
  type Benefit,
} from '../domain/benefit.js';
import { firstMonthFrom, type Month } from '../domain/month.js';
import { continuedBy, higherOf } from '../domain/rates.js';
import { BenefitRules, type BenefitRule } from './benefit-rules.js';
import { paidBefore } from './take-over-rates.js';

const BENEFITS = '0f0c4a86-6f0d-4a57-9d15-8f3a1b6e2c11';

/** Benefits follow their cases: granted they run, held they wait, stopped they end, released they are owed again. */
@Injectable()
export class FollowCases extends CaseEffects {
  constructor(
    private readonly rules: BenefitRules,
    private readonly ledger: BenefitLedger,
  ) {
    super();
  }

  async apply(tx: Tx, changes: readonly CaseChange[]): Promise<readonly CausedEvent[]> {
    const concerned = changes.flatMap((change) => {
      const rule = touchesMoney(change) ? this.rules.of(change.after) : null;
      return rule ? [{ change, rule }] : [];
    });
    if (concerned.length === 0) return [];
    const benefits = new Benefits(
      await this.ledger.lock(
        tx,
        concerned.map(({ change: { after } }) => ({
          caseId: after.id,
          personId: after.personId,
          itemId: after.item.id,
        })),
      ),
    );
    const states: Benefit[] = [];
    const events: CausedEvent[] = [];
    for (const { change, rule } of concerned) {
      const decision = follow(benefits, change, rule);
      if (!decision || decision.events.length === 0) continue;
      benefits.put(decision.state);
      states.push(decision.state);
      const told = decision.events.map((event) => withCycle(event, rule));
      events.push(...told.map((event) => (change.cause ? causedBy(change.cause, event) : event)));
    }
    await this.ledger.save(tx, states, changes[0]!.day);
    return events;
  }
}

/** Who holds payments against benefits asks no quarter's months of a run within the quarter. */
function withCycle(event: NewEvent, { cycle }: BenefitRule): NewEvent {
  return cycle === 'unknown' ? event : { ...event, data: { ...(event.data as object), cycle } };
}

/** The benefits of a slice, as they are while its changes are followed one after the other. */
class Benefits {
  private readonly all = new Map<string, Benefit>();

  constructor(locked: readonly Benefit[]) {
    for (const benefit of locked) this.put(benefit);
  }

  put(benefit: Benefit): void {
    this.all.set(benefit.id, benefit);
  }

  of({ id }: Case): Benefit | undefined {
    return [...this.all.values()].find(({ caseId }) => caseId === id);
  }

  running({ personId, item }: Case): Benefit | undefined {
    return [...this.all.values()].find(
      (benefit) =>
        benefit.personId === personId && benefit.itemId === item.id && benefit.state.status !== 'stopped',
    );
  }
}

function touchesMoney({ kind, after, before }: CaseChange): boolean {
  // What is refused may have been granted before another body revoked that.
  return (
    kind === 'refused' || 'granted' === standing(after) || (before !== null && 'granted' === standing(before))
  );
}

/** Where it stands, or where it stood before a hold or stop. */
function standing({ state }: Case): string {
  return state.status === 'held' || state.status === 'stopped' ? state.from.status : state.status;
}

function follow(
  benefits: Benefits,
  { kind, after, reasons }: CaseChange,
  rule: BenefitRule,
): Decision<Benefit> | null {
  const { state } = after;
  const own = benefits.of(after);
  switch (kind) {
    case 'granted':
      return own ? decidedAgain(own, after, rule) : grant(benefits, after, rule);
    case 'opened':
    case 'advanced':
      return state.status === 'granted' && !own ? grant(benefits, after, rule) : null;
    case 'held': {
      if (!own || state.status !== 'held') return null;
      return holdBenefit(own, earliestOf(state.holds));
    }
    case 'decision-revoked':
    case 'released': {
      if (!own) return null;
      // The stop fell, and what had held it before holds it again.
      if (state.status === 'held') return heldAgain(benefits, own, after, earliestOf(state.holds));
      // What was granted is paid on until it is decided again.
      if (state.status !== 'granted') return null;
      const other = benefits.running(after);
      // Meanwhile another one runs for the same item: two would pay twice.
      if (other && other.id !== own.id) return null;
      // What is held for less is due at less from the first month that begins then: one that had begun is owed whole.
      const lower = (on: string) => firstMonthFrom(on);
      return releaseBenefit(own, ratesBy(own, after, reasons, rule, lower));
    }
    // The stop is not carried out for now: what is due from then on waits, and is owed if the stop falls.
    case 'stayed':
      return own && state.status === 'held' && state.stayed
        ? heldAgain(benefits, own, after, state.stayed.stoppedFrom)
        : null;
    case 'refused':
      // Decided again, and not in the person's favour: what was granted before ends as if it were stopped from that day.
      return own && state.status === 'refused' ? stopBenefit(own, state.decidedOn) : null;
    case 'stopped':
      return own && state.status === 'stopped' ? stopBenefit(own, state.stoppedFrom) : null;
    // The take-over that brought the case is undone: nothing was ever owed.
    case 'withdrawn':
      return own ? stopBenefit(own, `${own.fromMonth}-01`) : null;
    case 'adopted': {
      if (!own) return null;
      const higher = (on: string) =>
        firstMonth(rule.firstMonth, { decidedOn: on, effectiveFrom: null, appliedOn: null, entitledOn: on });
      return raiseBenefit(own, higherOf(own.rates, ratesBy(own, after, reasons, rule, higher)));
    }
    case 'declined':
    case 'waitlisted':
    case 'handed-over':
    case 'placed':
    case 'placement-ended':
    case 'claimed':
    case 'claim-released':
    case 'claim-handed-on':
    case 'kept':
    case 'material-received':
    case 'material-checked':
    case 'material-refused':
    case 'papers-asked':
    case 'accepted-incomplete':
    case 'paper-waived':
    case 'document-served':
    case 'challenged':
    case 'noted':
      return null;
  }
}

/** What was stopped waits; not beside another one that runs for the same item meanwhile. */
function heldAgain(
  benefits: Benefits,
  own: Benefit,
  after: Case,
  heldFrom: string,
): Decision<Benefit> | null {
  const other = benefits.running(after);
  return other && other.id !== own.id ? null : stayStop(own, heldFrom);
}

function earliestOf(holds: readonly { readonly effectiveOn: string }[]): string {
  return holds.map(({ effectiveOn }) => effectiveOn).reduce((a, b) => (a < b ? a : b));
}

/** A benefit's rates, from the right months on by the facts that came. */
function ratesBy(
  { fromMonth, rates }: Benefit,
  { divisionCode }: Case,
  reasons: CaseChange['reasons'],
  rule: BenefitRule,
  monthOfDay: (day: string) => Month,
): Benefit['rates'] {
  return reasons.reduce((known, { from, because }) => {
    const month = monthOfDay(from) < fromMonth ? fromMonth : monthOfDay(from);
    return continuedBy(known, month, rule.ratesFrom(month, { because, divisionCode }));
  }, rates);
}

/** The decision was revoked and is taken again: from the month and at the rates of the one that counts now. */
function decidedAgain(own: Benefit, after: Case, rule: BenefitRule): Decision<Benefit> | null {
  if (after.state.status !== 'granted') return null;
  const { decidedOn, effectiveFrom } = after.state;
  const { appliedOn, entitledOn } = after;
  const fromMonth = firstMonth(rule.firstMonth, { decidedOn, effectiveFrom, appliedOn, entitledOn });
  return grantAgain(own, fromMonth, rule.ratesFrom(fromMonth, after));
}

function grant(benefits: Benefits, after: Case, rule: BenefitRule): Decision<Benefit> | null {
  if (after.state.status !== 'granted') return null;
  const { decidedOn, effectiveFrom } = after.state;
  const { appliedOn, entitledOn, divisionCode, item } = after;
  const running = benefits.running(after);
  const under = { caseId: after.id, itemVersion: item.version, divisionCode };
  if (running) return continueBenefit(running, under, rule.ratesFrom(running.fromMonth, after));
  const fromMonth = firstMonth(rule.firstMonth, { decidedOn, effectiveFrom, appliedOn, entitledOn });
  return grantBenefit(
    {
      ...under,
      id: uuidV5(after.id, BENEFITS),
      personId: after.personId,
      itemId: item.id,
      fromMonth,
      rates: rule.ratesFrom(fromMonth, after),
    },
    paidBefore(after.because)?.lastPaid,
  );
}
