import type { BackingState } from './backing-service.js';

/** What every starter of a backing service needs to know. */
export interface BackingContext {
  /** Data, logs, pid files. */
  readonly directory: string;
  /** Downloaded programs. */
  readonly tools: string;
  /** Data of an earlier run are thrown away. */
  readonly fresh: boolean;
  readonly supervised: boolean;
  /** Of a PostgreSQL of our own, beside those that it always has. */
  readonly postgresSettings: Readonly<Record<string, string>>;
  readonly observe: (state: BackingState, text: string) => void;
}

/** A source that cannot be had here: why, and for the person at the machine what would help. */
export class NotHere extends Error {
  constructor(
    readonly why: string,
    readonly remedy: string,
  ) {
    super(`${why}; ${remedy}`);
    this.name = 'NotHere';
  }
}
