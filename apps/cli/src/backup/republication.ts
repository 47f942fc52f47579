import type { Client } from 'pg';

/** Inbox and outbox keep fourteen days; a day is left for publishing. */
export const REPUBLISHED_DAYS = 13;

/** What delivery of one service was set back to. */
export interface SetBack {
  readonly schema: string;
  /** Facts that its relay publishes again. */
  readonly facts: number;
}

/**
 * After a restore: the log of Kafka is gone, and with it what had been published but not handled. So every relay begins again at the
 * first fact of the last thirteen days, in the old order, and the inboxes decide: what they have handled does nothing. They remember
 * for fourteen days by the time of handling, which may be past when the system starts again, so that they are told to remember from
 * now on. Cursors of the PostgreSQL event log stay: they were saved after the inbox rows of what they passed.
 * @param to the time that was restored to
 */
export async function setDeliveryBack(client: Client, to: Date): Promise<SetBack[]> {
  const { rows } = await client.query<{ schema: string }>(
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relname = 'outbox_relays' and c.relkind = 'r' order by 1`,
  );
  const from = new Date(to.getTime() - REPUBLISHED_DAYS * 86_400_000);
  const services: SetBack[] = [];
  for (const { schema } of rows) {
    const name = client.escapeIdentifier(schema);
    await client.query('begin');
    await client.query(`update ${name}.inbox_messages set handled_at = now()`);
    const { rows: counted } = await client.query<{ facts: number }>(
      `with first as (
         select xid, id from ${name}.outbox_messages where created_at >= $1 order by xid, id limit 1
       ), moved as (
         update ${name}.outbox_relays relay
         set cursor_xid = first.xid, cursor_id = first.id - 1, cursor_at = '-infinity',
             epoch = epoch + 1, holder = null, lease_until = '-infinity'
         from first where relay.name = 'relay'
       )
       select count(*)::int as facts from ${name}.outbox_messages m, first where (m.xid, m.id) >= (first.xid, first.id)`,
      [from],
    );
    await client.query('commit');
    services.push({ schema, facts: counted[0]?.facts ?? 0 });
  }
  return services;
}
