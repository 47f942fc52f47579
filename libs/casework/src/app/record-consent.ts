import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { receiverOf } from '../domain/item.js';
import { consent } from '../domain/work-case.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import { SignForPerson } from './sign-for-person.js';

/** The person said yes to an invitation, or somebody who may for them. */
@Injectable()
export class RecordConsent {
  constructor(
    private readonly desk: CaseDesk,
    private readonly signing: SignForPerson,
  ) {}

  /** @param onBehalf who said it for the person: an entry of registry's; null: the person did */
  run(actor: Actor, caseId: string, consentedOn: string, onBehalf: string | null): Promise<CaseSummary> {
    const signed = { what: 'consent', on: consentedOn, representativeId: onBehalf } as const;
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => receiverOf(item),
      (state, act) => consent(state, consentedOn, act),
      { after: (tx, state) => this.signing.run(tx, state, signed) },
    );
  }
}
