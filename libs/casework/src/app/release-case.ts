import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { PersonFollower } from '@app/messaging';
import { release } from '../domain/decide-case.js';
import { deciderOf } from '../domain/item.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';
import type { CasePersonFollower } from './follow-persons.js';

/** A named person lifts the hold of a case; beside a twin that lives it cannot go on. */
@Injectable()
export class ReleaseCase {
  constructor(
    private readonly desk: CaseDesk,
    @Inject(PersonFollower) private readonly persons: CasePersonFollower,
  ) {}

  run(actor: Actor, caseId: string, reason: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => deciderOf(item),
      (state) => release(state, reason),
      {
        before: async (tx) => {
          await this.persons.assertNoTwinLives(tx, caseId);
          await this.persons.settle(tx, caseId);
        },
      },
    );
  }
}
