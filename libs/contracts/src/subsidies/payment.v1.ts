import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson } from '../values.js';

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
