import { randomBytes } from 'node:crypto';

/** Where the running tests find real services; the global set-up started them and says so in the environment. */
export interface TestServices {
  /** May create databases. */
  readonly postgresUrl: string;
  /** Null on a machine with Node alone: queues then run on PostgreSQL. */
  readonly redisUrl: string | null;
  /** Null on a machine with Node alone: the event log then is PostgreSQL. */
  readonly kafkaBrokers: readonly string[] | null;
}

/** @throws Error if the tests were started without the global set-up */
export function testServices(): TestServices {
  const postgresUrl = process.env['ONETHING_TEST_POSTGRES'];
  if (!postgresUrl) throw new Error('no test services: run the tests with `npm test`, which starts them');
  return {
    postgresUrl,
    redisUrl: process.env['ONETHING_TEST_REDIS'] || null,
    kafkaBrokers: process.env['ONETHING_TEST_KAFKA']?.split(',') ?? null,
  };
}

/** A prefix for topics, groups and queues, so that test files share a broker and a Redis without meeting. */
export function uniquePrefix(): string {
  return `t${randomBytes(5).toString('hex')}.`;
}
