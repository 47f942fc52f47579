import { BANK_ANSWER } from './paying.js';

/**
 * How the story's bank wants its files, and answers them; invented, nobody is paid by it. The file out is of fixed width in GB18030, as
 * many are; the answer is text with separators.
 */
export const MONTH_FORMAT = {
  id: 'month-story',
  zh: '发放演示格式（虚构）',
  out: {
    shape: { kind: 'fixed' },
    ...{ encoding: 'gb18030', lineEnd: 'crlf' },
    header: [
      { zh: '首行标志', content: { from: 'constant', text: 'H' }, width: 1 },
      { zh: '总笔数', content: { from: 'total-count' }, width: 8, align: 'right', pad: '0' },
      { zh: '总金额', content: { from: 'total-amount', unit: 'fen' }, width: 15, align: 'right', pad: '0' },
    ],
    line: [
      { zh: '明细标志', content: { from: 'constant', text: 'D' }, width: 1 },
      { zh: '收款账号', content: { from: 'account' }, width: 32 },
      { zh: '收款人姓名', content: { from: 'payee-name' }, width: 60 },
      { zh: '金额', content: { from: 'amount', unit: 'fen' }, width: 12, align: 'right', pad: '0' },
      { zh: '发放编号', content: { from: 'reference' }, width: 36 },
    ],
    trailer: null,
  },
  return: BANK_ANSWER,
};

/** A transfer as the bank reads it off the file. */
export interface BankLine {
  readonly account: string;
  readonly name: string;
  readonly fen: number;
  readonly reference: string;
  /** Why it did not arrive; null: it did. */
  readonly refused: string | null;
}

export interface BankAnswer {
  readonly lines: readonly BankLine[];
  readonly file: Buffer;
}

/** The places of the file as the bank's own leaflet has them, in bytes. */
const HEADER = /^H(\d{8})(\d{15})$/;
const ACCOUNT = [1, 33] as const;
const NAME = [33, 93] as const;
const AMOUNT = [93, 105] as const;
const REFERENCE = [105, 141] as const;

/**
 * The bank: reads the file byte by byte as its leaflet says, checks count and sum against the header, transfers, and says of each line what
 * became of it. Shares nothing with what wrote the file.
 * @param refuses account numbers that it does not pay to, and why
 * @throws Error where the file is not as the leaflet says
 */
export function bankAnswers(file: Uint8Array, refuses: ReadonlyMap<string, string>): BankAnswer {
  const rows = rowsOf(file);
  const header = HEADER.exec(text(rows[0] ?? new Uint8Array()));
  if (!header) throw new Error('the file has no header');
  const lines = rows.slice(1).map((row, place): BankLine => {
    if (row.length !== REFERENCE[1] || row[0] !== 0x44) throw new Error(`line ${place + 2} is not as agreed`);
    const cell = ([from, to]: readonly [number, number]) => text(row.subarray(from, to)).trim();
    const account = cell(ACCOUNT);
    return {
      ...{ account, name: cell(NAME), fen: Number(cell(AMOUNT)), reference: cell(REFERENCE) },
      refused: refuses.get(account) ?? null,
    };
  });
  const sum = lines.reduce((total, { fen }) => total + fen, 0);
  if (lines.length !== Number(header[1]) || sum !== Number(header[2])) {
    throw new Error(
      `the header says ${header[1]} lines of ${header[2]} 分, the file has ${lines.length} of ${sum}`,
    );
  }
  const answers = lines.map(({ reference, fen, refused }) =>
    [reference, fen, refused === null ? '成功' : '失败', refused ?? ''].join('|'),
  );
  return { lines, file: Buffer.from(`${answers.join('\n')}\n`, 'utf8') };
}

/** By CR LF; no character of GB18030 has either byte as its second one. */
function rowsOf(file: Uint8Array): Uint8Array[] {
  const rows: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at + 1 < file.length; at += 1) {
    if (file[at] !== 0x0d || file[at + 1] !== 0x0a) continue;
    rows.push(file.subarray(from, at));
    from = at + 2;
  }
  if (from !== file.length) throw new Error('the last line has no end');
  return rows;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('gb18030', { fatal: true }).decode(bytes);
}
