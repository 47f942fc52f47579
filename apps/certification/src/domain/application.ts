import { isSameHand, type Hand } from '@app/access';
import type { RepresentativeKind } from '@app/contracts';
import { ageOn } from './calendar-day.js';
import { disabilityOf, type Component, type Disability } from './disability.js';
import {
  DayInFuture,
  GuardianNeeded,
  NoticeRunning,
  NoticeTooShort,
  ObjectionNotFound,
  ObjectionOpen,
  SecondPersonNeeded,
  StepNotOpen,
} from './errors.js';
import { ADULT_AT, ASSESSMENT_REMEDY, NOTICE } from './rules.js';

export const applicationKinds = ['first', 'renewal', 'regrade'] as const;
export type ApplicationKind = (typeof applicationKinds)[number];

export const applicationStatuses = [
  'submitted',
  'accepted',
  'assessed',
  'on-notice',
  'approved',
  'rejected',
] as const;
export type ApplicationStatus = (typeof applicationStatuses)[number];

/** A paper, or a query of another system, that something rests on; where it is kept, never what it says. */
export interface Evidence {
  readonly kind: string;
  readonly reference: string;
}

export interface Guardian {
  readonly name: string;
  readonly relation: string;
}

/** Who acts for a person, as registry had them on file when they did: by their entry there, without name and number. */
export interface OnBehalf {
  readonly representativeId: string;
  readonly kind: RepresentativeKind;
  /** Last day of their authority; null: until it is ended. */
  readonly until: string | null;
}

export interface Done {
  readonly by: Hand;
  readonly on: string;
}

export interface Assessment extends Done {
  readonly components: readonly Component[];
  readonly disability: Disability | null;
  readonly assessedOn: string;
  readonly institution: string;
  readonly evidence: readonly Evidence[];
}

export interface Notice extends Done {
  /** Minors are not published: there is nothing to wait for. */
  readonly published: boolean;
  readonly from: string;
  readonly to: string;
  readonly place: string | null;
}

export interface Objection extends Done {
  readonly number: number;
  readonly text: string;
  readonly finding: 'open' | 'unfounded' | 'founded';
  readonly note: string | null;
}

/** An application for a card, or for a change of one, on its way through the county federation (管理办法 §9). */
export interface Application {
  readonly applicationId: string;
  readonly kind: ApplicationKind;
  readonly personId: string;
  readonly divisionCode: string;
  /** The card that a renewal or regrade is about; of a first application, the card it led to. */
  readonly cardId: string | null;
  /** The organisation unit of the institution that assesses; null while it is given to none. */
  readonly unitId: string | null;
  readonly status: ApplicationStatus;
  readonly version: number;
  readonly guardian: Guardian | null;
  /** Null: the person applied, or the office did not ask registry. */
  readonly onBehalf: OnBehalf | null;
  readonly materials: readonly Evidence[];
  readonly submitted: Done;
  readonly accepted: Done | null;
  readonly assessment: Assessment | null;
  readonly notice: Notice | null;
  readonly objections: readonly Objection[];
  readonly decided: (Done & { readonly reason: string | null; readonly remedy: string | null }) | null;
}

/** Who does a step, on which day. */
export interface Doing {
  readonly by: Hand;
  readonly today: string;
}

export interface Applicant {
  readonly birthDate: string;
  readonly diedOn: string | null;
}

/** In which status each step is open: the way of an application at one look. */
export const stepsOpenIn = {
  accept: ['submitted'],
  place: ['submitted', 'accepted', 'assessed', 'on-notice'],
  // Again from the notice: after a founded objection, or a dispute of the applicant.
  assess: ['accepted', 'assessed', 'on-notice'],
  notice: ['assessed'],
  object: ['on-notice'],
  settle: ['on-notice'],
  reject: ['submitted', 'accepted', 'assessed', 'on-notice'],
} as const satisfies Record<string, readonly ApplicationStatus[]>;

function open(application: Application, step: keyof typeof stepsOpenIn): void {
  const statuses: readonly ApplicationStatus[] = stepsOpenIn[step];
  if (!statuses.includes(application.status)) throw new StepNotOpen(step, application.status, statuses);
}

function next(application: Application, change: Partial<Application>): Application {
  return { ...application, ...change, version: application.version + 1 };
}

export interface NewApplication {
  readonly applicationId: string;
  readonly kind: ApplicationKind;
  readonly personId: string;
  readonly divisionCode: string;
  readonly cardId: string | null;
  readonly guardian: Guardian | null;
  readonly onBehalf: OnBehalf | null;
  readonly materials: readonly Evidence[];
}

/** A guardian with a proof on paper, or one whom registry has on file. */
function hasGuardian({ guardian, onBehalf }: Pick<Application, 'guardian' | 'onBehalf'>): boolean {
  return guardian !== null || (onBehalf !== null && onBehalf.kind !== 'agent');
}

