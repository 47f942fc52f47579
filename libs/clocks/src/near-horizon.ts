import type { Clock } from '@app/kernel';
import type { Jobs, NewJob } from '@app/jobs';

/** Rungs that are due within this are handed to the queue, which wakes at the second. */
export const HORIZON_MS = 15 * 60 * 1000;
export const RUNG_QUEUE = 'clock-rungs';
/** Clocks for which one job is added, so that several workers and processes share a busy minute. */
const CLOCKS_PER_JOB = 1000;
/** So that a job never comes a moment before its rung is due. */
const AFTER_MS = 20;
const MARKER = 'horizon-filled';
const MARKER_MS = 24 * 60 * 60 * 1000;

/** A job's word is checked in the tables: it says when to look, and nothing about any clock. */
export interface RungJob {
  /** ISO 8601. */
  readonly at: string;
}

/** What a clock does next. */
export interface Upcoming {
  readonly next_at: Date | null;
}

/** A minute at which rungs are due, and of how many clocks. */
export interface Minute {
  readonly at: Date;
  readonly clocks: number;
}

/**
 * Carries what is due soon into the queue: a job for each minute and batch of clocks, since rungs come on whole minutes. A courtesy:
 * what gets lost there is fired by the sweeper seconds later.
 */
export class NearHorizon {
  constructor(
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Adds the minutes of these that lie within the horizon; what is there already stays. */
  announce(upcoming: readonly Upcoming[]): void {
    const now = this.clock.now().getTime();
    const minutes = new Map<number, number>();
    for (const { next_at } of upcoming) {
      if (next_at === null || next_at.getTime() - now > HORIZON_MS) continue;
      minutes.set(next_at.getTime(), (minutes.get(next_at.getTime()) ?? 0) + 1);
    }
    if (minutes.size === 0) return;
    const jobs = [...minutes].flatMap(([at, clocks]) => this.jobsOf({ at: new Date(at), clocks }));
    void this.jobs.queue<RungJob>(RUNG_QUEUE).addMany(jobs);
  }

  /** Adds all these minutes, and the marker that says so. @returns false if the queue did not take them */
  fill(minutes: readonly Minute[]): Promise<boolean> {
    return this.jobs
      .queue<RungJob>(RUNG_QUEUE)
      .addMany([...minutes.flatMap((minute) => this.jobsOf(minute)), this.marker()]);
  }

  /** Whether the marker is gone, and with it all the rest; false while the queue does not answer. */
  async isEmptied(): Promise<boolean> {
    return (await this.jobs.has(RUNG_QUEUE, MARKER)) === false;
  }

  private jobsOf({ at, clocks }: Minute): NewJob<RungJob>[] {
    const delayMs = at.getTime() - this.clock.now().getTime() + AFTER_MS;
    // A bare number would be taken for an id of the queue's own.
    const minute = `at-${at.getTime() / 1000}`;
    return Array.from({ length: Math.ceil(clocks / CLOCKS_PER_JOB) }, (_, batch) => ({
      data: { at: at.toISOString() },
      jobId: `${minute}-${batch}`,
      delayMs,
      attempts: 1,
      forgetWhenDone: true,
    }));
  }

  /** A job like the others, for tomorrow: it lies where they lie, so whatever empties the queue takes it too. */
  private marker(): NewJob<RungJob> {
    const at = new Date(this.clock.now().getTime() + MARKER_MS);
    return {
      data: { at: at.toISOString() },
      jobId: MARKER,
      delayMs: MARKER_MS,
      attempts: 1,
      forgetWhenDone: true,
    };
  }
}
