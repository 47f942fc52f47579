import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { receiverOf } from '../domain/item.js';
import { decline } from '../domain/work-case.js';
import { always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import { SignForPerson } from './sign-for-person.js';

/** The person said no, or somebody who may for them. */
@Injectable()
export class RecordDecline {
  constructor(
    private readonly desk: CaseDesk,
    private readonly signing: SignForPerson,
  ) {}

  /** @param onBehalf who said it for the person: an entry of registry's; null: the person did */
  run(
    actor: Actor,
    caseId: string,
    declinedOn: string,
    reason: string | null,
    onBehalf: string | null,
  ): Promise<CaseSummary> {
    const signed = { what: 'decline', on: declinedOn, representativeId: onBehalf } as const;
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => receiverOf(item),
      (state, act) => decline(state, declinedOn, reason, act),
      // The person's no is taken down whoever holds the task.
      { besideClaim: always, after: (tx, state) => this.signing.run(tx, state, signed) },
    );
  }
}
