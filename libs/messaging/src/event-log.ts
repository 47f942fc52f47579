import type { ServiceConsumers } from './consumers/service-consumers.js';
import type { Outbox } from './outbox/outbox.js';
import type { Caller, Database } from '@app/platform';

/** What the log needs of a service: its tables, its identity, its outbox, and who in it reads. */
export interface LogMember {
  readonly service: string;
  readonly database: Database;
  readonly actor: Caller;
  readonly outbox: Outbox;
  readonly publishes: readonly string[];
  readonly consumers: ServiceConsumers;
}

/** How far a service is behind in one topic. */
export interface TopicLag {
  readonly topic: string;
  readonly messages: number;
}

/** How far a service is behind: messages in its topics that it has not handled yet. */
export interface Lag {
  readonly service: string;
  readonly messages: number;
  /** The same by topic, of every topic that it reads. */
  readonly topics: readonly TopicLag[];
}

/** A service's lag from that of its topics. */
export function lagOf(service: string, topics: readonly TopicLag[]): Lag {
  return { service, messages: topics.reduce((sum, { messages }) => sum + messages, 0), topics };
}

/**
 * Carries facts from outboxes to consumers, at least once, in order per key. Two drivers pass one suite: Kafka, and
 * PostgreSQL for a machine with Node alone.
 */
export interface EventLog {
  readonly name: 'kafka' | 'postgres';
  /** Starts publishing and consuming for these services; does not wait until the group has formed. */
  start(members: readonly LogMember[]): Promise<void>;
  /** Resolves when every consumer has its share of the log; for tests and for `up`. */
  ready(): Promise<void>;
  /** Finishes what is being handled, saves positions, gives leases back. */
  stop(): Promise<void>;
  lag(): Promise<Lag[]>;
  /** Publishes again what was appended to a service's outbox in a window of time. @returns how many */
  republish(service: string, from: Date, to: Date, topic: string | null): Promise<number>;
}
