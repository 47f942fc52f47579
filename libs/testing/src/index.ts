export { createTestDatabase, type TestDatabase } from './test-database.js';
export { testServices, uniquePrefix, type TestServices } from './test-services.js';
export { until } from './until.js';
