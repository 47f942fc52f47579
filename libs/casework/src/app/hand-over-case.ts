import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { keeperOf } from '../domain/item.js';
import { handOver } from '../domain/work-case.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** Another body took a listed case, and gave a receipt. */
@Injectable()
export class HandOverCase {
  constructor(private readonly desk: CaseDesk) {}

  run(actor: Actor, caseId: string, to: string, receipt: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => keeperOf(item),
      (state, act) => handOver(state, to, receipt, act),
    );
  }
}
