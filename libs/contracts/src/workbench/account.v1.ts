import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { calendarDay, divisionCode, version } from '../values.js';

/** Somebody who worked here has left, and somebody else takes over. `divisionCode` is the place of the account's unit. */
export const accountLeftV1 = defineEvent({
  type: 'workbench.account.left.v1',
  title: 'A user left; what the user held passes to a successor',
  data: z.object({
    accountId: z.uuid(),
    version,
    divisionCode,
    /** The user's id as it stands in actors of facts and in claims of cases. */
    userId: z.string().min(1),
    /** The user who takes over. */
    successorId: z.string().min(1),
    /** First day on which the user is not here any more. */
    on: calendarDay,
  }),
  key: ({ accountId }) => accountId,
});
