import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { receiverOf } from '../domain/item.js';
import { decline } from '../domain/work-case.js';
import { always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** The person said no. */
@Injectable()
export class RecordDecline {
  constructor(private readonly desk: CaseDesk) {}

  run(actor: Actor, caseId: string, declinedOn: string, reason: string | null): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => receiverOf(item),
      (state, act) => decline(state, declinedOn, reason, act),
      // The person's no is taken down whoever holds the task.
      { besideClaim: always },
    );
  }
}
