import { randomBytes } from 'node:crypto';
import { serviceUrl } from '@app/platform';
import pg from 'pg';
import { testServices } from './test-services.js';

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string;
  /** SQL as the owner, past all doors: for arranging and for judging. */
  query<Row = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Where services of a test log in to a database, and with which password a migration must let them. */
export function serviceLogin(ownerUrl: string): { url: string; servicePassword: string | undefined } {
  const servicePassword = new URL(ownerUrl).password || undefined;
  return { url: serviceUrl(ownerUrl, servicePassword), servicePassword };
}

/** Creates an empty database, or a copy of a template. */
export async function createTestDatabase(template = 'template0'): Promise<TestDatabase> {
  const { postgresUrl } = testServices();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(postgresUrl, `create database ${name} template ${template}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2, options: '-c timezone=Asia/Shanghai' });
  // A test may kill its server on purpose; the next query opens a new connection.
  pool.on('error', () => undefined);
  return {
    url: url.href,
    query: async <Row>(sql: string, params: unknown[] = []) => (await pool.query(sql, params)).rows as Row[],
    drop: async () => {
      await pool.end();
      await administer(postgresUrl, `drop database ${name} with (force)`);
    },
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
