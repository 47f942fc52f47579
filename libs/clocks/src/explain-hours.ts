import { shanghaiDay } from '@app/kernel';
import { plusDays } from './day.js';
import type { TermDay, TermExplained } from './explained.js';
import * as words from './explain-words.js';
import type { Ledger, Suspension, Term } from './term.js';
import type { WorkingCalendar } from './working-calendar.js';

const HOUR_MS = 60 * 60 * 1000;

/** Lays a term of hours out: how many hours of each day count. Nights, days off and festivals count like any other. */
export function explainHours(
  term: Term,
  place: WorkingCalendar,
  { suspensions, extensions }: Ledger,
  nothing: Omit<TermExplained, 'summary'>,
): TermExplained {
  const budget = extensions.reduce((sum, { value }) => sum + value, term.value!);
  const days: TermDay[] = [];
  let left = budget * HOUR_MS;
  let at = term.anchorAt!.getTime();
  let pausedBy: Suspension | null = null;
  do {
    const day = shanghaiDay(new Date(at));
    const midnight = Date.parse(`${plusDays(day, 1)}T00:00:00+08:00`);
    const standing: Suspension[] = [];
    let counted = 0;
    // From one change to the next: midnight, or where it stops or goes on.
    while (at < midnight && left > 0 && !pausedBy) {
      const now = at;
      const stands = suspensions.find(
        ({ from, to }) => from.getTime() <= now && (to === null || now < to.getTime()),
      );
      if (stands?.to === null) pausedBy = stands;
      else if (stands) {
        standing.push(stands);
        at = Math.min(midnight, stands.to!.getTime());
      } else {
        const next = Math.min(
          midnight,
          now + left,
          ...suspensions.map(({ from }) => from.getTime()).filter((from) => from > now),
        );
        counted += next - now;
        left -= next - now;
        at = next;
      }
    }
    const hours = counted / HOUR_MS;
    days.push({
      ...place.explain(day),
      counted: counted > 0,
      number: null,
      hours,
      reason: words.hours(hours, standing),
      basis: standing[0]?.basis ?? null,
    });
  } while (left > 0 && !pausedBy);
  const explained = {
    ...nothing,
    firstDay: days[0]!.day,
    lastDay: pausedBy ? null : shanghaiDay(new Date(at)),
    dueAt: pausedBy ? null : new Date(at).toISOString(),
    pausedBy,
    budget,
    totals: {
      counted: days.reduce((sum, { hours }) => sum + hours!, 0),
      off: 0,
      paused: days.filter(({ counted }) => !counted).length,
      moved: 0,
    },
    days,
  };
  return { ...explained, summary: words.summary(explained) };
}
