import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { createKafka, ensureTopics } from '@app/messaging';
import { testServices, uniquePrefix, until } from '@app/testing';
import { KafkaPublisher } from '../src/kafka/kafka-publisher.js';
import type { OutboxRow } from '../src/outbox/outbox-reader.js';
import type { Publisher } from '../src/outbox/relay.js';
import { KafkaProxy, type ProduceFault } from './kafka-proxy.js';

jest.setTimeout(60_000);

const TOPIC = 'mill.sack';
/** kafkajs tries once and then as often as the publisher's settings say; one more, and its retries have run out. */
const ALL_TRIES = 9;

/** What the relay was told of four batches, and what lies in the log after it. */
interface Outcome {
  readonly acknowledged: string[];
  readonly inLog: string[];
  readonly answersLost: number;
}

interface Connected extends Publisher {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/**
 * kafkajs' idempotent producer, going on with the next batch when its tries have run out: it takes its sequence number back,
 * gives it to another batch, and the broker takes that one for the duplicate of the first.
 */
class IdempotentPublisher implements Connected {
  private readonly producer: Producer;
  constructor(
    kafka: Kafka,
    private readonly prefix: string,
  ) {
    this.producer = kafka.producer({
      idempotent: true,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 50, maxRetryTime: 100, retries: 1 },
    });
  }
  connect() {
    return this.producer.connect();
  }
  disconnect() {
    return this.producer.disconnect();
  }
  async publish(_service: string, rows: readonly OutboxRow[]): Promise<void> {
    const messages = rows.map((row) => ({ key: row.key, value: row.payload }));
    await this.producer.sendBatch({ acks: -1, topicMessages: [{ topic: this.prefix + TOPIC, messages }] });
  }
}

interface Case {
  readonly name: string;
  readonly publisher: new (kafka: Kafka, prefix: string) => Connected;
  readonly fault: ProduceFault;
  /** Bytes of the third batch, where the others have 100. */
  readonly thirdBytes: number;
}

const ours = (name: string, fault: ProduceFault, thirdBytes = 100): Case => ({
  name,
  publisher: KafkaPublisher,
  fault,
  thirdBytes,
});
const OURS: Case[] = [
  ours('one answer, and the connection', { how: 'cut', times: 1 }),
  ours('one answer, in silence', { how: 'swallow', times: 1 }),
  ours('the answers to all tries', { how: 'cut', times: ALL_TRIES }),
  ours('the answers to all tries, in silence', { how: 'swallow', times: ALL_TRIES }),
  ours('the answers to all tries, before a larger batch', { how: 'cut', times: ALL_TRIES }, 400),
  ours('the answers to all tries, before a smaller batch', { how: 'cut', times: ALL_TRIES }, 30),
];
const PLANTED: Case = {
  name: 'idempotent, all tries',
  publisher: IdempotentPublisher,
  fault: { how: 'cut', times: 2 },
  thirdBytes: 100,
};

const { kafkaBrokers } = testServices();
(kafkaBrokers ? describe : describe.skip)('a broker whose answers to produce requests are lost', () => {
  const outcomes = new Map<Case, Outcome>();

  beforeAll(async () => {
    await Promise.all([...OURS, PLANTED].map(async (one) => outcomes.set(one, await run(one))));
  }, 60_000);

  it.each(OURS)('loses nothing that was acknowledged: $name', (one) => {
    const { acknowledged, inLog, answersLost } = outcomes.get(one)!;
    expect(answersLost).toBe(one.fault.times);
    expect(acknowledged).toEqual(['A', 'B', 'C', 'D']);
    // Once in order; again only the batch whose answer was lost, which the inboxes absorb.
    expect([...new Set(inLog)]).toEqual(['A', 'B', 'C', 'D']);
    expect(inLog.filter((name) => name !== 'B')).toEqual(['A', 'C', 'D']);
    expect(inLog.filter((name) => name === 'B')).toHaveLength(1 + one.fault.times);
  });

  it('sees the loss where kafkajs’ idempotent producer goes on with another batch', () => {
    const { acknowledged, inLog } = outcomes.get(PLANTED)!;
    expect(acknowledged).toEqual(['A', 'C', 'D']);
    expect(inLog).toEqual(['A', 'B', 'D']);
  });

  async function run({ publisher: Publishes, fault, thirdBytes }: Case): Promise<Outcome> {
    const prefix = uniquePrefix();
    const direct = createKafka(kafkaBrokers!, 'judge');
    const admin = direct.admin();
    await admin.connect();
    await ensureTopics(admin, [prefix + TOPIC], { partitions: 1, replication: 1 });
    const proxy = await KafkaProxy.to(kafkaBrokers![0]!);
    const kafka = new Kafka({
      clientId: 'behind-proxy',
      brokers: [proxy.address],
      requestTimeout: 500,
      retry: { initialRetryTime: 50, maxRetryTime: 200, retries: 8 },
      logLevel: logLevel.NOTHING,
    });
    const publisher = new Publishes(kafka, prefix);
    await publisher.connect();
    const acknowledged: string[] = [];
    for (const name of ['A', 'B', 'C', 'D']) {
      if (name === 'B') proxy.lose(fault);
      const row = rowOf(name, name === 'C' ? thirdBytes : 100);
      await publisher
        .publish('mill', [row], () => true)
        .then(
          () => acknowledged.push(name),
          () => undefined,
        );
    }
    await publisher.disconnect();
    const inLog = await readAll(
      direct,
      prefix + TOPIC,
      (await admin.fetchTopicOffsets(prefix + TOPIC))[0]!.high,
    );
    await admin.disconnect();
    await proxy.close();
    return { acknowledged, inLog, answersLost: proxy.lost };
  }
});

function rowOf(name: string, bytes: number): OutboxRow {
  return {
    xid: '1',
    id: '1',
    messageId: randomUUID(),
    topic: TOPIC,
    key: 'person',
    type: 'mill.sack.filled.v1',
    payload: JSON.stringify({ name, filler: 'x'.repeat(bytes) }),
    divisionCode: '338801000000',
    actorId: 'test',
    actorRole: 'service',
    causationId: null,
    traceparent: null,
    createdAt: new Date().toISOString(),
  };
}

async function readAll(kafka: Kafka, topic: string, high: string): Promise<string[]> {
  const names: string[] = [];
  const consumer = kafka.consumer({ groupId: `${topic}.judge`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      names.push((JSON.parse(message.value!.toString()) as { name: string }).name);
    },
  });
  await until(`${high} messages in ${topic}`, () => names.length >= Number(high));
  await consumer.disconnect();
  return names;
}
