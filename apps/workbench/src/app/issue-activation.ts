import type { Tx } from '@app/platform';

/** A code with which a user sets the first password, once. */
export interface Activation {
  /** In clear, for handing over in person; only its hash is kept. */
  readonly code: string;
  /** Last moment at which it can be used, ISO 8601. */
  readonly expiresAt: string;
}

/** Gives activation codes: signing in implements it, and the organisation calls it for accounts that it opens. */
export abstract class IssueActivation {
  /**
   * A new code for an account, in the transaction that asks for it; an unused older one of the account ends.
   * @param accountId uuid of `accounts`
   * @returns null where accounts sign in elsewhere only (OIDC) and need no password
   */
  abstract issue(tx: Tx, accountId: string): Promise<Activation | null>;
}
