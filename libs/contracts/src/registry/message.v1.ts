import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, instant, ownerName, version } from '../values.js';

/** How a person is told: 短信 `text`, 语音电话 `voice`, 纸质通知 `paper`. */
export const messageChannels = ['text', 'voice', 'paper'] as const;
export type MessageChannel = (typeof messageChannels)[number];

/**
 * Why a message did not arrive: the gateway refused it for good (`refused`, e.g. a number that is none), it was tried as often as the place
 * allows (`tries-used-up`), the telephone was not reached (`not-reached`), nobody could be found to hand the letter to (`undeliverable`), its
 * day had passed (`outdated`), the person died (`person-died`) or is not on file (`person-unknown`).
 */
export const messageFailures = [
  'refused',
  'tries-used-up',
  'not-reached',
  'undeliverable',
  'outdated',
  'person-died',
  'person-unknown',
] as const;
export type MessageFailure = (typeof messageFailures)[number];

const message = {
  ...aboutPerson,
  version,
  messageId: z.uuid(),
  /** The service that asked for it. */
  owner: ownerName,
  caseId: z.uuid(),
  channel: z.enum(messageChannels).nullable(),
  tries: z.int().min(0),
  at: instant,
};

/** The gateway has taken it, or the letter lies ready to be printed and handed over. */
export const messageSentV1 = defineEvent({
  type: 'registry.message.sent.v1',
  title: 'A message to a person is on its way',
  data: z.object(message),
});

/** The gateway's receipt says that it arrived, or somebody handed the letter over. The receipt itself stays in registry. */
export const messageDeliveredV1 = defineEvent({
  type: 'registry.message.delivered.v1',
  title: 'A message to a person has arrived',
  data: z.object(message),
});

/** It did not arrive by this channel. */
export const messageFailedV1 = defineEvent({
  type: 'registry.message.failed.v1',
  title: 'A message to a person did not arrive',
  data: z.object({
    ...message,
    reason: z.enum(messageFailures),
    /** Whether a letter follows; false: that was all. */
    letterFollows: z.boolean(),
  }),
});
