import type { ClockExplained } from '@app/clocks';
import { calendarDay, instant } from '@app/contracts';
import { z } from 'zod';
import type { CaseItem } from '../domain/item.js';
import { termTitleOf } from '../domain/whole-case-terms.js';

const told = z.object({ zh: z.string(), en: z.string() }).meta({ id: 'Told' });

const day = z
  .object({
    day: calendarDay,
    working: z.boolean(),
    counted: z.boolean(),
    number: z.int().nullable().describe('Which of the counted days it is.'),
    hours: z.number().nullable(),
    reason: told,
    basis: z
      .string()
      .nullable()
      .describe('The article by which the term stood still, moved or was extended that day.'),
  })
  .meta({ id: 'TermDay' });

const explained = z
  .object({
    clockId: z.uuid(),
    step: z.string(),
    title: z.string(),
    status: z.enum(['running', 'stopped', 'superseded']),
    kind: z.enum(['statutory', 'local_rule', 'promised', 'unknown']),
    basis: z.string(),
    anchorDay: calendarDay,
    summary: told,
    firstDay: calendarDay.nullable(),
    lastDay: calendarDay.nullable(),
    dueAt: instant.nullable(),
    closeOfBusiness: z.object({ time: z.string(), source: z.string().nullable() }).nullable(),
    provisional: z.boolean(),
    provisionalReason: told.nullable(),
    pausedBy: z.object({ reason: z.string(), basis: z.string(), from: instant }).nullable(),
    budget: z.number().nullable(),
    totals: z.object({ counted: z.number(), off: z.int(), paused: z.int(), moved: z.int() }),
    days: z.array(day).readonly(),
  })
  .meta({ id: 'TermExplained', description: 'A legal term, counted out day by day' });

export const explainedTermsAnswer = z
  .object({ caseId: z.uuid(), itemId: z.string(), item: z.string(), terms: z.array(explained).readonly() })
  .meta({ id: 'ExplainedTerms' });
export type ExplainedTerms = z.infer<typeof explainedTermsAnswer>;

/** Why the terms of a case end when they end. */
export function explainedTerms(
  caseId: string,
  item: Pick<CaseItem, 'id' | 'title' | 'steps'>,
  clocks: readonly ClockExplained[],
): ExplainedTerms {
  return {
    caseId,
    itemId: item.id,
    item: item.title,
    terms: clocks.map(({ term, pausedBy, days, ...clock }) => ({
      ...clock,
      title: termTitleOf(item, clock.step),
      kind: term.kind,
      basis: term.basis,
      anchorDay: term.anchorDay,
      pausedBy: pausedBy && { ...pausedBy, from: pausedBy.from.toISOString() },
      days: days.map(({ day, working, counted, number, hours, reason, basis }) => ({
        day,
        working,
        counted,
        number,
        hours,
        reason,
        basis,
      })),
    })),
  };
}
