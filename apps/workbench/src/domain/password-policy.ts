/** Length in characters. Source: OWASP ASVS 5.0, 6.2.1 and 6.2.9 (at least 8, 15 recommended; at least 64 allowed). */
export const PASSWORD_LENGTH = { least: 12, most: 128 } as const;

/** What is wrong with a password that somebody wants to have. */
export type PasswordFault =
  'too-short' | 'too-long' | 'common' | 'repetitive' | 'holds-user-id' | 'holds-name' | 'holds-place-name';

/** What of a user stands on every door plate, and so in no password. */
export interface PasswordOwner {
  readonly userId: string;
  readonly name: string;
  /** Of the divisions that the account stands in: county, township, village. */
  readonly placeNames: readonly string[];
}

/** The same password, whatever keyboard it was typed on: full-width letters and composed accents are one thing. */
export function normalisePassword(typed: string): string {
  return typed.normalize('NFKC');
}

/**
 * Any characters may stand in a password and none must: what counts is length and that nobody guesses it.
 * @param isCommon whether a lower-case word stands in lists of passwords that have leaked
 */
export function faultsOfPassword(
  typed: string,
  owner: PasswordOwner,
  isCommon: (word: string) => boolean,
): PasswordFault[] {
  const password = normalisePassword(typed).toLowerCase();
  const characters = [...password];
  const faults: PasswordFault[] = [];
  if (characters.length < PASSWORD_LENGTH.least) faults.push('too-short');
  if (characters.length > PASSWORD_LENGTH.most) return ['too-long'];
  if (new Set(characters).size < 5 || isRepetition(password) || isRun(characters)) faults.push('repetitive');
  if (guessesOf(password).some(isCommon)) faults.push('common');
  if (owner.userId.length >= 3 && password.includes(owner.userId.toLowerCase())) faults.push('holds-user-id');
  if (owner.name.length >= 2 && password.includes(owner.name.toLowerCase())) faults.push('holds-name');
  if (owner.placeNames.flatMap(spokenAs).some((place) => password.includes(place))) {
    faults.push('holds-place-name');
  }
  return faults;
}

const LOOKS_LIKE: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** What a guesser tries who knows how people lengthen a known word: digits and signs around it, letters for look-alikes. */
function guessesOf(password: string): string[] {
  const core = password.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return [password, core, withoutLookalikes(password), withoutLookalikes(core)].filter(
    (guess) => guess.length >= 4,
  );
}

function withoutLookalikes(text: string): string {
  return [...text].map((character) => LOOKS_LIKE[character] ?? character).join('');
}

/** `abcabcabcabc`. */
function isRepetition(password: string): boolean {
  return password.length > 1 && (password + password).indexOf(password, 1) < password.length;
}

/** `abcdefghijkl`, `987654321098`: each character follows the one before. */
function isRun(characters: readonly string[]): boolean {
  const codes = characters.map((character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  const regular = steps.filter((step) => Math.abs(step) === 1).length;
  return steps.length > 0 && regular / steps.length > 0.8;
}

/** `海安县`: also `海安`. */
function spokenAs(placeName: string): string[] {
  const short = placeName.replace(/(自治区|自治州|自治县|街道|社区|省|市|县|区|镇|乡|村)$/u, '');
  return [placeName, short].map((name) => name.toLowerCase()).filter((name) => name.length >= 2);
}
