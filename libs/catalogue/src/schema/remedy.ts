import { remedyKinds } from '@app/contracts';
import { z } from 'zod';
import { limit } from './limit.js';
import { title } from './source.js';

const termOnly = limit.refine(({ from, window }) => from === undefined && window === undefined, {
  message: 'the term runs from service or from the request: neither a step nor a window applies',
});

/** A way in which the person can have a decision of the item looked at again (救济途径). */
export const remedy = z
  .strictObject({
    kind: z
      .enum(remedyKinds)
      .describe(
        'objection 异议, reassessment 重新评定, final-assessment 最终评定, review 复查, final-review 复核, reconsideration 行政复议, litigation 行政诉讼.',
      ),
    to: title.describe('The body that decides it.'),
    against: z
      .array(z.enum(['decision', 'inaction', ...remedyKinds]))
      .min(1)
      .describe(
        'decision: of the case; inaction: that nothing was done (不作为); a kind: what was said to that remedy, so this is its next instance.',
      ),
    term: termOnly.describe(
      'Within which the person may ask, from service. Its `basis` is told to the person.',
    ),
    decides: z
      .strictObject({
        from: z.enum(['receipt', 'acceptance']).describe('Receipt or acceptance of the request.'),
        limit: termOnly.describe('Within which the body decides.'),
      })
      .optional()
      .describe('Absent: no text gives that body a term.'),
    evidence: termOnly
      .optional()
      .describe(
        'Within which the respondent answers with evidence, from receipt of the copy. Absent: no text says.',
      ),
    source: z.string().describe('Id of a source of this file.'),
  })
  .describe('A remedy of the person, named in every adverse notice of the item.');
export type Remedy = z.infer<typeof remedy>;
