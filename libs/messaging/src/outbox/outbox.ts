import { randomUUID } from 'node:crypto';
import type { CausedEvent, NewEvent } from '@app/contracts';
import { currentTraceparent, type Statement, type Tx } from '@app/platform';

/** A fact too large for the log would stop every fact behind it, so it is refused where it is made. */
const MAX_PAYLOAD_BYTES = 256 * 1024;

/** Appends facts to the service's outbox, in the transaction that decided them. */
export class Outbox {
  private readonly pending = new WeakMap<Tx, CausedEvent[]>();
  private readonly wakers = new Set<() => void>();

  /** The facts are written with the commit, in one statement for the whole transaction, in the order appended. */
  append(tx: Tx, events: readonly (NewEvent | CausedEvent)[]): void {
    if (events.length === 0) return;
    // What was decided is told in business words already: a user's part of it needs no second telling.
    for (const { type, key } of events)
      tx.audit({ what: type, ...(isUuid(key) ? { personIds: [key] } : {}) });
    const pending = this.pending.get(tx);
    if (pending) {
      pending.push(...events);
      return;
    }
    const list = [...events];
    this.pending.set(tx, list);
    tx.beforeCommit(() => insertStatement(tx, list));
    tx.afterCommit(() => {
      for (const wake of this.wakers) wake();
    });
  }

  /** What this transaction would tell if it committed now. */
  pendingIn(tx: Tx): readonly CausedEvent[] {
    return this.pending.get(tx) ?? [];
  }

  /** Called after each commit that appended something. @returns a function that takes the call back */
  onAppended(wake: () => void): () => void {
    this.wakers.add(wake);
    return () => this.wakers.delete(wake);
  }
}

function isUuid(key: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key);
}

function insertStatement(tx: Tx, events: readonly CausedEvent[]): Statement {
  const traceparent = currentTraceparent();
  const columns: unknown[][] = [[], [], [], [], [], [], [], []];
  for (const event of events) {
    const payload = JSON.stringify(event.data);
    const bytes = Buffer.byteLength(payload);
    if (bytes > MAX_PAYLOAD_BYTES) {
      throw new Error(`a fact of type ${event.type} has ${bytes} bytes; ${MAX_PAYLOAD_BYTES} are allowed`);
    }
    columns[0]!.push(randomUUID());
    columns[1]!.push(event.topic);
    columns[2]!.push(event.key);
    columns[3]!.push(event.type);
    columns[4]!.push(payload);
    columns[5]!.push(event.divisionCode);
    columns[6]!.push(event.cause?.id ?? null);
    columns[7]!.push(event.cause?.traceparent ?? traceparent);
  }
  return {
    sql: `insert into outbox_messages
            (message_id, topic, key, type, payload, division_code, causation_id, traceparent, actor_id, actor_role)
          select u.message_id, u.topic, u.key, u.type, u.payload::jsonb, u.division_code, u.causation_id, u.traceparent, $9, $10
          from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[])
            as u (message_id, topic, key, type, payload, division_code, causation_id, traceparent)`,
    params: [...columns, tx.actor.id, tx.actor.role],
    name: 'append-to-outbox',
  };
}
