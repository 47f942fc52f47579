import { z } from 'zod';

const time = z
  .union([
    z
      .strictObject({
        left: z.literal('third').describe('09:00 of the day on which a third of the term is left.'),
      })
      .describe('With a third of the term left.'),
    z
      .strictObject({
        before: z.int().positive().describe('How many.'),
        unit: z.enum(['working-day', 'natural-day', 'month']).describe('Of what.'),
      })
      .describe('So long before the last day.'),
    z
      .strictObject({ on: z.literal('last-day').describe('09:00 of the last day.') })
      .describe('On the last day.'),
    z
      .strictObject({ at: z.literal('end').describe('The moment the term has ended.') })
      .describe('At the end.'),
    z
      .strictObject({
        after: z.int().positive().describe('How many.'),
        unit: z.literal('working-day').describe('Working days only.'),
      })
      .describe('So long after the last day.'),
  ])
  .describe('When it fires.');

const rung = z
  .strictObject({
    rung: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      .describe('Kebab-case, unique in the step; what has fired is known by it.'),
    level: z
      .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
      .describe('0 提醒, 1 and 2 督办, 3 通报.'),
    at: time,
    to: z
      .array(z.enum(['doer', 'supervisor', 'lead', 'person']))
      .min(1)
      .describe('Who is told: the doer of the step, their supervisor, the lead of the office, the person.'),
  })
  .refine((value) => value.level === 0 || 'at' in value.at || 'after' in value.at, {
    message: 'before its end a term is reminded of (level 0), not escalated',
    path: ['level'],
  })
  .refine((value) => value.level > 0 || !('after' in value.at), {
    message: 'after its end a term is escalated (level 1 to 3)',
    path: ['level'],
  });

/** The ladder of one step, in the place of the house's own (`libs/clocks`). */
export const rungs = z
  .array(rung)
  .min(1)
  .refine((plan) => new Set(plan.map((each) => each.rung)).size === plan.length, {
    message: 'two rungs have one name',
  })
  .describe('Who is told when: 提醒, 督办, 通报. Absent: the ladder of the house.');
export type StepRungs = z.infer<typeof rungs>;
