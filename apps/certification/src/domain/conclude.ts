import type { Decision } from '@app/kernel';
import {
  approve,
  assess,
  type Applicant,
  type Application,
  type ApplicationKind,
  type Doing,
  type Evidence,
  type Finding,
} from './application.js';
import { addYears } from './calendar-day.js';
import { identityPartOf } from './card-number.js';
import { act, assertNoneInForce, issue, type Card, type CardAction } from './card.js';
import { sameDisability, type Disability } from './disability.js';
import {
  DayInFuture,
  NoCardInForce,
  NoticeRunning,
  PersonRecordedDead,
  StandardNotMet,
  WaitingTimeRuns,
} from './errors.js';
import { WAIT_AFTER_CANCELLATION } from './rules.js';

/** What is on file about an applicant's cards. */
export interface Holdings {
  readonly card: Card | null;
  readonly cancelled: Card | null;
}

/** @throws if this kind of application cannot lead anywhere */
export function assertMayApply(
  kind: ApplicationKind,
  applicant: Applicant,
  { card, cancelled }: Holdings,
  today: string,
): void {
  if (applicant.diedOn !== null) throw new PersonRecordedDead();
  if (kind !== 'first') {
    if (!card) throw new NoCardInForce();
    return;
  }
  assertNoneInForce(card);
  if (cancelled?.cancelled?.reason === 'standard-not-met') {
    const until = addYears(cancelled.cancelled.on, WAIT_AFTER_CANCELLATION.value);
    if (today < until) throw new WaitingTimeRuns(until, WAIT_AFTER_CANCELLATION.basis);
  }
}

/** A step of the application and what it does to the card. */
export interface Conclusion {
  readonly application: Application;
  readonly issued: Decision<Card> | null;
  /** In this order, each on the state that the one before it left. */
  readonly changes: readonly { readonly action: CardAction['kind']; readonly decision: Decision<Card> }[];
  readonly evidence: readonly Evidence[];
}

/** An assessment; when it finds the standard no longer met, the card that the person has is marked for a decision. */
export function concludeAssessment(
  application: Application,
  { card }: Holdings,
  finding: Finding,
  doing: Doing,
): Conclusion {
  const after = assess(application, finding, doing);
  const mark: CardAction = { kind: 'find-standard-not-met', assessedOn: finding.assessedOn };
  return {
    application: after,
    issued: null,
    changes:
      after.status === 'rejected' && card
        ? [{ action: mark.kind, decision: act(card, mark, doing.today) }]
        : [],
    evidence: evidenceOf(after),
  };
}

export interface Approval {
  /** Id of the card, if this issues one. */
  readonly cardId: string;
  readonly identityNumber: string;
  /** First day of the card's term. */
  readonly validFrom: string;
}

/** Approved: a first application issues a card, the others change the one there is. */
export function concludeApproval(
  application: Application,
  applicant: Applicant,
  { card }: Holdings,
  { cardId, identityNumber, validFrom }: Approval,
  doing: Doing,
): Conclusion {
  if (applicant.diedOn !== null) throw new PersonRecordedDead();
  if (application.kind === 'first') assertNoneInForce(card);
  const approved = approve(application, applicant, doing);
  if (validFrom > doing.today) throw new DayInFuture('validFrom');
  const { notice, assessment } = approved;
  if (notice?.published && validFrom <= notice.to) throw new NoticeRunning(notice.to);
  const disability = assessment?.disability ?? null;
  const evidence = evidenceOf(approved);
  if (application.kind === 'first') {
    if (!disability) throw new StandardNotMet();
    const { personId, divisionCode } = application;
    const issued = issue({ cardId, personId, divisionCode, identityNumber, disability, issuedOn: validFrom });
    return { application: { ...approved, cardId }, issued, changes: [], evidence };
  }
  if (!card) throw new NoCardInForce();
  const actions = [
    ...renumbering(card, identityNumber),
    ...actionsFor(application.kind, card, disability, validFrom),
  ];
  const changes: { action: CardAction['kind']; decision: Decision<Card> }[] = [];
  let state = card;
  for (const action of actions) {
    const decision = act(state, action, doing.today);
    changes.push({ action: action.kind, decision });
    state = decision.state;
  }
  return { application: approved, issued: null, changes, evidence };
}

/** Whoever is handed a new card gets it under the number that they have now. */
function renumbering(card: Card, identityNumber: string): CardAction[] {
  return identityPartOf(card.number) === identityNumber ? [] : [{ kind: 'renumber', identityNumber }];
}

function actionsFor(
  kind: 'renewal' | 'regrade',
  card: Card,
  disability: Disability | null,
  on: string,
): CardAction[] {
  if (kind === 'renewal') {
    const regrade: CardAction[] =
      disability && !sameDisability(card, disability) ? [{ kind: 'regrade', disability }] : [];
    return [...regrade, { kind: 'renew', on }];
  }
  if (!disability) throw new StandardNotMet();
  return [{ kind: 'regrade', disability }];
}

function evidenceOf(application: Application): Evidence[] {
  return [
    { kind: 'application', reference: application.applicationId },
    ...(application.assessment?.evidence ?? []),
  ];
}
