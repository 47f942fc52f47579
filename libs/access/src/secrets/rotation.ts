import { schemaOf, type Caller, type Database } from '@app/platform';
import { StoredValueNotReadable, type ColumnCipher } from './column-cipher.js';
import type { EncryptedTable } from './encrypted-columns.js';

/** Rows of one short transaction: a long one would hold back writers, and every relay of the cluster. */
const MOST_ROWS_AT_ONCE = 500;

/** PostgreSQL's `lock_not_available`: somebody works on the row for longer than we wait. */
const LOCK_NOT_AVAILABLE = '55P03';

export interface RotationOptions {
  /** 1 to 500. */
  readonly rowsAtOnce?: number;
  /** After every transaction: rows written anew until now. */
  readonly progress?: (rotated: number) => void;
  /** Ends it between two transactions; the next run goes on where this one stood. */
  readonly signal?: AbortSignal;
}

export interface Rotated {
  /** Rows written anew under the current key. */
  readonly rotated: number;
  /** Rows that stay as they are because a value of theirs does not open. */
  readonly unreadable: number;
}

/** Values of one column under one key. */
export interface KeyUse {
  readonly column: string;
  readonly keyId: string;
  readonly values: number;
}

/**
 * Encrypts the columns of a table anew under the current key, while others read and write: rows are taken in small transactions, in
 * the order of the key, without those that somebody else holds; what was held comes last, row by row, so that nothing is ever held
 * while waiting. It ends when no row is left under another key, and may be stopped and begun again at any time.
 * @param caller the service's own work: every row is reached
 */
export async function rotateColumns(
  database: Database,
  caller: Caller,
  cipher: ColumnCipher,
  table: EncryptedTable,
  options: RotationOptions = {},
): Promise<Rotated> {
  const { progress, signal } = options;
  const rowsAtOnce = Math.min(Math.max(options.rowsAtOnce ?? MOST_ROWS_AT_ONCE, 1), MOST_ROWS_AT_ONCE);
  const walk = new TableWalk(database, caller, cipher, table, await keyTypes(database, caller, table));
  let rotated = 0;
  let waiting = false;
  for (;;) {
    let after: readonly string[] | null = null;
    let unreadable = 0;
    const before = rotated;
    for (;;) {
      signal?.throwIfAborted();
      const done = await walk.chunk(after, waiting ? 1 : rowsAtOnce, waiting);
      if (done === 'held') continue;
      rotated += done.rotated;
      unreadable += done.unreadable;
      if (done.rotated > 0) progress?.(rotated);
      if (done.last === null) break;
      after = done.last;
    }
    if ((await walk.left()) <= unreadable) return { rotated, unreadable };
    // Nothing more to be had in passing: wait for who holds the rest.
    waiting = rotated === before;
  }
}

/** Which keys the values of a service's columns are under. */
export async function keysInUse(
  database: Database,
  caller: Caller,
  tables: readonly EncryptedTable[],
): Promise<KeyUse[]> {
  const uses: KeyUse[] = [];
  for (const { table, columns } of tables) {
    for (const column of columns) {
      const name = `${schemaOf(database.service)}.${table}.${column}`;
      const rows = await database.query<{ key_id: string; values: number }>(
        caller,
        `select split_part(${column}, '.', 1) as key_id, count(*)::int as values
         from ${qualified(database, table)} where ${column} is not null group by 1 order by 1`,
      );
      uses.push(...rows.map(({ key_id, values }) => ({ column: name, keyId: key_id, values })));
    }
  }
  return uses;
}

interface Chunk {
  readonly rotated: number;
  readonly unreadable: number;
  /** Key of the last row; null at the end of the table. */
  readonly last: readonly string[] | null;
}

/** Steps through one table. Keys and values travel as text. */
class TableWalk {
  private readonly name: string;
  private readonly stale: string;

  constructor(
    private readonly database: Database,
    private readonly caller: Caller,
    private readonly cipher: ColumnCipher,
    private readonly table: EncryptedTable,
    private readonly types: readonly string[],
  ) {
    this.name = qualified(database, table.table);
    this.stale = table.columns.map((column) => `not starts_with(t.${column}, $1)`).join(' or ');
  }

