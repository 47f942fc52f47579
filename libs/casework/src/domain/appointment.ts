import { besidePerson, reviewersOf, type CaseItem, type Doer } from './item.js';

/** When and where somebody is to come about a case (预约), and what for. */
export interface CaseAppointment {
  readonly appointmentId: string;
  readonly caseId: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** `14:30`. */
  readonly time: string;
  readonly place: string;
  readonly purpose: string;
  readonly setBy: string;
  readonly setByRole: string;
  readonly setAt: Date;
  readonly cancelled: { readonly by: string; readonly at: string; readonly reason: string } | null;
}

export type NewAppointment = Pick<CaseAppointment, 'day' | 'time' | 'place' | 'purpose'>;

/** Who makes appointments: those who stand beside the person, and those who have something to do with the case. */
export function appointersOf(item: CaseItem): Doer {
  const { roles, department } = reviewersOf(item);
  return { roles: [...new Set([...besidePerson, ...roles])], department };
}

/** The moment that an appointment is at. */
export function momentOf({ day, time }: Pick<CaseAppointment, 'day' | 'time'>): Date {
  return new Date(`${day}T${time}:00+08:00`);
}

/**
 * When somebody is reminded of an appointment: at nine on the working day before.
 * @param workingDayBefore that day, in the calendar of the place
 * @returns null where that has passed, so that what was just said is not said again
 */
export function remindedAt(workingDayBefore: string, now: Date): Date | null {
  const at = momentOf({ day: workingDayBefore, time: '09:00' });
  return at > now ? at : null;
}
