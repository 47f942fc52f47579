import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { receiverOf } from '../domain/item.js';
import { consent } from '../domain/work-case.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** The person said yes to an invitation. */
@Injectable()
export class RecordConsent {
  constructor(private readonly desk: CaseDesk) {}

  run(actor: Actor, caseId: string, consentedOn: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => receiverOf(item),
      (state, act) => consent(state, consentedOn, act),
    );
  }
}
