import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, version } from '../values.js';

/** A running benefit in money (待遇). Rates are dated; money is an integer of 分. */
const benefit = {
  ...aboutPerson,
  version,
  benefitId: z.uuid(),
  caseId: z.uuid(),
  itemId: z.string().min(1),
  status: z.enum(['running', 'held', 'stopped']),
  /** First month that is owed, `YYYY-MM`. */
  fromMonth: z.string().regex(/^\d{4}-\d{2}$/),
  /** Last month that is owed; null: open. */
  toMonth: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .nullable(),
  /** Dated monthly rates in 分; null: no rate is set for the region yet, so nothing can be paid. */
  rates: z.array(z.object({ fromMonth: z.string(), fen: z.int().nonnegative() })).nullable(),
  /** How often the item is paid (发放周期). Absent: no source says. */
  cycle: z.enum(['month', 'quarter']).optional(),
};

/** Also when it goes on under another case, or from a month on at a higher rate: the newest version tells all of its rates. */
export const benefitGrantedV1 = defineEvent({
  type: 'subsidies.benefit.granted.v1',
  title: 'A benefit runs from a month on',
  data: z.object({
    ...benefit,
    /** Of one that was taken over: the last month that the old list says was paid, as found. Only when it is granted first. */
    paidThrough: z
      .string()
      .regex(/^\d{4}-\d{2}$/)
      .optional(),
  }),
});

export const benefitHeldV1 = defineEvent({
  type: 'subsidies.benefit.held.v1',
  title: 'A benefit is on hold: nothing is paid until a named person decides',
  data: z.object({ ...benefit, heldFrom: calendarDay }),
});

export const benefitReleasedV1 = defineEvent({
  type: 'subsidies.benefit.released.v1',
  title: 'The hold of a benefit is lifted; arrears are due',
  data: z.object(benefit),
});

export const benefitStoppedV1 = defineEvent({
  type: 'subsidies.benefit.stopped.v1',
  title: 'A benefit ends with a last month',
  data: z.object(benefit),
});
