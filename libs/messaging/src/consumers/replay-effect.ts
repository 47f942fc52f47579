import type { Tx } from '@app/platform';

/** What handling a message changes in the service that handles it: rows of its own tables, and facts that it tells. */
export interface ReplayEffect {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly told: readonly { readonly type: string; readonly count: number }[];
  /** The transaction, by which its facts are found in the outbox. */
  readonly xid: string;
}

/** How much a transaction has written so far. */
export interface Mark {
  readonly xid: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** Tables of delivery and of the audit log: what is written there is no effect of a message. */
const BOOKKEEPING = 'outbox_messages%|inbox_messages|parked_messages|delivery_attempts|audit_entries%';

// The counts of a session include what it has not reported of earlier transactions: only differences mean anything.
export async function mark(tx: Tx): Promise<Mark> {
  const [row] = await tx.query<Mark>(
    `select pg_current_xact_id()::text as xid, coalesce(sum(n_tup_ins), 0)::int as added,
            coalesce(sum(n_tup_upd), 0)::int as changed, coalesce(sum(n_tup_del), 0)::int as removed
     from pg_stat_xact_user_tables
     where schemaname = current_schema() and relname not similar to $1`,
    [BOOKKEEPING],
  );
  return row!;
}

export function effectOf(
  before: Mark,
  after: Mark,
  told: readonly { readonly type: string }[],
): ReplayEffect {
  const counts = new Map<string, number>();
  for (const { type } of told) counts.set(type, (counts.get(type) ?? 0) + 1);
  return {
    added: after.added - before.added,
    changed: after.changed - before.changed,
    removed: after.removed - before.removed,
    told: [...counts].map(([type, count]) => ({ type, count })),
    xid: after.xid,
  };
}
