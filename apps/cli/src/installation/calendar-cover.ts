import { demoActor } from '../demo/accounts.js';
import type { RunningSystem } from './running-system.js';

/** From fewer days than these on it is said: the notice for a year comes in the last weeks of the one before, and somebody has to publish it. */
const FEWEST_DAYS = 60;

/** How far the working calendar reaches. */
export interface CalendarCover {
  /** Last day that a published notice covers, `YYYY-MM-DD`. */
  readonly coveredTo: string;
  /** Whole days until then; negative once it has passed. */
  readonly daysLeft: number;
  /** Null: it reaches far enough. */
  readonly warning: { readonly zh: string; readonly en: string } | null;
}

/** @param today `YYYY-MM-DD` in Asia/Shanghai */
export function coverOf(coveredTo: string, today: string): CalendarCover {
  const daysLeft = (Date.parse(coveredTo) - Date.parse(today)) / 86_400_000;
  if (daysLeft >= FEWEST_DAYS) return { coveredTo, daysLeft, warning: null };
  const left =
    daysLeft < 0
      ? { zh: `已于 ${coveredTo} 用完`, en: `ended on ${coveredTo}` }
      : { zh: `只覆盖到 ${coveredTo}，还有 ${daysLeft} 天`, en: `ends on ${coveredTo}, in ${daysLeft} days` };
  return {
    coveredTo,
    daysLeft,
    warning: {
      zh: `工作日历${left.zh}，此后届满的期限为暂定。请发布下一年度的放假安排`,
      en: `the working calendar ${left.en}; terms that end later are provisional. Publish the next year's`,
    },
  };
}

/** What is in force in a running system; null: it does not say. */
export async function coverInForce(system: RunningSystem, today: string): Promise<CalendarCover | null> {
  const shown = await system
    .call<{ readonly coveredTo: string }>('workbench', 'GET', '/workbench/calendars', {
      actor: demoActor('system-admin'),
      timeoutMs: 5_000,
    })
    .catch(() => null);
  // Whatever answers there may be something else: what it does not say is not known.
  return typeof shown?.coveredTo === 'string' ? coverOf(shown.coveredTo, today) : null;
}

/** The command that publishes a year. */
export const PUBLISH_CALENDAR = 'npx onething calendar import <year>.json';
