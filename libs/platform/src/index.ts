/** Configuration, database door, logging, problem details: what every process stands on. */
export * from './config.js';
export * from './database/database.js';
export * from './database/listened-client.js';
export * from './database/migration.js';
export * from './database/migrate.js';
export * from './database/platform-migrations.js';
export * from './database/retention.js';
export * from './http/answers.js';
export * from './http/free-text.js';
export * from './http/problem-details.filter.js';
export * from './http/request-context.js';
export * from './http/request-malformed.js';
export * from './logging/logger.js';
