import type { CausedEvent, Cause, NewEvent } from '@app/contracts';
import type { Caller, Tx } from '@app/platform';
import type { Case, CaseChangeKind, DatedReasons } from './domain/case.js';

/** A case that changed, as a service's own tables need to know it. */
export interface CaseChange {
  readonly kind: CaseChangeKind;
  /** Null: it is new. */
  readonly before: Case | null;
  readonly after: Case;
  /** Facts on which an amount rests from a day on, where this change brought others; in order. */
  readonly reasons: readonly DatedReasons[];
  readonly actor: Caller;
  /** Calendar day in Asia/Shanghai. */
  readonly day: string;
  /** The fact it reacts to; null for a command. */
  readonly cause: Cause | null;
}

/** What a service does beside its cases, in the transaction that changes them: a benefit, a place in a class. */
export abstract class CaseEffects {
  /** Set-based: a slice has up to 200 changes. @returns the facts about what it did */
  abstract apply(tx: Tx, changes: readonly CaseChange[]): Promise<readonly (NewEvent | CausedEvent)[]>;
}

/** A service that has nothing beside its cases. */
export class NoEffects extends CaseEffects {
  async apply(): Promise<readonly NewEvent[]> {
    return [];
  }
}
