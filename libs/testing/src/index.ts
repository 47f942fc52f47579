/** Databases, services under test, users, clocks and probes for tests on real PostgreSQL, Redis and Kafka. */
export { createTestDatabase, serviceLogin, type TestDatabase } from './test-database.js';
export { testServices, uniquePrefix, type TestServices } from './test-services.js';
export { until } from './until.js';
export { TestClock } from './test-clock.js';
export { createTestKeys, testActor, testUnit, type ActorOptions, type TestKeys } from './test-keys.js';
export { DirectEventLog, send, toDelivery, type Sent } from './direct-event-log.js';
export {
  startService,
  type Answer,
  type ServiceUnderTest,
  type ServiceUnderTestOptions,
  type TestUser,
} from './service-under-test.js';
export { consumerFeatures, type ConsumerUnderTest } from './consumer-cases.js';
export { scopeFindings, type ScopeFinding } from './data-scope.js';
export { canary, findCanaries, type CanarySecret, type FoundCanary, type SearchedText } from './canary.js';
