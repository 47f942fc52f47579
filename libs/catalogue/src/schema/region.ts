import { z } from 'zod';
import { overall, tellRefusal } from './case-limits.js';
import { scalar } from './condition.js';
import { department } from './doers.js';
import { limit } from './limit.js';
import { acceptIncomplete, supplement } from './papers.js';
import { rungs } from './rungs.js';
import { day, source } from './source.js';

const datedValue = z
  .strictObject({
    from: day.describe('First day on which it holds. Earlier values stay: they are history.'),
    value: z
      .union([scalar, z.array(z.string())])
      .nullable()
      .describe('null: from this day it is unset here.'),
    source: z.string().optional().describe('Id of a source of this region’s item, or of the item.'),
    demo: z
      .literal(true)
      .optional()
      .describe('An invented value of the demo county; allowed in a file marked `demo: true`.'),
  })
  .refine((value) => (value.source === undefined) !== (value.demo === undefined), {
    message: 'a value has a source, or in the demo county `demo: true`, not both',
    path: ['source'],
  })
  .describe('A value from a day on.');
export type DatedValue = z.infer<typeof datedValue>;

const itemOverlay = z
  .strictObject({
    inForce: z
      .union([
        z.literal(false).describe('Taken out here, though a higher layer has it.'),
        z.strictObject({
          from: day.describe('First day in force.'),
          to: day.optional().describe('Last day in force.'),
        }),
      ])
      .optional()
      .describe('Absent: this layer only adds values; whether it is in force is said by another.'),
    sources: z.array(source).optional().describe('Local documents.'),
    parameters: z
      .record(z.string(), z.array(datedValue).min(1))
      .optional()
      .describe('Dated values, oldest first.'),
    serveWithin: limit.optional().describe('Within how long a document of the item is served here.'),
    overall: overall.optional(),
    tellRefusal: tellRefusal.optional(),
    steps: z
      .record(
        z.string(),
        z.strictObject({
          department: department.optional().describe('Another department does it here.'),
          limit: limit.optional().describe('The local limit.'),
          rungs: rungs.optional().describe('Who is told when, here.'),
        }),
      )
      .optional()
      .describe('What differs in a step. Steps are never added here.'),
    supplement: supplement.optional(),
    acceptIncomplete: acceptIncomplete.optional(),
  })
  .describe('What a layer says about one item.');
export type ItemOverlay = z.infer<typeof itemOverlay>;

export const regionFile = z
  .strictObject({
    code: z
      .string()
      .regex(/^\d{2}(\d{2}(\d{2})?)?$/)
      .describe('Division code: 00 nation, 2 digits province, 4 city, 6 county. Equals the file name.'),
    schemaVersion: z.literal(1).describe('Version of this format.'),
    name: z.string().min(1).describe('Chinese name.'),
    demo: z.boolean().describe('Whether the place is invented. Only there may values lack a source.'),
    certification: z
      .strictObject({
        mode: z
          .enum(['issued-here', 'followed'])
          .describe(
            'Cards are decided and numbered in this system, or followed from the daily file of the system above.',
          ),
      })
      .optional()
      .describe('How cards come to be here.'),
    chain: z
      .strictObject({
        promise: limit
          .refine((value) => value.kind === 'promised', {
            message: 'what a place promises for the whole chain is of kind promised',
            path: ['kind'],
          })
          .describe(
            'Within how long a whole round is promised to be done, with the published words. No default.',
          ),
      })
      .optional()
      .describe('What holds for the chain as a whole (一件事).'),
    gaps: z
      .strictObject({
        promise: limit
          .refine((value) => value.kind === 'promised', {
            message: 'what a place promises for a gap of the reconciliation is of kind promised',
            path: ['kind'],
          })
          .optional()
          .describe(
            'Within how long a released gap is promised to be looked after, with the published words. No default.',
          ),
        limit: limit
          .refine((value) => value.kind === 'local_rule', {
            message: 'what a place has ruled for a gap of the reconciliation is of kind local_rule',
            path: ['kind'],
          })
          .optional()
          .describe(
            'Within how long a released gap is to be looked after by the place’s own rule, with where it stands; it goes before the promise. No default.',
          ),
      })
      .optional()
      .describe('What holds for the gaps of the reconciliation (应享未享).'),
    items: z.record(z.string(), itemOverlay).describe('By item id.'),
  })
  .describe('One layer of a region: it overlays values, it never copies items.');
export type RegionFile = z.infer<typeof regionFile>;
