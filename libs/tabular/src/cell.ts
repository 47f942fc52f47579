/** One cell as the file holds it. */
export interface Cell {
  /** NFKC-normalised, without outer and zero-width spaces; empty for an empty cell. A day is `YYYY-MM-DD`. */
  readonly text: string;
  readonly kind: 'text' | 'number' | 'day' | 'boolean' | 'error' | 'formula' | 'merged';
}

/** Stands where bytes of the file are no character of its encoding. */
export const BROKEN = '\ufffd';

export const EMPTY: Cell = { text: '', kind: 'text' };

/** What a column makes of a cell that is not empty. */
export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string; readonly suggestion: string };

export function good<Value>(value: Value): Reading<Value> {
  return { ok: true, value };
}

export function bad(reason: string, suggestion: string): Reading<never> {
  return { ok: false, reason, suggestion };
}

// Zero-width characters and byte order marks come along when people copy from web pages and chat programs.
const INVISIBLE = /[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]/g;

/** Full-width characters become half-width, runs of spaces one space: how a text was typed is no error. */
export function cleanText(text: string): string {
  return text.normalize('NFKC').replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
}

/** A text that a spreadsheet would run as a formula when the file is opened. */
const FORMULA = /^[=+\-@\t\r]/;

/** A text as it may be written into a file: an apostrophe in front keeps a spreadsheet from running it as a formula. */
export function safeForSpreadsheet(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The inverse of `safeForSpreadsheet`, so that a file that we wrote can be sent back. */
export function withoutGuard(text: string): string {
  return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
}
