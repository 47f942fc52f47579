import { testServices } from '@app/testing';
import { Fuzzer, type FuzzReport } from './fuzzer.js';
import { HouseChild } from './house-child.js';

const REQUESTS = 5_000;
// One and the same here, so that a failure is about what was changed; `npm run fuzz` takes another one each time.
const SEED = 20_787;

it('answers thousands of spoilt requests over all endpoints without an error of its own, and tells none of their numbers to its log', async () => {
  const { postgresUrl, redisUrl } = testServices();
  const house = await HouseChild.start({
    ONETHING_TEST_POSTGRES: postgresUrl,
    ...(redisUrl ? { ONETHING_TEST_REDIS: redisUrl } : {}),
  });
  let report: FuzzReport;
  try {
    report = await Fuzzer.run(house, {
      seed: SEED,
      requests: REQUESTS,
      minutes: null,
      only: null,
      concurrency: 16,
    });
  } finally {
    await house.stop();
  }
  expect(report.findings).toEqual([]);
  expect(report.requests).toBeGreaterThanOrEqual(REQUESTS);
  // Most are refused for what they say; some must come through, or nothing behind the refusals was tried.
  expect(report.statuses['200'] ?? 0).toBeGreaterThan(REQUESTS / 20);
  expect(report.logLines).toBeGreaterThan(10);
}, 600_000);
