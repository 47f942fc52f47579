import { cleanText, EMPTY } from './cell.js';
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
  }
  if (rows.length === 0) {
    throw new FileNotReadable('文件里只有表头，没有数据行。请在表头下面填写数据后重新上传。');
  }
  return {
    rows,
    present: new Set(header.places.keys()),
    unknownColumns: header.unknown,
  };
}

function readRaw(file: Buffer, limits: TableLimits): Promise<RawRow[]> | RawRow[] {
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
  let best = { index: -1, found: [] as (keyof C | undefined)[], known: 0 };
  raw.slice(0, HEADER_WITHIN).forEach(({ cells }, index) => {
    const found = cells.map(({ text }) => keyOf.get(plainHeading(text)));
    const known = found.filter((key) => key !== undefined).length;
    if (known > best.known) best = { index, found, known };
  });
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
  const headings = raw[best.index]!.cells;
  const unknown = headings.filter(
    ({ text }, place) =>
      text !== '' &&
      best.found[place] === undefined &&
      !(ERROR_COLUMNS as readonly string[]).includes(plainHeading(text)),
  ).length;
  return { index: best.index, places, unknown };
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
    if (cell.text === '') {
      if (column.required)
        error(`${column.header}没有填写`, column.hint ? `请填写：${column.hint}。` : '请补充填写。');
      continue;
    }
    if (cell.kind === 'error') {
      error(`${column.header}的公式出错`, '请把公式改成具体内容后重新上传。');
      continue;
    }
    const reading = column.read(cell);
    if (reading.ok) values[key] = reading.value;
    else error(reading.reason, reading.suggestion);
  }
  return { row, cells, values: values as Values<C>, errors };
}
