import { instant } from '@app/contracts';
import type { Caller, Database, Tx } from '@app/platform';
import { givenId } from '@app/platform';
import { z } from 'zod';

const MOST_ROWS = 200;
/** Newest entries of one person or case that a page may be chosen from. */
const MOST_CANDIDATES = 10_000;

/** What somebody looks for in an audit log: all that is given must hold. */
export const auditQuery = z
  .object({
    personId: givenId().optional(),
    userId: z.string().trim().min(1).max(200).optional(),
    caseId: givenId().optional(),
    /** From this moment on. */
    from: instant.optional(),
    /** Before this moment. */
    to: instant.optional(),
    after: z
      .string()
      .regex(/^\d{1,17}\.\d{1,18}$/)
      .optional(),
    limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(50),
  })
  .refine(({ from, to }) => !from || !to || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: '结束时间应晚于开始时间',
  });
export type AuditQuery = z.infer<typeof auditQuery>;

/** One act of a user, as the log shows it: ids only. */
export const auditEntry = z.object({
  entryId: z.string(),
  at: instant.describe('Shanghai time.'),
  who: z.object({
    id: z.string(),
    role: z.string(),
    onBehalfOf: z.string().nullable().describe('The user for whom a deputy acted.'),
  }),
  /** Network address of who asked. */
  address: z.string().nullable(),
  request: z.string().nullable().describe('Method and pattern of the path.'),
  what: z.array(z.string()).readonly(),
  personIds: z.array(z.uuid()).readonly(),
  caseIds: z.array(z.uuid()).readonly(),
  why: z.string().nullable(),
  detail: z.unknown().describe('What else proves it; null if nothing does.'),
});

export const auditPage = z
  .object({
    entries: z.array(auditEntry).readonly(),
    next: z
      .string()
      .nullable()
      .describe('Give it as `after` for the next page; null: this was the last one.'),
  })
  .meta({ id: 'AuditPage' });
export type AuditPage = z.infer<typeof auditPage>;

/**
 * A page of the audit log, newest first, as far as the reader stands over those who acted: row-level security decides. That somebody
 * looked is an entry of the log itself.
 */
export async function readAudit(database: Database, reader: Caller, query: AuditQuery): Promise<AuditPage> {
  return database.transaction(reader, async (tx) => {
    const conditions = conditionsOf(query);
    const { personId, caseId } = query;
    const chosen = personId || caseId ? await candidates(tx, conditions, query) : null;
    const rows = await visible(tx, conditions, chosen, query.limit);
    const page = rows.slice(0, query.limit);
    tx.audit({
      what: 'audit.read',
      personIds: personId ? [personId] : [],
      caseIds: caseId ? [caseId] : [],
      detail: {
        ...(query.userId ? { userId: query.userId } : {}),
        ...(query.from ? { from: query.from } : {}),
        ...(query.to ? { to: query.to } : {}),
        entries: page.length,
      },
    });
    return {
      entries: page.map(({ moment: _moment, ...entry }) => entry),
      next: rows.length > query.limit ? `${page.at(-1)!.moment}.${page.at(-1)!.entryId}` : null,
    };
  });
}

interface Conditions {
  readonly sql: readonly string[];
  readonly params: readonly unknown[];
}

const MICROSECONDS = `(extract(epoch from e.at) * 1000000)::bigint::text`;

function conditionsOf({ userId, from, to, after }: AuditQuery): Conditions {
  const sql: string[] = [];
  const params: unknown[] = [];
  const add = (condition: string, ...values: unknown[]) => {
    sql.push(condition.replaceAll('?', () => `$${params.push(values.shift())}`));
  };
  if (userId) add('e.actor_id = ?', userId);
  if (from) add('e.at >= ?::timestamptz', from);
  if (to) add('e.at < ?::timestamptz', to);
  if (after) {
    const [micros, entryId] = after.split('.');
    add(
      `(e.at, e.entry_id) < (timestamptz 'epoch' + ?::bigint * interval '1 microsecond', ?::bigint)`,
      micros,
      entryId,
    );
  }
  return { sql, params };
}

/**
 * Which entries name the person and the case. An index over arrays serves nobody whom row-level security holds (its operators are not
 * leakproof), so the service looks for the numbers of the entries; what the reader may see of them is asked as the reader.
 */
function candidates(
  tx: Tx,
  { sql, params }: Conditions,
  { personId, caseId }: AuditQuery,
): Promise<{ at: string; entry_id: string }[]> {
  const named = [
    ...(personId ? [{ column: 'person_ids', id: personId }] : []),
    ...(caseId ? [{ column: 'case_ids', id: caseId }] : []),
  ];
  const naming = named.map(({ column }, at) => `e.${column} @> array[$${params.length + at + 1}::uuid]`);
  return tx.asService(() =>
    tx.query(
      `select e.at::text as at, e.entry_id::text as entry_id from audit_entries e
       where ${[...sql, ...naming].join(' and ')}
       order by e.at desc, e.entry_id desc limit ${MOST_CANDIDATES}`,
      [...params, ...named.map(({ id }) => id)],
    ),
  );
}

type Row = AuditPage['entries'][number] & { readonly moment: string };

async function visible(
  tx: Tx,
  { sql, params }: Conditions,
  chosen: readonly { at: string; entry_id: string }[] | null,
  limit: number,
): Promise<Row[]> {
  const among = chosen
    ? [
        `e.at = any($${params.length + 2}::timestamptz[])`,
        `e.entry_id = any($${params.length + 3}::bigint[])`,
      ]
    : [];
  const all = [...sql, ...among];
  return tx.query<Row>(
    `select e.entry_id::text as "entryId", ${MICROSECONDS} as moment,
            to_char(e.at at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+08:00"') as at,
            json_build_object('id', e.actor_id, 'role', e.actor_role, 'onBehalfOf', e.on_behalf_of) as who,
            e.address, e.request, e.what, e.person_ids::text[] as "personIds", e.case_ids::text[] as "caseIds", e.why, e.detail
     from audit_entries e ${all.length > 0 ? `where ${all.join(' and ')}` : ''}
     order by e.at desc, e.entry_id desc limit $${params.length + 1}`,
    [
      ...params,
      limit + 1,
      ...(chosen ? [chosen.map(({ at }) => at), chosen.map(({ entry_id }) => entry_id)] : []),
    ],
  );
}
