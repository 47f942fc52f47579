import { Injectable } from '@nestjs/common';
import { actingAs, type Actor } from '@app/access';
import { periodOf, type Circumstance } from '@app/catalogue';
import { Clock } from '@app/kernel';
import { lockAliases } from '@app/messaging';
import type { Tx } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { CaseItems } from '../adapters/case-items.js';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { CasePersons } from '../adapters/postgres/case-persons.js';
import { ApplicantNotHere, ApplicantNotKnown, CaseExists, ItemNotOffered } from '../domain/errors.js';
import { applicantsDeskOf } from '../domain/item.js';
import { applyForCase } from '../domain/open-case.js';
import { consent } from '../domain/work-case.js';
import { CaseDesk } from './case-desk.js';
import { summaryOf, type CaseSummary } from './case-view.js';
import { SignForPerson } from './sign-for-person.js';

export interface Application {
  readonly personId: string;
  readonly itemId: string;
  readonly divisionCode: string;
  /** The day on which it was received, with all its papers where the item's term runs from that; absent: today. */
  readonly receivedOn?: string | undefined;
  /** Division code of the window elsewhere that took it. */
  readonly appliedAt?: string | undefined;
  /** Another organ passed it on (转送、交办). */
  readonly transferred?: boolean | undefined;
  /** Who applies for the person: an entry of registry's; absent: the person does. */
  readonly onBehalf?: string | undefined;
}

/** What is so of such a case. Only a window in another province is elsewhere: the national rule (跨省通办) speaks of no other. */
function circumstancesOf({ divisionCode, appliedAt, transferred }: Application): readonly Circumstance[] {
  const elsewhere = appliedAt !== undefined && appliedAt.slice(0, 2) !== divisionCode.slice(0, 2);
  return [
    ...(elsewhere ? (['cross-region'] as const) : []),
    ...(transferred === true ? (['transferred'] as const) : []),
  ];
}

/** Somebody applies for an item; an open invitation to it is taken up instead of opening a second case. */
@Injectable()
export class ApplyForCase {
  constructor(
    private readonly cases: CaseRepository,
    private readonly desk: CaseDesk,
    private readonly items: CaseItems,
    private readonly persons: CasePersons,
    private readonly signing: SignForPerson,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, application: Application): Promise<CaseSummary> {
    const { personId, itemId, divisionCode, appliedAt = null, onBehalf = null } = application;
    const today = this.clock.today();
    const appliedOn = application.receivedOn ?? today;
    const circumstances = circumstancesOf(application);
    const offered = this.items.inForce(itemId, divisionCode, today, circumstances);
    if (!offered) throw new ItemNotOffered(itemId, divisionCode);
    const { roles, department } = applicantsDeskOf(offered.item);
    const by = actingAs(actor, roles, divisionCode, department);
    const signed = { what: 'application', on: appliedOn, representativeId: onBehalf } as const;
    const caseId = randomUUID();
    const opened = applyForCase(
      {
        caseId,
        personId,
        divisionCode,
        item: offered.item,
        period: periodOf(offered.rule, today, caseId),
        appliedOn,
        circumstances,
        appliedAt,
      },
      this.desk.actOf(by),
    );
    return this.cases.openOrChange(
      by,
      opened,
      (live) => {
        const here = live?.divisionCode === divisionCode ? live : null;
        if (here?.state.status === 'invited') {
          const { id, version } = here.item;
          const item = this.items.of(id, version, divisionCode, circumstances);
          return consent({ ...here, item, circumstances, appliedAt }, appliedOn, this.desk.actOf(by));
        }
        // Where it stands elsewhere is not told.
        throw new CaseExists(itemId, here?.id ?? null);
      },
      summaryOf,
      {
        before: (tx) => this.assertMayApply(tx, personId, divisionCode),
        after: (tx, state) => this.signing.run(tx, state, signed),
      },
    );
  }

  /** @throws ApplicantNotKnown also for somebody out of the caller's reach, ApplicantNotHere */
  private async assertMayApply(tx: Tx, personId: string, divisionCode: string): Promise<void> {
    // Whoever is merged into another just now is on file here no more once that is through.
    await lockAliases(tx, 'shared');
    const person = await this.persons.find(tx, personId);
    if (!person) throw new ApplicantNotKnown(personId);
    if (person.diedOn !== null) throw new ApplicantNotHere('died');
    if (person.movedAway) throw new ApplicantNotHere('moved-away');
    if (person.divisionCode !== divisionCode) throw new ApplicantNotHere('lives-elsewhere');
  }
}
