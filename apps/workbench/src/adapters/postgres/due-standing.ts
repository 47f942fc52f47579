import type { DueStanding, StandingTimes } from '../../domain/due-standing.js';
import { overdueKinds } from '../../domain/work-view.js';

/** SQL: something is left to do, or a term of the office runs. As the index `work_items_open` says it. */
export const OPEN_WORK = '(w.task is not null or w.term_step is not null)';

const named = (standing: DueStanding) => `'${standing}'`;

/**
 * SQL: the standing (`DueStanding`) of an open row of work_items `w`.
 * @param add takes a value as a parameter, and says its name
 */
export function standingOf(
  { now, tomorrow, weekUntil }: StandingTimes,
  add: (value: unknown) => string,
): string {
  const until = (instant: Date) => `${add(instant)}::timestamptz`;
  return `case
    when w.term_step is null then ${named('unknown')}
    when w.due_at = 'infinity' then ${named('paused')}
    when w.due_at <= ${until(now)} then
      case when w.term_kind = any(${add(overdueKinds)}::text[]) then ${named('overdue')} else ${named('promise-passed')} end
    when w.due_at <= ${until(tomorrow)} then ${named('today')}
    when w.due_at <= ${until(weekUntil)} then ${named('week')}
    else ${named('later')} end`;
}
