import type { Tx } from '@app/platform';
import type { ClockChange, FiredRung } from './new-term.js';

/** The owner's side of a rung. Its dependencies are those of `ServiceModule` (outbox, name, actor) and the module's `imports`. */
export abstract class RungHandler {
  /** Appends the owner's facts about these rungs, in the transaction that claims them; if it throws, they fire later. */
  abstract onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void>;

  /**
   * Called with the clocks of these subjects locked, before their rungs are claimed. A handler that changes its subjects locks them
   * here, and waits for none (`for update skip locked`): commands lock the subject first and its clock second, so waiting in the other
   * order is a deadlock.
   * @returns those that somebody else holds; their rungs fire later
   */
  async lockSubjects(_tx: Tx, _subjectIds: readonly string[]): Promise<readonly string[]> {
    return [];
  }

  /** Appends the owner's facts about terms whose ends a new calendar moved, in the transaction that moves them. */
  async onMoved(_tx: Tx, _changes: readonly ClockChange[]): Promise<void> {}

  /** The heartbeat of reminding came through, whether or not anything else fired: a handler shows here that its own parts work. */
  async onBeat(_tx: Tx): Promise<void> {}
}
