import { Injectable } from '@nestjs/common';
import { Clock, DomainError } from '@app/kernel';
import type { Tx } from '@app/platform';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { noted, type Case, type CaseDecision, type Reported, type SentOut } from '../domain/case.js';
import { assertFree } from '../domain/claim-case.js';
import { grant, refuse } from '../domain/decide-case.js';
import { sendOut, takeOffList } from '../domain/send-out.js';
import { CitizenMessages } from './citizen-messages.js';

/** What another body has decided of a case. */
export interface OutsideDecision {
  readonly caseId: string;
  /** Null: granted. */
  readonly refusedFor: string | null;
  /** How the person may object, beside what the item says; only of a refusal. */
  readonly remedy?: string | null;
  readonly reported: Reported;
}

/**
 * Decisions of bodies that do not work in this system: asked by a list, and recorded from its answer. A refusal goes the way of every other
 * refusal: reason, remedies, document, message.
 */
@Injectable()
export class OutsideDecisions {
  constructor(
    private readonly cases: CaseRepository,
    private readonly messages: CitizenMessages,
    private readonly clock: Clock,
  ) {}

  /** Puts cases on a list. @returns those that went on it, in no order: not those that are not ready for it, or on one already */
  async sendOut(tx: Tx, caseIds: readonly string[], sent: SentOut): Promise<Case[]> {
    const gone: Case[] = [];
    await this.cases.changeEach(tx, caseIds, null, (state) => {
      const decision = sendOut(state, sent);
      if (decision.state !== state) gone.push(decision.state);
      return decision;
    });
    return gone;
  }

  /** Takes cases off a list that did not decide them. */
  takeOff(tx: Tx, caseIds: readonly string[], receipt: string): Promise<void> {
    return this.cases.changeEach(tx, caseIds, null, (state) => takeOffList(state, receipt));
  }

  /**
   * Records decisions as taken by that body, confirmed by the transaction's actor, each by itself: one that cannot be recorded leaves its case as
   * it is.
   * @returns why those that were not recorded were not; whose case the actor does not see is in it with null
   */
  async record(
    tx: Tx,
    decisions: readonly OutsideDecision[],
  ): Promise<ReadonlyMap<string, DomainError | null>> {
    const byCase = new Map(decisions.map((decision) => [decision.caseId, decision]));
    const failed = new Map<string, DomainError | null>(decisions.map(({ caseId }) => [caseId, null]));
    const done: Case[] = [];
    await this.cases.changeEach(tx, [...byCase.keys()], null, (state) => {
      try {
        const decision = this.decide(tx, state, byCase.get(state.id)!);
        failed.delete(state.id);
        done.push(decision.state);
        return decision;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        failed.set(state.id, error);
        return noted(state);
      }
    });
    if (done.length > 0) {
      await this.messages.tellDecided(tx, ...done);
      tx.audit({
        what: 'case.decided-by-list',
        personIds: done.map(({ personId }) => personId),
        caseIds: done.map(({ id }) => id),
        detail: { receipt: byCase.get(done[0]!.id)!.reported.receipt },
      });
    }
    return failed;
  }

  private decide(tx: Tx, state: Case, { refusedFor, remedy, reported }: OutsideDecision): CaseDecision {
    const act = { by: tx.actor, now: this.clock.now(), today: this.clock.today() };
    assertFree(state, act.by);
    return refusedFor === null
      ? grant(state, null, act, reported)
      : refuse(state, refusedFor, remedy ?? null, act, reported);
  }
}
