/** What a user did, for the service's audit log. Ids only: never a name or a number. */
export interface Audited {
  /** The type of a fact, or `<resource>.<verb>` where no fact tells it. */
  readonly what: string;
  readonly personIds?: readonly string[];
  readonly caseIds?: readonly string[];
  /** Purpose or reason, in the user's words (`freeText`). */
  readonly why?: string | null;
  /** What else proves it: changed field names, counts. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A user's change reached its commit without an entry in the audit log: a defect of the service, so nothing is saved. */
export class UnauditedChange extends Error {
  constructor(role: string) {
    super(`a change by a user (${role}) must say in tx.audit() what it was`);
    this.name = 'UnauditedChange';
  }
}
