import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, instant, owners, version, type Owner } from '../values.js';
import { itemModes } from '../lifecycle/item.v1.js';

/** Where a case stands. The last seven are outcomes: they close the item in its round. */
export const caseStatuses = [
  'invited',
  'listed',
  'open',
  'deciding',
  'held',
  'granted',
  'refused',
  'declined',
  'waiting',
  'handed-over',
  'stopped',
  'withdrawn',
] as const;
export type CaseStatus = (typeof caseStatuses)[number];

const kase = {
  ...aboutPerson,
  version,
  caseId: z.uuid(),
  itemId: z.string().min(1),
  itemVersion: z.string().min(1),
  period: z.string().min(1),
  /** The round that the case is planned in; null for a case that was applied for. */
  roundId: z.uuid().nullable(),
  status: z.enum(caseStatuses),
};

function caseFactsOf<Service extends Owner>(service: Service) {
  return {
    /** A case exists; `mode` says how the person comes into it. */
    opened: defineEvent({
      type: `${service}.case.opened.v1`,
      title: 'A case is opened',
      data: z.object({ ...kase, mode: z.enum(itemModes) }),
    }),
    /** A step is done, or the person consented; the case goes on. */
    advanced: defineEvent({
      type: `${service}.case.advanced.v1`,
      title: 'A case goes on to its next step',
      data: z.object({ ...kase, doneStep: z.string(), nextStep: z.string().nullable() }),
    }),
    /** Granted or refused by a named person of the role that may; refusals carry a reason and a remedy. */
    decided: defineEvent({
      type: `${service}.case.decided.v1`,
      title: 'A case is granted or refused by a named person',
      data: z.object({
        ...kase,
        decidedOn: calendarDay,
        effectiveFrom: calendarDay.nullable(),
        reason: z.string().nullable(),
      }),
    }),
    /** The person said no. Not a gap; an invitation can be taken up later by applying. */
    declined: defineEvent({
      type: `${service}.case.declined.v1`,
      title: 'The person declined',
      data: z.object({ ...kase, declinedOn: calendarDay }),
    }),
    /** Entitled, and waiting under a yearly quota with a published ranking. */
    waitlisted: defineEvent({
      type: `${service}.case.waitlisted.v1`,
      title: 'Entitled and waiting, with a place',
      data: z.object({ ...kase, place: z.int().positive() }),
    }),
    /** Another body took it, and gave a receipt. */
    handedOver: defineEvent({
      type: `${service}.case.handed-over.v1`,
      title: 'Handed over to another body, with a receipt',
      data: z.object({ ...kase, to: z.string().min(1), receipt: z.string().min(1) }),
    }),
    /** An invitation or listing that nobody had taken up is taken back, because its ground is gone. */
    withdrawn: defineEvent({
      type: `${service}.case.withdrawn.v1`,
      title: 'A case that nobody had taken up is withdrawn',
      data: z.object({ ...kase, reason: z.string().min(1) }),
    }),
    /** On hold until a named person decides whether it stops. `heldFrom` keeps where it stood. */
    held: defineEvent({
      type: `${service}.case.held.v1`,
      title: 'On hold until a named person decides',
      data: z.object({
        ...kase,
        heldFrom: z.enum(caseStatuses),
        effectiveOn: calendarDay,
        reason: z.string().min(1),
      }),
    }),
    /** The hold is lifted; what was due meanwhile is owed. */
    released: defineEvent({
      type: `${service}.case.released.v1`,
      title: 'The hold is lifted; arrears are due',
      data: z.object({ ...kase, reason: z.string().min(1) }),
    }),
    /** Stopped by a named person, with reason and remedy. */
    stopped: defineEvent({
      type: `${service}.case.stopped.v1`,
      title: 'Stopped by a named person',
      data: z.object({ ...kase, stoppedFrom: calendarDay, reason: z.string().min(1) }),
    }),
    /** A rung of a legal clock was reached. `level` 0 is a reminder before the term, from 1 on it is overdue. */
    reminded: defineEvent({
      type: `${service}.case.reminded.v1`,
      title: 'A reminder or overdue mark of a legal clock fired',
      data: z.object({ ...kase, clockId: z.uuid(), rung: z.string(), level: z.int().min(0), dueAt: instant }),
    }),
  };
}

/** The facts of a case are the same in every service; only the topic `<service>.case` differs. */
export const caseFacts = Object.fromEntries(owners.map((service) => [service, caseFactsOf(service)])) as {
  readonly [Service in Owner]: ReturnType<typeof caseFactsOf<Service>>;
};
export type CaseFacts = ReturnType<typeof caseFactsOf<Owner>>;
