import type { Logger } from '@nestjs/common';
import type { ActorRef } from '@app/contracts';
import pg from 'pg';
import { DataSource, type EntityManager, type EntitySchema, type MixedList, type QueryRunner } from 'typeorm';
import { IdempotencyKeyReused, takeIdempotencyKey, type IdempotencyKey } from '../http/request-context.js';
import { ListenedClient } from './listened-client.js';

/** One SQL statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly params?: readonly unknown[];
  /** Makes it a prepared statement of the connection. */
  readonly name?: string;
}

/** An open transaction. Queries may be sent without awaiting the one before: they are pipelined, and run in order. */
export interface Tx {
  readonly actor: ActorRef;
  /** The rows of one statement. A name makes it a prepared statement of the connection, for hot paths. */
  query<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
    name?: string,
  ): Promise<Row[]>;
  /** Entities for simple reads. Writes go through `query` or a repository, never through `save`. */
  readonly manager: EntityManager;
  /** Adds statements that are sent together with the commit, in one round trip. */
  beforeCommit(build: () => Statement | null): void;
  /** Runs after the commit has been acknowledged, e.g. to wake a relay. Must not throw. */
  afterCommit(hook: () => void): void;
}

export interface DatabaseOptions {
  /** Schema and role prefix: `legal_aid` for the service `legal-aid`. */
  readonly service: string;
  readonly url: string;
  readonly poolSize: number;
  readonly entities?: MixedList<string | (new () => unknown) | EntitySchema>;
  readonly logger: Logger;
}

/** The schema of a service: its name in snake_case. */
export function schemaOf(service: string): string {
  return service.replaceAll('-', '_');
}

/** The role a service works as: it owns nothing, and may do only what its migrations grant. */
export function appRoleOf(service: string): string {
  return `${schemaOf(service)}_app`;
}

// A calendar day has no time zone and money has no float: nothing may turn them into a Date or a number on the way.
const types = { ...pg.types, getTypeParser: typeParser } as unknown as typeof pg.types;
function typeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === pg.types.builtins.DATE) return (value: string) => value;
  return pg.types.getTypeParser(oid, format as 'text');
}

/**
 * A service's own tables: TypeORM serves the connections, entities and migrations; every access goes through
 * `transaction`, which knows the actor. Connections work as the service's app role, in its schema, in Asia/Shanghai.
 */
export class Database {
  readonly service: string;
  private readonly dataSource: DataSource;
  private readonly logger: Logger;

  constructor(options: DatabaseOptions) {
    this.service = options.service;
    this.logger = options.logger;
    this.dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      entities: options.entities ?? [],
      synchronize: false,
      poolSize: options.poolSize,
      applicationName: `onething-${options.service}`,
      poolErrorHandler: (error: Error) => this.logger.warn(`database connection lost: ${error.message}`),
      extra: {
        Client: ListenedClient,
        pipeline: true,
        types,
        // A frozen process inside a transaction holds back every relay of the cluster: PostgreSQL ends it after 5 s.
        options: [
          `-c role=${appRoleOf(options.service)}`,
          `-c search_path=${schemaOf(options.service)}`,
          '-c timezone=Asia/Shanghai',
          '-c idle_in_transaction_session_timeout=5000',
          '-c statement_timeout=30000',
          '-c lock_timeout=10000',
        ].join(' '),
      },
    });
  }

  async open(): Promise<void> {
    await this.dataSource.initialize();
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /**
   * A user's command, at most one per HTTP request: a transaction that, when the request carries an `Idempotency-Key`,
   * is done once; a repeated key is answered with what the first one returned (so a result is plain JSON).
   */
  async command<Result>(actor: ActorRef, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const key = takeIdempotencyKey();
    return this.transaction(actor, key ? (tx) => answerOnce(tx, key, work) : work);
  }

  /** Rows of one statement, which is its own transaction: sweeps and readers that only look, single writes. */
  async query<Row = Record<string, unknown>>(
    _actor: ActorRef,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as pg.PoolClient;
      return (await client.query(sql, params as unknown[])).rows as Row[];
    } finally {
      await runner.release();
    }
  }

  /** The one door to the service's tables: everything that `work` does commits together or not at all. */
  async transaction<Result>(actor: ActorRef, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const runner = this.dataSource.createQueryRunner();
    const tx = new OpenTransaction(runner, (await runner.connect()) as pg.PoolClient, actor);
    try {
      tx.begin();
      const result = await work(tx);
      await tx.commit();
      await runner.release();
      tx.runAfterCommit(this.logger);
      return result;
    } catch (error) {
      await tx.rollback();
      throw error;
    }
  }
}

