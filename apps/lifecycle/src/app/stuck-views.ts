import { divisionCode, instant, owners } from '@app/contracts';
import { z } from 'zod';
import { stuckKinds } from '../domain/stuck.js';
import { missingFact, title } from './views.js';

const counted = z.object({
  value: z.int(),
  atLeast: z.boolean().describe('There are more; they were not counted.'),
});

const asOf = {
  asOf: instant
    .nullable()
    .describe('Up to when this tells what the other services told; null: nobody can say.'),
  stale: z.boolean().describe('Facts wait to be taken in, or nobody can say: what is shown may be past.'),
};

const stuckItem = z
  .object({
    personId: z.uuid(),
    divisionCode,
    kind: z.enum(stuckKinds),
    item: z
      .object({ itemId: z.string(), title })
      .nullable()
      .describe('What does not move; null: everything of the person that rests on it.'),
    action: z.enum(['open', 'stop']).nullable().describe('Of what is not answered: what its owner was told.'),
    period: z.string().nullable(),
    since: instant.nullable().describe('Null: not known.'),
    owner: z.enum(owners).nullable().describe('Whose answer or decision it waits for; null: no service’s.'),
    case: z
      .object({ owner: z.enum(owners), caseId: z.uuid(), title })
      .nullable()
      .describe('The case that it waits for.'),
    must: z
      .object({ zh: z.string(), roles: z.array(z.string()), department: z.string().nullable() })
      .describe('Who must act next, and with what.'),
    facts: z.array(missingFact).describe('Facts that are waited for.'),
    messages: z.int().nullable().describe('Messages that wait unhandled.'),
  })
  .meta({ id: 'StuckItem' });
export type StuckItemView = z.infer<typeof stuckItem>;

export const stuckView = z
  .object({
    rows: z.array(stuckItem),
    next: z.string().nullable().describe('Give it as `after` for the next page.'),
    ...asOf,
  })
  .meta({ id: 'StuckChains', description: 'What does not move in the chains of a place' });
export type StuckView = z.infer<typeof stuckView>;

export const stuckCountsView = z
  .object({
    unanswered: counted,
    'missing-fact': counted,
    'other-benefit': counted,
    parked: counted,
    ...asOf,
  })
  .meta({ id: 'StuckCounts' });
export type StuckCountsView = z.infer<typeof stuckCountsView>;
