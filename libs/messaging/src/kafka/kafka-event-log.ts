import { Logger } from '@nestjs/common';
import type { Admin, Kafka } from 'kafkajs';
import { asRelay, schemaOf } from '@app/platform';
import type { ServiceConsumers } from '../consumers/service-consumers.js';
import { lagOf, type EventLog, type Lag, type LogMember, type TopicLag } from '../event-log.js';
import { Lease } from '../lease.js';
import { OutboxReader } from '../outbox/outbox-reader.js';
import { Relay, RELAY_TIMES, type RelayTimes } from '../outbox/relay.js';
import { readWindow } from '../outbox/republish.js';
import { createKafka } from './client.js';
import { KafkaGroup, GROUP_TIMES, type GroupTimes } from './kafka-group.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { ensureTopics, PartitionsDiffer, type TopicSettings } from './topics.js';
import { ProgressWatchdog } from './watchdog.js';

export interface KafkaEventLogOptions {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly topics: TopicSettings;
  /** One group for all services of the process (all-in-one), or a group per service. */
  readonly oneGroup: string | null;
  readonly relayTimes?: RelayTimes;
  readonly groupTimes?: GroupTimes;
  /** Called when a group has stopped for good; the process should end. */
  readonly onStuck: (group: string) => void;
}

const RECONNECT_MS = 1000;

/** Facts travel over Apache Kafka. */
export class KafkaEventLog implements EventLog {
  readonly name = 'kafka';
  private readonly logger = new Logger('kafka-event-log');
  protected readonly kafka: Kafka;
  private readonly admin: Admin;
  private readonly publisher: KafkaPublisher;
  private members: readonly LogMember[] = [];
  private relays: Relay[] = [];
  private groups: KafkaGroup[] = [];
  private watchdog: ProgressWatchdog | null = null;
  private stopping = false;
  private connecting: Promise<void> = Promise.resolve();

  constructor(protected readonly options: KafkaEventLogOptions) {
    this.kafka = createKafka(options.brokers, 'onething');
    this.admin = this.kafka.admin();
    this.publisher = new KafkaPublisher(this.kafka, options.topicPrefix);
  }

  async start(members: readonly LogMember[]): Promise<void> {
    this.members = members;
    this.relays = members.map((member) => this.createRelay(member));
    this.groups = this.createGroups(members);
    try {
      await this.connect();
    } catch (error) {
      if (error instanceof PartitionsDiffer) throw error;
      // What the services decide is safe in their outboxes, so a broker that is away does not keep them from starting.
      this.connecting = this.connectLater(error);
    }
  }

  private async connectLater(error: unknown): Promise<void> {
    for (let reason = error; ;) {
      const message = reason instanceof Error ? reason.message : String(reason);
      this.logger.warn(`the broker does not answer, trying again: ${message}`);
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      if (this.stopping) return;
      try {
        return await this.connect();
      } catch (next) {
        if (next instanceof PartitionsDiffer) {
          this.logger.fatal(next.message);
          this.options.onStuck('topics');
          return;
        }
        reason = next;
      }
    }
  }

  private async connect(): Promise<void> {
    await Promise.all([this.admin.connect(), this.publisher.connect()]);
    const topics = [
      ...this.groups.flatMap((group) => group.topics),
      ...this.members.flatMap((member) => member.publishes),
    ];
    await ensureTopics(
      this.admin,
      [...new Set(topics)].map((topic) => this.options.topicPrefix + topic),
      this.options.topics,
    );
    if (this.stopping) return;
    for (const relay of this.relays) relay.start();
    for (const group of this.groups) group.start();
    this.watchdog = new ProgressWatchdog(
      this.groups.map((group) => ({
        name: group.groupId,
        get lastProgress() {
          return group.lastProgress;
        },
        lag: async () => lagOf(group.groupId, await this.lagsOf(group.groupId, group.topics)).messages,
      })),
      this.options.onStuck,
    );
    this.watchdog.start();
  }

  async ready(): Promise<void> {
    await Promise.all(this.groups.map((group) => group.ready));
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.watchdog?.stop();
    await this.connecting;
    await Promise.all(this.groups.map((group) => group.stop()));
    await Promise.all(this.relays.map((relay) => relay.stop()));
    await Promise.all([this.publisher.disconnect(), this.admin.disconnect()]);
  }

  async lag(): Promise<Lag[]> {
    return Promise.all(
      this.members
        .filter((member) => member.consumers.topics.length > 0)
        .map(async ({ service, consumers }) =>
          lagOf(service, await this.lagsOf(this.groupIdOf(service), consumers.topics)),
        ),
    );
  }

  async republish(service: string, from: Date, to: Date, topic: string | null): Promise<number> {
    const member = this.members.find((candidate) => candidate.service === service);
    if (!member) throw new Error(`${service} does not run in this process`);
    let count = 0;
    for await (const rows of readWindow(member.database, asRelay(member.actor), from, to, topic)) {
      await this.publisher.publish(service, rows, () => true);
      count += rows.length;
    }
    return count;
  }

  protected createReader(member: LogMember): OutboxReader {
    return new OutboxReader(member.database, asRelay(member.actor), {
      schema: schemaOf(member.service),
      topics: null,
    });
  }

  protected createLease(member: LogMember): Lease {
    return new Lease(member.database, asRelay(member.actor), 'outbox_relays', 'relay');
  }

  protected createGroup(groupId: string, members: readonly ServiceConsumers[]): KafkaGroup {
    const times = this.options.groupTimes ?? GROUP_TIMES;
    return new KafkaGroup(this.kafka, groupId, this.options.topicPrefix, members, times);
  }

  private createRelay(member: LogMember): Relay {
    const relay = new Relay(
      member.database,
      asRelay(member.actor),
      this.createReader(member),
      this.publisher,
      this.createLease(member),
      this.options.relayTimes ?? RELAY_TIMES,
    );
    member.outbox.onAppended(() => relay.wake());
    return relay;
  }

  private createGroups(members: readonly LogMember[]): KafkaGroup[] {
    const readers = members.filter((member) => member.consumers.topics.length > 0);
    const create = (groupId: string, of: readonly LogMember[]) =>
      this.createGroup(
        groupId,
        of.map((member) => member.consumers),
      );
    if (this.options.oneGroup === null) {
      return readers.map((member) => create(this.groupIdOf(member.service), [member]));
    }
    return readers.length > 0 ? [create(this.groupIdOf(this.options.oneGroup), readers)] : [];
  }

  private groupIdOf(service: string): string {
    return this.options.topicPrefix + (this.options.oneGroup ?? service);
  }

  private async lagsOf(groupId: string, topics: readonly string[]): Promise<TopicLag[]> {
    const prefixed = topics.map((topic) => this.options.topicPrefix + topic);
    const [ends, committed] = await Promise.all([
      Promise.all(prefixed.map((topic) => this.admin.fetchTopicOffsets(topic))),
      this.admin.fetchOffsets({ groupId, topics: prefixed }),
    ]);
    const positions = new Map(
      committed.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [`${topic}/${partition}`, BigInt(offset)] as const),
      ),
    );
    return topics.map((topic, index) => {
      let lag = 0n;
      for (const { partition, high, low } of ends[index]!) {
        const position = positions.get(`${prefixed[index]}/${partition}`) ?? -1n;
        const from = position < BigInt(low) ? BigInt(low) : position;
        if (BigInt(high) > from) lag += BigInt(high) - from;
      }
      return { topic, messages: Number(lag) };
    });
  }
}
