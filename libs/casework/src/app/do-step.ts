import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { StepUnknown } from '../domain/errors.js';
import { doerOf } from '../domain/item.js';
import { doStep } from '../domain/work-case.js';
import { CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** Somebody did the next step of a case, and may have received papers with it. */
@Injectable()
export class DoStep {
  constructor(private readonly desk: CaseDesk) {}

  run(
    actor: Actor,
    caseId: string,
    step: string,
    report: { note: string | null; received: readonly string[] },
  ): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => {
        const doer = doerOf(item, step);
        if (!doer) throw new StepUnknown(step);
        return doer;
      },
      (state, act) => doStep(state, step, report, act),
    );
  }
}
