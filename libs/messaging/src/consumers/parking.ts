import { v5 as uuidV5 } from 'uuid';
import type { Tx } from '@app/platform';
import type { Delivery } from './delivery.js';

/** Why a message was parked. */
export type ParkReason = 'unreadable' | 'handler-failed' | 'behind-parked' | 'ended-the-process';

/** Namespace of the ids of messages that carry none. */
const UNREADABLE_NAMESPACE = 'b7a4e7b8-6f0b-4c5e-9b57-0f1f0e6c8f0d';

/** A message id for a delivery that has no readable one: the same at every redelivery of that log position. */
export function idOfUnreadable(delivery: Delivery): string {
  return uuidV5(`${delivery.topic}/${delivery.position}`, UNREADABLE_NAMESPACE);
}

export interface ToPark {
  readonly consumer: string;
  readonly messageId: string;
  readonly delivery: Delivery;
  readonly state: 'failed' | 'waiting';
  readonly reason: ParkReason;
  readonly error: string | null;
  readonly attempts: number;
}

/** Parks messages together with their inbox rows: a redelivery does nothing, and nothing is lost. */
export async function park(tx: Tx, messages: readonly ToPark[]): Promise<void> {
  if (messages.length === 0) return;
  await tx.query(
    `with parked as (
       insert into parked_messages
         (consumer, message_id, topic, log_position, key, type, headers, value, state, reason, error, attempts, case_id)
       select * from json_to_recordset($1::json) as m (
         consumer text, message_id uuid, topic text, log_position text, key text, type text, headers jsonb, value text,
         state text, reason text, error text, attempts int, case_id uuid)
       on conflict (consumer, message_id) do nothing
       returning consumer, message_id)
     insert into inbox_messages (consumer, message_id) select consumer, message_id from parked
     on conflict do nothing`,
    [
      JSON.stringify(
        messages.map(({ consumer, messageId, delivery, state, reason, error, attempts }) => ({
          consumer,
          message_id: messageId,
          topic: delivery.topic,
          log_position: delivery.position,
          key: storable(delivery.key) ?? '',
          type: storable(delivery.type ?? null),
          headers: Object.fromEntries(
            Object.entries(delivery.headers).map(([name, text]) => [storable(name), storable(text ?? null)]),
          ),
          value: storable(delivery.value),
          state,
          reason,
          error: storable(error?.slice(0, 4000) ?? null),
          attempts,
          case_id: caseIdOf(delivery),
        })),
      ),
    ],
  );
}

// PostgreSQL text holds neither NUL nor half a character; such garbage is kept readable rather than byte-exact.
function storable(value: string | null): string | null {
  return value === null ? null : Buffer.from(value.replaceAll('\0', '\uFFFD')).toString();
}

/** What PostgreSQL takes for a uuid in the form that we write. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function caseIdOf(delivery: Delivery): string | null {
  try {
    const data = JSON.parse(delivery.value ?? 'null') as { caseId?: unknown } | null;
    return typeof data?.caseId === 'string' && UUID.test(data.caseId) ? data.caseId : null;
  } catch {
    return null;
  }
}
