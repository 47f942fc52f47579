import { createHash, randomInt } from 'node:crypto';

/** Without letters and digits that are taken for each other when somebody reads them from paper. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** What a code is good for: one of another kind never fits. */
export type CodeKind = 'activation' | 'recovery';

/** A random code of 78 bits, in groups for the eye: nobody guesses it, so a plain hash keeps it. */
export function newCode(): string {
  const group = () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** What is kept of a code. However it is typed (small letters, spaces, full width), it is the same one. */
export function hashOfCode(kind: CodeKind, typed: string): string {
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '');
  return createHash('sha256').update(`${kind}:${code}`).digest('base64url');
}
