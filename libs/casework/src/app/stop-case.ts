import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { stop } from '../domain/decide-case.js';
import { deciderOf } from '../domain/item.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** A named person stops what is on hold or runs, with reason and remedy. */
@Injectable()
export class StopCase {
  constructor(private readonly desk: CaseDesk) {}

  run(
    actor: Actor,
    caseId: string,
    stopping: { stoppedFrom: string; reason: string; remedy: string | null },
  ): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => deciderOf(item),
      (state, act) => stop(state, stopping.stoppedFrom, stopping.reason, stopping.remedy, act),
      // What runs is stopped whoever holds what is left to do; a hold is a task that somebody may have taken.
      { besideClaim: ({ state }) => state.status !== 'held' },
    );
  }
}
