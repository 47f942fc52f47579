import { CsvError, parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { BROKEN, cleanText, withoutGuard, type Cell } from './cell.js';
import { FileNotReadable } from './errors.js';
import type { TableLimits } from './limits.js';
import { cellTooLong, tooManyRows, type RawRow } from './xlsx/read-xlsx.js';

/** Characters that are taken apart at a time; then others get their turn, as with XML. */
const CHUNK = 64 * 1024;

/** The rows of a CSV file, as Chinese Excel, WPS and other departments' systems write it. */
export async function readCsv(file: Buffer, limits: TableLimits): Promise<RawRow[]> {
  const text = decode(file);
  refuseOtherKinds(text);
  const records = Readable.from(pieces(text)).pipe(
    parse({
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: 1_000_000,
    }),
  ) as AsyncIterable<string[]>;
  const rows: RawRow[] = [];
  let row = 0;
  try {
    for await (const record of records) {
      row += 1;
      const cells = record.slice(0, limits.columns).map(toCell);
      while (cells.at(-1)?.text === '') cells.pop();
      if (cells.length === 0) continue;
      if (cells.some(({ text: cell }) => cell.length > limits.cell)) throw cellTooLong(limits);
      if (rows.length > limits.rows) throw tooManyRows(limits);
      rows.push({ row, cells });
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines']);
    throw new FileNotReadable(
      `CSV 文件${Number.isNaN(line) ? '' : `第 ${line} 行附近`}的引号不成对或格式有误。请用 Excel 或 WPS 打开检查，更正后重新上传。`,
    );
  }
  return rows;
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length;) {
    // Never between the halves of one character.
    const end = at + CHUNK + (/[\ud800-\udbff]/.test(text.charAt(at + CHUNK - 1)) ? 1 : 0);
    yield text.slice(at, end);
    at = end;
    await setImmediate();
  }
}

/** What systems export as "Excel" is often a web page or XML, whatever its name ends in. */
function refuseOtherKinds(text: string): void {
  const start = text.slice(0, 2_000).trimStart();
  if (/^(<(!doctype|html|head|meta|body|table|style|script|div|\?xml|!--)|mime-version:)/i.test(start)) {
    throw new FileNotReadable(
      '这是网页或 XML 文件，只是名字以 .csv 或 .xls 结尾。请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传；打开后若没有表格，请从原系统重新导出。',
    );
  }
}

function toCell(text: string): Cell {
  // `="0123"` is how some systems keep Excel from taking a number apart.
  const quoted = /^="([^"]*)"$/.exec(text.trim());
  return { text: withoutGuard(cleanText(quoted ? quoted[1]! : text)), kind: 'text' };
}

/**
 * UTF-8 with or without mark, UTF-16 with mark ("Unicode 文本"), else GB18030, which contains GBK and GB 2312. A file of which
 * little is broken (rows of two encodings pasted together, a cut character) is read with the broken places marked, so that
 * they can be reported by row and column and the other rows come in.
 */
function decode(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return new TextDecoder('utf-16le').decode(file);
  if (file[0] === 0xfe && file[1] === 0xff) return new TextDecoder('utf-16be').decode(file);
  // Broken UTF-8 often happens to be GB18030 that means nothing: how much is broken decides, and UTF-8 comes first.
  for (const encoding of ['utf-8', 'gb18030']) {
    const text = new TextDecoder(encoding).decode(file);
    if (!text.includes('\u0000') && isMostlyWhole(text)) return text;
  }
  throw new FileNotReadable(
    '无法识别文件的文字编码。请用 Excel 或 WPS 打开后另存为 .xlsx 或“CSV UTF-8”，再重新上传。',
  );
}

/** Read in the wrong encoding nearly every Chinese character is broken, so a quarter is far from either side. */
function isMostlyWhole(text: string): boolean {
  let broken = 0;
  let foreign = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    foreign += 1;
    if (code === BROKEN.charCodeAt(0)) broken += 1;
  }
  return broken * 4 <= foreign && (broken === 0 || foreign > broken);
}

/** The one of comma, tab and semicolon that stands most often in the first line. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const first = end < 0 ? text : text.slice(0, end);
  const count = (delimiter: string) => first.split(delimiter).length;
  return [',', '\t', ';'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
