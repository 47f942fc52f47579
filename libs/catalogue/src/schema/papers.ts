import { z } from 'zod';
import { limit } from './limit.js';

const steps = z.array(z.string()).min(1).describe('Ids of the steps whose term it touches.');

const basis = z.string().min(1).describe('Document and article. Chinese.');

const cited = {
  source: z.string().optional().describe('Id of the source that says so.'),
  demo: z
    .literal(true)
    .optional()
    .describe('An invented rule of the demo county; allowed in a file marked `demo: true`.'),
};
const isCited = ({ source, demo }: { source?: string | undefined; demo?: true | undefined }) =>
  (source === undefined) !== (demo === undefined);
const citation = {
  message: 'a rule has a source, or in the demo county `demo: true`, not both',
  path: ['source'],
};

const time = limit
  .refine(({ unit }) => unit === 'working-day' || unit === 'natural-day' || unit === 'month', {
    message: 'papers come within working days, natural days or months',
    path: ['unit'],
  })
  .refine((value) => !value.pauses && !value.extension && !value.from && !value.dayOne, {
    message: 'the time for papers runs from the day after the notice: it neither pauses nor is extended',
    path: ['from'],
  });

/** How missing papers are asked for (补正). */
export const supplement = z
  .strictObject({
    limit: time.describe('Within what time after the notice they come.'),
    effect: z
      .strictObject({
        kind: z
          .enum(['suspend', 'restart'])
          .describe(
            'suspend: the term stands still until the papers are there or their time is over; restart: it begins with the day of the last paper, because only what is complete is accepted.',
          ),
        steps,
        basis,
      })
      .nullable()
      .describe('null: no source says that a term is touched, so it runs on.'),
    unsupplied: z
      .strictObject({ as: z.literal('withdrawn').describe('视为撤回申请.'), basis })
      .nullable()
      .describe('What the law makes of papers that do not come; null: somebody decides on what there is.'),
    ...cited,
  })
  .refine(isCited, citation)
  .describe('How missing papers are asked for (补正). Absent: once, without a day, and no term is touched.');
export type Supplement = z.infer<typeof supplement>;

/** What may be accepted before its papers are complete (容缺受理). */
export const acceptIncomplete = z
  .strictObject({
    materials: z.array(z.string()).min(1).describe('Ids of the asked materials that may come later.'),
    when: z
      .string()
      .min(1)
      .nullable()
      .describe('In what situation, in the words of the source; null: in any.'),
    basis,
    limit: time.describe('Within what time after the acceptance they come.'),
    suspends: z
      .strictObject({ steps, basis })
      .nullable()
      .describe('The terms that stand still until they come; null: none.'),
    blocks: z
      .enum(['decision', 'nothing'])
      .describe('decision: it is decided once they are there; nothing: it is decided first (先行办理).'),
    ...cited,
  })
  .refine(isCited, citation)
  .describe('What may be accepted before its papers are complete (容缺受理). Absent: nothing.');
export type AcceptIncomplete = z.infer<typeof acceptIncomplete>;
