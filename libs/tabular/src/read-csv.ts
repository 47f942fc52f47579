import { CsvError, parse } from 'csv-parse/sync';
import { cleanText, withoutGuard, type Cell } from './cell.js';
import { FileNotReadable } from './errors.js';
import type { TableLimits } from './limits.js';
import { cellTooLong, tooManyRows, type RawRow } from './xlsx/read-xlsx.js';

/** The rows of a CSV file, as Chinese Excel, WPS and other departments' systems write it. */
export function readCsv(file: Buffer, limits: TableLimits): RawRow[] {
  const text = decode(file);
  let records: string[][];
  try {
    records = parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: 1_000_000,
    });
  } catch (error) {
    const line = error instanceof CsvError ? Number(error['lines']) : NaN;
    throw new FileNotReadable(
      `CSV 文件${Number.isNaN(line) ? '' : `第 ${line} 行附近`}的引号不成对或格式有误。请用 Excel 或 WPS 打开检查，更正后重新上传。`,
    );
  }
  const rows: RawRow[] = [];
  records.forEach((record, index) => {
    const cells = record.slice(0, limits.columns).map(toCell);
    while (cells.at(-1)?.text === '') cells.pop();
    if (cells.length === 0) return;
    if (cells.some(({ text }) => text.length > limits.cell)) throw cellTooLong(limits);
    if (rows.length > limits.rows) throw tooManyRows(limits);
    rows.push({ row: index + 1, cells });
  });
  return rows;
}

function toCell(text: string): Cell {
  // `="0123"` is how some systems keep Excel from taking a number apart.
  const quoted = /^="([^"]*)"$/.exec(text.trim());
  return { text: withoutGuard(cleanText(quoted ? quoted[1]! : text)), kind: 'text' };
}

/** UTF-8 with or without mark, UTF-16 with mark ("Unicode 文本"), else GB18030, which contains GBK and GB 2312. */
function decode(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return new TextDecoder('utf-16le').decode(file);
  if (file[0] === 0xfe && file[1] === 0xff) return new TextDecoder('utf-16be').decode(file);
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(file);
      if (!text.includes('\u0000')) return text;
    } catch {
      // Not in this encoding; the next one is tried.
    }
  }
  throw new FileNotReadable(
    '无法识别文件的文字编码。请用 Excel 或 WPS 打开后另存为 .xlsx 或“CSV UTF-8”，再重新上传。',
  );
}

/** The one of comma, tab and semicolon that stands most often in the first line. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const first = end < 0 ? text : text.slice(0, end);
  const count = (delimiter: string) => first.split(delimiter).length;
  return [',', '\t', ';'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
