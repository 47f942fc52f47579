import type ExcelJS from 'exceljs';
import { safeForSpreadsheet } from './cell.js';
import { ERROR_COLUMNS, EXAMPLE_MARK, type Columns, type RowError, type TableKind } from './table.js';

/** A row that was not taken in, as it was sent, with what is wrong with it. */
export interface BadRow<C extends Columns = Columns> {
  readonly row: number;
  readonly cells: Readonly<Partial<Record<keyof C, string>>>;
  readonly errors: readonly RowError[];
}

const HEADER_FILL: ExcelJS.Fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFD9E7F5' } };
const ERROR_FILL: ExcelJS.Fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFD6D6' } };
const TEXT = '@';
/** Rows that get the drop-downs and the text format beforehand. */
const PREPARED_ROWS = 2_000;

/** An empty table of this kind to fill in: headings, an example row that is not read, drop-downs, and how to fill it in. */
export async function xlsxTemplate(kind: TableKind): Promise<Buffer> {
  const book = await newWorkbook();
  const sheet = addSheet(book, kind, []);
  sheet.addRow(exampleOf(kind)).font = { italic: true, color: { argb: 'FF808080' } };
  addDropDowns(sheet, kind);
  const notes = book.addWorksheet('填写说明');
  notes.columns = [
    { header: '列', width: 24 },
    { header: '必填', width: 8 },
    { header: '填写要求', width: 70 },
  ];
  notes.getRow(1).font = { bold: true };
  for (const { header, required, hint } of Object.values(kind.columns)) {
    notes.addRow([header, required ? '是' : '', hint].map(safeForSpreadsheet));
  }
  notes.addRow([`以“${EXAMPLE_MARK}”开头的行是示例，不会被读取。`]);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** The same as CSV, in UTF-8 with the mark that makes Excel see it. */
export function csvTemplate(kind: TableKind): Buffer {
  const lines = [Object.values(kind.columns).map(({ header }) => header), exampleOf(kind)];
  return Buffer.from(`\ufeff${lines.map(csvLine).join('')}`, 'utf8');
}

/**
 * The rows that were not taken in, each with reason and suggestion beside it and the wrong cells marked. Corrected, it can be
 * sent again as it is.
 */
export async function errorWorkbook<C extends Columns>(
  kind: TableKind<C>,
  rows: readonly BadRow<C>[],
): Promise<Buffer> {
  const book = await newWorkbook();
  const used = Object.keys(kind.columns).filter(
    (key) => kind.columns[key]!.required || rows.some(({ cells }) => (cells[key] ?? '') !== ''),
  );
  const columns = Object.fromEntries(used.map((key) => [key, kind.columns[key]!]));
  const sheet = addSheet(book, { ...kind, columns }, ERROR_COLUMNS);
  for (const { row, cells, errors } of rows) {
    const written = sheet.addRow([
      ...used.map((key) => safeForSpreadsheet(cells[key] ?? '')),
      String(row),
      errors.map(({ column, reason }) => (column ? `【${column}】${reason}` : reason)).join('；'),
      errors.map(({ suggestion }) => suggestion).join(' '),
    ]);
    const wrong = new Set(errors.map(({ column }) => column));
    used.forEach((key, place) => {
      if (wrong.has(kind.columns[key]!.header)) written.getCell(place + 1).fill = ERROR_FILL;
    });
  }
  addDropDowns(sheet, { ...kind, columns });
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** A table that goes to somebody who fills in the rest of each row and sends it back. */
export interface Form<C extends Columns = Columns> {
  /** Lines above the headings: what it is, its number, by when. */
  readonly heading: readonly string[];
  readonly rows: readonly Readonly<Partial<Record<keyof C, string>>>[];
  /** Columns that are filled in there; in the others the spreadsheet lets nobody write by accident. */
  readonly open: readonly (keyof C)[];
  /** Columns by which a row is known again; no one need see them. */
  readonly hidden: readonly (keyof C)[];
  /** By what the whole file is known again: stands on a sheet that no menu shows. */
  readonly marker: Readonly<Record<string, string>>;
}

/** The form of this kind with its rows. A protected sheet keeps out slips, not intent: what comes back is compared. */
export async function formWorkbook<C extends Columns>(kind: TableKind<C>, form: Form<C>): Promise<Buffer> {
  const book = await newWorkbook();
  const keys = Object.keys(kind.columns);
  const sheet = addSheet(book, kind, [], form.heading);
  keys.forEach((key, place) => {
    const column = sheet.getColumn(place + 1);
    column.hidden = form.hidden.includes(key);
    if (form.open.includes(key)) column.style = { numFmt: TEXT, protection: { locked: false } };
  });
  for (const row of form.rows) sheet.addRow(keys.map((key) => safeForSpreadsheet(row[key] ?? '')));
  addDropDowns(sheet, kind, form.heading.length + 2);
  await sheet.protect('', { formatColumns: true, sort: true, autoFilter: true });
  const marker = book.addWorksheet('onething', { state: 'veryHidden' });
  for (const entry of Object.entries(form.marker)) marker.addRow(entry);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** Loaded when the first workbook is written: it is a tenth of what a service needs to start. */
async function newWorkbook(): Promise<ExcelJS.Workbook> {
  const { default: excel } = await import('exceljs');
  return new excel.Workbook();
}

function addSheet(
  book: ExcelJS.Workbook,
  kind: TableKind,
  more: readonly string[],
  heading: readonly string[] = [],
): ExcelJS.Worksheet {
  const first = heading.length + 1;
  const sheet = book.addWorksheet(kind.title, { views: [{ state: 'frozen', ySplit: first }] });
  const columns = Object.values(kind.columns);
  sheet.columns = [
    ...columns.map(({ header }) => ({
      width: Math.max(12, header.length * 2 + 4),
      style: { numFmt: TEXT },
    })),
    ...more.map((header) => ({ width: header === '原行号' ? 8 : 60, style: { numFmt: TEXT } })),
  ];
  for (const line of heading) sheet.addRow([safeForSpreadsheet(line)]).font = { bold: true };
  sheet.addRow([...columns.map(({ header }) => header), ...more]).eachCell((cell, place) => {
    const column = columns[place - 1];
    cell.font = { bold: true, ...(column?.required ? { color: { argb: 'FFC00000' } } : {}) };
    cell.fill = HEADER_FILL;
    if (column?.hint) cell.note = `${column.required ? '必填。' : ''}${column.hint}`;
  });
  return sheet;
}

interface DataValidations {
  add(range: string, validation: ExcelJS.DataValidation): void;
}

function addDropDowns(sheet: ExcelJS.Worksheet, kind: TableKind, first = 2): void {
  // Declared once per column; a validation per cell makes a template of megabytes. exceljs has it, its types do not.
  const { dataValidations } = sheet as unknown as { dataValidations: DataValidations };
  Object.values(kind.columns).forEach(({ choices }, place) => {
    if (!choices) return;
    const letter = sheet.getColumn(place + 1).letter;
    const list = choices.join(',');
    // A list inside the validation may have 255 characters and no comma of its own.
    if (list.length > 255 || choices.some((choice) => choice.includes(','))) return;
    dataValidations.add(`${letter}${first}:${letter}${PREPARED_ROWS}`, {
      type: 'list',
      allowBlank: true,
      formulae: [`"${list}"`],
      showErrorMessage: true,
      errorTitle: '请从列表中选择',
      error: '这里只能填写下拉列表中的内容。',
    });
  });
}

function exampleOf(kind: TableKind): string[] {
  return Object.values(kind.columns).map(({ example, choices }, place) => {
    const text = example || choices?.[0] || '';
    return safeForSpreadsheet(place === 0 ? `${EXAMPLE_MARK}${text}` : text);
  });
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}
