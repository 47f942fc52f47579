import type { Tx } from '@app/platform';

/**
 * Statements on the tables of signing in, within the transaction of the user whose act it is: no user's role may touch these tables,
 * whatever its reach, so that only what is written here does.
 */
export function ownRows<Result>(tx: Tx, work: () => Promise<Result>): Promise<Result> {
  return tx.asService(work);
}
