import type { Logger } from '@nestjs/common';
import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { currentRequest } from '../http/request-context.js';
import { UnauditedChange, type Audited } from './audit.js';
import { spanOf, type Caller, type ScopeGrant } from './caller.js';
import type { ServiceRoles } from './roles.js';
import { withoutValues } from './without-values.js';

/** One SQL statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly params?: readonly unknown[];
  /** Makes it a prepared statement of the connection. */
  readonly name?: string;
}

/** An open transaction. Queries may be sent without awaiting the one before: they are pipelined, and run in order. */
export interface Tx {
  readonly actor: Caller;
  /** The rows of one statement. A name makes it a prepared statement of the connection, for hot paths. */
  query<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
    name?: string,
  ): Promise<Row[]>;
  /**
   * The few statements of a user's command that must reach beyond the user's own rows: somebody is moved out of the reach, a number is
   * compared with everybody's. Ask first whether the user may; say at the call why. A service's own work is not changed by it.
   */
  asService<Result>(work: () => Promise<Result>): Promise<Result>;
  /** What this transaction does, for the audit log; all that is said becomes one entry. For a service's own work it is nothing. */
  audit(entry: Audited): void;
  /** Adds statements that are sent together with the commit, in one round trip. */
  beforeCommit(build: () => Statement | null): void;
  /** Runs after the commit has been acknowledged, e.g. to wake a relay. Must not throw. */
  afterCommit(hook: () => void): void;
}

export type Access = 'read' | 'write';

/** A transaction of one connection, begun as whom it is for. */
export class OpenTransaction implements Tx {
  private readonly beforeCommitBuilders: (() => Statement | null)[] = [];
  private readonly afterCommitHooks: (() => void)[] = [];
  private readonly audited: Audited[] = [];
  private readonly grants: readonly ScopeGrant[] | null;
  private began: Promise<unknown> = Promise.resolve();
  private repeated = false;
  private beingService = false;

  constructor(
    private readonly runner: QueryRunner,
    private readonly client: pg.PoolClient,
    readonly actor: Caller,
    private readonly roles: ServiceRoles,
    private readonly access: Access,
  ) {
    this.grants = typeof actor.scope === 'string' ? null : actor.scope;
  }

  begin(): void {
    // Not awaited: it travels in the same packet as the first statement. Its failure fails that statement too.
    this.began = this.client.query(this.grants ? this.beginAsUser(this.grants) : 'begin');
    this.began.catch(() => undefined);
  }

  /** The scope lives in the transaction only: whatever happens to it, the connection goes back without. */
  private beginAsUser(grants: readonly ScopeGrant[]): string {
    const settings = Object.entries(settingsOf(this.actor.id, grants)).map(
      ([name, value]) => `set local onething.${name} = ${pg.escapeLiteral(value)}`,
    );
    return [
      this.access === 'read' ? 'begin read only' : 'begin',
      ...(placed(grants) ? [`set local role ${this.roles.providerRole}`] : []),
      ...settings,
    ].join('; ');
  }

  async query<Row>(sql: string, params: readonly unknown[] = [], name?: string): Promise<Row[]> {
    try {
      const result = await this.client.query({
        text: sql,
        values: params as unknown[],
        ...(name ? { name } : {}),
      });
      return result.rows as Row[];
    } catch (error) {
      throw withoutValues(error);
    }
  }

  async asService<Result>(work: () => Promise<Result>): Promise<Result> {
    // Inside such work it is the service already, and stays so until that work ends.
    if (!this.grants || this.beingService) return work();
    this.beingService = true;
    // In order on the wire: what was sent before runs as the user, what `work` sends as the service.
    const become = (role: string) => {
      const done = this.client.query(`set local role ${role}`);
      done.catch(() => undefined);
      return done;
    };
    const taken = become(this.roles.workerRole);
    try {
      return await work();
    } finally {
      const given = become(placed(this.grants) ? this.roles.providerRole : this.roles.appRole);
      this.beingService = false;
      await Promise.allSettled([taken, given]);
    }
  }

