import { randomUUID } from 'node:crypto';
import { createKafka, KafkaEventLog, ServiceConsumers } from '@app/messaging';
import { messageFacts } from '@app/contracts';
import type { openPayRun } from '../../apps/subsidies/test/pay-run-process.js';

const PROBE_EVERY_MS = 250;
const LOOK_EVERY_MS = 500;
const PAYMENTS = 'subsidies.payment';
const OTHERS = 'subsidies.message';

type PayRun = ReturnType<typeof openPayRun>;

/** How a run's facts got to Kafka and through lifecycle, seconds from when it began to be planned. */
export interface Delivered {
  readonly onKafka: number;
  readonly processed: number;
  /** Longest that another fact of the same service was on its way to Kafka, milliseconds from its commit. */
  readonly otherFactMs: number;
}

/**
 * Sends the facts of subsidies as its own process does, from the process that plans and orders, and watches where they are: on Kafka, and handled by
 * lifecycle's group, which must be running. Other facts of the same service are told all the while.
 */
export class Delivery {
  private readonly kafka: ReturnType<typeof createKafka>;
  private readonly admin: ReturnType<ReturnType<typeof createKafka>['admin']>;
  private readonly log: KafkaEventLog;
  private readonly sentAt = new Map<string, number>();
  private otherFactMs = 0;
  private watching = true;

  constructor(
    private readonly run: PayRun,
    brokers: readonly string[],
    private readonly prefix: string,
  ) {
    this.kafka = createKafka(brokers, 'bench');
    this.admin = this.kafka.admin();
    this.log = new KafkaEventLog({
      brokers,
      topicPrefix: prefix,
      topics: { partitions: 8, replication: 1 },
      oneGroup: null,
      onStuck: (group) => {
        throw new Error(`${group} is stuck`);
      },
    });
  }

  async start(): Promise<void> {
    const { database, actor, outbox } = this.run;
    await this.admin.connect();
    await this.log.start([
      {
        ...{ service: 'subsidies', database, actor, outbox },
        publishes: [PAYMENTS, OTHERS],
        consumers: new ServiceConsumers('subsidies', database, actor, []),
      },
    ]);
    // A topic that was made a moment ago has no leader yet.
    for (;;) {
      const there = await this.told().catch(() => null);
      if (there !== null) return;
      await pause(LOOK_EVERY_MS);
    }
  }

  /** @param began instant of `performance.now()` @param facts how many the run makes @param isOver settles once the run is ordered */
  async watch(began: number, facts: number, isOver: Promise<unknown>): Promise<Delivered> {
    const consumer = this.kafka.consumer({ groupId: `${this.prefix}bench` });
    await consumer.connect();
    await consumer.subscribe({ topic: this.prefix + OTHERS, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const sent = this.sentAt.get(String(message.key));
        // One that was here before its sender knew that it had committed took no time.
        if (sent !== undefined) this.otherFactMs = Math.max(this.otherFactMs, performance.now() - sent);
      },
    });
    const probing = this.probe();
    const since = () => (performance.now() - began) / 1000;
    const passed = async (count: () => Promise<number>) => {
      while ((await count()) < facts) await pause(LOOK_EVERY_MS);
      return since();
    };
    const [onKafka, processed] = await Promise.all([
      passed(() => this.told()),
      passed(() => this.handled()),
      isOver,
    ]);
    this.watching = false;
    await probing;
    await consumer.disconnect();
    return { onKafka, processed, otherFactMs: this.otherFactMs };
  }

  async stop(): Promise<void> {
    this.watching = false;
    await this.log.stop();
    await this.admin.disconnect();
  }

  /** Another fact of subsidies, told as any is: in a transaction of its own. */
  private async probe(): Promise<void> {
    const { database, actor, outbox } = this.run;
    while (this.watching) {
      const personId = randomUUID();
      const fact = messageFacts.subsidies.destroyed.of({
        ...{ personId, caseId: randomUUID(), messageId: randomUUID() },
        ...{ divisionCode: '338801001001', version: 1 },
      });
      await database.transaction(actor, async (tx) => outbox.append(tx, [fact]));
      this.sentAt.set(personId, performance.now());
      await pause(PROBE_EVERY_MS);
    }
  }

  private async told(): Promise<number> {
    const ends = await this.admin.fetchTopicOffsets(this.prefix + PAYMENTS);
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  }

  private async handled(): Promise<number> {
    const topic = this.prefix + PAYMENTS;
    const [at] = await this.admin.fetchOffsets({ groupId: `${this.prefix}lifecycle`, topics: [topic] });
    return at!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
