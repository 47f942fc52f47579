import type { NewEvent } from '@app/contracts';

/**
 * What a pure decision returns: the new state and the facts that make it known. `change(id, decide)` of a
 * repository saves both in one transaction, so that neither can be forgotten or sent early.
 */
export interface Decision<State> {
  readonly state: State;
  readonly events: readonly NewEvent[];
}
