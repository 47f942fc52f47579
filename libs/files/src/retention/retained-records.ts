import type { Caller, Tx } from '@app/platform';

/** A record as it goes into an archive. */
export interface RecordContent {
  readonly recordId: string;
  /** Null: it is of no single person. */
  readonly personId: string | null;
  /** Null: it is of no case. */
  readonly caseId: string | null;
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/**
 * Records of a service that are no files and have a period all the same: what persons were told, what a bank file is written from. The
 * same rules, the same approval, the same proof.
 */
export abstract class RetainedRecords {
  /** The retention class, as the rules of the place name it. */
  abstract readonly class: string;

  /**
   * A select over the service's own schema, of every record of the class: `record_id uuid`, `ended_on date` (null: not over), `held text`
   * (null: nothing holds it; else why: `open`, `challenged`, `protected`), `bytes int`.
   */
  abstract readonly sql: string;

  /** Takes these away; the proof of it is written in the same transaction. */
  abstract remove(tx: Tx, recordIds: readonly string[]): Promise<void>;

  /** These, in clear, for the archive. One that is not among them stays. */
  abstract contents(worker: Caller, recordIds: readonly string[]): Promise<readonly RecordContent[]>;
}

/** SQL: an id (version 8, of RFC 9562) of a record that has none, made from what it is known by: the same each time. */
export function recordIdOf(text: string): string {
  return `overlay(overlay(md5(${text}) placing '8' from 13 for 1) placing 'a' from 17 for 1)::uuid`;
}

/** SQL: whether the person in this column is protected, whose papers nobody deletes. */
export function isProtected(column: string): string {
  return `exists (select from file_closures x where x.person_id = ${column} and x.reason = 'protected')`;
}
