import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Actor, Role } from '@app/access';
import type { ActorRef } from '@app/contracts';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { LegalClocks, WorkingCalendar, type NewTerm } from '@app/clocks';
import {
  ApplicationRepository,
  type Grounds,
  type StepDecision,
} from '../adapters/postgres/application-repository.js';
import type { Change } from '../adapters/postgres/card-repository.js';
import {
  accept,
  object,
  putOnNotice,
  reject,
  settle,
  type Application,
  type Doing,
  type Evidence,
  type Finding,
  type Guardian,
  type NoticePlan,
} from '../domain/application.js';
import { concludeApproval, concludeAssessment, type Conclusion } from '../domain/conclude.js';
import { ApplicationNotFound, StepNotOpen } from '../domain/errors.js';
import { APPROVAL, NOTICE } from '../domain/rules.js';
import { actingOn, lookingAs } from './reach.js';

const OFFICER: readonly Role[] = ['card-officer'];
const ASSESSOR: readonly Role[] = ['assessor'];
const APPROVER: readonly Role[] = ['federation-lead', 'card-officer'];

/** The steps of an application between submission and decision, each by a named person in the role that may. */
@Injectable()
export class AdvanceApplication {
  constructor(
    private readonly applications: ApplicationRepository,
    private readonly calendar: WorkingCalendar,
    private readonly clocks: LegalClocks,
    private readonly clock: Clock,
  ) {}

  accept(actor: Actor, id: string, added: { guardian: Guardian | null; materials: readonly Evidence[] }) {
    return this.step(actor, OFFICER, id, 'accept', ({ application }, doing) => ({
      application: accept(application, added, doing),
    }));
  }

  assess(actor: Actor, id: string, finding: Finding) {
    return this.step(actor, ASSESSOR, id, 'assess', ({ application, card, cancelled }, doing) =>
      saved(concludeAssessment(application, { card, cancelled }, finding, doing), 'assessment'),
    );
  }

  notice(actor: Actor, id: string, plan: NoticePlan) {
    return this.step(actor, OFFICER, id, 'notice', ({ application, person }, doing) => {
      const { day } = this.calendar.of(application.divisionCode).addWorkingDays(plan.from, NOTICE.value);
      return { application: putOnNotice(application, plan, person, day, doing) };
    });
  }

  object(actor: Actor, id: string, text: string) {
    return this.step(actor, OFFICER, id, 'object', ({ application }, doing) => ({
      application: object(application, text, doing),
    }));
  }

  settle(actor: Actor, id: string, number: number, finding: 'founded' | 'unfounded', note: string) {
    return this.step(actor, APPROVER, id, 'settle', ({ application }) => ({
      application: settle(application, number, finding, note),
    }));
  }

  reject(actor: Actor, id: string, reason: string, remedy: string) {
    return this.step(actor, APPROVER, id, 'reject', ({ application }, doing) => ({
      application: reject(application, reason, remedy, doing),
    }));
  }

  approve(actor: Actor, id: string, validFrom: string | null) {
    return this.step(actor, APPROVER, id, 'approve', (grounds, doing) => {
      const { application, person, card, cancelled, identityNumber } = grounds;
      if (identityNumber === null) throw new StepNotOpen('approve', application.status, ['on-notice']);
      const approval = {
        cardId: randomUUID(),
        identityNumber,
        validFrom: validFrom ?? doing.today,
      };
      return saved(
        concludeApproval(application, person, { card, cancelled }, approval, doing),
        'application',
      );
    });
  }

  private async step(
    actor: Actor,
    roles: readonly Role[],
    applicationId: string,
    step: string,
    decide: (grounds: Grounds, doing: Doing) => StepDecision,
  ): Promise<Application> {
    const place = await this.applications.placeOf(lookingAs(actor), applicationId);
    const by: ActorRef = actingOn(actor, roles, place, () => new ApplicationNotFound(applicationId));
    const doing = { by, today: this.clock.today() };
    return this.applications.change(
      by,
      applicationId,
      step,
      (grounds) => decide(grounds, doing),
      (tx, after) => this.runClock(tx, after),
    );
  }

  private async runClock(tx: Tx, application: Application): Promise<void> {
    if (application.status === 'on-notice' && application.notice) {
      await this.clocks.arm(tx, [approvalTerm(application, application.notice.to)]);
    } else await this.clocks.stop(tx, [application.applicationId]);
  }
}

/** The approval is due from the day on which the notice ends; without a notice nothing runs. */
function approvalTerm(application: Application, noticeEnd: string): NewTerm {
  return {
    subjectId: application.applicationId,
    step: 'approve',
    personId: application.personId,
    divisionCode: application.divisionCode,
    roundId: null,
    kind: 'statutory',
    value: APPROVAL.value,
    unit: 'working-day',
    basis: APPROVAL.basis,
    anchorDay: noticeEnd,
  };
}

function saved({ application, issued, changes, evidence }: Conclusion, reason: string): StepDecision {
  const because = (action: string) => ({ action, reason, note: null, evidence });
  const changedCard: Change[] = changes.map(({ action, decision }) => ({
    card: decision.state,
    because: because(action),
  }));
  return {
    application,
    ...(issued ? { newCard: { card: issued.state, because: because('issue') } } : {}),
    changedCard,
    events: [...(issued?.events ?? []), ...changes.flatMap(({ decision }) => decision.events)],
  };
}
