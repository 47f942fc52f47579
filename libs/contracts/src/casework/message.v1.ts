import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, instant, owners, version, type Owner } from '../values.js';

/**
 * What a person may be told: 换证提醒 `renewal`, 缺件通知 `missing-paper`, 预约 `appointment`, 预约取消 `appointment-cancelled`, 期限提醒
 * `term-reminder`, 办理结果 `decision-ready`. The words stand in `message-text.ts`.
 */
export const messageTemplates = [
  'renewal',
  'missing-paper',
  'appointment',
  'appointment-cancelled',
  'term-reminder',
  'decision-ready',
] as const;
export type MessageTemplate = (typeof messageTemplates)[number];

/** All that may be said in a message, and nothing else: neither a name nor a number of a person, nor what ails them. */
export const messageParams = z.object({
  /** Title of the item, in words that name no disability. */
  item: z.string().min(1).max(100),
  /** The day that it is about: until when, or when. */
  day: calendarDay.nullable(),
  /** Of an appointment, 24 hours. */
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .nullable(),
  /** Names of papers. */
  papers: z.array(z.string().min(1).max(100)).max(30),
  /** Where to go; null: the village or the township. */
  place: z.string().min(1).max(200).nullable(),
  /** Of an appointment: what for. */
  purpose: z.string().min(1).max(200).nullable(),
  /** It was said before: this is the reminder of it. */
  again: z.boolean(),
});
export type MessageParams = z.infer<typeof messageParams>;

const message = { ...aboutPerson, version, messageId: z.uuid(), caseId: z.uuid() };

function messageFactsOf<Service extends Owner>(service: Service) {
  return {
    /** Registry, which alone knows telephone and address, finds the channel, sends it, and tells what became of it. */
    requested: defineEvent({
      type: `${service}.message.requested.v1`,
      title: 'A person is to be told something about a case',
      data: z.object({
        ...message,
        template: z.enum(messageTemplates),
        params: messageParams,
        /** Role tokens that may look at the case, and so at the message: `card-officer`, `member-unit:civil-affairs`. */
        readers: z.array(z.string().min(1)),
        /** Not before this moment; null: at once. */
        notBefore: instant.nullable(),
        /** After this day it would mislead, and is not sent any more; null: always of use. */
        usefulUntil: calendarDay.nullable(),
      }),
    }),
    /** What it said is no longer so (the appointment was cancelled): it is not sent if it has not been. */
    withdrawn: defineEvent({
      type: `${service}.message.withdrawn.v1`,
      title: 'A message is not to be sent any more',
      data: z.object(message),
    }),
    /** Its time (保管期限) is over, and a named person has approved that it goes: whoever has something of it, destroys that. */
    destroyed: defineEvent({
      type: `${service}.message.destroyed.v1`,
      title: 'The record of a message was destroyed, as approved',
      data: z.object(message),
    }),
  };
}

/** The messages about cases are the same in every service; only the topic `<service>.message` differs. */
export const messageFacts = Object.fromEntries(
  owners.map((service) => [service, messageFactsOf(service)]),
) as { readonly [Service in Owner]: ReturnType<typeof messageFactsOf<Service>> };
export type MessageFacts = ReturnType<typeof messageFactsOf<Owner>>;
