import { type ColumnCipher, normaliseNumber } from '@app/access';
import { holdsNumber } from '@app/platform';
import {
  bad,
  choiceColumn,
  cleanText,
  column,
  dayColumn,
  formWorkbook,
  good,
  HeaderNotValid,
  LOST_DIGITS,
  lostDigits,
  readTable,
  textColumn,
  type Column,
  type Row,
  type TableKind,
  type TableLimits,
} from '@app/tabular';
import { writeAmount } from '../domain/bank-file/amount.js';
import {
  MOST_ROWS,
  ReturnOfOtherList,
  type Answer,
  type AnswerOutcome,
  type ComparedCell,
  type ReadAnswer,
  type SheetProblem,
} from '../domain/decision-list.js';

/** What a case shows on the sheet, beside who it is of. */
export interface SheetRow {
  readonly lineNo: number;
  readonly caseId: string;
  readonly title: string;
  readonly divisionCode: string;
  readonly appliedOn: string | null;
  /** 分 a month; null: not known. */
  readonly fen: number | null;
}

/** Who it is of, in the clear: only on the way to the sheet. */
export interface SheetPerson {
  readonly name: string;
  /** Null: a person without a number yet. */
  readonly identityNumber: string | null;
}

/** A row as it went out, to compare what comes back with. */
export interface SentCells extends Pick<SheetRow, 'lineNo' | 'caseId' | 'title' | 'fen'> {
  readonly nameToken: string;
  readonly identityToken: string;
}

/** What a returned file says. */
export interface ReadSheet {
  readonly rows: number;
  readonly answers: readonly ReadAnswer[];
  /** Lines of the list that stand in the file without an answer. */
  readonly open: readonly number[];
  readonly problems: readonly SheetProblem[];
}

const NO_NUMBER = '无';
const UNKNOWN = '未定';
const NAMED = '不知';
const LIMITS: TableLimits = {
  bytes: 2 * 1024 * 1024,
  unpackedBytes: 32 * 1024 * 1024,
  rows: 2 * MOST_ROWS,
  columns: 60,
  cell: 1_000,
};
/** Bytes of a file that comes back. */
export const MOST_BYTES = LIMITS.bytes;

const identity: Column<string> = column(
  { header: '身份证号', aliases: ['公民身份号码', '身份证号码'], required: true, hint: '请勿改动' },
  (cell) => {
    if (lostDigits(cell)) return LOST_DIGITS;
    const number = normaliseNumber(cell.text);
    if (number === NO_NUMBER) return good(NO_NUMBER);
    return /^\d{17}[\dX]$/.test(number)
      ? good(number)
      : bad('身份证号不正确', '这一列请勿改动，请从发出的名单复制回来。');
  },
);

/** Yuan with at most two places, as 分. */
function fenOf(text: string): number | null {
  const match = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text.replace(/[,\s]|元(\/月)?$/g, ''));
  return match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : null;
}

function yuanColumn(header: string, required: boolean): Column<number> {
  return column({ header, required, hint: '元，可含两位小数，如 300.00' }, ({ text }) => {
    if (text === UNKNOWN) return good(-1);
    const fen = fenOf(text);
    return fen === null ? bad(`${header}不是有效的金额`, '请填写金额（元），最多两位小数。') : good(fen);
  });
}

const OUTCOMES: Readonly<Record<string, AnswerOutcome>> = {
  同意: 'agree',
  不同意: 'refuse',
  金额不符: 'amount',
  退回补充: 'return',
};
const OUTCOME = choiceColumn({
  header: '审定结论',
  words: OUTCOMES,
  hint: '同意、不同意、金额不符、退回补充',
});
const columns = {
  lineNo: textColumn({ header: '序号', max: 10 }),
  name: textColumn({ header: '姓名', required: true, max: 50, hint: '请勿改动' }),
  identity,
  item: textColumn({ header: '项目', required: true, max: 100, hint: '请勿改动' }),
  place: textColumn({ header: '区划代码', max: 20 }),
  appliedOn: textColumn({ header: '申请日期', max: 20 }),
  amount: yuanColumn('月金额', true),
  outcome: OUTCOME,
  reason: textColumn({
    header: '理由或需补充的材料',
    aliases: ['理由'],
    max: 500,
    hint: '不同意、退回补充时填写',
  }),
  decided: yuanColumn('审定金额', false),
  on: dayColumn({ header: '审定日期' }),
  decider: textColumn({ header: '审定人', max: 50, hint: '与审定文号至少填写一项' }),
  document: textColumn({ header: '审定文号', aliases: ['文号'], max: 100, hint: '与审定人至少填写一项' }),
  code: textColumn({ header: '回执码', required: true, max: 80, hint: '请勿改动' }),
};
type Key = keyof typeof columns;
const table = {
  name: 'decision-list',
  title: '民政审定名单',
  columns,
  unique: ['code'],
} satisfies TableKind<typeof columns>;
const FILLED: readonly Key[] = ['outcome', 'reason', 'decided', 'on', 'decider', 'document'];

