import type { Envelope, EventDefinition } from '@app/contracts';
import type { Tx } from '@app/platform';

/** What a consumer gets beside its events: the open transaction in which its effects must happen. */
export interface Slice {
  readonly tx: Tx;
}

/** One reaction of a service to facts. */
export interface ConsumerDefinition {
  /** `<service>/<reaction>-on-<fact>`: half of the inbox key, and never changes. */
  readonly name: string;
  readonly service: string;
  readonly events: readonly EventDefinition[];
  /** Of these, the types that overtake whatever is parked of the same key: death, cancellation, freeze, move away. */
  readonly stopFacts: readonly EventDefinition[];
  /**
   * Handles some events in one transaction, in the order of the log per key. Set-based: a slice has up to 200. It may be run
   * again with fewer of them after an error, so it must have no effect outside the transaction.
   */
  run(events: readonly Envelope[], slice: Slice): Promise<void>;
}
