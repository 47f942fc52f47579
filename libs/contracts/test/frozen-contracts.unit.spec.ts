import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as contracts from '@app/contracts';
import {
  allEvents,
  asyncApi,
  incompatibilities,
  jsonSchemaOf,
  sampleOf,
  type FrozenContract,
  type JsonSchema,
} from '@app/contracts';

const FROZEN = join(import.meta.dirname, '..', 'frozen');
const ASYNC_API = join(import.meta.dirname, '..', '..', '..', 'docs', 'asyncapi.json');

// `npm run contracts:freeze` adds new versions and writes the AsyncAPI document; it never changes a frozen file.
const freezing = process.env['CONTRACTS_FREEZE'] === '1';
const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

beforeAll(() => {
  if (!freezing) return;
  mkdirSync(FROZEN, { recursive: true });
  for (const event of allEvents) {
    const file = join(FROZEN, `${event.type}.json`);
    if (existsSync(file)) continue;
    const schema = jsonSchemaOf(event);
    writeFileSync(file, pretty({ schema, sample: sampleOf(schema) } satisfies FrozenContract));
  }
  writeFileSync(ASYNC_API, pretty(asyncApi()));
});

const frozen = (type: string) =>
  JSON.parse(readFileSync(join(FROZEN, `${type}.json`), 'utf8')) as FrozenContract;

describe('contracts', () => {
  it.each(allEvents.map((event) => event.type))(
    '%s is what was released, but for added optional fields',
    (type) => {
      const event = allEvents.find((candidate) => candidate.type === type)!;
      if (!existsSync(join(FROZEN, `${type}.json`)))
        throw new Error(`${type} is not frozen yet: npm run contracts:freeze`);
      expect(incompatibilities(frozen(type).schema, jsonSchemaOf(event))).toEqual([]);
      expect(event.schema.safeParse(frozen(type).sample).error?.issues ?? []).toEqual([]);
    },
  );

  it('are all in the list of the facts, src/catalogue.ts', () => {
    const exported = Object.values(contracts).flatMap((value: unknown) =>
      typeof value === 'object' && value !== null && 'topic' in value && 'of' in value && 'type' in value
        ? [value.type]
        : [],
    );
    const listed = new Set<unknown>(allEvents.map((event) => event.type));
    expect(exported.length).toBeGreaterThan(10);
    expect(exported.filter((type) => !listed.has(type))).toEqual([]);
  });

  it('forget no version that was ever released', () => {
    const types = new Set(allEvents.map((event) => event.type));
    const gone = readdirSync(FROZEN).filter((file) => !types.has(file.replace(/\.json$/, '')));
    expect(gone).toEqual([]);
  });

  it('are published as a valid AsyncAPI 3 document that is up to date', () => {
    const document = JSON.parse(readFileSync(ASYNC_API, 'utf8')) as unknown;
    expect(document).toEqual(JSON.parse(JSON.stringify(asyncApi())));
    const { $schema: _, ...schema } = (
      specs as unknown as { schemasWithoutId: Record<string, Record<string, unknown>> }
    ).schemasWithoutId['3.0.0']!;
    const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('carry the division code and a key on every fact', () => {
    for (const event of allEvents) {
      const fact = event.of(frozen(event.type).sample);
      expect(fact.divisionCode).toMatch(/^\d{12}$/);
      expect(fact.key).toBeTruthy();
    }
  });
});

describe('a changed contract', () => {
  const released = {
    type: 'object',
    properties: {
      a: { type: 'string' },
      b: {
        type: 'array',
        items: { type: 'object', properties: { c: { type: 'integer' } }, required: ['c'] },
      },
    },
    required: ['a', 'b'],
  };
  it.each<[string, JsonSchema, string[]]>([
    [
      'an added optional field',
      { ...released, properties: { ...released.properties, d: { type: 'string' } } },
      [],
    ],
    [
      'an added required field',
      {
        ...released,
        properties: { ...released.properties, d: { type: 'string' } },
        required: ['a', 'b', 'd'],
      },
      ['data.d: became required'],
    ],
    [
      'a removed field',
      { ...released, properties: { b: released.properties.b }, required: ['b'] },
      ['data.a: removed', 'data.a: is no longer required'],
    ],
    [
      'another type',
      { ...released, properties: { ...released.properties, a: { type: 'integer' } } },
      ['data.a: type changed'],
    ],
    [
      'a change inside a list',
      {
        ...released,
        properties: {
          ...released.properties,
          b: {
            type: 'array',
            items: { type: 'object', properties: { c: { type: 'string' } }, required: ['c'] },
          },
        },
      },
      ['data.b[].c: type changed'],
    ],
  ])('with %s', (_, current, expected) => {
    expect(incompatibilities(released, current)).toEqual(expected);
  });
});
