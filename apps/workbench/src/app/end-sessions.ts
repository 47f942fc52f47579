import type { Tx } from '@app/platform';

/** Signs an account out everywhere: signing in implements it, and the organisation calls it. */
export abstract class EndSessions {
  /**
   * Ends every session of these accounts, in the transaction of the act that made it necessary (leaving, locking).
   * Whatever cannot be rolled back (a cache) is told in `tx.afterCommit`.
   * @param accountIds uuids of `accounts`
   * @param reason short word for the log of sessions, e.g. `left`, `locked`
   */
  abstract endAllOf(tx: Tx, accountIds: readonly string[], reason: string): Promise<void>;
}
