import { Injectable } from '@nestjs/common';
import { actingAs, type Actor } from '@app/access';
import { periodOf } from '@app/catalogue';
import { Clock } from '@app/kernel';
import { randomUUID } from 'node:crypto';
import { CaseItems } from '../adapters/case-items.js';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { CaseExists, ItemNotOffered } from '../domain/errors.js';
import { receiverOf } from '../domain/item.js';
import { applyForCase } from '../domain/open-case.js';
import { consent } from '../domain/work-case.js';
import { CaseDesk } from './case-desk.js';
import { summaryOf, type CaseSummary } from './case-view.js';

/** Somebody applies for an item; an open invitation to it is taken up instead of opening a second case. */
@Injectable()
export class ApplyForCase {
  constructor(
    private readonly cases: CaseRepository,
    private readonly desk: CaseDesk,
    private readonly items: CaseItems,
    private readonly clock: Clock,
  ) {}

  async run(
    actor: Actor,
    application: { personId: string; itemId: string; divisionCode: string },
  ): Promise<CaseSummary> {
    const { personId, itemId, divisionCode } = application;
    const today = this.clock.today();
    const offered = this.items.inForce(itemId, divisionCode, today);
    if (!offered) throw new ItemNotOffered(itemId, divisionCode);
    const { roles, department } = receiverOf(offered.item);
    const by = actingAs(actor, roles, divisionCode, department);
    const caseId = randomUUID();
    const opened = applyForCase(
      { caseId, personId, divisionCode, item: offered.item, period: periodOf(offered.rule, today, caseId) },
      today,
    );
    return this.cases.openOrChange(
      by,
      opened,
      (live) => {
        const here = live.divisionCode === divisionCode;
        if (here && live.state.status === 'invited') return consent(live, today, this.desk.actOf(by));
        // Where it stands elsewhere is not told.
        throw new CaseExists(itemId, here ? live.id : null);
      },
      summaryOf,
    );
  }
}
