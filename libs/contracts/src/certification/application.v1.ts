import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, instant } from '../values.js';

/**
 * A rung of a legal clock of an application was reached: the public notice (公示), the approval, or the person's own term to dispute the
 * assessment. Once per clock and rung. `level` 0 is a reminder before the end, from 1 on it is overdue.
 */
export const applicationRemindedV1 = defineEvent({
  type: 'certification.application.reminded.v1',
  title: 'A reminder or overdue mark of a legal clock of a card application fired',
  data: z.object({
    ...aboutPerson,
    applicationId: z.uuid(),
    clockId: z.uuid(),
    step: z.enum(['notice', 'approve', 'dispute']),
    holder: z.enum(['office', 'person']),
    rung: z.string().min(1),
    level: z.int().min(0),
    dueAt: instant,
    /** Who is to be told: the doer of the step, who supervises them, who leads the office, the person. */
    to: z.array(z.enum(['doer', 'supervisor', 'lead', 'person'])),
  }),
});
