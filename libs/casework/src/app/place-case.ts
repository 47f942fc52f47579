import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { placersOf } from '../domain/item.js';
import { endPlacement, placeCase } from '../domain/place-case.js';
import { always, CaseDesk } from './case-desk.js';
import type { CaseSummary } from './case-view.js';

/** The officer or the township finds the institution that does the next steps, or takes the case back from it. */
@Injectable()
export class PlaceCase {
  constructor(private readonly desk: CaseDesk) {}

  run(actor: Actor, caseId: string, unitId: string, since: string | null): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => placersOf(item),
      (state, act) => placeCase(state, unitId, since ?? act.today, act),
      { besideClaim: always },
    );
  }

  end(actor: Actor, caseId: string): Promise<CaseSummary> {
    return this.desk.act(
      actor,
      caseId,
      ({ item }) => placersOf(item),
      (state, { today }) => endPlacement(state, today),
      { besideClaim: always },
    );
  }
}