export function submit(application: NewApplication, applicant: Applicant, { by, today }: Doing): Application {
  if (ageOn(applicant.birthDate, today) < ADULT_AT && !hasGuardian(application)) throw new GuardianNeeded();
  return {
    ...application,
    unitId: null,
    status: 'submitted',
    version: 1,
    submitted: { by, on: today },
    accepted: null,
    assessment: null,
    notice: null,
    objections: [],
    decided: null,
  };
}

export function accept(
  application: Application,
  added: { guardian: Guardian | null; materials: readonly Evidence[]; unitId: string | null },
  { by, today }: Doing,
): Application {
  open(application, 'accept');
  return next(application, {
    unitId: added.unitId ?? application.unitId,
    status: 'accepted',
    accepted: { by, on: today },
    guardian: added.guardian ?? application.guardian,
    materials: [...application.materials, ...added.materials],
  });
}

/** It is given to the institution that assesses, or to another one in its place: a second assessment is made elsewhere (§9). */
export function place(application: Application, unitId: string): Application {
  open(application, 'place');
  return next(application, { unitId });
}

export interface Finding {
  readonly components: readonly Component[];
  readonly assessedOn: string;
  readonly institution: string;
  readonly evidence: readonly Evidence[];
}

/** No component: the standard is not met, and the application ends here, with the way to a second assessment. */
export function assess(application: Application, finding: Finding, { by, today }: Doing): Application {
  open(application, 'assess');
  if (finding.assessedOn > today) throw new DayInFuture('assessedOn');
  const disability = disabilityOf(finding.components);
  const assessed: Partial<Application> = {
    assessment: { ...finding, disability, by, on: today },
    notice: null,
    objections: [],
  };
  return disability
    ? next(application, { ...assessed, status: 'assessed' })
    : next(application, {
        ...assessed,
        status: 'rejected',
        decided: { by, on: today, reason: 'standard-not-met', remedy: ASSESSMENT_REMEDY },
      });
}

export interface NoticePlan {
  readonly from: string;
  /** Absent: the first day that satisfies the rule. */
  readonly to: string | null;
  readonly place: string | null;
  readonly guardian: Guardian | null;
}

/** @param earliestTo the fifth working day after `from` */
export function putOnNotice(
  application: Application,
  plan: NoticePlan,
  applicant: Applicant,
  earliestTo: string,
  { by, today }: Doing,
): Application {
  open(application, 'notice');
  const minor = ageOn(applicant.birthDate, plan.from) < ADULT_AT;
  const to = minor ? plan.from : (plan.to ?? earliestTo);
  if (!minor && to < earliestTo) throw new NoticeTooShort(earliestTo, NOTICE.basis);
  return next(application, {
    status: 'on-notice',
    guardian: plan.guardian ?? application.guardian,
    notice: { published: !minor, from: plan.from, to, place: minor ? null : plan.place, by, on: today },
  });
}

export function object(application: Application, text: string, { by, today }: Doing): Application {
  open(application, 'object');
  const number = application.objections.length + 1;
  return next(application, {
    objections: [...application.objections, { number, text, finding: 'open', note: null, by, on: today }],
  });
}

export function settle(
  application: Application,
  number: number,
  finding: 'unfounded' | 'founded',
  note: string,
): Application {
  open(application, 'settle');
  const objection = application.objections.find((one) => one.number === number && one.finding === 'open');
  if (!objection) throw new ObjectionNotFound();
  return next(application, {
    objections: application.objections.map((one) => (one === objection ? { ...one, finding, note } : one)),
  });
}

export function reject(
  application: Application,
  reason: string,
  remedy: string,
  { by, today }: Doing,
): Application {
  open(application, 'reject');
  return next(application, { status: 'rejected', decided: { by, on: today, reason, remedy } });
}

/**
 * What must hold before a decision for the applicant. A renewal needs no new assessment unless one was asked for.
 * @returns the approved application; what becomes of the card is decided beside it
 */
export function approve(application: Application, applicant: Applicant, { by, today }: Doing): Application {
  const openIn: readonly ApplicationStatus[] =
    application.kind === 'renewal' ? ['accepted', 'on-notice'] : ['on-notice'];
  if (!openIn.includes(application.status)) throw new StepNotOpen('approve', application.status, openIn);
  const before = [application.accepted?.by, application.assessment?.by];
  if (before.some((hand) => hand && isSameHand(hand, by))) throw new SecondPersonNeeded();
  const { notice, assessment } = application;
  if (notice?.published && today <= notice.to) throw new NoticeRunning(notice.to);
  if (application.objections.some(({ finding }) => finding !== 'unfounded')) throw new ObjectionOpen();
  if (!hasGuardian(application) && needsGuardian(applicant, assessment, today)) throw new GuardianNeeded();
  return next(application, {
    status: 'approved',
    decided: { by, on: today, reason: null, remedy: null },
  });
}

/** 管理办法 §9(1): minors, and persons with an intellectual or mental disability. */
function needsGuardian(applicant: Applicant, assessment: Assessment | null, today: string): boolean {
  return (
    ageOn(applicant.birthDate, today) < ADULT_AT ||
    (assessment?.components.some(({ category }) => category === 'intellectual' || category === 'mental') ??
      false)
  );
}
