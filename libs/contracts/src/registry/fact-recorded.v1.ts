import { z } from 'zod';
import { defineEvent } from '../define-event.js';
import { aboutPerson, calendarDay, version } from '../values.js';

/** Where a fact comes from: a roster of another department, the counter, or another fact's correction. */
export const factSource = z.object({
  /** `roster:dibao`, `counter`, `registration`, … */
  kind: z.string().min(1),
  /** Id of the import, or of the document that was shown. */
  reference: z.string().nullable(),
  /** The day up to which the source speaks, e.g. the month-end of a roster. */
  asOf: calendarDay,
});

export const recordedFact = z.object({
  factId: z.uuid(),
  /** A name of the catalogue's vocabulary, e.g. `aid.dibao`. */
  name: z.string().min(1),
  value: z.union([z.string(), z.number(), z.boolean()]),
  source: factSource,
  /** First and last day on which it holds; null: open. */
  validFrom: calendarDay.nullable(),
  validTo: calendarDay.nullable(),
});
export type RecordedFact = z.infer<typeof recordedFact>;

/** What is now known of a person under each of these names; each replaces what was known under that name. */
export const factRecordedV1 = defineEvent({
  type: 'registry.fact.recorded.v1',
  title: 'Facts about a person are known, each with source and validity; each replaces the one of that name',
  data: z.object({ ...aboutPerson, version, facts: z.array(recordedFact).min(1) }),
});
