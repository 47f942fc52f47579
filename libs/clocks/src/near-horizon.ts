import type { Clock } from '@app/kernel';
import { jobIdOf, type Jobs } from '@app/jobs';

/** Rungs that are due within this are handed to the queue, which wakes at the second. */
export const HORIZON_MS = 15 * 60 * 1000;
export const RUNG_QUEUE = 'clock-rungs';
/** So that a job never comes a moment before its rung is due. */
const AFTER_MS = 20;

export interface RungJob {
  readonly clockId: string;
}

/** A clock and what it does next. */
export interface Upcoming {
  readonly clock_id: string;
  readonly next_rung: string | null;
  readonly next_at: Date | null;
}

/** Carries what is due soon into the queue. A courtesy: what gets lost there is fired by the sweeper seconds later. */
export class NearHorizon {
  constructor(
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Adds a delayed job for each of these that is due within the horizon; one that is there already stays. */
  announce(upcoming: readonly Upcoming[]): void {
    const now = this.clock.now().getTime();
    const near = upcoming
      .filter(({ next_at }) => next_at !== null && next_at.getTime() - now <= HORIZON_MS)
      .map(({ clock_id, next_rung, next_at }) => ({
        data: { clockId: clock_id },
        jobId: jobIdOf(clock_id, next_rung!),
        delayMs: next_at!.getTime() - now + AFTER_MS,
        attempts: 1,
      }));
    if (near.length > 0) void this.jobs.queue<RungJob>(RUNG_QUEUE).addMany(near);
  }
}
