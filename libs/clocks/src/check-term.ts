import { TermMalformed, type Ledger, type Term } from './term.js';

const LONGEST = 5000;

/** Whether a term ends at all: an unknown limit, and one without a number, does not. A yearly window needs no number. */
export function hasEnd({ kind, unit, value }: Term): boolean {
  return kind !== 'unknown' && (value !== null || unit === 'yearly-window');
}

/** @throws TermMalformed if a term, or what was added to it, cannot be counted */
export function checkTerm({ unit, value, window, anchorAt }: Term, { extensions }: Ledger): void {
  if (unit === 'yearly-window') {
    const closes = window?.to ?? 'no date';
    if (!/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(closes)) {
      throw new TermMalformed(`a yearly window that closes on ${closes}`);
    }
    return;
  }
  if (value !== null) checkNumber(value);
  if (unit === 'day-of-next-month' && value !== null && (value < 1 || value > 31)) {
    throw new TermMalformed(`day ${value} of next month`);
  }
  if (unit === 'hour' && !anchorAt) throw new TermMalformed('hours need the instant of their anchor');
  for (const extension of extensions) checkNumber(extension.value);
}

function checkNumber(value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > LONGEST) throw new TermMalformed(`value ${value}`);
}
