import type { Admin } from 'kafkajs';

/** Topics and inboxes keep fourteen days. */
const RETENTION_MS = 14 * 24 * 60 * 60 * 1000;

export interface TopicSettings {
  readonly partitions: number;
  readonly replication: number;
}

/** A topic has another number of partitions than configured: keys would move, and a person's facts lose their order. */
export class PartitionsDiffer extends Error {
  constructor(topic: string, found: number, wanted: number) {
    super(
      `topic ${topic} has ${found} partitions, configured are ${wanted}. The number never changes once a topic has data: ` +
        `set TOPIC_PARTITIONS=${found}, or choose another TOPIC_PREFIX for a new installation.`,
    );
    this.name = 'PartitionsDiffer';
  }
}

/**
 * Creates the topics that do not exist yet.
 * @throws PartitionsDiffer if one exists with another number of partitions
 */
export async function ensureTopics(
  admin: Admin,
  topics: readonly string[],
  settings: TopicSettings,
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: settings.partitions,
        replicationFactor: settings.replication,
        configEntries: [
          { name: 'retention.ms', value: String(RETENTION_MS) },
          { name: 'max.message.bytes', value: String(4 * 1024 * 1024) },
        ],
      })),
    });
  }
  const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
  for (const topic of found) {
    if (topic.partitions.length !== settings.partitions) {
      throw new PartitionsDiffer(topic.name, topic.partitions.length, settings.partitions);
    }
  }
}
