import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { LegalClocks, type ClockChange } from '@app/clocks';
import { Outbox } from '@app/messaging';
import type { Caller, Tx } from '@app/platform';
import { CaseDocuments } from '../adapters/postgres/case-documents.js';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { noted, type Case } from '../domain/case.js';
import { PauseNotOfStep } from '../domain/errors.js';
import type { Doer } from '../domain/item.js';
import { extenderOf, limitOf, pauserOf } from '../domain/move-term.js';
import { termFactsOf } from '../domain/term-facts.js';
import { actingOn, CaseDesk, readerOf } from './case-desk.js';
import { explainedTerms, type ExplainedTerms } from './explained-terms.js';

/**
 * What a named person does with a term of a case: it stands still for a reason of its item (中止), goes on (恢复), is extended (延长);
 * and why it ends when it ends. Papers stop and move terms by themselves; their reasons are none of these.
 */
@Injectable()
export class MoveTerm {
  constructor(
    private readonly desk: CaseDesk,
    private readonly cases: CaseRepository,
    private readonly clocks: LegalClocks,
    private readonly documents: CaseDocuments,
    private readonly outbox: Outbox,
  ) {}

  /** The arithmetic of every term of the case, day by day. @throws CaseNotFound */
  async explain(actor: Actor, caseId: string): Promise<ExplainedTerms> {
    const { id, item } = await this.desk.seen(actor, caseId);
    return explainedTerms(id, item, await this.clocks.explain(readerOf(actor), id));
  }

  /** @throws PauseNotOfStep, NoTermRuns */
  pause(actor: Actor, caseId: string, step: string, { reason, note }: { reason: string; note: string }) {
    return this.act(actor, caseId, step, 'term-paused', note, pauserOf, (tx, state) => {
      assertOwnReason(state, step, reason);
      return this.clocks.suspend(tx, [{ subjectId: caseId, step, reason, note }]);
    });
  }

  /** @throws PauseNotOfStep */
  resume(actor: Actor, caseId: string, step: string, { reason, note }: { reason: string; note: string }) {
    return this.act(actor, caseId, step, 'term-resumed', note, pauserOf, (tx, state) => {
      assertOwnReason(state, step, reason);
      return this.clocks.resume(tx, [{ subjectId: caseId, step, reason }]);
    });
  }

  /** The person is told by a document. @throws ExtensionNotAllowed, NoTermRuns */
  extend(actor: Actor, caseId: string, step: string, { value, reason }: { value: number; reason: string }) {
    return this.act(actor, caseId, step, 'term-extended', reason, extenderOf, async (tx) => {
      const document = { kind: 'extension', step, challengeId: null, reason, remedy: null } as const;
      await this.documents.add(tx, [{ caseId, document }], this.desk.actOf(tx.actor).today);
      return [await this.clocks.extend(tx, { subjectId: caseId, step, value, reason })];
    });
  }

  private async act(
    actor: Actor,
    caseId: string,
    step: string,
    what: string,
    why: string,
    doer: (state: Case, step: string) => Doer,
    move: (tx: Tx, state: Case) => Promise<ClockChange[]>,
  ): Promise<ExplainedTerms> {
    const seen = await this.desk.seen(actor, caseId);
    const by: Caller = actingOn(actor, doer(seen, step), seen);
    limitOf(seen, step);
    await this.cases.change(by, caseId, noted, ({ id }) => id, {
      after: async (tx, state) => {
        tx.audit({ what: `case.${what}`, personIds: [state.personId], caseIds: [caseId], why });
        this.outbox.append(
          tx,
          termFactsOf(await move(tx, state), () => state),
        );
      },
    });
    return this.explain(actor, caseId);
  }
}

/** @throws PauseNotOfStep */
function assertOwnReason(state: Case, step: string, reason: string): void {
  const reasons = (limitOf(state, step).pauses ?? []).map((each) => each.reason);
  if (!reasons.includes(reason)) throw new PauseNotOfStep(step, reasons);
}
