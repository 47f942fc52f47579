import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { release } from '../domain/decide-case.js';
import { deciderOf } from '../domain/item.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** A named person lifts the hold of a case. */
@Injectable()
export class ReleaseCase {
  constructor(private readonly desk: CaseDesk) {}

  run(actor: Actor, caseId: string, reason: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => deciderOf(item),
      (state) => release(state, reason),
    );
  }
}
