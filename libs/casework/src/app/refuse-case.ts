import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { refuse } from '../domain/decide-case.js';
import { deciderOf } from '../domain/item.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** A named person of the role that may refuses a case, with reason and remedy. */
@Injectable()
export class RefuseCase {
  constructor(private readonly desk: CaseDesk) {}

  run(actor: Actor, caseId: string, reason: string, remedy: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => deciderOf(item),
      (state, act) => refuse(state, reason, remedy, act),
    );
  }
}
