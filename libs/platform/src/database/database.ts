import type { Logger } from '@nestjs/common';
import { IdempotencyKeyReused, takeIdempotencyKey, type IdempotencyKey } from '../http/request-context.js';
import type { Caller } from './caller.js';
import { RolePool } from './role-pool.js';
import { rolesOf, type ServiceRoles } from './roles.js';
import { withoutValues } from './without-values.js';
import { OpenTransaction, type Access, type Tx } from './transaction.js';

export interface DatabaseOptions {
  readonly service: string;
  /** Address under which services log in: a role that owns nothing and may not pass row-level security by. */
  readonly url: string;
  /** Connections for users, and as many for the service's own work. */
  readonly poolSize: number;
  readonly logger: Logger;
}

/** The relay reads, and renews its lease while it does. */
const RELAY_CONNECTIONS = 2;

/**
 * A service's own tables. The one door to them: every statement runs for a caller, in the role that the caller's scope allows, and
 * row-level security decides which rows there are. TypeORM serves connections and migrations.
 */
export class Database {
  readonly service: string;
  private readonly logger: Logger;
  private readonly roles: ServiceRoles;
  private readonly users: RolePool;
  private readonly workers: RolePool;
  private readonly relays: RolePool;

  constructor(options: DatabaseOptions) {
    this.service = options.service;
    this.logger = options.logger;
    this.roles = rolesOf(options.service);
    const pool = (role: string, size: number) => new RolePool(role, { ...options, size });
    this.users = pool(this.roles.appRole, options.poolSize);
    this.workers = pool(this.roles.workerRole, options.poolSize);
    this.relays = pool(this.roles.relayRole, RELAY_CONNECTIONS);
  }

  /** Connects once, so that a wrong address or an unsafe role stops the start. */
  async open(): Promise<void> {
    const connected = await Promise.all([this.users.connect(), this.workers.connect()]);
    await Promise.all(connected.map(({ runner }) => runner.release()));
  }

  async close(): Promise<void> {
    await Promise.all([this.users.close(), this.workers.close(), this.relays.close()]);
  }

  /**
   * A user's command, at most one per HTTP request: a transaction that, when the request carries an `Idempotency-Key`,
   * is done once; a repeated key is answered with what the first one returned (so a result is plain JSON).
   */
  async command<Result>(caller: Caller, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const key = takeIdempotencyKey();
    return this.run(caller, 'write', key ? (tx) => answerOnce(tx, key, work) : work);
  }

  /** Rows of one statement, which is its own transaction; for a user it can only look. */
  async query<Row = Record<string, unknown>>(
    caller: Caller,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    if (typeof caller.scope !== 'string') return this.read(caller, (tx) => tx.query<Row>(sql, params));
    const { runner, client } = await this.poolOf(caller).connect();
    try {
      return (await client.query(sql, params as unknown[])).rows as Row[];
    } catch (error) {
      throw withoutValues(error);
    } finally {
      await runner.release();
    }
  }

  /** Several looks at one state of the tables; for a user nothing can be written. */
  async read<Result>(caller: Caller, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.run(caller, 'read', work);
  }

  /** Everything that `work` does commits together or not at all. @throws UnauditedChange for a user's change that nobody accounts for */
  async transaction<Result>(caller: Caller, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.run(caller, 'write', work);
  }

  private async run<Result>(
    caller: Caller,
    access: Access,
    work: (tx: OpenTransaction) => Promise<Result>,
  ): Promise<Result> {
    const { runner, client } = await this.poolOf(caller).connect();
    const tx = new OpenTransaction(runner, client, caller, this.roles, access);
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

  private poolOf({ scope }: Caller): RolePool {
    if (scope === 'service') return this.workers;
    return scope === 'relay' ? this.relays : this.users;
  }
}

/** Answers a repeated idempotency key with the first result; a second caller waits until the first one is through. */
async function answerOnce<Result>(
  tx: OpenTransaction,
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
  tx.answersAgain();
  return first.result;
}
