import { DomainError } from '@app/kernel';
import type { Job, Queue } from 'bullmq';

/** Jobs of a queue by where they stand. Completed ones are kept for an hour, failed ones for a week, at most a thousand each. */
export interface JobCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly failed: number;
  readonly completed: number;
}

/** A queue as its operator sees it. */
export interface QueueView {
  /** Without the service, e.g. `clock-rungs`. */
  readonly queue: string;
  readonly backend: 'redis' | 'postgres';
  /** Null: the queue does not answer now. What it holds is unknown then, and not nothing. */
  readonly counts: JobCounts | null;
  /** For how many seconds the job that should have been done first has been waiting; null where none waits, or nothing is known. */
  readonly oldestWaitingSeconds: number | null;
}

/** A job that failed for good. What it was about is not shown: its id says what caused it. */
export interface FailedJob {
  readonly id: string;
  readonly attempts: number;
  readonly failedAt: Date | null;
  /** The error's first line, without numbers long enough to be somebody's. */
  readonly reason: string;
}

/** A queue that this service does not have in this process. */
export class QueueNotHere extends DomainError {
  readonly slug = 'queue-not-here';
  readonly kind = 'not-found';
  constructor() {
    // Without the name that was asked for: it is whatever was typed.
    super('该服务在这个进程里没有这个队列。请先查看这个进程现有的队列。');
  }
}

/** A job that did not fail for good, is being tried again already, or was forgotten after a week. */
export class FailedJobNotFound extends DomainError {
  readonly slug = 'failed-job-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('队列里没有这个失败的任务，或它已经重试。请重新查看失败的任务。');
  }
}

/** The queue cannot be asked or told anything now. */
export class QueueAway extends DomainError {
  readonly slug = 'queue-away';
  readonly kind = 'conflict';
  constructor() {
    super('队列现在没有应答，其中的任务没有变化。请在队列恢复后重试。');
  }
}

const STATES = ['waiting', 'delayed', 'active', 'failed', 'completed'] as const;
/** As many failed jobs as are kept. */
const FAILED_KEPT = 1000;
const REASON_LENGTH = 300;

/** Counts, and how long the first in line has been waiting. */
export async function lookAt(queue: Queue): Promise<Pick<QueueView, 'counts' | 'oldestWaitingSeconds'>> {
  const [counts, [first]] = await Promise.all([
    queue.getJobCounts(...STATES),
    queue.getJobs('waiting', 0, 0, true),
  ]);
  return {
    counts: Object.fromEntries(STATES.map((state) => [state, counts[state] ?? 0])) as unknown as JobCounts,
    // It could be done from when it was added, or its delay had passed.
    oldestWaitingSeconds: first
      ? Math.max(0, Date.now() - first.timestamp - (first.delay || 0)) / 1000
      : null,
  };
}

/** What failed for good, latest first. */
export async function failedIn(queue: Queue, limit: number): Promise<FailedJob[]> {
  const jobs = await queue.getFailed(0, limit - 1);
  return jobs.filter(Boolean).map((job) => ({
    id: job.id ?? '',
    attempts: job.attemptsMade,
    failedAt: job.finishedOn ? new Date(job.finishedOn) : null,
    reason: reasonOf(job.failedReason),
  }));
}

/**
 * Has one failed job, or all of them, tried again, each with all its attempts.
 * @returns how many
 * @throws FailedJobNotFound for a single one that is not there
 */
export async function retryIn(queue: Queue, jobId: string | null): Promise<number> {
  if (jobId !== null) {
    const job = await queue.getJob(jobId);
    if (!job || !(await tryAgain(job))) throw new FailedJobNotFound();
    return 1;
  }
  let retried = 0;
  for (const job of await queue.getFailed(0, FAILED_KEPT - 1)) {
    if (job && (await tryAgain(job))) retried += 1;
  }
  return retried;
}

/** @returns false if it is not among the failed any more: somebody else had it tried again */
async function tryAgain(job: Job): Promise<boolean> {
  if (!(await job.isFailed())) return false;
  try {
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    return true;
  } catch (error) {
    if (await job.isFailed()) throw error;
    return false;
  }
}

function reasonOf(failedReason: string | undefined): string {
  const line = (failedReason ?? '').split('\n', 1)[0]!;
  return line.replaceAll(/\d[\d\s-]{4,}[\dXx]/g, '…').slice(0, REASON_LENGTH);
}
