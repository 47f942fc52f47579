import { KafkaEventLog, PostgresEventLog } from '@app/messaging';
import { testServices, uniquePrefix } from '@app/testing';
import { eventLogFeatures } from './event-log.features.js';

describe('the event log on PostgreSQL', () => {
  eventLogFeatures(() => new PostgresEventLog());
});

const { kafkaBrokers } = testServices();
if (kafkaBrokers) {
  describe('the event log on Kafka', () => {
    const topicPrefix = uniquePrefix();
    eventLogFeatures(
      () =>
        new KafkaEventLog({
          brokers: kafkaBrokers,
          topicPrefix,
          topics: { partitions: 4, replication: 1 },
          oneGroup: null,
          onStuck: (group) => {
            throw new Error(`${group} is stuck`);
          },
        }),
    );
  });
}
