/**
 * Columns of one table that hold ciphertext. Every service declares its own once, beside its migrations: rotation, and the test that
 * nothing is left out, go by them.
 */
export interface EncryptedTable {
  readonly table: string;
  /** Columns of the primary key, in the order of its index. */
  readonly key: readonly [string, ...string[]];
  /** Each bound into its values as `<schema>.<table>.<column>`. */
  readonly columns: readonly [string, ...string[]];
}
