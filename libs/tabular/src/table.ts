import { setImmediate } from 'node:timers/promises';
import { BROKEN, cleanText, EMPTY, type Cell } from './cell.js';
import type { Column } from './column.js';
import { FileNotReadable, FileTooLarge, HeaderNotValid } from './errors.js';
import { DEFAULT_LIMITS, type TableLimits } from './limits.js';
import { readCsv } from './read-csv.js';
import { readXlsx, type RawRow } from './xlsx/read-xlsx.js';

// The columns of one table hold different values, and a column is both read from and written by.
export type Columns = Readonly<Record<string, Column<unknown>>>;

/** What a row gives: per column its value, or null where the cell is empty, wrong, or the column missing. */
export type Values<C extends Columns> = {
  readonly [Key in keyof C]: C[Key] extends Column<infer Value> ? Value | null : never;
};

/** A kind of table that can be read, written as a template, and sent back with its errors. */
export interface TableKind<C extends Columns = Columns> {
  /** File name of the template, without ending. */
  readonly name: string;
  /** Chinese title: name of the sheet. */
  readonly title: string;
  readonly columns: C;
  /**
   * Keys of the columns that together name what a row is about. The same row again is reported and comes in once; rows that say different
   * things of the same are all reported, since which of them is right is not for a reader to guess.
   */
  readonly unique?: readonly string[];
}

/** What is wrong with a row, and what to do about it. Texts in Chinese that never quote the cell. */
export interface RowError {
  /** Row number as the spreadsheet shows it. */
  readonly row: number;
  /** Heading of the column; null for the row as a whole. */
  readonly column: string | null;
  readonly reason: string;
  readonly suggestion: string;
}

export interface Row<C extends Columns = Columns> {
  readonly row: number;
  /** Cleaned text of every known column, as it was sent: for the error workbook. */
  readonly cells: Readonly<Partial<Record<keyof C, string>>>;
  readonly values: Values<C>;
  readonly errors: readonly RowError[];
}

export interface Table<C extends Columns = Columns> {
  readonly rows: readonly Row<C>[];
  /** Known columns that the file has. */
  readonly present: ReadonlySet<keyof C>;
  /** How many columns of the file no heading is known for; they were not read. */
  readonly unknownColumns: number;
}

/** Text at the head of an example row of a template: such a row is not read. */
export const EXAMPLE_MARK = '示例：';
const CLEAN_EXAMPLE_MARK = cleanText(EXAMPLE_MARK);

/** Headings of the columns that the error workbook adds; they are no unknown columns. */
export const ERROR_COLUMNS = ['原行号', '错误原因', '更正建议'] as const;

/** Some milliseconds of work; then others get their turn. */
const ROWS_AT_ONCE = 1_000;

/** How many rows may stand above the headings: titles, notes, the month. */
const HEADER_WITHIN = 10;

/**
 * Reads an .xlsx or .csv file as one kind of table. Wrong cells are reported with their row, never thrown; what makes the
 * whole file unusable is thrown.
 * @throws FileNotReadable, FileTooLarge, HeaderNotValid
 */
export async function readTable<C extends Columns>(
  file: Buffer,
  kind: TableKind<C>,
  limits: TableLimits = DEFAULT_LIMITS,
): Promise<Table<C>> {
  if (file.length > limits.bytes) {
    const megabytes = Math.floor(limits.bytes / 1024 / 1024);
    throw new FileTooLarge(`文件超过 ${megabytes} MB。请拆分成几个文件后分别上传。`);
  }
  const raw = await readRaw(file, limits);
  const header = findHeader(raw, kind);
  const rows: Row<C>[] = [];
  for (const row of raw.slice(header.index + 1)) {
    if (row.cells.some(({ text }) => text.startsWith(CLEAN_EXAMPLE_MARK))) continue;
    rows.push(readRow(row, kind, header.places));
    if (rows.length % ROWS_AT_ONCE === 0) await setImmediate();
  }
  if (rows.length === 0) {
    throw new FileNotReadable('文件里只有表头，没有数据行。请在表头下面填写数据后重新上传。');
  }
  return {
    rows: kind.unique ? withRepetitions(rows, kind, kind.unique) : rows,
    present: new Set(header.places.keys()),
    unknownColumns: header.unknown,
  };
}

