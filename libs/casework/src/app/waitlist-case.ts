import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { waitlist } from '../domain/decide-case.js';
import { deciderOf } from '../domain/item.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** An entitled person gets a place on the waiting list of a rationed item. */
@Injectable()
export class WaitlistCase {
  constructor(private readonly desk: CaseDesk) {}

  run(actor: Actor, caseId: string, place: number): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => deciderOf(item),
      (state, act) => waitlist(state, place, act),
    );
  }
}
