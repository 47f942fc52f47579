import { roles, type Role } from '@app/access';
import type { Asked } from './clock-rule.js';
import type { Ledger, Suspension } from './term.js';
import { emptyLedger } from './term.js';

export interface SuspensionRow {
  readonly clock_id: string;
  readonly reason: string;
  readonly basis: string;
  readonly from_at: Date;
  readonly to_at: Date | null;
  readonly note: string | null;
  readonly suspended_by: string;
  readonly suspended_by_role: string;
}

export interface ExtensionRow {
  readonly clock_id: string;
  readonly value: number;
  readonly basis: string;
  readonly reason: string;
  readonly approved_by: string;
  readonly approved_by_role: string;
  readonly approved_at: Date;
}

/** What happened to some clocks since they began, as it was written down. */
export interface LedgerRows {
  readonly suspensions: readonly SuspensionRow[];
  readonly extensions: readonly ExtensionRow[];
}

const nothing: LedgerRows = { suspensions: [], extensions: [] };

/** The ledgers of these clocks, by clock; one without any entry is missing. */
export async function readLedgers(
  scope: Asked,
  clockIds: readonly string[],
): Promise<ReadonlyMap<string, LedgerRows>> {
  if (clockIds.length === 0) return new Map();
  const [suspensions, extensions] = await Promise.all([
    scope.query<SuspensionRow>(
      `select clock_id, reason, basis, from_at, to_at, note, suspended_by, suspended_by_role
       from clock_suspensions where clock_id = any($1::uuid[]) order by clock_id, from_at, reason`,
      [clockIds],
      'clock-suspensions',
    ),
    scope.query<ExtensionRow>(
      `select clock_id, value, basis, reason, approved_by, approved_by_role, approved_at
       from clock_extensions where clock_id = any($1::uuid[]) order by clock_id, number`,
      [clockIds],
      'clock-extensions',
    ),
  ]);
  const ledgers = new Map<string, { suspensions: SuspensionRow[]; extensions: ExtensionRow[] }>();
  const of = (clockId: string) => {
    const known = ledgers.get(clockId);
    if (known) return known;
    const fresh = { suspensions: [], extensions: [] };
    ledgers.set(clockId, fresh);
    return fresh;
  };
  for (const row of suspensions) of(row.clock_id).suspensions.push(row);
  for (const row of extensions) of(row.clock_id).extensions.push(row);
  return ledgers;
}

export function ledgerRowsOf(ledgers: ReadonlyMap<string, LedgerRows>, clockId: string): LedgerRows {
  return ledgers.get(clockId) ?? nothing;
}

/** The ledger by which a term is counted. Two reasons may stand at once; their time is counted once. */
export function ledgerOf({ suspensions, extensions }: LedgerRows): Ledger {
  if (suspensions.length === 0 && extensions.length === 0) return emptyLedger;
  return {
    suspensions: withoutOverlap(
      suspensions.map(({ reason, basis, from_at, to_at }) => ({ reason, basis, from: from_at, to: to_at })),
    ),
    extensions: extensions.map(({ value, basis, approved_by_role }) => ({
      value,
      basis,
      approvedBy: titleOf(approved_by_role),
    })),
  };
}

/** A role as people call it. */
function titleOf(role: string): string {
  return role in roles ? roles[role as Role].title : role;
}

/** A later one begins where the earlier one ends; one that lies within another adds nothing. Sorted by their beginnings. */
function withoutOverlap(sorted: readonly Suspension[]): Suspension[] {
  const pieces: Suspension[] = [];
  for (const next of sorted) {
    const last = pieces.at(-1);
    if (!last || (last.to !== null && last.to <= next.from)) pieces.push(next);
    else if (last.to !== null && (next.to === null || next.to > last.to)) {
      pieces.push({ ...next, from: last.to });
    }
  }
  return pieces;
}
