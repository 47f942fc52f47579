import { DomainError } from '@app/kernel';
import { createHash } from 'node:crypto';
import { writeAmount } from './amount.js';
import { byteLength, encode } from './encoding.js';
import type { BankFileFormat, Field, Layout } from './format.js';

/** One payment of a pay run. */
export interface BankLine {
  /** Unique in the file; comes back in the return file. */
  readonly reference: string;
  readonly payeeName: string;
  readonly account: string;
  /** 分, more than nothing. */
  readonly fen: number;
  readonly remark: string;
}

export interface BankFile {
  readonly bytes: Uint8Array;
  readonly totals: { readonly count: number; readonly fen: number };
  /** Of the bytes, hexadecimal: what was signed is what was handed over. */
  readonly sha256: string;
}

/** A value cannot stand in the file as it is. Nothing was written: a cut name or account would be another person's. */
export class BankFileNotWritable extends DomainError {
  readonly slug = 'bank-file-not-writable';
  readonly kind = 'invalid';
  /** @param row row of the file as it would have been, from 1 */
  constructor(
    readonly row: number,
    readonly column: string,
    what: string,
  ) {
    super(`第 ${row} 行“${column}”${what}`, { row, column });
  }
}

interface Totals {
  readonly count: number;
  readonly fen: number;
}

/** @throws BankFileNotWritable with row and column of the first value that does not fit */
export function writeBankFile({ out }: BankFileFormat, lines: readonly BankLine[]): BankFile {
  const first = out.header ? 2 : 1;
  const totals = totalsOf(out, lines, first);
  const parts: Uint8Array[] = [];
  let length = 0;
  let row = 0;
  const write = (fields: readonly Field[], line: BankLine | null, sequence: number) => {
    row += 1;
    const record = writeRecord(out, fields, row, (field) => textOf(field, line, sequence, totals));
    parts.push(record);
    length += record.length;
  };
  if (out.header) write(out.header, null, 0);
  lines.forEach((line, index) => write(out.line, line, index + 1));
  if (out.trailer) write(out.trailer, null, 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, totals, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function totalsOf(out: Layout, lines: readonly BankLine[], first: number): Totals {
  const columnOf = (from: Field['content']['from']) =>
    out.line.find(({ content }) => content.from === from)!.zh;
  const seen = new Set<string>();
  let fen = 0;
  lines.forEach((line, index) => {
    const refuse = (from: 'reference' | 'amount' | 'account', what: string) =>
      new BankFileNotWritable(first + index, columnOf(from), what);
    if (line.reference === '') throw refuse('reference', '是空的。每笔发放都要有编号，请重新生成本批次。');
    if (line.account === '') throw refuse('account', '是空的。请补录收款账号后再导出。');
    if (seen.has(line.reference)) throw refuse('reference', '与前面一行相同。请重新生成本批次后再导出。');
    seen.add(line.reference);
    fen += line.fen;
    if (!Number.isSafeInteger(line.fen) || line.fen <= 0 || !Number.isSafeInteger(fen)) {
      throw refuse('amount', '不是大于零的整数分。请核对该笔金额后再导出。');
    }
  });
  return { count: lines.length, fen };
}

function textOf({ content }: Field, line: BankLine | null, sequence: number, totals: Totals): string {
  switch (content.from) {
    case 'constant':
      return content.text;
    case 'sequence':
      return String(sequence);
    case 'payee-name':
      return line!.payeeName;
    case 'account':
      return line!.account;
    case 'amount':
      return writeAmount(line!.fen, content.unit);
    case 'reference':
      return line!.reference;
    case 'remark':
      return line!.remark;
    case 'total-count':
      return String(totals.count);
    case 'total-amount':
      return writeAmount(totals.fen, content.unit);
    case 'outcome':
    case 'reason':
    case 'ignored':
      // The format's schema keeps these out of what is written.
      throw new TypeError(`A bank file has no field of ${content.from}`);
  }
}

function writeRecord(
  { shape, encoding, lineEnd }: Layout,
  fields: readonly Field[],
  row: number,
  valueOf: (field: Field) => string,
): Uint8Array {
  const values = fields.map((field) => {
    const text = valueOf(field);
    const refuse = (what: string) => new BankFileNotWritable(row, field.zh, what);
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)) {
      throw refuse('含有换行或不可见的字符。请更正后再导出。');
    }
    const isPadded = shape.kind === 'fixed' && field.content.from !== 'constant';
    if (isPadded && text !== text.trim()) throw refuse('前后有空格。请更正后再导出。');
    const length = byteLength(text, encoding);
    if (length === null) throw refuse('含有无法写入文件的字符。请更正后再导出。');
    if (field.width !== null && length > field.width) {
      throw refuse(
        `有 ${length} 个字节，文件格式最多 ${field.width} 个（一个汉字在 GB18030 中占两个字节）。请与收款单位核对后更正，系统不会截断。`,
      );
    }
    if (shape.kind === 'fixed') {
      const filler = field.pad.repeat(field.width! - length);
      return field.align === 'left' ? text + filler : filler + text;
    }
    if (!text.includes(shape.delimiter) && !text.includes('"')) return text;
    if (!shape.quoted) throw refuse('含有分隔符或引号，文件格式不允许。请更正后再导出。');
    return `"${text.replaceAll('"', '""')}"`;
  });
  const record = values.join(shape.kind === 'fixed' ? '' : shape.delimiter);
  return encode(record + (lineEnd === 'crlf' ? '\r\n' : '\n'), encoding)!;
}
