import type { Caller } from './caller.js';
import type { Database } from './database.js';

/** What is kept for a stated time only. */
export interface KeptFor {
  /** Interval of PostgreSQL, `14 days`. */
  readonly time: string;
  /** Takes away what is older than `$1`, at most `$2` rows of it, and returns a row for each. */
  readonly sql: string;
}

/** Rows of one short transaction: a long one would hold back every relay of the cluster. */
const ROWS_AT_ONCE = 2000;

/** The statement that drops rows of a table by the age of a column. */
export function droppingFrom(table: string, column: string): string {
  return `delete from ${table} where ctid = any(array(
    select ctid from ${table} where ${column} < now() - $1::interval limit $2)) returning 1`;
}

/**
 * What one service keeps for a stated time only, cleaned beside its inbox.
 * Commands with an Idempotency-Key may be repeated for as long as what the house decided may be delivered again.
 */
export class Retention {
  private readonly kept: KeptFor[] = [
    { time: '14 days', sql: droppingFrom('idempotent_requests', 'created_at') },
  ];

  keep(what: KeptFor): void {
    this.kept.push(what);
  }

  async clean(database: Database, actor: Caller): Promise<void> {
    for (const what of this.kept) await clean(database, actor, what);
  }
}

/** Takes away what is past its time, in short transactions. */
export async function clean(database: Database, actor: Caller, { time, sql }: KeptFor): Promise<void> {
  for (;;) {
    const rows = await database.query(actor, sql, [time, ROWS_AT_ONCE]);
    if (rows.length < ROWS_AT_ONCE) return;
  }
}
