import type { NewTerm, RungPlan } from '@app/clocks';
import type { Application, Notice } from './application.js';
import { daysBetween } from './calendar-day.js';
import { APPROVAL, DISPUTE, NOTICE } from './rules.js';

/** What of an application has a term: the public notice, the approval, and the applicant's dispute of the assessment. */
export type ApplicationStep = 'notice' | 'approve' | 'dispute';

/** Its end is nobody's delay: from then on it can be approved, and who does that is told. */
const NOTICE_ENDED: RungPlan = [{ rung: 'notice-ended', level: 0, at: { at: 'end' }, to: ['doer'] }];

/**
 * The public notice (公示): within it anybody may object. Null for minors, who are not published.
 * @param earliestTo the day on which the shortest notice ends: one that was set longer ends as it was published
 */
export function noticeTerm(application: Application, notice: Notice, earliestTo: string): NewTerm | null {
  if (!notice.published) return null;
  const published = `公示公告载明至 ${notice.to}（不少于五个工作日：${NOTICE.basis}）`;
  return {
    ...subjectOf(application, 'notice'),
    holder: 'person',
    anchorDay: notice.from,
    rungs: NOTICE_ENDED,
    ...(notice.to === earliestTo
      ? { kind: 'statutory', value: NOTICE.value, unit: 'working-day', basis: NOTICE.basis }
      : {
          kind: 'promised',
          value: daysBetween(notice.from, notice.to),
          unit: 'natural-day',
          basis: published,
        }),
  };
}

/** The approval (审核批准) is due from the day on which the notice ends; without a notice nothing runs. */
export function approvalTerm(application: Application, notice: Notice): NewTerm {
  return {
    ...subjectOf(application, 'approve'),
    kind: 'statutory',
    value: APPROVAL.value,
    unit: 'working-day',
    basis: APPROVAL.basis,
    anchorDay: notice.to,
  };
}

/** Within which the applicant may ask the city's federation to assess anew (重新评定). @param toldOn the day of the conclusion */
export function disputeTerm(application: Application, toldOn: string): NewTerm {
  return {
    ...subjectOf(application, 'dispute'),
    holder: 'person',
    kind: 'statutory',
    value: DISPUTE.value,
    unit: 'working-day',
    basis: DISPUTE.basis,
    anchorDay: toldOn,
  };
}

function subjectOf({ applicationId, divisionCode }: Application, step: ApplicationStep) {
  return { subjectId: applicationId, divisionCode, step };
}
