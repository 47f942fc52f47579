import type { ColumnCipher } from '@app/access';

/** Token of one word by which somebody is found, as PostgreSQL's bigint: eight bytes of a keyed hash, so that a table of them tells nobody a name. */
export function nameTokenOf(cipher: ColumnCipher, word: string): string {
  return Buffer.from(cipher.blindIndex('name', word), 'base64url').readBigInt64BE(0).toString();
}
