import { Injectable } from '@nestjs/common';
import { callerOf, grantFor, lookingAs, NotAllowed, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import type { Caller } from '@app/platform';
import { CaseRepository, type Beside } from '../adapters/postgres/case-repository.js';
import type { Act } from '../domain/act.js';
import type { Case, CaseDecision } from '../domain/case.js';
import { assertFree } from '../domain/claim-case.js';
import { CaseNotFound } from '../domain/errors.js';
import { isByPlacement, type Doer } from '../domain/item.js';
import { summaryOf, type CaseSummary } from './case-view.js';

export interface ActOptions extends Beside {
  /** It is not the open task, or it moves the task itself: whoever may do it need not hold the task. */
  readonly besideClaim?: (state: Case) => boolean;
}

/** The one way in which a user's command reaches a case: first whether they may know of it, then whether they may do it. */
@Injectable()
export class CaseDesk {
  constructor(
    private readonly cases: CaseRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws CaseNotFound also for one that is out of the caller's reach, as row-level security says */
  async seen(actor: Actor, caseId: string): Promise<Case> {
    const found = await this.cases.find(readerOf(actor), caseId);
    if (!found) throw new CaseNotFound(caseId);
    return found;
  }

  /**
   * @param doer who may do this with such a case
   * @throws CaseNotFound, NotAllowed, CaseClaimed
   */
  async act(
    actor: Actor,
    caseId: string,
    doer: (state: Case) => Doer,
    decide: (state: Case, act: Act) => CaseDecision,
    options: ActOptions = {},
  ): Promise<CaseSummary> {
    const seen = await this.seen(actor, caseId);
    return this.change(actingOn(actor, doer(seen), seen), caseId, decide, options);
  }

  /** The same for somebody of whom it was asked before whether they may. */
  change(
    by: Caller,
    caseId: string,
    decide: (state: Case, act: Act) => CaseDecision,
    { besideClaim, ...beside }: ActOptions = {},
  ): Promise<CaseSummary> {
    return this.cases.change(
      by,
      caseId,
      (state) => {
        const act = this.actOf(by);
        if (!besideClaim?.(state)) assertFree(state, act.by);
        return decide(state, act);
      },
      summaryOf,
      beside,
    );
  }

  actOf(by: Caller): Act {
    return { by, now: this.clock.now(), today: this.clock.today() };
  }
}

/** For what need not be asked of who holds the task. */
export const always = (): boolean => true;

/**
 * For whom a change of this case runs. An institution's users act by its placement, wherever the person lives; everybody else by place.
 * @throws NotAllowed
 */
export function actingOn(actor: Actor, { roles, department }: Doer, seen: Case): Caller {
  const unit = seen.placement?.unitId;
  const grant =
    actor.grants.find((each) => each.unit !== null && each.unit === unit && roles.includes(each.role)) ??
    grantFor(
      actor,
      roles.filter((role) => !isByPlacement(role)),
      seen.divisionCode,
      department,
    );
  if (!grant) throw new NotAllowed(roles, department);
  return callerOf(actor, grant);
}

/** A reader is written down nowhere yet; reading needs no role beside the case's own readers. */
export function readerOf(actor: Actor): Caller {
  return lookingAs(actor);
}
