import { calendarDay, instant } from '@app/contracts';
import { z } from 'zod';
import type { ClockView } from './new-term.js';

/** A term as services answer it: one schema for the answer, its type and the OpenAPI document. */
export const termView = z
  .object({
    clockId: z.uuid(),
    step: z.string(),
    kind: z.enum(['statutory', 'local_rule', 'promised', 'unknown']),
    value: z.number().nullable(),
    unit: z.enum(['hour', 'working-day', 'natural-day', 'month', 'day-of-next-month', 'yearly-window']),
    basis: z.string(),
    holder: z.enum(['office', 'person']).describe('`person`: a term within which the person may act.'),
    anchorDay: calendarDay,
    dueDay: calendarDay.nullable().describe('Last day of the term; null: it never ends, or it stands still.'),
    dueAt: instant.nullable(),
    provisional: z.boolean().describe('暂定: the calendar of that year is not published yet.'),
    paused: z.boolean().describe('中止: it stands still now.'),
    status: z.enum(['running', 'stopped', 'superseded']),
    overdue: z.boolean().describe('超期 or 超承诺.'),
    mark: z
      .enum(['超期', '超承诺', '期满'])
      .nullable()
      .describe('A limit of kind `unknown` is never marked; 期满: the person can no longer act.'),
    suspensions: z
      .array(
        z.object({
          reason: z.string(),
          basis: z.string(),
          from: instant,
          to: instant.nullable(),
          note: z.string().nullable(),
          by: z.string(),
          byRole: z.string(),
        }),
      )
      .readonly(),
    extensions: z
      .array(
        z.object({
          value: z.int(),
          basis: z.string(),
          reason: z.string(),
          by: z.string(),
          byRole: z.string(),
          at: instant,
        }),
      )
      .readonly(),
    replacedBy: z
      .uuid()
      .nullable()
      .describe('The clock that took its place, because its anchor or budget changed.'),
    rungs: z
      .array(z.object({ rung: z.string(), level: z.int(), at: instant, firedAt: instant.nullable() }))
      .readonly()
      .describe('What is done when: reminders before, due, and the levels after it.'),
  })
  .meta({ id: 'Term', description: 'A legal term (期限), as it stands' });
export type TermView = z.infer<typeof termView>;

export function termViewOf({ pauses: _pauses, ...clock }: ClockView): TermView {
  return {
    ...clock,
    dueAt: clock.dueAt?.toISOString() ?? null,
    overdue: clock.mark === '超期' || clock.mark === '超承诺',
    suspensions: clock.suspensions.map(({ from, to, ...each }) => ({
      ...each,
      from: from.toISOString(),
      to: to?.toISOString() ?? null,
    })),
    extensions: clock.extensions.map((each) => ({ ...each, at: each.at.toISOString() })),
    rungs: clock.rungs.map((each) => ({
      ...each,
      at: each.at.toISOString(),
      firedAt: each.firedAt?.toISOString() ?? null,
    })),
  };
}
