import { Injectable } from '@nestjs/common';
import { handOf, type Actor, type Permission } from '@app/access';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { type Caller, Database, type Tx } from '@app/platform';
import { LedgerBooks } from '../adapters/postgres/ledger-books.js';
import { Overpayments, type FoundWith, type ShownOverpayment } from '../adapters/postgres/overpayments.js';
import { DayInFutureOfReceipt } from '../domain/overpayment-errors.js';
import { monthOf } from '../domain/month.js';
import {
  agreeRecovery,
  askWaiver,
  checkSeen,
  decideWaiver,
  openFen,
  recover,
  type Overpayment,
  type RecoveryMethod,
} from '../domain/overpayment.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';
import { recoveredOf } from './recovered-of.js';

/** An overpayment as a step leaves it. */
export interface OverpaymentChange {
  readonly overpaymentId: string;
  readonly state: Overpayment['state'];
  /** 分 still to come back. */
  readonly openFen: number;
  readonly version: number;
}

/** What persons decide on money that was paid and is not owed. Nothing of it is done by itself. */
@Injectable()
export class ChangeOverpayments {
  constructor(
    private readonly database: Database,
    private readonly overpayments: Overpayments,
    private readonly books: LedgerBooks,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async list(
    actor: Actor,
    query: Parameters<Overpayments['list']>[1],
  ): Promise<{ readonly overpayments: readonly ShownOverpayment[]; readonly next: string | null }> {
    const overpayments = await this.overpayments.list(lookingAtMoney(actor, 'overpayment:read'), query);
    return {
      overpayments,
      next: overpayments.length === query.limit ? (overpayments.at(-1)?.id ?? null) : null,
    };
  }

  /** @throws OverpaymentNotFound, NotAllowed, OverpaymentChanged, OverpaymentOver */
  agree(
    actor: Actor,
    id: string,
    terms: { version: number; method: RecoveryMethod; instalment: number; note: string },
  ): Promise<OverpaymentChange> {
    return this.change(actor, id, 'overpayment:recover', 'agreed', terms.note, (before) =>
      agreeRecovery(before, terms),
    );
  }

  /** @throws OverpaymentNotFound, NotAllowed, OverpaymentChanged, OverpaymentOver */
  askWaiver(actor: Actor, id: string, ask: { version: number; reason: string }): Promise<OverpaymentChange> {
    return this.change(actor, id, 'overpayment:recover', 'waiver-asked', ask.reason, (before, caller) =>
      askWaiver(before, ask.version, handOf(caller)),
    );
  }

  /** @throws OverpaymentNotFound, NotAllowed, OverpaymentChanged, OverpaymentOver, WaiverFourEyes */
  decideWaiver(
    actor: Actor,
    id: string,
    decision: { version: number; grants: boolean; reason: string },
  ): Promise<OverpaymentChange> {
    return this.change(
      actor,
      id,
      'overpayment:waive',
      decision.grants ? 'waived' : 'waiver-refused',
      decision.reason,
      (before, caller) => decideWaiver(before, { ...decision, by: handOf(caller) }),
    );
  }

  /**
   * The person paid something back: it is in the books at once, in the open month.
   * @param receipt fen: 分; proof: number of the receipt
   * @throws OverpaymentNotFound, NotAllowed, OverpaymentOver, NothingToRecover, RecoveredTooMuch, DayInFutureOfReceipt
   */
  async receive(
    actor: Actor,
    id: string,
    receipt: { version: number; fen: number; receivedOn: string; proof: string },
  ): Promise<OverpaymentChange> {
    if (receipt.receivedOn > this.clock.today()) throw new DayInFutureOfReceipt();
    return this.change(
      actor,
      id,
      'overpayment:recover',
      'received',
      `${receipt.receivedOn} ${receipt.proof}`,
      (before) => checkSeen(before, receipt.version),
      async (tx, before, { holder }) => {
        const county = holder.divisionCode.slice(0, 6);
        const { state, entries } = recover(before, receipt.fen, `receipt:${id}:${receipt.version}`);
        // Books are the service's own; whose benefit it is was asked with the caller's reach.
        await tx.asService(async () => {
          const bookedIn = (await this.books.openMonth(tx, county)) ?? monthOf(this.clock.today());
          await this.books.add(tx, entries, { county, bookedIn, runNo: null, by: tx.actor });
          await this.books.addPaid(tx, [{ benefitId: before.benefitId, fen: -receipt.fen, even: false }]);
        });
        this.outbox.append(tx, [recoveredOf(state, holder, entries)]);
        return state;
      },
    );
  }

  private async change(
    actor: Actor,
    id: string,
    permission: Permission,
    what: string,
    note: string,
    decide: (before: Overpayment, caller: Caller) => Overpayment,
    effect?: (tx: Tx, before: Overpayment, seen: FoundWith) => Promise<Overpayment>,
  ): Promise<OverpaymentChange> {
    const seen = await this.overpayments.find(lookingAtMoney(actor, 'overpayment:read'), id);
    const caller = changingMoney(actor, [permission], [seen.holder.divisionCode]);
    return this.database.command(caller, async (tx) => {
      const before = await this.overpayments.lock(tx, id);
      const decided = decide(before, caller);
      const state = effect ? await effect(tx, before, seen) : decided;
      await this.overpayments.save(tx, [state], note);
      tx.audit({
        what: `overpayment.${what}`,
        personIds: [seen.personId],
        why: note,
        detail: { overpaymentId: id },
      });
      return { overpaymentId: id, state: state.state, openFen: openFen(state), version: state.version };
    });
  }
}
