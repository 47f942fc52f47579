import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, version } from '../values.js';

/**
 * The identity number on file is another one (公民身份号码变更或更正); the present one follows in `registered`, with a higher version.
 * Only search tokens travel, in this topic, to `certification`, whose card numbers contain the number.
 */
export const personNumberChangedV1 = defineEvent({
  type: 'registry.person.number-changed.v1',
  title: 'The identity number of a person is another one; by the former one they are still found',
  data: z.object({
    ...aboutPerson,
    version,
    /** Keyed blind index of the number that was on file before. */
    formerToken: z.string().min(1),
    /** `changed`: it was theirs, and a list that still has it means them. `mistaken`: it was written down wrongly and never theirs. */
    because: z.enum(['changed', 'mistaken']),
    /** From this day on the present number holds. */
    since: calendarDay,
  }),
});