function withRepetitions<C extends Columns>(
  rows: readonly Row<C>[],
  kind: TableKind<C>,
  unique: readonly string[],
): Row<C>[] {
  const together = new Map<string, Row<C>[]>();
  for (const row of rows) {
    const key = unique.map((column): unknown => row.values[column]);
    // A wrong row is reported already; and what has no name is nobody's repetition.
    if (row.errors.length > 0 || key.includes(null)) continue;
    const name = JSON.stringify(key);
    const before = together.get(name);
    if (before) before.push(row);
    else together.set(name, [row]);
  }
  const column = unique.map((key) => kind.columns[key]!.header).join('、');
  const found = new Map<Row<C>, RowError>();
  for (const [first, ...others] of together.values()) {
    const isSame = others.every(({ values }) => JSON.stringify(values) === JSON.stringify(first!.values));
    for (const row of isSame ? others : [first!, ...others]) {
      const other = row === first ? others[0]! : first!;
      found.set(row, {
        row: row.row,
        column,
        reason: isSame ? `与第 ${other.row} 行重复` : `与第 ${other.row} 行相同，但其他内容不同`,
        suggestion: isSame ? '已按前一行读取一次，请删除重复的行。' : '请核对后只保留正确的一行，重新上传。',
      });
    }
  }
  return rows.map((row) => {
    const error = found.get(row);
    return error ? { ...row, errors: [error] } : row;
  });
}

async function readRaw(file: Buffer, limits: TableLimits): Promise<RawRow[]> {
  if (file.length === 0) throw new FileNotReadable('文件是空的。请选择填好的表格后重新上传。');
  if (file[0] === 0x50 && file[1] === 0x4b) return readXlsx(file, limits);
  if (file.subarray(0, 4).toString('hex') === 'd0cf11e0') {
    throw new FileNotReadable(
      '这是旧版 .xls 文件，或设有密码的表格。请用 Excel 或 WPS 打开，去掉密码后另存为 .xlsx，再重新上传。',
    );
  }
  if (file.subarray(0, 5).toString('latin1') === '%PDF-') {
    throw new FileNotReadable('这是 PDF 文件，无法读取表格。请上传 .xlsx 或 .csv 文件。');
  }
  return readCsv(file, limits);
}

interface Header<C extends Columns> {
  readonly index: number;
  readonly places: ReadonlyMap<keyof C, number>;
  readonly unknown: number;
}

/** `*姓名（必填）` is 姓名. */
function plainHeading(text: string): string {
  return text.replace(/[([【].*?[)\]】]/g, '').replace(/[\s*:：]/g, '');
}

function findHeader<C extends Columns>(raw: readonly RawRow[], kind: TableKind<C>): Header<C> {
  const keyOf = new Map<string, keyof C>();
  for (const [key, { header, aliases }] of Object.entries(kind.columns)) {
    for (const name of [header, ...aliases]) keyOf.set(plainHeading(cleanText(name)), key);
  }
  const keysOf = ({ cells }: RawRow) => cells.map(({ text }) => keyOf.get(plainHeading(text)));
  let best = { index: -1, found: [] as (keyof C | undefined)[], known: 0 };
  raw.slice(0, HEADER_WITHIN).forEach((row, index) => {
    const found = keysOf(row);
    const known = found.filter((key) => key !== undefined).length;
    if (known > best.known) best = { index, found, known };
  });
  const headings = (raw[best.index]?.cells ?? []).map(({ text }) => text);
  let last = best.index;
  // Merged cells spread the headings over two rows: 姓名 over both, 联系电话 below 联系方式.
  for (const other of [best.index - 1, best.index + 1]) {
    const row = best.index < 0 ? undefined : raw[other];
    if (!row || !isOtherHalf(row, keysOf(row), raw[best.index]!, best.found)) continue;
    keysOf(row).forEach((key, place) => {
      if (key === undefined) return;
      best.found[place] = key;
      headings[place] = row.cells[place]!.text;
    });
    last = Math.max(last, other);
  }
  const places = new Map<keyof C, number>();
  best.found.forEach((key, place) => {
    if (key === undefined) return;
    if (places.has(key)) {
      throw new HeaderNotValid(
        `表头中“${kind.columns[key]!.header}”一列出现了两次。请删除多余的一列后重新上传。`,
      );
    }
    places.set(key, place);
  });
  const missing = Object.entries(kind.columns)
    .filter(([key, { required }]) => required && !places.has(key))
    .map(([, { header }]) => header);
  if (missing.length > 0) {
    throw new HeaderNotValid(
      `表头缺少：${missing.join('、')}。请下载“${kind.title}”模板，按模板的表头填写后重新上传。`,
      { missing },
    );
  }
  const unknown = headings.filter(
    (text, place) =>
      (text ?? '') !== '' &&
      best.found[place] === undefined &&
      !(ERROR_COLUMNS as readonly string[]).includes(plainHeading(text)),
  ).length;
  return { index: last, places, unknown };
}

