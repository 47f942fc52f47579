import { sensitive } from '@app/access';
import {
  calendarDay,
  divisionCode,
  instant,
  messageChannels,
  messageFailures,
  messageTemplates,
} from '@app/contracts';
import { freeText, givenId } from '@app/platform';
import { z } from 'zod';
import type { ContactView } from '../../adapters/postgres/contact-preferences.js';
import type { LetterPage, MessageView } from '../../adapters/postgres/message-queries.js';
import type { LetterDone } from '../../app/deliver-letters.js';
import { deliveryStates } from '../../domain/delivery.js';

const channel = z.enum(messageChannels).describe('短信 text、语音 voice、纸质 paper');
const guardianId = givenId().nullable().describe('Who is told in the person’s place; null: the person.');

export const contactRequest = z
  .object({ channel, guardianId: guardianId.default(null) })
  .meta({ id: 'ContactRequest' });

export const contactView = z
  .object({
    personId: z.uuid(),
    language: z.literal('zh'),
    preference: z
      .object({ channel, guardianId, by: z.string(), at: instant })
      .nullable()
      .describe('Null: nothing was said, and nobody is asked for it.'),
    way: z.object({ channel, guardianId }).describe('The way that a message takes today.'),
  })
  .meta({ id: 'Contact' }) satisfies z.ZodType<ContactView>;

export const messagesRequest = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });

export const messageView = z
  .object({
    messageId: z.uuid(),
    owner: z.string().describe('The service whose case it is about.'),
    caseId: z.uuid(),
    template: z.enum(messageTemplates),
    text: z.string(),
    state: z.enum(deliveryStates),
    channel: channel.nullable(),
    guardianId: z.uuid().nullable(),
    tries: z.int(),
    reason: z.enum(messageFailures).nullable(),
    receipt: z.string().nullable().describe('What the gateway calls it.'),
    requestedAt: instant,
    stateAt: instant,
    handledBy: z.string().nullable().describe('Who handed the letter over, or could not: user’s id.'),
    handledOn: calendarDay.nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'MessageToPerson' }) satisfies z.ZodType<MessageView>;

export const lettersRequest = z.object({
  from: divisionCode.default('000000000000'),
  to: divisionCode.default('999999999999'),
  after: z
    .string()
    .regex(/^\d{12}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const letter = z
  .object({
    letterId: z.uuid(),
    personId: z.uuid(),
    name: sensitive('name'),
    guardian: z.object({ name: sensitive('name'), relation: z.string() }).nullable(),
    divisionCode,
    title: z.string(),
    requestedAt: instant,
    usefulUntil: calendarDay.nullable(),
  })
  .meta({ id: 'Letter' });

export const letterPage = z
  .object({ letters: z.array(letter).readonly(), next: z.string().nullable() })
  .meta({ id: 'LetterPage' }) satisfies z.ZodType<unknown, LetterPage>;

const on = calendarDay.optional().describe('Absent: today.');
export const handedOverRequest = z
  .object({ on, note: freeText(1, 200).optional().describe('Who took it, or how it was read out.') })
  .meta({ id: 'LetterHandedOverRequest' });
export const undeliverableRequest = z
  .object({ on, reason: freeText(2, 200).describe('Why nobody could be found.') })
  .meta({ id: 'LetterUndeliverableRequest' });

export const letterDone = z
  .object({ letterId: z.uuid(), state: z.enum(['delivered', 'failed']) })
  .meta({ id: 'LetterDone' }) satisfies z.ZodType<LetterDone>;
