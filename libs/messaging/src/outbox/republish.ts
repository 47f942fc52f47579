import type { Caller, Database } from '@app/platform';
import type { OutboxRow } from './outbox-reader.js';

const PAGE_ROWS = 500;

/** Rows appended in a window of time, in outbox order, by pages: to publish again what a lost log had. */
export async function* readWindow(
  database: Database,
  actor: Caller,
  from: Date,
  to: Date,
  topic: string | null,
): AsyncGenerator<readonly OutboxRow[]> {
  let after = { xid: '0', id: '0' };
  for (;;) {
    const rows = await database.query<OutboxRow>(
      actor,
      `select m.xid::text, m.id::text, message_id as "messageId", topic, key, type, payload::text,
              division_code as "divisionCode", actor_id as "actorId", actor_role as "actorRole",
              causation_id as "causationId", traceparent,
              to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt"
       from outbox_messages m
       where created_at >= $1 and created_at < $2 and ($3::text is null or topic = $3) and (m.xid, m.id) > ($4::xid8, $5::bigint)
         and m.xid < pg_snapshot_xmin(pg_current_snapshot())
       order by m.xid, m.id limit $6`,
      [from, to, topic, after.xid, after.id, PAGE_ROWS],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = { xid: last.xid, id: last.id };
  }
}

/** Appends stored rows once more, as they are but for their place in the log: the inboxes know them by their message ids. */
export async function appendAgain(
  database: Database,
  actor: Caller,
  rows: readonly OutboxRow[],
): Promise<void> {
  await database.query(
    actor,
    `insert into outbox_messages
       (message_id, topic, key, type, payload, division_code, causation_id, traceparent, actor_id, actor_role)
     select "messageId", topic, key, type, payload::jsonb, "divisionCode", "causationId", traceparent, "actorId", "actorRole"
     from json_to_recordset($1::json) as r ("messageId" uuid, topic text, key text, type text, payload text, "divisionCode" text,
       "causationId" uuid, traceparent text, "actorId" text, "actorRole" text)`,
    [JSON.stringify(rows)],
  );
}
