import { checkCharacter, isTemporaryReference, normaliseNumber } from '@app/access';
import { isRegionCode } from './region-codes.js';

export type Sex = 'male' | 'female';

/** What an 18-digit citizen identity number (GB 11643) says. */
export interface IdentityNumber {
  /** Eighteen characters, the last one a digit or `X`. */
  readonly number: string;
  readonly birthDate: string;
  readonly sex: Sex;
}

/** Why a text is no identity number. The texts are shown and logged, so they never quote it. */
export interface IdentityNumberProblem {
  readonly reason: string;
  readonly suggestion: string;
  /** What the number would be if it were the old form of a right one; for the sender's own workbook, never applied. */
  readonly candidate?: string;
}

export type IdentityNumberCheck =
  { readonly ok: true; readonly value: IdentityNumber } | ({ readonly ok: false } & IdentityNumberProblem);

/**
 * Reads an identity number as it was typed.
 * @param today a birth date after it is an error
 */
export function readIdentityNumber(text: string, today: string): IdentityNumberCheck {
  const number = normaliseNumber(text);
  if (isTemporaryReference(text)) return TEMPORARY;
  if (number === '') return problem('没有填写身份证号', '请填写18位公民身份号码。');
  if (/^\d{15}$/.test(number)) return fifteenDigits(number, today);
  if (!/^\d{17}[\dX]$/.test(number)) return wrongShape(number);

  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (!isCalendarDay(birthDate) || birthDate < '1900-01-01') {
    return problem(
      '身份证号第7至14位不是有效的出生日期',
      '请对照身份证或户口簿核对第7至14位（年4位、月2位、日2位）。',
    );
  }
  if (birthDate > today)
    return problem('身份证号中的出生日期晚于今天', '请对照身份证或户口簿核对第7至14位。');
  if (checkCharacter(number.slice(0, 17)) !== number[17]) {
    // Spreadsheets keep fifteen digits of a number and write zeros for the rest.
    if (number.endsWith('000')) return LOST_DIGITS;
    return problem(
      '身份证号校验位不符，通常是抄错或漏改了某一位',
      '请对照身份证或户口簿逐位核对后重新填写。',
    );
  }
  if (!isRegionCode(number.slice(0, 6), birthDate)) {
    return problem(
      '身份证号前6位不是现行或曾经使用过的行政区划代码',
      '请对照身份证或户口簿核对前6位；确认无误的，请联系县级残联数据岗位核实。',
    );
  }
  return {
    ok: true,
    value: { number, birthDate, sex: Number(number[16]) % 2 === 1 ? 'male' : 'female' },
  };
}

function problem(reason: string, suggestion: string): IdentityNumberCheck {
  return { ok: false, reason, suggestion };
}

const LOST_DIGITS = problem(
  '身份证号被表格当作数字保存，末尾几位已经丢失',
  '请把该列设为“文本”格式，再对照身份证重新填写完整的18位号码；丢失的数字无法自动恢复。',
);

const TEMPORARY = problem(
  '这是临时登记编号，不是公民身份号码',
  '请填写18位公民身份号码；此人还没有号码的，请在其临时登记上办理，取得号码后先补登。',
);

function wrongShape(number: string): IdentityNumberCheck {
  if (/^\d(\.\d+)?E\+?1[4-7]$/.test(number)) return LOST_DIGITS;
  if (/^\d{17}[\dX]/.test(number) && number.length > 18) {
    return problem(
      `身份证号有${number.length}个字符，应为18位`,
      '若填写的是20位残疾人证号，请只填前18位身份证号。',
    );
  }
  if (/^[\dX]+$/.test(number)) {
    return problem(`身份证号有${number.length}位，应为18位`, '请对照身份证或户口簿填写完整的18位号码。');
  }
  return problem('身份证号含有数字和末位X以外的字符', '请只填写18位公民身份号码，末位可以是X。');
}

/** The old form lacks the century and the check character. It is explained, never converted: somebody must look. */
function fifteenDigits(number: string, today: string): IdentityNumberCheck {
  const seventeen = `${number.slice(0, 6)}19${number.slice(6)}`;
  const check = checkCharacter(seventeen);
  const candidate = seventeen + check;
  if (!readIdentityNumber(candidate, today).ok) {
    return problem(
      '这是旧版15位身份证号，且其中的日期或区划无效',
      '应为18位：请对照现行身份证或户口簿重新填写。',
    );
  }
  return {
    ok: false,
    reason: '这是旧版15位身份证号，已停止使用',
    suggestion: `应为18位：在第6位后加“19”，末尾加校验码“${check}”；请与现行身份证或户口簿核对后填写。`,
    candidate,
  };
}

/** Whether a `YYYY-MM-DD` text is a day that exists. */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** Full years of age on a day. */
export function ageOn(birthDate: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
