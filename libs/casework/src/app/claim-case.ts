import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { taskOf, type Case } from '../domain/case.js';
import { claimCase, claimSupervisors, handOnClaim, releaseClaim } from '../domain/claim-case.js';
import { deciderOf, type Doer } from '../domain/item.js';
import { always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** Somebody takes a task, lets it go, or it is given to somebody else. */
@Injectable()
export class ClaimCase {
  constructor(private readonly desk: CaseDesk) {}

  claim(actor: Actor, caseId: string): Promise<CaseSummary> {
    return this.desk.act(actor, caseId, doerOfTask, claimCase, { besideClaim: always });
  }

  release(actor: Actor, caseId: string): Promise<CaseSummary> {
    return this.desk.act(actor, caseId, holderOrSupervisor, releaseClaim, { besideClaim: always });
  }

  handOn(actor: Actor, caseId: string, to: string): Promise<CaseSummary> {
    return this.desk.act(actor, caseId, holderOrSupervisor, (state, act) => handOnClaim(state, to, act), {
      besideClaim: always,
    });
  }
}

/** Where nothing is to do, the domain says so to whoever decides on such cases. */
function doerOfTask(state: Case): Doer {
  return taskOf(state) ?? deciderOf(state.item);
}

function holderOrSupervisor(state: Case): Doer {
  const { roles, department } = doerOfTask(state);
  return { roles: [...claimSupervisors, ...roles], department };
}
