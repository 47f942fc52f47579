import { normaliseNumber, identityFault } from '@app/access';
import { disabilityCategories, type DisabilityCategory, type DisabilityGrade } from '@app/contracts';

/** 残疾人证号: 18 characters of identity number, category digit, grade digit, and `B{n}` for the n-th replacement. */
export interface CardNumber {
  readonly identityNumber: string;
  readonly category: DisabilityCategory;
  readonly grade: DisabilityGrade;
  /** 0: never replaced. */
  readonly replacement: number;
}

export type CardNumberFault =
  'shape' | 'identity-number' | 'identity-differs' | 'category-differs' | 'grade-differs';

const SHAPE = /^(\d{17}[\dX])([1-7])([1-4])(?:B(\d*))?$/;

/** Digit of the category in the number: 视力 1 … 多重 7. */
export function categoryDigit(category: DisabilityCategory): number {
  return disabilityCategories.indexOf(category) + 1;
}

export function categoryOfDigit(digit: number): DisabilityCategory | undefined {
  return disabilityCategories[digit - 1];
}

/** The number as it is written: `B{n}` from the first replacement on (2017 rule). */
export function writeCardNumber({ identityNumber, category, grade, replacement }: CardNumber): string {
  return `${identityNumber}${categoryDigit(category)}${grade}${replacement > 0 ? `B${replacement}` : ''}`;
}

/** Reads `…`, `…B` (2008 rule: the first replacement) and `…B{n}`; null if it is no card number. */
export function readCardNumber(text: string): CardNumber | null {
  const match = SHAPE.exec(normaliseNumber(text));
  if (!match) return null;
  const [, identityNumber, category, grade, suffix] = match;
  if (suffix !== undefined && suffix !== '' && Number(suffix) === 0) return null;
  return {
    identityNumber: identityNumber!,
    category: categoryOfDigit(Number(category))!,
    grade: Number(grade) as DisabilityGrade,
    replacement: suffix === undefined ? 0 : suffix === '' ? 1 : Number(suffix),
  };
}

/** The identity number in a card number. */
export function identityPartOf(cardNumber: string): string {
  return cardNumber.slice(0, 18);
}

/** What does not fit in a number that stands beside an identity number, a category and a grade; null: all fits. */
export function cardNumberFault(
  text: string,
  beside: { identityNumber: string; category: DisabilityCategory; grade: DisabilityGrade },
): CardNumberFault | null {
  const number = readCardNumber(text);
  if (!number) return 'shape';
  if (identityFault(number.identityNumber)) return 'identity-number';
  if (number.identityNumber !== beside.identityNumber) return 'identity-differs';
  if (number.category !== beside.category) return 'category-differs';
  if (number.grade !== beside.grade) return 'grade-differs';
  return null;
}
