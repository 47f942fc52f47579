import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, ownerName, version } from '../values.js';
import { roundCauses } from './chain.v1.js';

/** How an item reaches the person: see the item's `mode` in the catalogue. */
export const itemModes = ['auto', 'invite', 'list', 'refer', 'apply'] as const;
export type ItemMode = (typeof itemModes)[number];

/** One fact that the determination rests on, as the owner needs it to work the case; nothing else of the person. */
export const reason = z.object({
  fact: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]),
});

const item = {
  ...aboutPerson,
  version,
  roundId: z.uuid(),
  cause: z.enum(roundCauses),
  itemId: z.string().min(1),
  itemVersion: z.string().min(1),
  owner: ownerName,
  /** What the case is unique by, beside person and item: `once`, a year `2026`, or the round for a repeated need. */
  period: z.string().min(1),
};

/** The person is entitled: the owner opens a case. Sent again unchanged it opens nothing. */
export const itemOpenedV1 = defineEvent({
  type: 'lifecycle.item.opened.v1',
  title: 'A person is entitled to an item: its owner opens a case',
  data: z.object({
    ...item,
    mode: z.enum(itemModes),
    because: z.array(reason),
    /** Entitled since; benefits may have their own rule for the first month. */
    entitledOn: calendarDay,
  }),
});

/**
 * The person no longer meets the item's conditions, or meets them at another rate: the owner puts what runs on hold and a
 * named person decides. A stop fact: it overtakes what is parked of the same person.
 */
export const itemStopProposedV1 = defineEvent({
  type: 'lifecycle.item.stop-proposed.v1',
  title: 'What a person has of an item may have to stop: hold, then a named person decides (stop fact)',
  data: z.object({
    ...item,
    because: z.array(reason),
    /** The day from which the conditions are no longer met, or less is due. */
    effectiveOn: calendarDay,
    /** Still entitled, but to less: `because` are the facts by which the amount is found from that day on. */
    lowers: z.boolean().optional(),
  }),
});

/** The cause of a proposed stop is gone (a false death match, a lifted freeze): the owner lifts the hold, and arrears are due. */
export const itemStopWithdrawnV1 = defineEvent({
  type: 'lifecycle.item.stop-withdrawn.v1',
  title: 'The cause of a proposed stop is gone: the hold is lifted',
  data: z.object({ ...item, reason: z.string().min(1) }),
});
