import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, version } from '../values.js';

/** Why a round of a person's chain began. */
export const roundCauses = [
  'card-issued',
  'card-renewed',
  'card-regraded',
  'card-stopped',
  'card-corrected',
  'fact-changed',
  'moved-in',
  'moved-away',
  'death',
  'death-withdrawn',
  'day-reached',
  'applied',
] as const;
export type RoundCause = (typeof roundCauses)[number];

/** The chain of a person has the person's id: one chain per person. A round is one cause and all that follows from it. */
const round = { ...aboutPerson, version, roundId: z.uuid(), cause: z.enum(roundCauses) };

export const roundOpenedV1 = defineEvent({
  type: 'lifecycle.chain.round-opened.v1',
  title: 'A round of a person’s chain began, with the items that it plans',
  data: z.object({
    ...round,
    /** Day of the cause, from which effective dates count. */
    causedOn: calendarDay,
    planned: z.array(z.object({ itemId: z.string(), action: z.enum(['open', 'stop']) })),
  }),
});

export const roundCompletedV1 = defineEvent({
  type: 'lifecycle.chain.round-completed.v1',
  title: 'Every planned item of a round has an outcome',
  data: z.object({ ...round, outcomes: z.array(z.object({ itemId: z.string(), outcome: z.string() })) }),
});
