import { Logger } from '@nestjs/common';
import type { Consumer, EachBatchPayload, IHeaders, Kafka } from 'kafkajs';
import { Delivery } from '../consumers/delivery.js';
import { ConsumersStopped, type ServiceConsumers } from '../consumers/service-consumers.js';
import { SliceQueue } from '../consumers/slice-queue.js';

export interface GroupTimes {
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  readonly commitMs: number;
}

/** Recovery after `kill -9` of a member is the session time-out: kafkajs has no static membership. */
export const GROUP_TIMES: GroupTimes = { sessionMs: 10_000, heartbeatMs: 3_000, commitMs: 1_000 };

/** Most messages of one transaction. */
export const SLICE_MAX = 200;

const PARTITIONS_AT_ONCE = 8;

/**
 * One consumer group: one service, or in all-in-one all of them. Offsets lag behind on purpose (a timer commits them once a
 * second): a crash delivers again, and the inboxes absorb it.
 */
export class KafkaGroup {
  private readonly logger: Logger;
  private readonly consumer: Consumer;
  private readonly queues: { topics: ReadonlySet<string>; queue: SliceQueue }[];
  private readonly resolved = new Map<string, { topic: string; partition: number; offset: string }>();
  private commitTimer: NodeJS.Timeout | null = null;
  private committing: Promise<void> = Promise.resolve();
  private stopped = false;
  /** Counts how often the group gave this member its partitions. */
  private generation = 0;
  private joined: () => void = () => undefined;
  /** Resolves when the group has given this member its partitions for the first time. */
  readonly ready: Promise<void>;
  private lastFinished = performance.now();

  constructor(
    kafka: Kafka,
    readonly groupId: string,
    private readonly topicPrefix: string,
    private readonly members: readonly ServiceConsumers[],
    private readonly times: GroupTimes = GROUP_TIMES,
  ) {
    this.logger = new Logger(`group:${groupId}`);
    this.ready = new Promise((resolve) => (this.joined = resolve));
    this.queues = members.map((member) => ({
      topics: new Set(member.topics),
      queue: new SliceQueue((deliveries) => member.handle(deliveries), SLICE_MAX),
    }));
    this.consumer = kafka.consumer({
      groupId,
      sessionTimeout: times.sessionMs,
      heartbeatInterval: times.heartbeatMs,
      rebalanceTimeout: 60_000,
      maxWaitTimeInMs: 1000,
      minBytes: 1,
      maxBytesPerPartition: 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 1000,
        retries: 8,
        restartOnFailure: async () => !this.stopped,
      },
    });
  }

  /** When a batch was last finished, by the monotonic clock; waiting for a database that is away is nobody's standstill. */
  get lastProgress(): number {
    if (this.members.some((member) => member.waiting)) this.lastFinished = performance.now();
    return this.lastFinished;
  }

  get topics(): string[] {
    return [...new Set(this.members.flatMap((member) => member.topics))].sort();
  }

  /** Begins to consume; joining the group goes on in the background. */
  start(): void {
    const { GROUP_JOIN, CRASH } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, () => {
      // Positions of partitions that may now be another member's are not ours to commit.
      this.resolved.clear();
      this.generation += 1;
      this.lastFinished = performance.now();
      this.joined();
    });
    this.consumer.on(CRASH, ({ payload }) => {
      this.logger.warn(
        `consumer crashed and ${payload.restart ? 'starts again' : 'stays down'}: ${payload.error.message}`,
      );
    });
    void this.run();
    this.commitTimer = setInterval(() => void this.commit(), this.times.commitMs);
  }

  /** Finishes the slice in hand, commits offsets and leaves the group, so that the others go on at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const member of this.members) member.stop();
    if (this.commitTimer) clearInterval(this.commitTimer);
    // kafkajs commits nothing once its consumer is told to stop, so the slice in hand is awaited first.
    await Promise.all(this.queues.map(({ queue }) => queue.idle()));
    // What was handled last is noted in the same turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    await this.commit();
    await this.consumer.disconnect();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.consumer.connect();
        await this.consumer.subscribe({
          topics: this.topics.map((topic) => this.topicPrefix + topic),
          fromBeginning: true,
        });
        await this.consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
          eachBatch: (payload) => this.eachBatch(payload),
        });
        return;
      } catch (error) {
        this.logger.warn(
          `cannot join yet, trying again: ${error instanceof Error ? error.message : String(error)}`,
        );
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }

  private async eachBatch({
    batch,
    heartbeat,
    isRunning,
    isStale,
    resolveOffset,
  }: EachBatchPayload): Promise<void> {
    const topic = batch.topic.slice(this.topicPrefix.length);
    const { generation } = this;
    for (let from = 0; from < batch.messages.length; from += SLICE_MAX) {
      if (!isRunning() || isStale() || this.stopped) return;
      const messages = batch.messages.slice(from, from + SLICE_MAX);
      const deliveries = messages.map(
        (message) =>
          new Delivery(
            topic,
            `${batch.partition}:${message.offset}`,
            message.key?.toString() ?? null,
            toText(message.headers),
            message.value?.toString() ?? null,
          ),
      );
      const last = messages.at(-1)!;
      const beat = setInterval(() => void heartbeat().catch(() => undefined), this.times.heartbeatMs);
      try {
        await this.handleThenNote(
          async () => {
            const readers = this.queues.filter(({ topics }) => topics.has(topic));
            await Promise.all(readers.map(({ queue }) => queue.submit(deliveries)));
          },
          () => {
            resolveOffset(last.offset);
            // After a new assignment the partition may be another member's, whose position is not ours to set back.
            if (generation !== this.generation) return;
            this.resolved.set(`${batch.topic}/${batch.partition}`, {
              topic: batch.topic,
              partition: batch.partition,
              offset: (BigInt(last.offset) + 1n).toString(),
            });
          },
        );
      } catch (error) {
        if (error instanceof ConsumersStopped) return;
        throw error;
      } finally {
        clearInterval(beat);
      }
      this.lastFinished = performance.now();
      await heartbeat();
    }
  }

  /** The order that keeps a crash from losing anything: first the effects are committed, then the position may be. */
  protected async handleThenNote(handle: () => Promise<void>, note: () => void): Promise<void> {
    await handle();
    note();
  }

  protected commit(): Promise<void> {
    this.committing = this.committing.then(async () => {
      const offsets = [...this.resolved];
      if (offsets.length === 0) return;
      const generation = this.generation;
      this.resolved.clear();
      try {
        await this.consumer.commitOffsets(offsets.map(([, offset]) => offset));
      } catch (error) {
        this.logger.warn(`offsets not committed: ${error instanceof Error ? error.message : String(error)}`);
        if (generation !== this.generation) return;
        for (const [partition, offset] of offsets) {
          if (!this.resolved.has(partition)) this.resolved.set(partition, offset);
        }
      }
    });
    return this.committing;
  }
}

function toText(headers: IHeaders | undefined): Record<string, string | undefined> {
  const text: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) text[name] = first.toString();
  }
  return text;
}
