import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { type Caller, Database, type Tx } from '@app/platform';
import type { RowError } from '@app/tabular';

/** A roster file that was sent. */
export interface ImportRecord {
  readonly importId: string;
  readonly kind: string;
  readonly reach: { readonly from: string; readonly to: string };
  readonly fullRoster: boolean;
  /** The day up to which the roster speaks. */
  readonly asOf: string;
  readonly rows: number;
  readonly state: 'running' | 'done';
  readonly removed: number;
  readonly removalHeld: string | null;
  readonly createdBy: string;
}

/** How many rows went which way, until now. */
export interface ImportCounts {
  readonly applied: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly notOnFile: number;
  readonly undecided: number;
}

/** What became of a row. */
export type RowOutcome =
  | { readonly row: number; readonly state: 'applied' | 'unchanged' | 'undecided' }
  | {
      readonly row: number;
      readonly state: 'failed';
      readonly errors: readonly RowError[];
      /** The row is right, but nobody on file has this number. */
      readonly notOnFile: boolean;
      readonly cells: Readonly<Record<string, string>>;
    };

const CELLS_COLUMN = 'registry.import_rows.cells';

/** Imports and what became of their rows. */
@Injectable()
export class ImportRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
  ) {}

  /** Begins an import, or goes on with the one that the same file began. */
  async begin(who: Caller, begun: Omit<ImportRecord, 'state' | 'removed' | 'removalHeld' | 'createdBy'>) {
    return this.database.transaction(who, async (tx) => {
      await tx.query(
        `insert into imports (import_id, division_code, reach_to, kind, full_roster, as_of, rows, state,
                              created_by, created_role, changed_by, changed_role)
         values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $8, $9)
         on conflict (import_id) do update set state = 'running', changed_by = $8, changed_role = $9, changed_at = now()`,
        [
          begun.importId,
          begun.reach.from,
          begun.reach.to,
          begun.kind,
          begun.fullRoster,
          begun.asOf,
          begun.rows,
          who.id,
          who.role,
        ],
      );
      tx.audit({ what: 'roster.sent', detail: { importId: begun.importId, kind: begun.kind } });
      const [row] = await tx.query<ImportRow>(`${SELECT_IMPORT} where import_id = $1`, [begun.importId]);
      return toRecord(row!);
    });
  }

  /**
   * Takes the import's lock, so that the same file sent twice at once is worked on by one at a time.
   * @returns numbers of these rows that are through already, each with what it is now: said, or waiting for a decision
   */
  async lockAndSkip(
    tx: Tx,
    importId: string,
    rows: readonly number[],
  ): Promise<Map<number, 'unchanged' | 'undecided'>> {
    tx.audit({ what: 'roster.imported', detail: { importId } });
    await tx.query('select 1 from imports where import_id = $1 for update', [importId]);
    const done = await tx.query<{ row_no: number; state: string }>(
      `select row_no, state from import_rows where import_id = $1 and row_no = any($2::int[]) and state <> 'failed'`,
      [importId, rows],
    );
    return new Map(
      done.map(({ row_no, state }) => [row_no, state === 'undecided' ? 'undecided' : 'unchanged']),
    );
  }

  async saveRows(tx: Tx, importId: string, outcomes: readonly RowOutcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    const failed = outcomes.map((outcome) => (outcome.state === 'failed' ? outcome : null));
    await tx.query(
      `insert into import_rows (import_id, row_no, state, not_on_file, errors, cells)
       select $1, u.row_no, u.state, u.not_on_file, u.errors::jsonb, u.cells
       from unnest($2::int[], $3::text[], $4::boolean[], $5::text[], $6::text[])
         as u (row_no, state, not_on_file, errors, cells)
       on conflict (import_id, row_no) do update
         set state = excluded.state, not_on_file = excluded.not_on_file, errors = excluded.errors, cells = excluded.cells`,
      [
        importId,
        outcomes.map(({ row }) => row),
        outcomes.map(({ state }) => state),
        failed.map((row) => row?.notOnFile ?? false),
        failed.map((row) => row && JSON.stringify(row.errors)),
        failed.map((row) => row && this.cipher.encrypt(CELLS_COLUMN, JSON.stringify(row.cells))),
      ],
    );
  }

  async finish(who: Caller, importId: string, removed: number, removalHeld: string | null): Promise<void> {
    await this.database.transaction(who, async (tx) => {
      tx.audit({ what: 'roster.finished', detail: { importId, removed } });
      await tx.query(
        `update imports set state = 'done', removed = removed + $2, removal_held = $3,
                            changed_by = $4, changed_role = $5, changed_at = now()
         where import_id = $1`,
        [importId, removed, removalHeld, who.id, who.role],
      );
    });
  }

  async find(who: Caller, importId: string): Promise<ImportRecord | null> {
    const [row] = await this.database.query<ImportRow>(who, `${SELECT_IMPORT} where import_id = $1`, [
      importId,
    ]);
    return row ? toRecord(row) : null;
  }

  async counts(who: Caller, importId: string): Promise<ImportCounts> {
    const [row] = await this.database.query<ImportCounts>(
      who,
      `select count(*) filter (where state = 'applied')::int as applied,
              count(*) filter (where state = 'unchanged')::int as unchanged,
              count(*) filter (where state = 'failed')::int as failed,
              count(*) filter (where not_on_file)::int as "notOnFile",
              count(*) filter (where state = 'undecided')::int as undecided
       from import_rows where import_id = $1`,
      [importId],
    );
    return row!;
  }

  /** Rows that are wrong still, as they were sent; without their cells once these are past their time. */
  async badRows(who: Caller, importId: string) {
    const rows = await this.database.query<{ row_no: number; errors: RowError[]; cells: string | null }>(
      who,
      `select row_no, errors, cells from import_rows where import_id = $1 and state = 'failed' order by row_no`,
      [importId],
    );
    return rows.map(({ row_no, errors, cells }) => ({
      row: row_no,
      errors,
      cells: cells ? (JSON.parse(this.cipher.decrypt(CELLS_COLUMN, cells)) as Record<string, string>) : {},
    }));
  }
}

interface ImportRow {
  import_id: string;
  division_code: string;
  reach_to: string;
  kind: string;
  full_roster: boolean;
  as_of: string;
  rows: number;
  state: 'running' | 'done';
  removed: number;
  removal_held: string | null;
  created_by: string;
}

const SELECT_IMPORT = `select import_id, division_code, reach_to, kind, full_roster, as_of, rows, state, removed, removal_held,
  created_by from imports`;

function toRecord(row: ImportRow): ImportRecord {
  return {
    importId: row.import_id,
    kind: row.kind,
    reach: { from: row.division_code, to: row.reach_to },
    fullRoster: row.full_roster,
    asOf: row.as_of,
    rows: row.rows,
    state: row.state,
    removed: row.removed,
    removalHeld: row.removal_held,
    createdBy: row.created_by,
  };
}