  audit(entry: Audited): void {
    if (this.grants) this.audited.push(entry);
  }

  /** The command was done before, and is only answered again. */
  answersAgain(): void {
    this.repeated = true;
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
      .concat(this.auditEntry())
      .filter((statement): statement is Statement => statement !== null)
      .map((statement) => this.query(statement.sql, statement.params, statement.name));
    // In an aborted transaction COMMIT answers ROLLBACK without an error, so the statements before it must be checked first.
    const committed = this.client.query('commit');
    committed.catch(() => undefined);
    await Promise.all([this.began, ...last]);
    const { command } = await committed;
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back by an earlier error');
  }

  private auditEntry(): Statement | null {
    if (!this.grants || this.repeated) return null;
    if (this.audited.length === 0) {
      if (this.access === 'read') return null;
      throw new UnauditedChange(this.actor.role);
    }
    const request = currentRequest();
    const grant = this.grants.find(({ token }) => token.split(':')[0] === this.actor.role) ?? this.grants[0];
    const all = (of: (entry: Audited) => readonly string[] | undefined) => [
      ...new Set(this.audited.flatMap((entry) => of(entry) ?? [])),
    ];
    const details = this.audited.flatMap(({ detail }) => detail ?? []);
    return {
      sql: `insert into audit_entries
              (actor_id, actor_role, on_behalf_of, reach_from, reach_to, address, request, trace_id, what, person_ids, case_ids, why, detail)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      params: [
        this.actor.id,
        this.actor.role,
        this.actor.onBehalfOf ?? null,
        grant?.from ?? null,
        grant?.to ?? null,
        this.actor.address ?? request?.address ?? null,
        request?.route() ?? null,
        request?.traceparent?.split('-')[1] ?? null,
        all(({ what }) => [what]),
        all(({ personIds }) => personIds),
        all(({ caseIds }) => caseIds),
        all(({ why }) => (why ? [why] : [])).join('；') || null,
        details.length === 0 ? null : JSON.stringify(details.length === 1 ? details[0] : details),
      ],
      name: 'audit',
    };
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

/** Users who see by placement work as another role. @throws if grants of both kinds come together: no account holds them */
function placed(grants: readonly ScopeGrant[]): boolean {
  const byUnit = grants.filter(({ unit }) => unit !== null).length;
  if (byUnit !== 0 && byUnit !== grants.length)
    throw new Error('an account sees by place or by placement, never both');
  return byUnit > 0;
}

/** As PostgreSQL reads a text[]. */
function arrayOf(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** The scope as row-level security reads it. The first two span all ranges, so that an index serves them. */
function settingsOf(user: string, grants: readonly ScopeGrant[]): Record<string, string> {
  const principals = grants.flatMap(({ onBehalfOf }) => onBehalfOf ?? []);
  // Few are deputies: the others pay nothing for it.
  const deputy: Record<string, string> =
    principals.length > 0 ? { acting_for: arrayOf([...new Set(principals)]) } : {};
  if (placed(grants)) {
    return { actor_id: user, ...deputy, units: `{${grants.map(({ unit }) => unit).join(',')}}` };
  }
  const { from, to } = spanOf({ id: user, role: '', scope: grants });
  const ranges = (of: readonly ScopeGrant[]) =>
    JSON.stringify(of.map(({ token, from, to }) => ({ token, low: from, high: to })));
  const overseeing = grants.filter(({ oversees }) => oversees);
  return {
    actor_id: user,
    ...deputy,
    place_from: from,
    place_to: to,
    token: grants[0]?.token ?? '',
    grants: grants.length > 1 ? arrayOf(grants.flatMap(({ token, from, to }) => [token, from, to])) : '',
    oversight: overseeing.length > 0 ? ranges(overseeing) : '',
  };
}
