import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LARGE_LIMITS, readTable, type Columns, type Row, type TableKind } from '@app/tabular';
import { CliError, EXIT } from '../cli-error.js';
import type { List, ListTables } from './lists.js';

/** Every list that a county may send, by the names that its file may have. */
const fileNames: Readonly<Record<'persons' | List, readonly string[]>> = {
  persons: ['persons', '人员名册'],
  cards: ['cards', '存量残疾人证名册'],
  benefits: ['benefits', '在享待遇名单'],
  payees: ['payees', '发放账户名单'],
  cases: ['cases', '在办事项名单'],
};
export type ListFile = keyof typeof fileNames;

/** The files of a directory, by list. @throws CliError where there is none, or two of one list */
export function filesIn(directory: string): ReadonlyMap<ListFile, Buffer> {
  const found = new Map<ListFile, Buffer>();
  for (const [list, names] of Object.entries(fileNames) as [ListFile, readonly string[]][]) {
    const paths = names
      .flatMap((name) => [`${name}.xlsx`, `${name}.csv`])
      .map((name) => join(directory, name))
      .filter((path) => existsSync(path));
    if (paths.length > 1) {
      throw new CliError(
        'two-files',
        `同一名单有两个文件 · two files of one list：${paths.join('、')}`,
        null,
        EXIT.usage,
      );
    }
    if (paths[0]) found.set(list, readFileSync(paths[0]));
  }
  if (found.size === 0) {
    const names = Object.values(fileNames).map(([name]) => `${name}.xlsx`);
    throw new CliError(
      'no-lists',
      `目录中没有名单 · no lists in ${directory}（${names.join('、')}）`,
      'npx onething takeover templates <dir>',
      EXIT.usage,
    );
  }
  return found;
}

/** A row of a list as it was read: whom it names, what it says, or what is wrong with it. */
export interface ReadRow {
  readonly row: number;
  /** Identity number; null: it could not be read. */
  readonly number: string | null;
  /** As subsidies takes it; null: it could not be read. */
  readonly content: Readonly<Record<string, unknown>> | null;
  readonly faults: readonly {
    readonly kind: 'unreadable';
    readonly column: string | null;
    readonly reason: string;
  }[];
}

export interface ReadList {
  readonly list: List;
  readonly rows: readonly ReadRow[];
  /** Of the file, hexadecimal. */
  readonly sha256: string;
}

/** @throws FileNotReadable, FileTooLarge, HeaderNotValid where the file as a whole cannot be used */
export async function readList(file: Buffer, list: List, tables: ListTables): Promise<ReadList> {
  const sha256 = createHash('sha256').update(file).digest('hex');
  const read = async <C extends Columns>(
    table: TableKind<C>,
    contentOf: (values: Row<C>['values']) => Readonly<Record<string, unknown>>,
  ) => (await readTable(file, table, LARGE_LIMITS)).rows.map((row) => rowOf(row, contentOf));
  return { list, sha256, rows: await rowsOf(list, tables, read) };
}

type Read = <C extends Columns>(
  table: TableKind<C>,
  contentOf: (values: Row<C>['values']) => Readonly<Record<string, unknown>>,
) => Promise<ReadRow[]>;

function rowsOf(list: List, tables: ListTables, read: Read): Promise<ReadRow[]> {
  switch (list) {
    case 'cards':
      return read(tables.cards, ({ status }) => ({ status }));
    case 'benefits':
      return read(tables.benefits, ({ itemId, fromMonth, fen, lastPaid, stoppedFrom, archive }) => ({
        ...{ itemId, fromMonth, fen, lastPaid, stoppedFrom, archive },
      }));
    case 'payees':
      return read(tables.payees, ({ who, holderName, relation, proof, validUntil, bank, accountNumber }) => ({
        holder: who,
        ...{ holderName, relation, proof, validUntil, bank, accountNumber },
      }));
    case 'cases':
      return read(tables.cases, ({ itemId, receivedOn, archive }) => ({ itemId, receivedOn, archive }));
  }
}

function rowOf<C extends Columns>(
  { row, values, errors }: Row<C>,
  contentOf: (values: Row<C>['values']) => Readonly<Record<string, unknown>>,
): ReadRow {
  const { identity, card } = values as { identity?: string | null; card?: string | null };
  const faults = errors.map(({ column, reason, suggestion }) => ({
    kind: 'unreadable' as const,
    column,
    reason: `${reason}。${suggestion}`,
  }));
  if (errors.length === 0 && !identity && !card) {
    faults.push({
      kind: 'unreadable',
      column: '身份证号',
      reason: '身份证号和残疾人证号都没有填写，请至少填写一项。',
    });
  }
  if (identity && card && identity !== card) {
    const reason = '身份证号与残疾人证号不是同一人的，请对照证件核对。';
    faults.push({ kind: 'unreadable', column: '残疾人证号', reason });
  }
  if (faults.length > 0) return { row, number: null, content: null, faults };
  return { row, number: identity ?? card ?? null, content: contentOf(values), faults: [] };
}
