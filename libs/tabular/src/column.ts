import { holdsNumber } from '@app/platform';
import { bad, cleanText, good, type Cell, type Reading } from './cell.js';

/** One column of a table: its heading, how it is filled in, and what it makes of a cell. */
export interface Column<Value> {
  readonly header: string;
  /** Other headings under which the same column is accepted. */
  readonly aliases: readonly string[];
  /** The column must be there, and every cell filled in. */
  readonly required: boolean;
  /** How to fill it in: stands in the template. */
  readonly hint: string;
  readonly example: string;
  /** The words that may stand in it: a drop-down in the template. */
  readonly choices: readonly string[] | null;
  read(cell: Cell): Reading<Value>;
}

export interface ColumnOptions {
  readonly header: string;
  readonly aliases?: readonly string[];
  readonly required?: boolean;
  readonly hint?: string;
  readonly example?: string;
}

/** A column with a reading of its own. */
export function column<Value>(
  options: ColumnOptions & { choices?: readonly string[] },
  read: (cell: Cell) => Reading<Value>,
): Column<Value> {
  return {
    header: options.header,
    aliases: options.aliases ?? [],
    required: options.required ?? false,
    hint: options.hint ?? '',
    example: options.example ?? '',
    choices: options.choices ?? null,
    read,
  };
}

/** Any text. What is kept or shown in the clear is a `freeTextColumn`. */
export function textColumn(options: ColumnOptions & { max?: number }): Column<string> {
  const max = options.max ?? 200;
  return column(options, ({ text }) =>
    [...text].length > max ? bad(`${options.header}超过${max}个字`, `请缩短到${max}个字以内。`) : good(text),
  );
}

/** A name or what people write in their own words: in a file, too, no number of a person may stand in its place (`freeText`). */
export function freeTextColumn(options: ColumnOptions & { max?: number }): Column<string> {
  const text = textColumn(options);
  return {
    ...text,
    read: (cell) =>
      holdsNumber(cell.text)
        ? bad(`${options.header}里有号码`, '请删去证件、电话或账户号码。')
        : text.read(cell),
  };
}

/** Spreadsheets keep fifteen digits of a number; what was longer has lost the rest for good. */
const EXACT_DIGITS = 15;

/** Whether a cell held a long number that the spreadsheet has rounded. */
export function lostDigits({ kind, text }: Cell): boolean {
  if (kind === 'number') return text.replace(/\D/g, '').length > EXACT_DIGITS;
  return /^\d(\.\d+)?E\+?\d+$/i.test(text);
}

export const LOST_DIGITS = bad(
  '该单元格被表格当作数字保存，末尾几位已经丢失',
  '请把整列设为“文本”格式，再对照证件重新填写完整号码；丢失的数字无法自动恢复。',
);

/** A number that is a name (phone, account): digits only, never calculated with. */
export function digitsColumn(options: ColumnOptions & { min: number; max: number }): Column<string> {
  const { header, min, max } = options;
  const length = min === max ? `${min}位` : `${min}至${max}位`;
  return column({ hint: `${length}数字，单元格请设为文本格式`, ...options }, (cell) => {
    if (lostDigits(cell)) return LOST_DIGITS;
    const digits = cell.text.replace(/[\s-]/g, '');
    if (!/^\d+$/.test(digits)) return bad(`${header}含有数字以外的字符`, `请只填写数字，${length}。`);
    if (digits.length < min || digits.length > max) {
      return bad(`${header}有${digits.length}位`, `应为${length}，请核对是否漏填或多填。`);
    }
    return good(digits);
  });
}

/** Words for values: `{ 男: 'male' }`. A value's own name is accepted too. */
export function choiceColumn<Value extends string>(
  options: ColumnOptions & {
    words: Readonly<Record<string, Value>>;
    alsoAccepts?: Readonly<Record<string, Value>>;
  },
): Column<Value> {
  const words = Object.keys(options.words);
  // Cleaned as cells are: a word of our own drop-down may have full-width brackets.
  const accepted = new Map<string, Value>(
    [
      ...Object.values(options.words).map((value) => [value, value] as const),
      ...Object.entries(options.alsoAccepts ?? {}),
      ...Object.entries(options.words),
    ].map(([word, value]) => [cleanText(word), value]),
  );
  return column({ hint: `填写：${words.join('、')}`, ...options, choices: words }, ({ text }) => {
    const value = accepted.get(text);
    if (value !== undefined) return good(value);
    return bad(`${options.header}不是可以填写的内容`, `请从以下内容中选一项：${words.join('、')}。`);
  });
}