const bytes = (text: string) => Buffer.from(text, 'utf8');

/** Keyed hashes of what a list says of people: what comes back is compared by them, and nothing can be read from them. */
export class SheetTokens {
  private readonly codeHash: ReturnType<ColumnCipher['keyedHash']>;
  private readonly nameHash: ReturnType<ColumnCipher['keyedHash']>;
  private readonly contentHash: ReturnType<ColumnCipher['keyedHash']>;

  constructor(private readonly cipher: ColumnCipher) {
    this.codeHash = cipher.keyedHash('decision-list-code');
    this.nameHash = cipher.keyedHash('decision-list-name');
    this.contentHash = cipher.keyedHash('decision-list-content');
  }

  name(name: string): string {
    // How a space or the dot within a name is typed makes no other name.
    const plain = cleanText(name)
      .replace(/\s/g, '')
      .replace(/[•‧∙⋅・]/g, '·');
    return this.nameHash(bytes(plain)).toString('base64url');
  }

  identity(identityNumber: string | null): string {
    return this.cipher.blindIndex(
      'identity',
      identityNumber === null ? NO_NUMBER : normaliseNumber(identityNumber),
    );
  }

  /** By which a row is known again, in whatever file it comes back: `MZ-338801-2026-0007/12/9f3a1c2b`. */
  code(receipt: string, { lineNo, caseId }: Pick<SheetRow, 'lineNo' | 'caseId'>): string {
    const check = this.codeHash(bytes(receipt), bytes(String(lineNo)), bytes(caseId))
      .toString('hex')
      .slice(0, 8);
    return `${receipt}/${lineNo}/${check}`;
  }

  content(parts: readonly string[]): string {
    return this.contentHash(...parts.map(bytes)).toString('hex');
  }
}

/** The sheet of a list, with the hash of what stands on it. */
export async function writeSheet(
  tokens: SheetTokens,
  head: { readonly receipt: string; readonly day: string; readonly by: string },
  rows: readonly (SheetRow & SheetPerson)[],
): Promise<{ readonly bytes: Buffer; readonly hash: string }> {
  const cells = rows.map((row): Partial<Record<Key, string>> => ({
    lineNo: String(row.lineNo),
    name: row.name,
    identity: row.identityNumber ?? NO_NUMBER,
    item: row.title,
    place: row.divisionCode,
    appliedOn: row.appliedOn ?? '',
    amount: row.fen === null ? UNKNOWN : writeAmount(row.fen, 'yuan'),
    code: tokens.code(head.receipt, row),
  }));
  const hash = tokens.content([head.receipt, ...cells.map((row) => JSON.stringify(row))]);
  const bytes = await formWorkbook(table, {
    heading: [
      `残疾人补贴民政审定名单　回执号：${head.receipt}　发出日期：${head.day}　共${rows.length}件　经办：${head.by}　校验码：${hash.slice(0, 16)}`,
      `请在“${FILLED.map((key) => columns[key].header).join('、')}”各列填写后原件发回，其余各列请勿改动；可以分次发回。`,
    ],
    rows: cells,
    open: FILLED,
    hidden: ['code'],
    marker: { receipt: head.receipt, hash, rows: String(rows.length) },
  });
  return { bytes, hash };
}

/**
 * Reads a file that came back, .xlsx or .csv. A row that cannot be read is a problem and no answer; what is not filled in is no answer yet.
 * @throws FileNotReadable, FileTooLarge, HeaderNotValid, ReturnOfOtherList
 */
