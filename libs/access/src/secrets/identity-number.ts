import { DomainError } from '@app/kernel';
import { isTemporaryReference } from './temporary-reference.js';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/** The check character of seventeen digits: ISO 7064 MOD 11-2, as GB 11643 sets it. */
export function checkCharacter(seventeen: string): string {
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(seventeen[place]), 0);
  return CHECKS[sum % 11]!;
}

/**
 * An identity or card number as it is stored and searched: full-width characters, spaces, hyphens and a small x are how people type
 * it. In one place, because the blind index of one service must meet that of another.
 */
export function normaliseNumber(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff'’`-]/g, '')
    .toUpperCase();
}

export type IdentityFault = 'temporary' | 'length' | 'characters' | 'birth-date' | 'check-digit';

const WHAT_TO_DO: Record<IdentityFault, string> = {
  temporary:
    '这是临时登记编号，不是身份证号。请在此人取得身份证号并在档案中补登后，再办理须有身份证号的事项。',
  length: '身份证号应为 18 位，请核对后重新填写（15 位旧号请先在人口信息中升位）。',
  characters: '身份证号只能由数字组成，末位可以是 X，请核对后重新填写。',
  'birth-date': '身份证号中的出生日期不是真实的日期，请核对第 7 至 14 位。',
  'check-digit': '身份证号的校验位不符，说明有一位抄错了，请对照证件重新填写。',
};

/** Never quotes the number. */
export class IdentityNumberMalformed extends DomainError {
  readonly slug = 'identity-number-malformed';
  readonly kind = 'invalid';
  constructor(fault: IdentityFault) {
    super(WHAT_TO_DO[fault], { fault });
  }
}

/** GB 11643-1999. Region codes are not judged: historic ones stay valid for life. */
export function identityFault(number: string): IdentityFault | null {
  if (isTemporaryReference(number)) return 'temporary';
  if (number.length !== 18) return 'length';
  if (!/^\d{17}[\dX]$/.test(number)) return 'characters';
  const birth = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const parsed = new Date(`${birth}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== birth) return 'birth-date';
  return checkCharacter(number.slice(0, 17)) === number[17] ? null : 'check-digit';
}

/** The eighteen characters of an identity number as it was typed: what its blind index is made of. @throws IdentityNumberMalformed */
export function identityNumberOf(text: string): string {
  const number = normaliseNumber(text);
  const fault = identityFault(number);
  if (fault) throw new IdentityNumberMalformed(fault);
  return number;
}