const YES = new Set(['是', '有', '1', 'true', 'TRUE', 'Y', 'y', 'yes', '√', '✓']);
const NO = new Set(['否', '无', '0', 'false', 'FALSE', 'N', 'n', 'no', '×', '✗']);

/** 是 or 否, in the ways people write it. */
export function yesNoColumn(options: ColumnOptions): Column<boolean> {
  return column({ hint: '填写：是、否', ...options, choices: ['是', '否'] }, ({ text }) => {
    if (YES.has(text)) return good(true);
    if (NO.has(text)) return good(false);
    return bad(`${options.header}应填“是”或“否”`, '请填写“是”或“否”；不清楚的请留空。');
  });
}

export function numberColumn(
  options: ColumnOptions & { min?: number; max?: number; integer?: boolean },
): Column<number> {
  const { min = -Infinity, max = Infinity, integer = false } = options;
  return column({ hint: integer ? '填写整数' : '填写数字', ...options }, ({ text }) => {
    const plain = text.replace(/[,\s]/g, '').replace(/(元|%|人|岁)$/, '');
    const number = /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : NaN;
    if (!Number.isFinite(number) || (integer && !Number.isInteger(number))) {
      return bad(`${options.header}不是${integer ? '整数' : '数字'}`, '请只填写数字，不要带文字说明。');
    }
    if (number < min || number > max) {
      return bad(`${options.header}超出范围`, `请填写${range(min, max)}的数字。`);
    }
    return good(number);
  });
}

function range(min: number, max: number): string {
  if (max === Infinity) return `不小于${min}`;
  if (min === -Infinity) return `不大于${max}`;
  return `${min}至${max}`;
}

/** The serial number of a day of our times, 1927 to 2173: which calendar it counts by, the cell alone does not say. */
const SERIAL = /^\d{5}(\.\d+)?$/;

function serialOfDay(header: string): Reading<never> {
  return bad(
    `${header}是表格内部的日期序号，不是日期`,
    '请选中整列，把单元格格式设为“日期”，核对显示的日期无误后保存，重新上传。',
  );
}

/** A calendar day in any of the shapes that people type: 2026-03-02, 2026/3/2, 2026.3.2, 20260302, 2026年3月2日. */
export function dayColumn(options: ColumnOptions): Column<string> {
  return column({ hint: '日期，如 2026-03-02', example: '2026-03-02', ...options }, ({ text, kind }) => {
    const day = kind === 'day' ? text : readDay(text);
    if (day) return good(day);
    if (SERIAL.test(text)) return serialOfDay(options.header);
    return bad(`${options.header}不是有效的日期`, '请按“年-月-日”填写，如 2026-03-02。');
  });
}

/** @returns `YYYY-MM-DD`, or null if the text is no day that exists */
export function readDay(text: string): string | null {
  const match =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?$/.exec(
      text,
    ) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (!match) return null;
  const day = `${match[1]}-${match[2]!.padStart(2, '0')}-${match[3]!.padStart(2, '0')}`;
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) return null;
  return day >= '1900-01-01' && day <= '2199-12-31' ? day : null;
}

/** A month as `YYYY-MM`: 2026-03, 2026年3月, 202603, or any day in it. */
export function monthColumn(options: ColumnOptions): Column<string> {
  return column({ hint: '月份，如 2026-03', example: '2026-03', ...options }, ({ text, kind }) => {
    const month = readMonth(text) ?? (kind === 'day' ? text : readDay(text))?.slice(0, 7);
    if (month) return good(month);
    if (SERIAL.test(text)) return serialOfDay(options.header);
    return bad(`${options.header}不是有效的月份`, '请按“年-月”填写，如 2026-03。');
  });
}

function readMonth(text: string): string | null {
  const match = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$/.exec(text) ?? /^(\d{4})(\d{2})$/.exec(text);
  if (!match) return null;
  const month = Number(match[2]);
  return month >= 1 && month <= 12 ? `${match[1]}-${String(month).padStart(2, '0')}` : null;
}
