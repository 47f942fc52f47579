import { Injectable } from '@nestjs/common';
import { actingAs, type Actor } from '@app/access';
import type { ActorRef } from '@app/contracts';
import { Clock } from '@app/kernel';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import type { Case, CaseDecision } from '../domain/case.js';
import { CaseNotFound } from '../domain/errors.js';
import type { Doer } from '../domain/item.js';
import { sees } from '../domain/place.js';
import type { Act } from '../domain/work-case.js';
import { summaryOf, type CaseSummary } from './case-view.js';

/** The one way in which a user's command reaches a case: first whether they may know of it, then whether they may do it. */
@Injectable()
export class CaseDesk {
  constructor(
    private readonly cases: CaseRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws CaseNotFound also for one that is out of the caller's reach */
  async seen(actor: Actor, caseId: string): Promise<Case> {
    const found = await this.cases.find(readerOf(actor), caseId);
    if (!found || !sees(actor, found)) throw new CaseNotFound(caseId);
    return found;
  }

  /**
   * @param doer who may do this with such a case; it depends on the item alone, so it holds under the lock too
   * @throws CaseNotFound, NotAllowed
   */
  async act(
    actor: Actor,
    caseId: string,
    doer: (state: Case) => Doer,
    decide: (state: Case, act: Act) => CaseDecision,
  ): Promise<CaseSummary> {
    const seen = await this.seen(actor, caseId);
    const { roles, department } = doer(seen);
    const by = actingAs(actor, roles, seen.divisionCode, department);
    return this.cases.change(by, caseId, (state) => decide(state, this.actOf(by)), summaryOf);
  }

  actOf(by: ActorRef): Act {
    return { by, now: this.clock.now(), today: this.clock.today() };
  }
}

/** A reader is written down nowhere yet; reading needs no role beside the case's own readers. */
export function readerOf(actor: Actor): ActorRef {
  return { id: actor.id, role: actor.grants[0]?.role ?? 'none' };
}
