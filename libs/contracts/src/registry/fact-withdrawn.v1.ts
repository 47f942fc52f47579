import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, version } from '../values.js';

/** Facts that turned out wrong and have no successor: what they caused is to be decided again. */
export const factWithdrawnV1 = defineEvent({
  type: 'registry.fact.withdrawn.v1',
  title: 'Facts turned out wrong; what they caused is to be decided again',
  data: z.object({
    ...aboutPerson,
    version,
    withdrawn: z.array(z.object({ factId: z.uuid(), name: z.string().min(1) })).min(1),
    reason: z.string().min(1),
  }),
});
