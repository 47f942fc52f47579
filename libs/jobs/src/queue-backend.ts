import type { Processor, Queue, Worker } from 'bullmq';

/** What a worker is given beside its connection. */
export interface WorkerSettings {
  readonly concurrency: number;
  /** At most this many jobs per duration, over all workers of the queue. */
  readonly limiter?: { readonly max: number; readonly duration: number };
  /** Waits this long (ms) before the next attempt of a failed job. */
  readonly backoff: (attemptsMade: number) => number;
}

/** Where the queues of a process live. Making a queue or a worker never waits: an outage shows in `usable`. */
export abstract class QueueBackend {
  abstract readonly name: 'redis' | 'postgres';
  /** Whether a command has a chance now. */
  abstract readonly usable: boolean;
  abstract queue(name: string): Queue;
  abstract worker(name: string, processor: Processor, settings: WorkerSettings): Worker;
  /** Called each time the backend has become usable. */
  abstract onUsable(listener: () => void): void;
  abstract close(): Promise<void>;
}

/** An idle worker asks this seldom whether something was missed; new and due jobs wake it at once. */
export const IDLE_POLL_SECONDS = 30;
/** A job whose worker died is taken up by another after this, at the latest. */
export const STALLED_MS = 60_000;

export const defaultJobOptions = {
  removeOnComplete: { age: 60 * 60, count: 1000 },
  removeOnFail: { age: 7 * 24 * 60 * 60, count: 1000 },
};
