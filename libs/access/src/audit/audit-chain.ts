import type { ColumnCipher } from '../secrets/column-cipher.js';

/** One row of `audit_entries` as it was written, numbers and times as text. */
export interface AuditRow {
  readonly xid: string;
  readonly entry_id: string;
  /** UTC, to the microsecond. */
  readonly at: string;
  readonly actor_id: string;
  readonly actor_role: string;
  readonly on_behalf_of: string | null;
  readonly reach_from: string | null;
  readonly reach_to: string | null;
  readonly address: string | null;
  readonly request: string | null;
  readonly trace_id: string | null;
  readonly what: readonly (string | null)[];
  readonly person_ids: readonly (string | null)[];
  readonly case_ids: readonly (string | null)[];
  readonly why: string | null;
  /** As PostgreSQL writes jsonb. */
  readonly detail: string | null;
}

/** SQL of a point in time as the chain takes it. */
export function exactTime(expression: string): string {
  return `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Columns of `audit_entries` for `AuditRow`. @param alias of the table in the statement */
export function auditRowColumns(alias: string): string {
  return [
    `${alias}.xid::text as xid`,
    `${alias}.entry_id::text as entry_id`,
    `${exactTime(`${alias}.at`)} as at`,
    ...['actor_id', 'actor_role', 'on_behalf_of', 'reach_from', 'reach_to', 'address', 'request', 'trace_id'],
    'what',
    `${alias}.person_ids::text[] as person_ids`,
    `${alias}.case_ids::text[] as case_ids`,
    'why',
    `${alias}.detail::text as detail`,
  ]
    .map((column) => (column.includes(' ') ? column : `${alias}.${column}`))
    .join(', ');
}

/** What the first seal has before it. */
export const CHAIN_START = Buffer.alloc(32);

/** What a hash covers beside the one before it. */
export interface SealedRow {
  readonly seq: bigint;
  /** UTC, to the microsecond. */
  readonly sealedAt: string;
  readonly entry: AuditRow;
}

/** The chain of one service: `HMAC(key of the installation, hash before ‖ service, number, time and entry)`. */
export class AuditChain {
  private readonly hash: (...parts: readonly Uint8Array[]) => Buffer;

  constructor(
    private readonly service: string,
    cipher: ColumnCipher,
  ) {
    this.hash = cipher.keyedHash('audit-chain');
  }

  next(before: Buffer, row: SealedRow): Buffer {
    return this.hash(before, canonical(this.service, row));
  }
}

const VERSION = 'onething-audit-1';

/**
 * One form for one row: fields in this order, each with its length before it (4 bytes, big endian; all ones: null; a list: the number
 * of its elements, then these). No two rows have the same form. A new column gets a new version; old rows keep theirs.
 */
function canonical(service: string, { seq, sealedAt, entry }: SealedRow): Buffer {
  const parts: Buffer[] = [];
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    parts.push(bytes);
  };
  const text = (value: string | null) => {
    if (value === null) return number(0xffffffff);
    const bytes = Buffer.from(value);
    number(bytes.length);
    parts.push(bytes);
  };
  const list = (values: readonly (string | null)[]) => {
    number(values.length);
    values.forEach(text);
  };
  for (const value of [VERSION, service, String(seq), sealedAt, entry.xid, entry.entry_id, entry.at])
    text(value);
  for (const value of [
    entry.actor_id,
    entry.actor_role,
    entry.on_behalf_of,
    entry.reach_from,
    entry.reach_to,
  ]) {
    text(value);
  }
  for (const value of [entry.address, entry.request, entry.trace_id]) text(value);
  for (const values of [entry.what, entry.person_ids, entry.case_ids]) list(values);
  for (const value of [entry.why, entry.detail]) text(value);
  return Buffer.concat(parts);
}