  async left(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      this.caller,
      `select count(*)::int as count from ${this.name} t where ${this.stale}`,
      [this.prefix],
    );
    return row!.count;
  }

  async chunk(after: readonly string[] | null, rows: number, wait: boolean): Promise<Chunk | 'held'> {
    try {
      return await this.rewrite(after, rows, wait);
    } catch (error) {
      if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return 'held';
      throw error;
    }
  }

  private get prefix(): string {
    return `${this.cipher.currentKeyId}.`;
  }

  private rewrite(after: readonly string[] | null, rows: number, wait: boolean): Promise<Chunk> {
    const { key, columns } = this.table;
    const keys = key.map((column) => `t.${column}`).join(', ');
    const beyond = this.types.map((type, at) => `$${at + 3}::text::${type}`).join(', ');
    return this.database.transaction(this.caller, async (tx) => {
      const found = await tx.query<Record<string, string | null>>(
        `select ${key.map((column, at) => `t.${column}::text as key_${at}`).join(', ')},
                ${columns.map((column, at) => `t.${column} as value_${at}`).join(', ')}
         from ${this.name} t where (${this.stale}) ${after ? `and (${keys}) > (${beyond})` : ''}
         order by ${keys} limit $2 for update ${wait ? '' : 'skip locked'}`,
        [this.prefix, rows, ...(after ?? [])],
      );
      const fresh: { key: readonly string[]; values: readonly (string | null)[] }[] = [];
      for (const row of found) {
        const values = this.resealed(columns.map((_column, at) => row[`value_${at}`] ?? null));
        if (values) fresh.push({ key: key.map((_column, at) => row[`key_${at}`]!), values });
      }
      if (fresh.length > 0) {
        await tx.query(
          `update ${this.name} t
           set ${columns.map((column, at) => `${column} = coalesce(u.value_${at}, t.${column})`).join(', ')}
           from unnest(${[...key, ...columns].map((_column, at) => `$${at + 1}::text[]`).join(', ')})
             as u (${[...key.map((_column, at) => `key_${at}`), ...columns.map((_column, at) => `value_${at}`)].join(', ')})
           where ${key.map((column, at) => `t.${column} = u.key_${at}::${this.types[at]}`).join(' and ')}`,
          [
            ...key.map((_column, at) => fresh.map((row) => row.key[at])),
            ...columns.map((_column, at) => fresh.map((row) => row.values[at])),
          ],
        );
      }
      const last = found.at(-1);
      return {
        rotated: fresh.length,
        unreadable: found.length - fresh.length,
        last: last ? key.map((_column, at) => last[`key_${at}`]!) : null,
      };
    });
  }

  /** New values where the key is another; null for the row if one does not open, so that what does not open is never lost. */
  private resealed(values: readonly (string | null)[]): (string | null)[] | null {
    const schema = schemaOf(this.database.service);
    try {
      return values.map((stored, at) => {
        if (stored === null || this.cipher.isCurrent(stored)) return null;
        const column = `${schema}.${this.table.table}.${this.table.columns[at]}`;
        return this.cipher.encrypt(column, this.cipher.decrypt(column, stored));
      });
    } catch (error) {
      if (error instanceof StoredValueNotReadable) return null;
      throw error;
    }
  }
}

function qualified(database: Database, table: string): string {
  return `${schemaOf(database.service)}.${table}`;
}

async function keyTypes(
  database: Database,
  caller: Caller,
  { table, key }: EncryptedTable,
): Promise<string[]> {
  const rows = await database.query<{ name: string; type: string }>(
    caller,
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = to_regclass($1) and attname = any($2) and not attisdropped`,
    [qualified(database, table), key],
  );
  const types = new Map(rows.map(({ name, type }) => [name, type]));
  return key.map((column) => {
    const type = types.get(column);
    if (!type) throw new Error(`${qualified(database, table)} has no column ${column}`);
    return type;
  });
}
