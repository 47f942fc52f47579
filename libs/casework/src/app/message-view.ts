import { calendarDay, instant, messageChannels, messageFailures, messageTemplates } from '@app/contracts';
import { z } from 'zod';
import type { CaseAppointment } from '../domain/appointment.js';
import { messageStates, type CaseMessage } from '../domain/message.js';

const message = z
  .object({
    messageId: z.uuid(),
    template: z.enum(messageTemplates),
    text: z.string().describe('The words in which the person was told.'),
    state: z.enum(messageStates),
    channel: z.enum(messageChannels).nullable(),
    reason: z.enum(messageFailures).nullable().describe('Why it did not arrive.'),
    tries: z.int(),
    stateAt: instant,
    requestedAt: instant,
    by: z.string(),
    byRole: z.string(),
  })
  .meta({ id: 'CaseMessage', description: 'What the person was told, and what became of it' });

export const appointmentView = z
  .object({
    appointmentId: z.uuid(),
    day: calendarDay,
    time: z.string(),
    place: z.string(),
    purpose: z.string(),
    by: z.string(),
    byRole: z.string(),
    at: instant,
    cancelled: z.object({ by: z.string(), at: instant, reason: z.string() }).nullable(),
  })
  .meta({ id: 'CaseAppointment', description: 'When and where the person is to come, and what for' });
export type AppointmentView = z.infer<typeof appointmentView>;

/** What a case shows of what its person was told. */
export const told = {
  messages: z.array(message).readonly(),
  appointments: z.array(appointmentView).readonly(),
};

/** The messages and appointments of a case. */
export interface ToldPerson {
  readonly messages: readonly CaseMessage[];
  readonly appointments: readonly CaseAppointment[];
}

export function toldViewOf({ messages, appointments }: ToldPerson) {
  return {
    messages: messages.map(({ caseId: _, params: __, requestedBy, stateAt, requestedAt, ...each }) => ({
      ...each,
      stateAt: stateAt.toISOString(),
      requestedAt: requestedAt.toISOString(),
      by: requestedBy.id,
      byRole: requestedBy.role,
    })),
    appointments: appointments.map(appointmentViewOf),
  };
}

export function appointmentViewOf({
  caseId: _,
  setBy,
  setByRole,
  setAt,
  ...each
}: CaseAppointment): AppointmentView {
  return { ...each, by: setBy, byRole: setByRole, at: setAt.toISOString() };
}
