import { Logger } from '@nestjs/common';
import { toKafkaHeaders } from '@app/contracts';
import { Partitioners, type Kafka, type Message, type Producer, type TopicMessages } from 'kafkajs';
import type { OutboxRow } from '../outbox/outbox-reader.js';
import { PublishGivenUp, type Publisher } from '../outbox/relay.js';

interface Waiting {
  readonly service: string;
  readonly rows: readonly OutboxRow[];
  readonly bytes: number;
  readonly stillMine: () => boolean;
  resolve(): void;
  reject(error: Error): void;
}

/** A broker refuses a batch of more than `max.message.bytes` per partition (by default 1 MiB), for ever: this keeps below. */
const MAX_SEND_BYTES = 900 * 1024;
/** Headers, key and framing of a message, at most. */
const MESSAGE_OVERHEAD_BYTES = 1024;

/**
 * Sends to Kafka for every relay of this process: one send in flight; what waits meanwhile is merged into the next.
 * A failed send is tried again as the *identical* batch until it is acknowledged. Not the idempotent producer: kafkajs' one
 * was proved to acknowledge a batch that it never wrote once its retries ran out and another batch followed.
 */
export class KafkaPublisher implements Publisher {
  private readonly logger = new Logger('kafka-publisher');
  private readonly producer: Producer;
  private waiting: Waiting[] = [];
  private sending = false;
  private stopped = false;

  constructor(
    kafka: Kafka,
    private readonly topicPrefix: string,
  ) {
    this.producer = kafka.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 8 },
    });
  }

  async connect(): Promise<void> {
    await this.producer.connect();
  }

  async disconnect(): Promise<void> {
    this.stopped = true;
    await this.producer.disconnect();
  }

  async publish(service: string, rows: readonly OutboxRow[], stillMine: () => boolean): Promise<void> {
    for (const part of inParts(rows)) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push({ service, ...part, stillMine, resolve, reject });
        if (!this.sending) void this.sendWhatWaits();
      });
    }
  }

  private async sendWhatWaits(): Promise<void> {
    this.sending = true;
    // Relays of one process that were woken by the same commit get their rows in.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.take();
      try {
        await this.sendUntilAcknowledged(batch);
        for (const part of batch) part.resolve();
      } catch (error) {
        for (const part of batch) part.reject(error as Error);
      }
    }
    this.sending = false;
  }

  /** As many of the waiting parts as fit into one send; always at least one. */
  private take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const part of this.waiting) {
      bytes += part.bytes;
      if (count > 0 && bytes > MAX_SEND_BYTES) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async sendUntilAcknowledged(batch: readonly Waiting[]): Promise<void> {
    const topicMessages = this.toTopicMessages(batch);
    for (let attempt = 1; ; attempt += 1) {
      if (this.stopped || !batch.some((part) => part.stillMine())) throw new PublishGivenUp();
      try {
        await this.producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages });
        return;
      } catch (error) {
        this.logger.warn(
          `send failed, the identical batch follows: ${error instanceof Error ? error.message : String(error)}`,
        );
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * attempt, 1000)));
      }
    }
  }

  private toTopicMessages(batch: readonly Waiting[]): TopicMessages[] {
    const byTopic = new Map<string, Message[]>();
    for (const { service, rows } of batch) {
      for (const row of rows) {
        const topic = this.topicPrefix + row.topic;
        let messages = byTopic.get(topic);
        if (!messages) byTopic.set(topic, (messages = []));
        messages.push({ key: row.key, value: row.payload, headers: headersOf(service, row) });
      }
    }
    return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
  }
}

/** Cuts a page into parts that one send may carry. */
function* inParts(rows: readonly OutboxRow[]): Generator<Pick<Waiting, 'rows' | 'bytes'>> {
  let from = 0;
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const size = Buffer.byteLength(row.payload) + MESSAGE_OVERHEAD_BYTES;
    if (index > from && bytes + size > MAX_SEND_BYTES) {
      yield { rows: rows.slice(from, index), bytes };
      from = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (rows.length > from) yield { rows: from === 0 ? rows : rows.slice(from), bytes };
}

/** CloudEvents headers of a stored row. */
export function headersOf(service: string, row: OutboxRow): Record<string, string> {
  return toKafkaHeaders({
    id: row.messageId,
    type: row.type,
    key: row.key,
    service,
    time: row.createdAt,
    headers: {
      actorid: row.actorId,
      actorrole: row.actorRole,
      divisioncode: row.divisionCode,
      ...(row.causationId ? { causationid: row.causationId } : {}),
      ...(row.traceparent ? { traceparent: row.traceparent } : {}),
    },
  });
}
