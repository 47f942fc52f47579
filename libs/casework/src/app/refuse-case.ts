import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { refuse } from '../domain/decide-case.js';
import { deciderOf } from '../domain/item.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import { CitizenMessages } from './citizen-messages.js';

/** A named person of the role that may refuses a case, with the reason; the item's remedies are named, and what is written beside them. Its person is told. */
@Injectable()
export class RefuseCase {
  constructor(
    private readonly desk: CaseDesk,
    private readonly messages: CitizenMessages,
  ) {}

  run(actor: Actor, caseId: string, reason: string, remedy: string | null): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => deciderOf(item),
      (state, act) => refuse(state, reason, remedy, act),
      { after: (tx, state) => this.messages.tellDecided(tx, state) },
    );
  }
}
