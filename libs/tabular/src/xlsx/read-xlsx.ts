import { cleanText, EMPTY, withoutGuard, type Cell } from '../cell.js';
import { FileNotReadable, FileTooLarge } from '../errors.js';
import type { TableLimits } from '../limits.js';
import { Archive } from './unzip.js';
import { readXml } from './xml.js';

/** A row that is not empty, with its number in the file. */
export interface RawRow {
  readonly row: number;
  readonly cells: readonly Cell[];
}

interface Book {
  readonly sheet: string;
  readonly date1904: boolean;
}

/**
 * The rows of the first visible sheet. Reads the XML directly: exceljs takes two seconds for 5,000 rows, holds the event loop
 * for most of one and unpacks without a limit.
 */
export async function readXlsx(file: Buffer, limits: TableLimits): Promise<RawRow[]> {
  const archive = new Archive(file, limits.unpackedBytes);
  const book = await readBook(archive);
  const strings = archive.has('xl/sharedStrings.xml') ? await readStrings(archive) : [];
  const dayStyles = archive.has('xl/styles.xml') ? await readDayStyles(archive) : new Set<number>();
  return readSheet(await archive.text(book.sheet), { strings, dayStyles, date1904: book.date1904 }, limits);
}

async function readBook(archive: Archive): Promise<Book> {
  let relation: string | undefined;
  let date1904 = false;
  await readXml(await archive.text('xl/workbook.xml'), {
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = /^(1|true)$/.test(attributes['date1904'] ?? '');
      if (name === 'sheet' && (attributes['state'] ?? 'visible') === 'visible') {
        relation ??= Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      }
    },
  });
  let target: string | undefined;
  await readXml(await archive.text('xl/_rels/workbook.xml.rels'), {
    open(name, attributes) {
      if (name === 'Relationship' && attributes['Id'] === relation) target = attributes['Target'];
    },
  });
  if (!relation || !target) {
    throw new FileNotReadable('表格文件里没有可见的工作表。请把数据放在第一个工作表后重新上传。');
  }
  return { sheet: target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`, date1904 };
}

async function readStrings(archive: Archive): Promise<string[]> {
  const strings: string[] = [];
  let current = '';
  let inText = false;
  let phonetic = false;
  await readXml(await archive.text('xl/sharedStrings.xml'), {
    open(name) {
      if (name === 'si') current = '';
      else if (name === 'rPh') phonetic = true;
      else if (name === 't') inText = !phonetic;
    },
    text(text) {
      if (inText) current += text;
    },
    close(name) {
      if (name === 'si') strings.push(current);
      else if (name === 'rPh') phonetic = false;
      else if (name === 't') inText = false;
    },
  });
  return strings;
}

// Built-in formats that show a day (ECMA-376 18.8.30, with those of the Chinese locale).
const BUILT_IN_DAYS = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58]);

/** Indices of the cell styles that show a number as a day. */
async function readDayStyles(archive: Archive): Promise<Set<number>> {
  const dayFormats = new Set(BUILT_IN_DAYS);
  const dayStyles = new Set<number>();
  let inCells = false;
  let index = 0;
  await readXml(await archive.text('xl/styles.xml'), {
    open(name, attributes) {
      if (name === 'numFmt') {
        const code = (attributes['formatCode'] ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '');
        if (/y|d/i.test(code)) dayFormats.add(Number(attributes['numFmtId']));
      } else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) {
        if (dayFormats.has(Number(attributes['numFmtId']))) dayStyles.add(index);
        index += 1;
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return dayStyles;
}

interface Meaning {
  readonly strings: readonly string[];
  readonly dayStyles: ReadonlySet<number>;
  readonly date1904: boolean;
}

const NOT_CALCULATED: Cell = { text: '=', kind: 'formula' };

async function readSheet(xml: string, meaning: Meaning, limits: TableLimits): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  let rowNumber = 0;
  let cells: Cell[] = [];
  let column = -1;
  let type = 'n';
  let style = 0;
  let content = '';
  let listening = false;
  let phonetic = false;
  let isFormula = false;
  const merges: string[] = [];
  await readXml(xml, {
    open(name, attributes) {
      switch (name) {
        case 'row':
          rowNumber = attributes['r'] ? Number(attributes['r']) : rowNumber + 1;
          cells = [];
          column = -1;
          break;
        case 'c':
          column = attributes['r'] ? columnOf(attributes['r']) : column + 1;
          type = attributes['t'] ?? 'n';
          style = Number(attributes['s'] ?? 0);
          content = '';
          isFormula = false;
          break;
        case 'f':
          isFormula = true;
          break;
        case 'mergeCell':
          merges.push(attributes['ref'] ?? '');
          break;
        case 'rPh':
          phonetic = true;
          break;
        case 'v':
          // A result stands beside the formula: an empty one is an empty text.
          isFormula = false;
          listening = true;
          break;
        case 't':
          listening = !phonetic;
          break;
      }
    },
    text(text) {
      if (listening) content += text;
    },
    close(name) {
      switch (name) {
        case 'v':
        case 't':
          listening = false;
          break;
        case 'rPh':
          phonetic = false;
          break;
        case 'c': {
          if (column >= limits.columns) break;
          // Files that a program made hold formulas that nobody has calculated yet: that is no empty cell.
          const cell = isFormula ? NOT_CALCULATED : toCell(type, style, content, meaning);
          if (cell.text.length > limits.cell) throw cellTooLong(limits);
          if (cell.text !== '') {
            while (cells.length < column) cells.push(EMPTY);
            cells[column] = cell;
          }
          break;
        }
        case 'row':
          if (cells.length === 0) break;
          if (rows.length > limits.rows) throw tooManyRows(limits);
          rows.push({ row: rowNumber, cells });
          break;
      }
    },
  });
  markMerged(rows, merges, limits);
  return rows;
}

const MERGED: Cell = { text: '', kind: 'merged' };

/**
 * Of cells that were merged downwards only the first holds what people see in all of them; the others are marked, so that they
 * are not taken for empty.
 */
function markMerged(rows: RawRow[], merges: readonly string[], limits: TableLimits): void {
  if (merges.length === 0) return;
  const placeOf = new Map(rows.map(({ row }, place) => [row, place]));
  // Merged ranges do not overlap: a file that says more than there are cells was not made by a spreadsheet.
  let left = limits.rows * limits.columns;
  for (const range of merges) {
    const [, from, top, to, bottom] = /^([A-Z]+)(\d+):([A-Z]+)(\d+)$/.exec(range) ?? [];
    if (!from || !to) continue;
    const first = columnOf(from);
    const head = rows[placeOf.get(Number(top)) ?? -1]?.cells[first];
    if (!head || head.text === '') continue;
    const last = Math.min(columnOf(to), limits.columns - 1);
    for (let row = Number(top) + 1; row <= Math.min(Number(bottom), rows.at(-1)!.row); row++) {
      left -= Math.max(1, last - first + 1);
      if (left < 0) throw new FileTooLarge('合并的单元格过多。请取消合并、逐行填写后重新上传。');
      const place = placeOf.get(row);
      if (place === undefined) continue;
      const cells = [...rows[place]!.cells];
      while (cells.length <= last) cells.push(EMPTY);
      for (let column = first; column <= last; column++) {
        if (cells[column]!.text === '') cells[column] = MERGED;
      }
      rows[place] = { row, cells };
    }
  }
}

function toCell(
  type: string,
  style: number,
  content: string,
  { strings, dayStyles, date1904 }: Meaning,
): Cell {
  switch (type) {
    case 's':
      return { text: typed(strings[Number(content)] ?? ''), kind: 'text' };
    case 'str':
    case 'inlineStr':
      return { text: typed(content), kind: 'text' };
    case 'b':
      return content === '' ? EMPTY : { text: content === '1' ? '是' : '否', kind: 'boolean' };
    case 'e':
      return { text: content, kind: 'error' };
    case 'd':
      return { text: content.slice(0, 10), kind: 'day' };
    default: {
      if (content === '') return EMPTY;
      const number = Number(content);
      if (!Number.isFinite(number)) return { text: content, kind: 'text' };
      const day = dayStyles.has(style) ? dayOfSerial(number, date1904) : null;
      return day ? { text: day, kind: 'day' } : { text: plainNumber(number), kind: 'number' };
    }
  }
}

function typed(text: string): string {
  return withoutGuard(cleanText(text));
}

/** `338801198506150000` rather than `3.3880119850615e+17`; fractions without binary noise. */
export function plainNumber(number: number): string {
  return String(Number.isInteger(number) ? number : Number(number.toPrecision(12)));
}

const DAY_MS = 86_400_000;

/** The calendar day of a serial number. Excel believes that 1900 had a 29 February, so days before it are one off. */
export function dayOfSerial(serial: number, date1904: boolean): string | null {
  const days = Math.floor(serial);
  if (days < 1 || days > 2_958_465) return null;
  const epoch = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  return new Date(epoch + days * DAY_MS).toISOString().slice(0, 10);
}

function columnOf(reference: string): number {
  let column = 0;
  for (const character of reference) {
    const letter = character.charCodeAt(0) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}

export function tooManyRows(limits: TableLimits): FileTooLarge {
  return new FileTooLarge(`一次最多上传 ${limits.rows} 行。请拆分成几个文件后分别上传。`, {
    rows: limits.rows,
  });
}

export function cellTooLong(limits: TableLimits): FileTooLarge {
  return new FileTooLarge(
    `有单元格超过 ${limits.cell} 个字。请检查是否把多行内容粘贴到了一格，更正后重新上传。`,
  );
}
