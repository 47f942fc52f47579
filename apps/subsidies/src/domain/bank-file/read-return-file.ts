import { readAmount } from './amount.js';
import { decode } from './encoding.js';
import type { BankFileFormat, Field, Layout } from './format.js';

/** What became of one payment. */
export interface ReturnLine {
  readonly reference: string;
  readonly outcome: 'paid' | 'failed';
  /** As the file says it; null if it was paid, or if nothing was said. */
  readonly reason: string | null;
  /** 分. */
  readonly fen: number;
}

/** What is wrong with the file, and what to do. In Chinese; never quotes the file. */
export interface ReturnProblem {
  /** Row of the file, from 1. */
  readonly row: number;
  /** The field as people call it; null for the row as a whole. */
  readonly column: string | null;
  readonly sentence: string;
}

export interface ReturnFile {
  /** Only what is certain: a row with a problem is not among them, nor any of two rows with one reference. */
  readonly lines: readonly ReturnLine[];
  readonly problems: readonly ReturnProblem[];
}

const CHECK = '请与返回文件的单位核对，取得正确的文件后重新导入。';

/** Reads any bytes: what cannot be read becomes a problem, never an exception. Line ends may be either. */
export function readReturnFile({ return: layout }: BankFileFormat, bytes: Uint8Array): ReturnFile {
  const problems: ReturnProblem[] = [];
  const rows = splitRows(bytes);
  const around = (layout.header ? 1 : 0) + (layout.trailer ? 1 : 0);
  if (rows.length < around || rows.length === 0) {
    return {
      lines: [],
      problems: [{ row: Math.max(1, rows.length), column: null, sentence: `文件是空的或不完整。${CHECK}` }],
    };
  }
  const from = layout.header ? 1 : 0;
  const to = rows.length - (layout.trailer ? 1 : 0);
  // Null: stood there more than once, and is not certain.
  const found = new Map<string, ReturnLine | null>();
  let fen: number | null = 0;
  for (let index = from; index < to; index++) {
    const row = index + 1;
    const values = readRecord(layout, layout.line, rows[index]!, row, problems);
    const line = values && readLine(layout.line, values, row, problems);
    fen = line === null || fen === null ? null : fen + line.fen;
    if (!line) continue;
    if (found.has(line.reference)) {
      const column = layout.line.find(({ content }) => content.from === 'reference')!.zh;
      problems.push({ row, column, sentence: `这个编号在文件里不止一行，这些行都没有导入。${CHECK}` });
      found.set(line.reference, null);
    } else found.set(line.reference, line);
  }
  const totals = { count: to - from, fen };
  if (layout.header) checkRecord(layout, layout.header, rows[0]!, 1, totals, problems);
  if (layout.trailer) checkRecord(layout, layout.trailer, rows[to]!, to + 1, totals, problems);
  return {
    lines: [...found.values()].filter((line) => line !== null),
    problems: problems.sort((one, other) => one.row - other.row),
  };
}

/** No code of more than one byte holds a line end, in neither encoding; so rows are told apart before they are decoded. */
function splitRows(bytes: Uint8Array): Uint8Array[] {
  const rows: Uint8Array[] = [];
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(0x0a, start);
    const next = found < 0 ? bytes.length : found;
    rows.push(bytes.subarray(start, next > start && bytes[next - 1] === 0x0d ? next - 1 : next));
    start = next + 1;
  }
  while (rows.at(-1)?.length === 0) rows.pop();
  return rows;
}

/** @returns the text of each field, or null after having said what is wrong */
function readRecord(
  layout: Layout,
  fields: readonly Field[],
  bytes: Uint8Array,
  row: number,
  problems: ReturnProblem[],
): string[] | null {
  const problem = (column: string | null, what: string) => {
    problems.push({ row, column, sentence: `${what}${CHECK}` });
    return null;
  };
  const { shape, encoding } = layout;
  const unreadable = `文字编码不是约定的 ${encoding.toUpperCase()}，或者字段位置错开了。`;
  if (shape.kind === 'delimited') {
    const text = decode(bytes, encoding);
    if (text === null) return problem(null, unreadable);
    const values = shape.quoted ? unquote(text, shape.delimiter) : text.split(shape.delimiter);
    if (values === null) return problem(null, '这一行的引号不成对。');
    if (values.length !== fields.length) {
      return problem(null, `这一行有 ${values.length} 个字段，应为 ${fields.length} 个。`);
    }
    return values;
  }
  const expected = fields.reduce((sum, { width }) => sum + width!, 0);
  if (bytes.length !== expected) {
    return problem(null, `这一行有 ${bytes.length} 个字节，应为 ${expected} 个。`);
  }
  const values: string[] = [];
  let at = 0;
  for (const field of fields) {
    const text = decode(bytes.subarray(at, at + field.width!), encoding);
    at += field.width!;
    if (text === null) return problem(field.zh, unreadable);
    values.push(withoutPadding(text, field));
  }
  return values;
}