class OpenTransaction implements Tx {
  private readonly beforeCommitBuilders: (() => Statement | null)[] = [];
  private readonly afterCommitHooks: (() => void)[] = [];
  private began: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runner: QueryRunner,
    private readonly client: pg.PoolClient,
    readonly actor: ActorRef,
  ) {}

  get manager(): EntityManager {
    return this.runner.manager;
  }

  begin(): void {
    // Not awaited: it travels in the same packet as the first statement. Its failure fails that statement too.
    this.began = this.client.query('begin');
    this.began.catch(() => undefined);
  }

  async query<Row>(sql: string, params: readonly unknown[] = [], name?: string): Promise<Row[]> {
    const result = await this.client.query({
      text: sql,
      values: params as unknown[],
      ...(name ? { name } : {}),
    });
    return result.rows as Row[];
  }

  beforeCommit(build: () => Statement | null): void {
    this.beforeCommitBuilders.push(build);
  }

  afterCommit(hook: () => void): void {
    this.afterCommitHooks.push(hook);
  }

  async commit(): Promise<void> {
    const last = this.beforeCommitBuilders
      .map((build) => build())
      .filter((statement): statement is Statement => statement !== null)
      .map((statement) => this.query(statement.sql, statement.params, statement.name));
    // In an aborted transaction COMMIT answers ROLLBACK without an error, so the statements before it must be checked first.
    const committed = this.client.query('commit');
    committed.catch(() => undefined);
    await Promise.all([this.began, ...last]);
    const { command } = await committed;
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back by an earlier error');
  }

  /** Ends the transaction and gives the connection back; a connection that cannot even roll back is thrown away. */
  async rollback(): Promise<void> {
    if (this.runner.isReleased) return;
    try {
      await this.client.query('rollback');
      await this.runner.release();
    } catch (error) {
      await (
        this.runner as unknown as { releasePostgresConnection(error: unknown): Promise<void> }
      ).releasePostgresConnection(error);
    }
  }

  runAfterCommit(logger: Logger): void {
    for (const hook of this.afterCommitHooks) {
      try {
        hook();
      } catch (error) {
        logger.error(error instanceof Error ? error.stack : String(error));
      }
    }
  }
}

/** Answers a repeated idempotency key with the first result; a second caller waits until the first one is through. */
async function answerOnce<Result>(
  tx: Tx,
  key: IdempotencyKey,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const [claimed] = await tx.query(
    `insert into idempotent_requests (actor_id, key, request_hash) values ($1, $2, $3)
     on conflict (actor_id, key) do nothing returning key`,
    [tx.actor.id, key.key, key.requestHash],
  );
  if (claimed) {
    const result = await work(tx);
    tx.beforeCommit(() => ({
      sql: 'update idempotent_requests set result = $3 where actor_id = $1 and key = $2',
      params: [tx.actor.id, key.key, JSON.stringify(result ?? null)],
    }));
    return result;
  }
  const [first] = await tx.query<{ request_hash: string; result: Result }>(
    'select request_hash, result from idempotent_requests where actor_id = $1 and key = $2',
    [tx.actor.id, key.key],
  );
  if (!first || first.request_hash !== key.requestHash) throw new IdempotencyKeyReused();
  return first.result;
}
