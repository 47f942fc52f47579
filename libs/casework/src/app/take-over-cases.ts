import { Injectable } from '@nestjs/common';
import { periodOf } from '@app/catalogue';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { CaseItems } from '../adapters/case-items.js';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import type { CaseDecision, Reason } from '../domain/case.js';
import { applyForCase } from '../domain/open-case.js';
import { grantedBefore, takenBack } from '../domain/take-over-case.js';

/** A case of the old lists (存量). */
export interface OldCase {
  /** Given by whoever takes over, so that the same row makes the same case. */
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  /** `granted`: since a day; `open`: received on a day. `YYYY-MM-DD`, not after today. */
  readonly stands: { readonly as: 'granted' | 'open'; readonly on: string };
  readonly because: readonly Reason[];
}

/**
 * Cases as they stood before this system came. No clock begins with them: what lies before the take-over reminds nobody and is nobody's
 * delay (暂不计) until a person has looked at the case; from then on its terms count from the day on which it was received.
 */
@Injectable()
export class TakeOverCases {
  constructor(
    private readonly cases: CaseRepository,
    private readonly items: CaseItems,
    private readonly clock: Clock,
  ) {}

  /** Whether the item is in force and this service's at the place today. */
  isOffered(itemId: string, divisionCode: string): boolean {
    return this.items.inForce(itemId, divisionCode, this.clock.today()) !== undefined;
  }

  /** @returns ids of those that came in: not where one of the person and item lives already, nor where the item is not offered */
  async bring(tx: Tx, olds: readonly OldCase[]): Promise<ReadonlySet<string>> {
    return this.cases.bring(
      tx,
      olds.flatMap((old) => this.decisionOf(tx, old) ?? []),
    );
  }

  /** Takes cases back on which nobody has acted since. @returns ids of those that were taken back */
  takeBack(tx: Tx, caseIds: readonly string[], reason: string): Promise<ReadonlySet<string>> {
    return this.cases.takeBack(tx, caseIds, (state) => takenBack(state, reason));
  }

  /** A person has looked at an open case: its terms count, from the day on which it was received. */
  async lookedAt(tx: Tx, caseId: string): Promise<void> {
    await this.cases.beginClocks(tx, caseId);
  }

  private decisionOf(tx: Tx, old: OldCase): CaseDecision | null {
    const { caseId, personId, divisionCode, itemId, stands, because } = old;
    const today = this.clock.today();
    const offered = this.items.inForce(itemId, divisionCode, today);
    if (!offered) return null;
    const { item, rule } = offered;
    const taken = { caseId, personId, divisionCode, item, period: periodOf(rule, stands.on, caseId) };
    if (stands.as === 'granted') return grantedBefore({ ...taken, because, since: stands.on });
    return applyForCase({ ...taken, appliedOn: stands.on }, { by: tx.actor, now: this.clock.now(), today });
  }
}
