import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { grant } from '../domain/decide-case.js';
import { deciderOf } from '../domain/item.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import { CitizenMessages } from './citizen-messages.js';

/** A named person of the role that may grants a case; its person is told that the decision can be had. */
@Injectable()
export class GrantCase {
  constructor(
    private readonly desk: CaseDesk,
    private readonly messages: CitizenMessages,
  ) {}

  run(actor: Actor, caseId: string, effectiveFrom: string | null): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => deciderOf(item),
      (state, act) => grant(state, effectiveFrom, act),
      { after: (tx, state) => this.messages.tellDecided(tx, state) },
    );
  }
}
