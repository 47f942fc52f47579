import { Logger } from '@nestjs/common';
import { DomainError } from '@app/kernel';
import type { Job, Queue, Worker } from 'bullmq';
import { checkedJobId } from './job-id.js';
import type { QueueBackend } from './queue-backend.js';
import {
  failedIn,
  lookAt,
  QueueAway,
  QueueNotHere,
  retryIn,
  type FailedJob,
  type QueueView,
} from './queue-view.js';

export interface JobOptions {
  /** `<eventId>-<purpose>`, see `jobIdOf`. An id that is still known is not added again. */
  readonly jobId: string;
  readonly delayMs?: number;
  /** How often it is tried, the first time included; default 5. */
  readonly attempts?: number;
  /** Forgotten as soon as it is done, so that the same id can come again; else it is known for another hour. */
  readonly forgetWhenDone?: boolean;
}

export interface NewJob<Data> extends JobOptions {
  readonly data: Data;
}

/** A job being done. */
export interface RunningJob<Data> {
  readonly id: string;
  readonly data: Data;
  /** 1 for the first time. */
  readonly attempt: number;
  /** Tells how far it is, in per cent. A progress that cannot be stored is no reason to fail. */
  progress(percent: number): Promise<void>;
}

export type JobHandler<Data> = (job: RunningJob<Data>) => Promise<void>;

export interface ProcessOptions {
  /** Jobs at the same time in this process; default 1. */
  readonly concurrency?: number;
  /** At most this many jobs a second over all processes, e.g. for a neighbour's gateway. */
  readonly perSecond?: number;
  /** Wait before the second attempt; it doubles with each further one, up to ten minutes. Default one second. */
  readonly backoffMs?: number;
}

/** When a repeated job runs: every so often, or by a cron pattern in Asia/Shanghai. */
export type Repetition = { readonly everyMs: number } | { readonly cron: string };

/** One queue of a service. */
export interface JobQueue<Data> {
  add(data: Data, options: JobOptions): Promise<boolean>;
  addMany(jobs: readonly NewJob<Data>[]): Promise<boolean>;
  /** A job that comes again and again. The same id replaces what was set before. */
  repeat(id: string, repetition: Repetition, data: Data): void;
}

const DEFAULT_ATTEMPTS = 5;
const ANSWER_TIMEOUT_MS = 2000;
/** A thousand jobs tried again take some seconds. */
const RETRY_TIMEOUT_MS = 20_000;
const LONGEST_BACKOFF_MS = 10 * 60 * 1000;
const CLOSE_TIMEOUT_MS = 10_000;
/** A queue that was emptied forgets its repetitions, so they are set again this often. */
const REPETITION_MS = 10 * 60 * 1000;

/**
 * Delayed, retried or rate-limited work of one service; a queue never crosses services. Adding is a courtesy that an outage of the
 * queue can undo: it never throws for one and never waits long. What must happen is written in PostgreSQL, and a sweep there
 * guarantees it.
 */
export class Jobs {
  private readonly logger: Logger;
  private readonly queues = new Map<string, Queue>();
  private readonly workers = new Map<string, Worker | null>();
  private readonly repetitions = new Map<string, () => Promise<unknown>>();
  private readonly repeating: NodeJS.Timeout;
  private closed = false;

  constructor(
    private readonly service: string,
    private readonly backend: QueueBackend,
  ) {
    this.logger = new Logger(`jobs:${service}`);
    this.repeating = setInterval(() => void this.setRepetitions(), REPETITION_MS);
    this.repeating.unref();
    backend.onUsable(() => void this.setRepetitions());
  }

  /** The queue `<service>-<name>`; the name is kebab-case. */
  queue<Data>(name: string): JobQueue<Data> {
    return {
      add: (data, options) => this.addMany(name, [{ ...options, data }]),
      addMany: (jobs) => this.addMany(name, jobs),
      repeat: (id, repetition, data) => this.repeat(name, id, repetition, data),
    };
  }

  /** @returns whether the queue took the job; false in an outage */
  async add<Data>(name: string, data: Data, options: JobOptions): Promise<boolean> {
    return this.addMany(name, [{ ...options, data }]);
  }

  /** Starts doing the queue's jobs in this process. A failed job is tried again; one that failed for good is kept for a week. */
  process<Data>(name: string, handler: JobHandler<Data>, options: ProcessOptions = {}): void {
    if (this.workers.has(name)) throw new Error(`queue ${this.qualified(name)} is processed twice`);
    this.workers.set(name, null);
    const { concurrency = 1, perSecond, backoffMs = 1000 } = options;
    this.backend.onUsable(() => {
      // Once: the worker itself outlives outages.
      if (this.closed || this.workers.get(name)) return;
      const worker = this.backend.worker(this.qualified(name), (job) => handler(running(job as Job<Data>)), {
        concurrency,
        ...(perSecond ? { limiter: { max: perSecond, duration: 1000 } } : {}),
        backoff: (attempts) => Math.min(backoffMs * 2 ** (attempts - 1), LONGEST_BACKOFF_MS),
      });
      worker.on('error', (error) => this.logger.debug(`${name}: ${error.message}`));
      worker.on('failed', (job, error) =>
        this.logger.warn(`${name}: job ${job?.id} failed at attempt ${job?.attemptsMade}: ${error.message}`),
      );
      this.workers.set(name, worker);
    });
  }

