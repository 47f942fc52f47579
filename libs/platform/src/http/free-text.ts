import { z } from 'zod';

const DAY = /(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}/g;
/** Eleven digits are a telephone number; identity, card and account numbers have more. */
const NUMBER = /\d(?:[\s-]?\d){10}/;

/** Whether a text holds a number of a person: identity, card, telephone or account. Days are none. */
export function holdsNumber(text: string): boolean {
  return NUMBER.test(text.normalize('NFKC').replaceAll(DAY, '日'));
}

/** What people write in their own words: it is kept and shown in the clear and travels in facts, so no number may stand in it. */
export function freeText(least: number, most: number) {
  return z
    .string()
    .trim()
    .min(least)
    .max(most)
    .refine((text) => !holdsNumber(text), '请不要在文字中填写证件、电话或账户号码，请删去号码');
}
