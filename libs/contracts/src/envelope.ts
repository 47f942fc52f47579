import { z } from 'zod';
import { actorRefSchema, type ActorRef, type NewEvent } from './define-event.js';

/**
 * A fact on its way: CloudEvents 1.0 attributes, our four extensions, and the data.
 * On Kafka it is the binary mode of the CloudEvents Kafka binding: attributes are `ce_*` headers, the value is `data`.
 */
export interface Envelope<Data = unknown> {
  /** Message id, the other half of the inbox key. */
  readonly id: string;
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  /** `/onething/<service>` */
  readonly source: string;
  /** Instant of the producing transaction, ISO 8601 with zone. */
  readonly time: string;
  /** The person's chain, which has the person's id (one chain per person); for other facts their own key. */
  readonly correlationId: string;
  /** Message id of the fact that this one reacts to; null at the start of a line. */
  readonly causationId: string | null;
  readonly traceparent: string | null;
  readonly actor: ActorRef;
  readonly divisionCode: string;
  readonly data: Data;
}

/** What the producer adds to a `NewEvent` when it is appended to the outbox; stored as the row's `headers`. */
export const outboxHeadersSchema = z.object({
  causationid: z.string().optional(),
  traceparent: z.string().optional(),
  actorid: z.string(),
  actorrole: z.string(),
  divisioncode: z.string(),
});
export type OutboxHeaders = z.infer<typeof outboxHeadersSchema>;

const CONTENT_TYPE = 'application/json; charset=utf-8';

/** Binary-mode headers of a stored outbox row. */
export function toKafkaHeaders(row: {
  id: string;
  type: string;
  key: string;
  service: string;
  time: string;
  headers: OutboxHeaders;
}): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: row.id,
    ce_type: row.type,
    ce_source: `/onething/${row.service}`,
    ce_time: row.time,
    ce_correlationid: row.key,
    'content-type': CONTENT_TYPE,
  };
  for (const [name, value] of Object.entries(row.headers)) headers[`ce_${name}`] = value;
  return headers;
}

/** Why a message cannot be read as one of our facts. The reason is shown to operators; it never quotes the payload. */
export class UnreadableMessage extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'UnreadableMessage';
  }
}

const attributesSchema = z.object({
  ce_specversion: z.literal('1.0'),
  ce_id: z.uuid(),
  ce_type: z.string().min(1),
  ce_source: z.string().min(1),
  ce_time: z.iso.datetime({ offset: true }),
  ce_correlationid: z.string().min(1),
  ce_causationid: z.string().optional(),
  ce_traceparent: z.string().optional(),
  ce_actorid: actorRefSchema.shape.id,
  ce_actorrole: actorRefSchema.shape.role,
  ce_divisioncode: z.string().regex(/^\d{12}$/),
});

/**
 * Reads CloudEvents attributes and JSON data of a raw message.
 * @throws UnreadableMessage naming the attribute or the JSON position, never the content.
 */
export function parseEnvelope(raw: {
  topic: string;
  key: string | null;
  headers: Record<string, string | undefined>;
  value: string | null;
}): Envelope {
  const attributes = attributesSchema.safeParse(raw.headers);
  if (!attributes.success) {
    const names = [...new Set(attributes.error.issues.map((issue) => issue.path.join('.') || '(headers)'))];
    throw new UnreadableMessage(`CloudEvents attribute missing or malformed: ${names.join(', ')}`);
  }
  if (raw.key === null || raw.key === '') throw new UnreadableMessage('message has no key');
  if (raw.value === null) throw new UnreadableMessage('message has no value');
  let data: unknown;
  try {
    data = JSON.parse(raw.value);
  } catch {
    throw new UnreadableMessage('value is not JSON');
  }
  const a = attributes.data;
  return {
    id: a.ce_id,
    type: a.ce_type,
    topic: raw.topic,
    key: raw.key,
    source: a.ce_source,
    time: a.ce_time,
    correlationId: a.ce_correlationid,
    causationId: a.ce_causationid ?? null,
    traceparent: a.ce_traceparent ?? null,
    actor: { id: a.ce_actorid, role: a.ce_actorrole },
    divisionCode: a.ce_divisioncode,
    data,
  };
}

/** The fact that a reaction is caused by: what a new event needs to know of it. */
export type Cause = Pick<Envelope, 'id' | 'traceparent'>;

/** A new event with the message that caused it, so that a person's chain can be read as one line. */
export interface CausedEvent<Data = unknown> extends NewEvent<Data> {
  readonly cause?: Cause;
}

/** Marks a new event as the reaction to a fact. */
export function causedBy<Data>(cause: Cause, event: NewEvent<Data>): CausedEvent<Data> {
  return { ...event, cause: { id: cause.id, traceparent: cause.traceparent } };
}