export async function readSheet(
  file: Buffer,
  tokens: SheetTokens,
  list: { readonly receipt: string; readonly day: string },
  sent: ReadonlyMap<number, SentCells>,
  today: string,
): Promise<ReadSheet> {
  const { rows, present } = await readTable(file, table, LIMITS);
  const missing = FILLED.filter((key) => !present.has(key) && key !== 'decided').map(
    (key) => columns[key].header,
  );
  if (missing.length > 0) {
    throw new HeaderNotValid(`表头缺少：${missing.join('、')}。请在发出的名单上填写，不要删除或改动表头。`, {
      missing,
    });
  }
  const found = { answers: [] as ReadAnswer[], open: [] as number[], problems: [] as SheetProblem[] };
  let ours = 0;
  for (const row of rows) {
    const line = lineOf(row, tokens, list.receipt, sent);
    if (line !== 'foreign') ours += 1;
    const problems = [...problemsOf(row), ...(typeof line === 'string' ? [notOurs(row, line)] : [])];
    if (problems.length > 0 || typeof line === 'string') {
      found.problems.push(...problems);
      continue;
    }
    const read = answerOf(row, tokens, list.day, line, today);
    if (read === null) found.open.push(line.lineNo);
    else if (Array.isArray(read)) found.problems.push(...read);
    else found.answers.push({ row: row.row, lineNo: line.lineNo, answer: read });
  }
  if (ours === 0) throw new ReturnOfOtherList(list.receipt);
  return { rows: rows.length, ...found };
}

type SheetRead = Row<typeof columns>;

function problemsOf({ errors }: SheetRead): SheetProblem[] {
  return errors.map(({ row, column: name, reason, suggestion }) => ({
    row,
    column: name,
    sentence: `${reason}。${suggestion}`,
  }));
}

/** Which line of the list a row is; the code may be spoilt, or of another list. */
function lineOf(
  { values }: SheetRead,
  tokens: SheetTokens,
  receipt: string,
  sent: ReadonlyMap<number, SentCells>,
): SentCells | 'foreign' | 'spoilt' {
  const code = values.code ?? '';
  const line = sent.get(Number(code.split('/')[1]));
  if (line && tokens.code(receipt, line) === code) return line;
  return code.startsWith(`${receipt}/`) || !/^MZ-\d{6}-\d{4}-\d+\//.test(code) ? 'spoilt' : 'foreign';
}

function notOurs({ row }: SheetRead, why: 'foreign' | 'spoilt'): SheetProblem {
  return {
    row,
    column: columns.code.header,
    sentence:
      why === 'foreign'
        ? '这一行属于另一份名单，没有读取。请在那份名单下录入。'
        : '这一行不在发出的名单上，或者回执码被改动，没有读取。请从发出的名单复制回执码。',
  };
}

/** Null: not answered yet. */
function answerOf(
  { row, values }: SheetRead,
  tokens: SheetTokens,
  sentOn: string,
  line: SentCells,
  today: string,
): Answer | SheetProblem[] | null {
  const { outcome, reason, decided, on, decider, document } = values;
  if (FILLED.every((key) => values[key] === null)) return null;
  const problems: SheetProblem[] = [];
  const refuse = (key: Key, sentence: string) =>
    problems.push({ row, column: columns[key].header, sentence });
  if (outcome === null) refuse('outcome', '填写了其他内容，但没有填写审定结论。请补充审定结论。');
  if (on === null) refuse('on', '没有填写审定日期。请填写作出决定的日期。');
  else if (on > today) refuse('on', '审定日期晚于今天。请核对日期。');
  else if (on < sentOn) refuse('on', '审定日期早于名单发出的日期。请核对日期。');
  if (decider === null && document === null) {
    refuse('decider', '审定人和审定文号都没有填写。请至少填写一项。');
  }
  if ((outcome === 'refuse' || outcome === 'return') && [...(reason ?? '')].length < 5) {
    refuse('reason', '不同意或退回补充的，须写明理由或需补充的材料，不少于5个字。');
  }
  if (outcome === 'amount' && (decided === null || decided < 0)) {
    refuse('decided', '金额不符的，请填写审定金额。');
  }
  for (const key of ['reason', 'decider', 'document'] as const) {
    if (holdsNumber(values[key] ?? '')) refuse(key, '不能填写证件、电话或账户号码，请删去号码。');
  }
  if (problems.length > 0) return problems;
  return {
    outcome: outcome!,
    reason,
    fen: decided === null || decided < 0 ? null : decided,
    on: on!,
    decider,
    document,
    differs: differencesOf(values, tokens, line),
  };
}

function differencesOf(
  { name, identity: number, item, amount, outcome, decided }: SheetRead['values'],
  tokens: SheetTokens,
  line: SentCells,
): ComparedCell[] {
  const own: Readonly<Record<ComparedCell, boolean>> = {
    name: tokens.name(name ?? NAMED) === line.nameToken,
    identity: tokens.identity(number === NO_NUMBER ? null : number) === line.identityToken,
    item: cleanText(line.title) === item,
    // Agreed to another sum than was asked for is no agreement to ours.
    amount:
      amount === (line.fen ?? -1) &&
      (outcome === 'amount' || decided === null || decided < 0 || decided === line.fen),
  };
  return (Object.keys(own) as ComparedCell[]).filter((cell) => !own[cell]);
}