  /** Whether the queue still knows a job; null while it does not answer. */
  async has(name: string, jobId: string): Promise<boolean | null> {
    if (this.closed || !this.backend.usable) return null;
    try {
      return Boolean(await within(ANSWER_TIMEOUT_MS, this.open(name).getJob(checkedJobId(jobId))));
    } catch {
      return null;
    }
  }

  /** The queues that this process works or feeds, by name. A queue that is away is one whose counts are null. */
  async look(): Promise<QueueView[]> {
    return Promise.all(
      this.names().map(async (queue) => {
        const unknown = { counts: null, oldestWaitingSeconds: null };
        const seen = await this.asked(() => lookAt(this.open(queue))).catch(() => unknown);
        return { queue, backend: this.backend.name, ...seen };
      }),
    );
  }

  /**
   * The jobs of a queue that failed for good, latest first.
   * @throws QueueNotHere, QueueAway
   */
  async failed(name: string, limit = 100): Promise<FailedJob[]> {
    return this.asked(() => failedIn(this.known(name), limit));
  }

  /**
   * Has a job that failed for good tried again, or all of them, with all attempts.
   * @returns how many
   * @throws QueueNotHere, QueueAway, FailedJobNotFound
   */
  async retry(name: string, jobId: string | null): Promise<number> {
    return this.asked(() => retryIn(this.known(name), jobId), RETRY_TIMEOUT_MS);
  }

  /** Lets running jobs end, and closes. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.repeating);
    const workers = [...this.workers.values()].filter((worker) => worker !== null);
    await Promise.all(workers.map((worker) => closeWorker(worker, this.backend.usable)));
    await Promise.all(
      [...this.queues.values()].map((queue) =>
        within(ANSWER_TIMEOUT_MS, queue.close()).catch(() => undefined),
      ),
    );
  }

  private async addMany<Data>(name: string, jobs: readonly NewJob<Data>[]): Promise<boolean> {
    const bulk = jobs.map(({ data, jobId, delayMs = 0, attempts = DEFAULT_ATTEMPTS, forgetWhenDone }) => ({
      name,
      data,
      opts: {
        jobId: checkedJobId(jobId),
        delay: Math.max(0, delayMs),
        attempts,
        backoff: { type: 'custom' },
        ...(forgetWhenDone ? { removeOnComplete: true } : {}),
      },
    }));
    if (this.closed || !this.backend.usable) return false;
    if (bulk.length === 0) return true;
    return this.attempt(() => this.open(name).addBulk(bulk));
  }

  private repeat<Data>(name: string, id: string, repetition: Repetition, data: Data): void {
    const when =
      'everyMs' in repetition
        ? { every: repetition.everyMs }
        : { pattern: repetition.cron, tz: 'Asia/Shanghai' };
    const set = () =>
      this.open(name).upsertJobScheduler(checkedJobId(id), when, { name, data: data as object, opts: {} });
    this.repetitions.set(`${name}/${id}`, set);
    if (!this.closed && this.backend.usable) void this.attempt(set);
  }

  private async setRepetitions(): Promise<void> {
    for (const set of this.repetitions.values()) {
      if (this.closed || !this.backend.usable) return;
      await this.attempt(set);
    }
  }

  private async attempt(command: () => Promise<unknown>): Promise<boolean> {
    try {
      await within(ANSWER_TIMEOUT_MS, command());
      return true;
    } catch (error) {
      this.logger.warn(
        `the queue did not take a job: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
  }

  /** Asks the queue on behalf of somebody who waits for the answer. @throws QueueAway if there is none */
  private async asked<Result>(
    question: () => Promise<Result>,
    timeoutMs = ANSWER_TIMEOUT_MS,
  ): Promise<Result> {
    if (this.closed || !this.backend.usable) throw new QueueAway();
    try {
      return await within(timeoutMs, question());
    } catch (error) {
      if (error instanceof DomainError) throw error;
      this.logger.warn(`the queue did not answer: ${error instanceof Error ? error.message : String(error)}`);
      throw new QueueAway();
    }
  }

  private names(): string[] {
    return [...new Set([...this.workers.keys(), ...this.queues.keys()])].sort();
  }

  private known(name: string): Queue {
    if (!this.names().includes(name)) throw new QueueNotHere();
    return this.open(name);
  }

  private open(name: string): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = this.backend.queue(this.qualified(name));
      queue.on('error', (error) => this.logger.debug(`${name}: ${error.message}`));
      this.queues.set(name, queue);
    }
    return queue;
  }

  private qualified(name: string): string {
    return `${this.service}-${name}`;
  }
}

function running<Data>(job: Job<Data>): RunningJob<Data> {
  return {
    id: job.id ?? '',
    data: job.data,
    attempt: job.attemptsMade + 1,
    progress: (percent) => job.updateProgress(percent).catch(() => undefined),
  };
}

/** In an outage a worker would wait for its connection for ever; then it is torn down. */
async function closeWorker(worker: Worker, reachable: boolean): Promise<void> {
  try {
    await within(CLOSE_TIMEOUT_MS, worker.close(!reachable));
  } catch {
    void worker.disconnect().catch(() => undefined);
  }
}

/** @throws Error if it takes longer; what it does then goes on, unheeded */
async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
