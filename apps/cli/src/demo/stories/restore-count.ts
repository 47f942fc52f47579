import { services } from '../../services.js';
import type { Sql } from '../sql.js';

// What is counted here is counted by SQL of its own: nothing of `backup` and `restore` is used.

const schemas = services.map(({ name }) => name.replaceAll('-', '_'));

/**
 * Bookkeeping of processes that run: it moves while nobody decides anything, and a restore sets some of it back on purpose. What was
 * handled is compared without the time of handling.
 */
const OF_PROCESSES = ['outbox_relays', 'log_cursors', 'inbox_messages'];

/** `schema.table` → number of rows and a hash over all of them. */
export type Digest = Readonly<Record<string, string>>;

/** Every row of every table of the house, in one snapshot. */
export async function digestOf(sql: Sql): Promise<Digest> {
  const tables = await sql.rows<{ schema: string; table: string }>(
    `select n.nspname as schema, c.relname as "table" from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any($1) and c.relname <> all($2) order by 1, 2`,
    [schemas, OF_PROCESSES],
  );
  const parts = [
    ...tables.map(
      ({ schema, table }) =>
        `select '${schema}.${table}' as name, count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text collate "C")), '') as digest
         from ${schema}."${table}" t`,
    ),
    ...schemas.map(
      (schema) =>
        `select '${schema}.inbox_messages' as name, count(*) || ' ' || coalesce(md5(string_agg(consumer || message_id, E'\\n'
           order by consumer collate "C", message_id)), '') as digest from ${schema}.inbox_messages`,
    ),
  ];
  // One statement is one snapshot.
  const rows = await sql.rows<{ name: string; digest: string }>(parts.join(' union all '));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** Tables whose rows are not the same. */
export function differing(one: Digest, other: Digest): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((name) => one[name] !== other[name])
    .map((name) => `${name}: ${one[name] ?? 'none'} → ${other[name] ?? 'none'}`)
    .sort();
}

/** Rows about these persons, in every table that says whom its rows are about; facts and what was handled of them by their key. */
export async function rowsAbout(sql: Sql, personIds: readonly string[]): Promise<Digest> {
  const tables = await sql.rows<{ schema: string; table: string }>(
    `select c.table_schema as schema, c.table_name as "table" from information_schema.columns c
     join pg_class r on r.relname = c.table_name join pg_namespace n on n.oid = r.relnamespace and n.nspname = c.table_schema
     where c.column_name = 'person_id' and c.table_schema = any($1) and r.relkind in ('r', 'p') and not r.relispartition order by 1, 2`,
    [schemas],
  );
  const parts = [
    ...tables.map(
      ({ schema, table }) =>
        `select '${schema}.${table}' as name, count(*)::text as digest from ${schema}."${table}" where person_id = any($1::uuid[])`,
    ),
    ...schemas.flatMap((schema) => [
      `select '${schema}: facts' as name, count(distinct message_id)::text as digest from ${schema}.outbox_messages where key = any($1::text[])`,
      `select '${schema}: handled' as name, count(*)::text as digest from ${schema}.inbox_messages i
       where exists (select from (${ofAll('message_id, key', 'outbox_messages')}) f where f.message_id = i.message_id and f.key = any($1::text[]))`,
    ]),
  ];
  const rows = await sql.rows<{ name: string; digest: string }>(parts.join(' union all '), [personIds]);
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** How often each consumer has handled each type of fact that it reads, beside how many such facts there are. */
export async function handledPerConsumer(
  sql: Sql,
): Promise<{ consumer: string; type: string; facts: number; handled: number }[]> {
  return sql.rows(
    `with facts as (select distinct message_id, type from (${ofAll('message_id, type', 'outbox_messages')}) f),
          done as (${ofAll('consumer, message_id', 'inbox_messages')}),
          per as (select d.consumer, f.type, count(*)::int as handled from done d join facts f using (message_id) group by 1, 2)
     select per.consumer, per.type, (select count(*)::int from facts f where f.type = per.type) as facts, per.handled
     from per order by 1, 2`,
  );
}

/** What a consumer has handled although no outbox has it: a fact of a time that was undone, come back. */
export async function handledOfNobody(sql: Sql): Promise<number> {
  const row = await sql.one<{ count: number }>(
    `select count(*)::int as count from (${ofAll('message_id', 'inbox_messages')}) d
     where not exists (select from (${ofAll('message_id', 'outbox_messages')}) f where f.message_id = d.message_id)`,
  );
  return row!.count;
}

/** Facts about a person that a service has in its outbox and its relay has not passed yet. */
export async function unpublished(sql: Sql, service: string): Promise<number> {
  const schema = service.replaceAll('-', '_');
  const row = await sql.one<{ count: number }>(
    `select count(*)::int as count from ${schema}.outbox_messages m, ${schema}.outbox_relays r
     where r.name = 'relay' and (m.xid, m.id) > (r.cursor_xid, r.cursor_id)`,
  );
  return row!.count;
}

/** Facts about a person of types that the service reads, which it has not handled. */
export async function waitingFor(sql: Sql, service: string, personId: string): Promise<number> {
  const schema = service.replaceAll('-', '_');
  const row = await sql.one<{ count: number }>(
    `with facts as (select distinct message_id, type, key from (${ofAll('message_id, type, key', 'outbox_messages')}) f),
          readers as (select distinct i.consumer, f.type from ${schema}.inbox_messages i join facts f using (message_id))
     select count(*)::int as count from readers join facts f using (type) where f.key = $1
       and not exists (select from ${schema}.inbox_messages i where i.consumer = readers.consumer and i.message_id = f.message_id)`,
    [personId],
  );
  return row!.count;
}

/** Facts that somebody who reads their type has not handled, one service aside. */
export async function unhandledBut(sql: Sql, service: string): Promise<number> {
  const counts = await handledPerConsumer(sql);
  return counts
    .filter(({ consumer }) => !consumer.startsWith(`${service}/`))
    .reduce((sum, { facts, handled }) => sum + facts - handled, 0);
}

/** The database's clock: what recovery stops by. */
export async function clockOf(sql: Sql): Promise<Date> {
  return (await sql.one<{ at: Date }>('select clock_timestamp() as at'))!.at;
}

function ofAll(columns: string, table: string): string {
  return schemas.map((schema) => `select ${columns} from ${schema}.${table}`).join(' union all ');
}
