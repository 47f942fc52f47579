import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { defineEvent } from '@app/contracts';
import { KafkaEventLog, PostgresEventLog } from '@app/messaging';
import { createTestDatabase, testServices, uniquePrefix, until } from '@app/testing';
import { z } from 'zod';
import { eventLogFeatures } from './event-log.features.js';
import { migrateToys, startToys } from './toy.js';

jest.setTimeout(60_000);

describe('the event log on PostgreSQL', () => {
  eventLogFeatures(() => new PostgresEventLog());

  it('reads what there is while a producer is not installed', async () => {
    const database = await createTestDatabase();
    await migrateToys(database.url);
    const farmSold = defineEvent({
      type: 'farm.grain.sold.v1',
      title: 'Grain was sold by a farm that this database does not know',
      data: z.object({ personId: z.uuid(), divisionCode: z.string() }),
    });
    const toys = await startToys(database.url, new PostgresEventLog(), { alsoReads: [farmSold] });
    await toys.fill(randomUUID(), [1]);
    await until('the sack', async () => (await database.query('select from bakery.received')).length === 1);
    expect((await toys.runtime.status()).map(({ lag }) => lag)).toEqual([0, expect.any(Number)]);
    await toys.stop();
    await database.drop();
  });
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
