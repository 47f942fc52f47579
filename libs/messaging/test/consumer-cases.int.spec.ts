import { randomUUID } from 'node:crypto';
import { consumerFeatures, createTestDatabase, DirectEventLog, type TestDatabase } from '@app/testing';
import { DIVISION, migrateToys, sackFilled, startToys, type Toys } from './toy.js';

/** The cases that every consumer of the house has, tried on the toy that has no natural key: only its inbox protects it. */
let database: TestDatabase;
let toys: Toys;
const direct = new DirectEventLog();

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateToys(database.url);
  toys = await startToys(database.url, direct);
});
afterAll(async () => {
  await toys.stop();
  await database.drop();
});

consumerFeatures({
  consumer: 'bakery/count-on-sack-filled',
  service: () => ({ database, direct }),
  fact: () =>
    sackFilled.of({ personId: randomUUID(), divisionCode: DIVISION, sackId: randomUUID(), number: 1 }),
  effect: async ({ key }) =>
    (await database.query('select from bakery.received where person_id = $1', [key])).length,
});
