import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import {
  actingAs,
  type Actor,
  ColumnCipher,
  handOf,
  identityNumberOf,
  lookingWith,
  type Role,
} from '@app/access';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { LegalClocks, WorkingCalendar } from '@app/clocks';
import {
  ApplicationRepository,
  type Grounds,
  type StepDecision,
} from '../adapters/postgres/application-repository.js';
import type { Change } from '../adapters/postgres/card-repository.js';
import {
  accept,
  object,
  place,
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
import { approvalTerm, disputeTerm, noticeTerm } from '../domain/application-terms.js';
import { concludeApproval, concludeAssessment, type Conclusion } from '../domain/conclude.js';
import { ApplicantNumberChanged, ApplicationNotFound, PersonDiffers, StepNotOpen } from '../domain/errors.js';
import { NOTICE } from '../domain/rules.js';

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
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  accept(
    actor: Actor,
    id: string,
    added: { guardian: Guardian | null; materials: readonly Evidence[]; unitId: string | null },
  ) {
    return this.step(actor, OFFICER, id, 'accept', ({ application }, doing) => ({
      application: accept(application, added, doing),
    }));
  }

  /** Given to the institution that assesses: from now on its physicians see it, and only theirs. */
  place(actor: Actor, id: string, unitId: string) {
    return this.step(actor, OFFICER, id, 'place', ({ application }) => ({
      application: place(application, unitId),
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
      why: note,
    }));
  }

  reject(actor: Actor, id: string, reason: string, remedy: string) {
    return this.step(actor, APPROVER, id, 'reject', ({ application }, doing) => ({
      application: reject(application, reason, remedy, doing),
      why: reason,
    }));
  }

  /** @param stated the applicant's number where it is another one than on the form by now */
  approve(actor: Actor, id: string, validFrom: string | null, stated: string | null) {
    const now = stated === null ? null : identityNumberOf(stated);
    return this.step(actor, APPROVER, id, 'approve', (grounds, doing) => {
      const { application, person, card, cancelled } = grounds;
      const identityNumber = grounds.identityNumber && (now ?? grounds.identityNumber);
      if (identityNumber === null) throw new StepNotOpen('approve', application.status, ['on-notice']);
      if (this.cipher.blindIndex('identity', identityNumber) !== person.identityToken) {
        throw now === null ? new ApplicantNumberChanged() : new PersonDiffers();
      }
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
    const at = await this.applications.placeOf(lookingWith(actor, 'application:read'), applicationId);
    if (!at) throw new ApplicationNotFound(applicationId);
    const by = actingAs(actor, roles, at.divisionCode);
    const doing = { by: handOf(by), today: this.clock.today() };
    return this.applications.change(
      by,
      applicationId,
      step,
      (grounds) => decide(grounds, doing),
      (tx, after) => this.runClocks(tx, after, step, doing.today),
    );
  }

  /** The notice and the approval have terms while it is on notice; from each assessment the applicant may dispute it. */
  private async runClocks(tx: Tx, application: Application, step: string, today: string): Promise<void> {
    const { applicationId, divisionCode, status, notice } = application;
    if (step === 'assess') await this.clocks.arm(tx, [disputeTerm(application, today)]);
    if (status === 'on-notice' && notice) {
      const earliestTo = this.calendar.of(divisionCode).addWorkingDays(notice.from, NOTICE.value).day;
      const published = noticeTerm(application, notice, earliestTo);
      await this.clocks.arm(tx, [...(published ? [published] : []), approvalTerm(application, notice)]);
      return;
    }
    await this.clocks.stop(tx, [applicationId], 'notice');
    await this.clocks.stop(tx, [applicationId], 'approve');
  }
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
