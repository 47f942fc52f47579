import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, version } from '../values.js';

const month = z.string().regex(/^\d{4}-\d{2}$/);

/** Money of one benefit in one pay run (发放). Once per run and benefit; an account never travels. */
const payment = {
  ...aboutPerson,
  benefitId: z.uuid(),
  itemId: z.string().min(1),
  runNo: z.int().positive(),
  /** Month of the run. */
  runMonth: month,
  /** What is paid for which month, in order; 分. */
  months: z.array(z.object({ month, fen: z.int().positive() })).min(1),
  /** The sum, 分. */
  fen: z.int().positive(),
};

/** Paid and not owed, it came back: brought by the person, or kept from what a run pays. The months are paid the less; 分. */
export const paymentRecoveredV1 = defineEvent({
  type: 'subsidies.payment.recovered.v1',
  title: 'Money that was paid and not owed has come back from the person',
  data: z.object({
    ...aboutPerson,
    benefitId: z.uuid(),
    itemId: z.string().min(1),
    overpaymentId: z.uuid(),
    /** Of the overpayment, once it had come back: once per overpayment and version. */
    version,
    months: z.array(z.object({ month, fen: z.int().positive() })).min(1),
    fen: z.int().positive(),
  }),
});

/** It is in the books as paid; the bank's answer comes later, and only a failure is told. */
export const paymentOrderedV1 = defineEvent({
  type: 'subsidies.payment.ordered.v1',
  title: 'Money of a benefit is ordered to be paid',
  data: z.object(payment),
});

/** It came back: the months are owed again, and a later run pays them. */
export const paymentFailedV1 = defineEvent({
  type: 'subsidies.payment.failed.v1',
  title: 'A payment that was ordered did not arrive',
  data: z.object(payment),
});