function withoutPadding(text: string, { align, pad }: Field): string {
  if (align === 'left') return text.replace(/ +$/, '');
  // A zero before a digit is padding; the last one is the figure itself.
  return pad === '0' ? text.replace(/^0+(?=\d)/, '') : text.replace(/^ +/, '');
}

/** The fields of a row in which a value may stand in double quotes, or null if they do not pair. */
function unquote(text: string, delimiter: string): string[] | null {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    let value = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0) return null;
        value += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        value += '"';
        at += 1;
      }
      if (at < text.length && text[at] !== delimiter) return null;
    } else {
      const end = text.indexOf(delimiter, at);
      value = text.slice(at, end < 0 ? text.length : end);
      if (value.includes('"')) return null;
      at = end < 0 ? text.length : end;
    }
    values.push(value);
    if (at >= text.length) return values;
    at += 1;
  }
}

function readLine(
  fields: readonly Field[],
  values: readonly string[],
  row: number,
  problems: ReturnProblem[],
): ReturnLine | null {
  let isGood = true;
  let reference = '';
  let outcome = 'failed' as ReturnLine['outcome'];
  let reason = null as string | null;
  let amount = 0;
  fields.forEach(({ content, zh }, index) => {
    const text = values[index]!;
    const problem = (what: string) => {
      isGood = false;
      problems.push({ row, column: zh, sentence: `${what}这一行没有导入。${CHECK}` });
    };
    switch (content.from) {
      case 'reference':
        reference = text;
        if (text === '') problem(`${zh}是空的。`);
        break;
      case 'outcome':
        if (content.paid.includes(text)) outcome = 'paid';
        else if (!content.failed.includes(text)) problem(`${zh}不是约定的代码。`);
        break;
      case 'reason':
        reason = text.trim() === '' ? null : text.trim();
        break;
      case 'amount': {
        const fen = readAmount(text, content.unit);
        if (fen === null) problem(`${zh}不是${content.unit === 'fen' ? '整数分' : '带两位小数的元'}。`);
        else amount = fen;
        break;
      }
      case 'payee-name':
      case 'account':
      case 'remark':
      case 'sequence':
      case 'constant':
      case 'total-count':
      case 'total-amount':
      case 'ignored':
        // Ours already, or not of a line: the reference is what the answer is matched by.
        break;
    }
  });
  return isGood ? { reference, outcome, reason: outcome === 'paid' ? null : reason, fen: amount } : null;
}

/** Header and trailer: their constants, and their totals over all lines, paid or not. */
function checkRecord(
  layout: Layout,
  fields: readonly Field[],
  bytes: Uint8Array,
  row: number,
  totals: { readonly count: number; readonly fen: number | null },
  problems: ReturnProblem[],
): void {
  const values = readRecord(layout, fields, bytes, row, problems);
  if (!values) return;
  fields.forEach((field, index) => {
    const { content, zh } = field;
    const text = values[index]!;
    const problem = (what: string) => problems.push({ row, column: zh, sentence: `${what}${CHECK}` });
    if (content.from === 'constant') {
      const expected = layout.shape.kind === 'fixed' ? withoutPadding(content.text, field) : content.text;
      if (text !== expected) problem(`${zh}不是约定的内容，可能不是这个格式的文件。`);
    } else if (content.from === 'total-count') {
      if (!/^\d+$/.test(text) || Number(text) !== totals.count) problem(`${zh}与明细行数不一致。`);
    } else if (content.from === 'total-amount' && totals.fen !== null) {
      if (readAmount(text, content.unit) !== totals.fen) problem(`${zh}与各行金额之和不一致。`);
    }
  });
}
