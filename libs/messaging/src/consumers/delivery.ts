import { parseEnvelope, UnreadableMessage, type Envelope, type EventDefinition } from '@app/contracts';

/** A raw message, as a log hands it over. It is parsed once per process, however many services read it. */
export class Delivery {
  private parsed: Envelope | UnreadableMessage | undefined;

  constructor(
    /** Without the installation's prefix. */
    readonly topic: string,
    /** Where it stands in the log, for people: `3:1042` on Kafka, `18231:77` (xid, id) on PostgreSQL. */
    readonly position: string,
    readonly key: string | null,
    readonly headers: Readonly<Record<string, string | undefined>>,
    readonly value: string | null,
  ) {}

  get type(): string | undefined {
    return this.headers['ce_type'];
  }

  /** The fact, with data that fit the contract; or why it cannot be read. */
  read(definition: EventDefinition): Envelope | UnreadableMessage {
    this.parsed ??= parse(this, definition);
    return this.parsed;
  }
}

function parse(delivery: Delivery, definition: EventDefinition): Envelope | UnreadableMessage {
  let envelope: Envelope;
  try {
    envelope = parseEnvelope(delivery);
  } catch (error) {
    if (error instanceof UnreadableMessage) return error;
    throw error;
  }
  const result = definition.schema.safeParse(envelope.data);
  if (result.success) return { ...envelope, data: result.data };
  const fields = [...new Set(result.error.issues.map((issue) => issue.path.join('.') || '(data)'))];
  return new UnreadableMessage(`data does not fit ${definition.type}: ${fields.join(', ')}`);
}
