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
