import type { Tx } from '@app/platform';
import type { FiredRung } from './new-term.js';

/** The owner's side of a rung. Its dependencies are those of `ServiceModule` (outbox, name, actor) and the module's `imports`. */
export abstract class RungHandler {
  /** Appends the owner's facts about these rungs, in the transaction that claims them; if it throws, they fire later. */
  abstract onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void>;

  /**
   * Called before the rungs of these subjects are claimed. A handler that changes its subjects locks them here, because its commands
   * lock the subject first and its clock second; the other order is a deadlock.
   */
  async lockSubjects(_tx: Tx, _subjectIds: readonly string[]): Promise<void> {}
}
