import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { keeperOf } from '../domain/item.js';
import { withdraw } from '../domain/work-case.js';
import { always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** What nobody has taken up is taken back. */
@Injectable()
export class WithdrawCase {
  constructor(private readonly desk: CaseDesk) {}

  run(actor: Actor, caseId: string, reason: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => keeperOf(item),
      (state) => withdraw(state, reason),
      { besideClaim: always },
    );
  }
}