/** Whether a row beside the headings holds only more of them, in places where the headings have none that is known. */
function isOtherHalf<Key>(
  row: RawRow,
  keys: readonly (Key | undefined)[],
  best: RawRow,
  found: readonly (Key | undefined)[],
): boolean {
  const isAbove = row.row < best.row;
  return (
    Math.abs(row.row - best.row) === 1 &&
    keys.some((key) => key !== undefined) &&
    row.cells.every(({ text }, place) => {
      if (text === '') return true;
      const isFree = found[place] === undefined;
      // The group's name stands above; below it stands a heading, known or not, and never what a row is filled with.
      return isAbove ? isFree || keys[place] === undefined : isFree;
    })
  );
}

const UNUSABLE_SUGGESTIONS = {
  的公式出错: '请把公式改成具体内容后重新上传。',
  是公式而不是内容: '请选中整列复制，再“选择性粘贴—数值”，保存后重新上传。',
  所在的单元格是合并的: '合并的单元格只有第一行有内容。请取消合并，在每一行都填写后重新上传。',
  含有乱码: '该处的文字编码与文件其他部分不同。请对照原件重新填写，另存为 .xlsx 后重新上传。',
} as const;

/** What no column can make anything of. */
function whyUnusable({ kind, text }: Cell): keyof typeof UNUSABLE_SUGGESTIONS | null {
  if (kind === 'error') return '的公式出错';
  if (kind === 'merged') return '所在的单元格是合并的';
  if (kind === 'formula' || (kind === 'text' && /^=./.test(text))) return '是公式而不是内容';
  return text.includes(BROKEN) ? '含有乱码' : null;
}

function readRow<C extends Columns>(
  { row, cells: raw }: RawRow,
  kind: TableKind<C>,
  places: ReadonlyMap<keyof C, number>,
): Row<C> {
  const cells: Partial<Record<keyof C, string>> = {};
  const values: Record<string, unknown> = {};
  const errors: RowError[] = [];
  for (const [key, column] of Object.entries(kind.columns)) {
    values[key] = null;
    const place = places.get(key);
    if (place === undefined) continue;
    const cell = raw[place] ?? EMPTY;
    cells[key as keyof C] = cell.text;
    const error = (reason: string, suggestion: string) =>
      errors.push({ row, column: column.header, reason, suggestion });
    const unusable = whyUnusable(cell);
    if (unusable) {
      error(`${column.header}${unusable}`, UNUSABLE_SUGGESTIONS[unusable]);
      continue;
    }
    if (cell.text === '') {
      if (column.required)
        error(`${column.header}没有填写`, column.hint ? `请填写：${column.hint}。` : '请补充填写。');
      continue;
    }
    const reading = column.read(cell);
    if (reading.ok) values[key] = reading.value;
    else error(reading.reason, reading.suggestion);
  }
  return { row, cells, values: values as Values<C>, errors };
}
