/** How the heartbeat of a service's reminding stands. */
export interface HeartbeatHealth {
  /** Null: it has not beaten yet. */
  readonly beatAt: Date | null;
  /** Since the last beat by the real clock; since it was armed where it has not beaten yet. */
  readonly secondsSinceBeat: number;
  readonly periodSeconds: number;
  /** It should have beaten: reminding has stopped. */
  readonly alarm: boolean;
}

/** An hour. */
export const HEARTBEAT_SECONDS = 3600;

/**
 * After so many periods without a beat there is an alarm. One and a half: a beat comes a sweep's interval late at most, and whoever looks
 * every quarter of a period has raised the alarm before two periods are over.
 */
export const ALARM_AFTER_PERIODS = 1.5;

export function isSilent(secondsSinceBeat: number, periodSeconds: number): boolean {
  return secondsSinceBeat > ALARM_AFTER_PERIODS * periodSeconds;
}

const MINUTE_MS = 60_000;

/**
 * When the next beat is to come: the first after now in the rhythm of the last one; what was missed is not made up for.
 * Of a minute and more on whole minutes, as all rungs are.
 * @param from the beat before, or now
 */
export function nextBeat(from: Date, periodSeconds: number, now: Date): Date {
  const period = periodSeconds * 1000;
  const missed = Math.max(0, Math.floor((now.getTime() - from.getTime()) / period));
  const next = from.getTime() + (missed + 1) * period;
  return new Date(period < MINUTE_MS ? next : Math.ceil(next / MINUTE_MS) * MINUTE_MS);
}

/** The whole minute before it, on which the rung of its clock stands. */
export function minuteOf(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / MINUTE_MS) * MINUTE_MS);
}
