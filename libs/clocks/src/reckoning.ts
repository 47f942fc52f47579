import type { Tx } from '@app/platform';
import { CalendarMalformed } from './calendar-files.js';
import type { CalendarInForce } from './published/calendar-in-force.js';
import type { WorkingCalendar } from './working-calendar.js';

/** The calendar by which clocks are worked out. */
export interface Reckoning {
  readonly calendar: WorkingCalendar;
  /** Number of the newest publication in it, under which a move is kept; 0: the files of the release alone. */
  readonly number: number;
  /** Another one whenever the calendar is another one. */
  readonly state: number;
}

/**
 * The calendar in force. Asked in a transaction that holds clocks, it is at least as new as the one by which anybody has written them: a
 * publication commits before it is reckoned by, so whoever reads it after the lock of a clock knows what the clock was moved by.
 */
export type Reckon = (tx?: Tx) => Promise<Reckoning>;

/** @param inForce null: the calendar is what it is for good */
export function reckonBy(calendar: WorkingCalendar, inForce: CalendarInForce | null): Reckon {
  if (!inForce) return () => Promise.resolve({ calendar, number: 0, state: 0 });
  return async (tx) => {
    // A publication that does not fit this release is no reason to remind of nothing; whoever looks for publications warns of it.
    await inForce.refresh(tx).catch((error: unknown) => {
      if (!(error instanceof CalendarMalformed)) throw error;
    });
    return { calendar: inForce.now, number: inForce.number, state: inForce.state };
  };
}
