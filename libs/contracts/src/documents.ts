import { z } from 'zod';
import type { EventDefinition } from './define-event.js';
import { allEvents, allTopics } from './catalogue.js';

/** A JSON Schema, as far as these documents use it. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly [keyword: string]: unknown;
}

/** The JSON Schema of an event's data, as a producer must meet it and a reader may rely on it. */
export function jsonSchemaOf(event: EventDefinition): JsonSchema {
  return z.toJSONSchema(event.schema, { io: 'input', target: 'draft-7' }) as JsonSchema;
}

const cloudEventHeaders: JsonSchema = {
  type: 'object',
  description: 'CloudEvents 1.0, Kafka binding, binary mode',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_correlationid', 'ce_actorid'],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: { type: 'string', format: 'uuid', description: 'message id, half of the inbox key' },
    ce_type: { type: 'string' },
    ce_source: { type: 'string', description: '/onething/<service>' },
    ce_time: { type: 'string', format: 'date-time' },
    ce_correlationid: { type: 'string', description: 'the person’s chain' },
    ce_causationid: { type: 'string', format: 'uuid', description: 'the message that this one reacts to' },
    ce_traceparent: { type: 'string', description: 'W3C trace context' },
    ce_actorid: { type: 'string', description: 'user id, or service:<name>; never a name' },
    ce_actorrole: { type: 'string' },
    ce_divisioncode: { type: 'string', pattern: '^\\d{12}$' },
  },
};

/** The AsyncAPI 3 document of everything that any service publishes. */
export function asyncApi(): Record<string, unknown> {
  const messageName = (event: EventDefinition) => event.type.replaceAll('.', '_');
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Onething 残疾人全周期服务“一件事”: facts between services',
      version: '1.0.0',
      description:
        'Facts on Kafka, one topic per aggregate, key = person id. Delivered at least once, in order per key; a reader takes what it uses and ignores the rest.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      allTopics.map((topic) => [
        topic,
        {
          address: topic,
          messages: Object.fromEntries(
            allEvents
              .filter((event) => event.topic === topic)
              .map((event) => [messageName(event), { $ref: `#/components/messages/${messageName(event)}` }]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      allTopics.map((topic) => [
        `publish ${topic}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${topic}` },
          summary: `${topic.split('.')[0]} publishes its facts`,
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        allEvents.map((event) => [
          messageName(event),
          {
            name: event.type,
            title: event.title,
            headers: { $ref: '#/components/schemas/cloudEventHeaders' },
            payload: { $ref: `#/components/schemas/${messageName(event)}` },
            bindings: {
              kafka: {
                key: { type: 'string', description: 'person id wherever the fact is about a person' },
              },
            },
          },
        ]),
      ),
      schemas: {
        cloudEventHeaders,
        ...Object.fromEntries(allEvents.map((event) => [messageName(event), jsonSchemaOf(event)])),
      },
    },
  };
}
