import { ALARM_AFTER_PERIODS } from '@app/clocks';

/** What a look at a service showed. */
export type Look =
  /** Its reminding beats; how long ago it last did. */
  | { readonly heard: 'beat'; readonly secondsSinceBeat: number; readonly periodSeconds: number }
  /** It has no terms: that it answers is all there is. */
  | { readonly heard: 'answer' }
  /** It answers, and proves nothing. */
  | { readonly heard: 'silence'; readonly why: string }
  | { readonly heard: 'nothing'; readonly why: string };

/** What is known of a service that is watched. Milliseconds by one clock of this process. */
export interface Watched {
  /** When it last proved that it works; when it was first looked at where it never has. */
  readonly provedAt: number;
  readonly periodMs: number;
  readonly last: Look['heard'];
  readonly why: string | null;
}

export type AlarmKind = 'reminding-stopped' | 'unreachable';

/** What a look adds to what was known. @param periodMs the period where the service has told none */
export function afterLook(before: Watched | undefined, look: Look, now: number, periodMs: number): Watched {
  const known = before ?? { provedAt: now, periodMs };
  if (look.heard === 'nothing' || look.heard === 'silence')
    return { ...known, last: look.heard, why: look.why };
  if (look.heard === 'answer') return { ...known, provedAt: now, last: look.heard, why: null };
  // A beat that was seen does not become older by a clock of the database that differs.
  const provedAt = Math.max(before?.provedAt ?? -Infinity, now - look.secondsSinceBeat * 1000);
  return { provedAt, periodMs: look.periodSeconds * 1000, last: look.heard, why: null };
}

/** Null: it has proved itself lately. */
export function alarmOf({ provedAt, periodMs, last }: Watched, now: number): AlarmKind | null {
  if (now - provedAt <= ALARM_AFTER_PERIODS * periodMs) return null;
  return last === 'nothing' ? 'unreachable' : 'reminding-stopped';
}

const SHORTEST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 60_000;

/** How often to look, so that an alarm is raised before two periods are over. */
export function lookEveryMs(periodMs: number): number {
  return Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, periodMs / 8));
}
