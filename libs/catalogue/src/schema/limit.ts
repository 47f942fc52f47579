import { z } from 'zod';
import { isRealDay } from '../days.js';
import { role } from './doers.js';

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Units in which a term can be given more, or stand still. The end of the others is a day of the calendar, whatever happens. */
const counted: readonly string[] = ['hour', 'working-day', 'natural-day', 'month'];

const dayOfYear = z
  .string()
  .regex(/^\d{2}-\d{2}$/)
  // A leap year: 29 February may end a window.
  .refine((value) => isRealDay(`2024-${value}`), { message: 'no such day' });

const pause = z
  .strictObject({
    reason: z
      .string()
      .regex(kebab)
      .describe('Kebab-case, e.g. `hearing` (听证), `assessment` (鉴定), `supplement` (补正).'),
    basis: z.string().min(1).describe('Document and article that stops the term for it. Chinese.'),
  })
  .describe('What the term stands still for (中止).');

const extension = z
  .strictObject({
    value: z.int().positive().describe('At most so many units more, in the unit of the limit.'),
    basis: z.string().min(1).describe('Document and article that allows it. Chinese.'),
    role: role.describe('Who approves it.'),
  })
  .describe('How the term may be given more time (延长), once, by whom.');

/** A term as an item's text gives it. What the text does not say, it does not do: no pause, no roll-over, no extension. */
export const limit = z
  .strictObject({
    value: z
      .int()
      .positive()
      .nullable()
      .describe(
        'How many units; for day-of-next-month the day; null: no document gives a number, or a yearly-window.',
      ),
    unit: z
      .enum(['hour', 'working-day', 'natural-day', 'month', 'day-of-next-month', 'yearly-window'])
      .describe('小时, 工作日, 自然日, 月, 次月某日 or 每年固定期间.'),
    kind: z
      .enum(['statutory', 'local_rule', 'promised', 'unknown'])
      .describe(
        'Only statutory and local_rule can be overdue (超期); promised can only show 超承诺; unknown never.',
      ),
    basis: z.string().min(1).describe('Where the number stands, or why there is none. Chinese.'),
    from: z
      .string()
      .regex(kebab)
      .optional()
      .describe(
        'Step from whose end it runs, or `application`: the day on which the person applied. Absent: from the step before.',
      ),
    dayOne: z
      .enum(['next', 'same'])
      .optional()
      .describe(
        'same: the day of the event is the first one. Absent: the day after it (民法典第二百零一条).',
      ),
    rollOver: z
      .string()
      .min(1)
      .optional()
      .describe('The article by which an end on a day off moves to the next working day. Absent: it stays.'),
    pauses: z.array(pause).min(1).optional().describe('What it stands still for. Absent: for nothing.'),
    extension: extension.optional().describe('Absent: it cannot be extended.'),
    window: z
      .strictObject({
        from: dayOfYear.describe('First day, MM-DD.'),
        to: dayOfYear.describe('Last day, MM-DD.'),
      })
      .refine(({ from, to }) => from <= to, { message: 'a window lies within one year', path: ['to'] })
      .optional()
      .describe('Only for yearly-window, and always there.'),
  })
  .refine((value) => value.value !== null || value.kind === 'unknown' || value.unit === 'yearly-window', {
    message: 'a limit without a number is of kind unknown',
    path: ['kind'],
  })
  .refine((value) => value.value === null || value.kind !== 'unknown', {
    message: 'a limit with a number is statutory, local_rule or promised',
    path: ['kind'],
  })
  .refine((value) => (value.unit === 'yearly-window') === (value.window !== undefined), {
    message: 'yearly-window, and only it, has a window',
    path: ['window'],
  })
  .refine((value) => value.unit !== 'yearly-window' || value.value === null, {
    message: 'a yearly-window ends with its window and has no number',
    path: ['value'],
  })
  .refine((value) => value.unit !== 'day-of-next-month' || value.value === null || value.value <= 31, {
    message: 'a month has no such day',
    path: ['value'],
  })
  .refine((value) => value.kind !== 'unknown' || (!value.pauses && !value.extension && !value.rollOver), {
    message: 'a limit of kind unknown never ends: it neither pauses, nor is extended, nor rolls over',
    path: ['kind'],
  })
  .refine((value) => counted.includes(value.unit) || (!value.pauses && !value.extension), {
    message: 'a term that ends on a day of the calendar neither pauses nor is extended',
    path: ['unit'],
  })
  .refine((value) => value.unit !== 'hour' || (!value.rollOver && !value.dayOne), {
    message: 'hours run from instant to instant: neither a first day nor a roll-over applies',
    path: ['unit'],
  })
  .refine(({ pauses = [] }) => new Set(pauses.map(({ reason }) => reason)).size === pauses.length, {
    message: 'a reason to pause stands once',
    path: ['pauses'],
  })
  .describe('How long a step may take.');
export type StepLimit = z.infer<typeof limit>;
