import type { SeededRandom } from '../../apps/cli/src/demo/random.js';
import { freshIdentityNumber, type Stage } from '../access/stage.js';
import { VILLAGE } from '../access/places.js';
import { CANARIES } from './world.js';

/** A schema as the OpenAPI document spells it; what is not here is not looked at. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Makes values that a schema allows, and that the house would understand where it can be known by the name of a field. */
export class Values {
  constructor(
    private readonly schemas: Readonly<Record<string, Schema>>,
    private readonly stage: Stage,
  ) {}

  of(schema: Schema, random: SeededRandom, name = ''): unknown {
    if (schema.$ref) return this.of(this.schemas[schema.$ref.split('/').at(-1)!] ?? {}, random, name);
    const variants = schema.oneOf ?? schema.anyOf;
    if (variants) return this.of(random.pick(variants), random, name);
    if (schema.allOf) {
      return Object.assign({}, ...schema.allOf.map((part) => this.of(part, random, name) as object));
    }
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return random.pick(schema.enum);
    if (schema.nullable && random.chance(0.2)) return null;
    switch (schema.type ?? 'string') {
      case 'object':
        return this.object(schema, random);
      case 'array':
        return Array.from({ length: random.int(schema.minItems ?? 0, (schema.minItems ?? 0) + 2) }, () =>
          this.of(schema.items ?? {}, random, name),
        );
      case 'boolean':
        return random.chance(0.5);
      case 'integer':
        return random.int(Math.max(1, schema.minimum ?? 1), 5);
      case 'number':
        return random.int(0, 1000) / 10;
      default:
        return this.text(schema, random, name);
    }
  }

  /** Any id of the stage, mostly of the kind that the name asks for. */
  id(name: string, random: SeededRandom): string {
    const {
      resident,
      applicant,
      wardId,
      applicationId,
      householdId,
      benefitId,
      cases,
      guardianIds,
      factIds,
    } = this.stage;
    const persons = [resident.personId, applicant.personId, wardId];
    const ofKind: readonly (readonly [RegExp, readonly string[]])[] = [
      [/person|head/i, persons],
      [/household/i, [householdId]],
      [/case/i, Object.values(cases).map(({ caseId }) => caseId)],
      [/card/i, [resident.cardId]],
      [/application/i, [applicationId]],
      [/benefit/i, [benefitId]],
      [/guardian/i, Object.values(guardianIds)],
      [/fact/i, Object.values(factIds).flatMap(({ correct, withdraw }) => [correct, withdraw])],
      [/import/i, [this.stage.rosterId, ...Object.values(this.stage.cardRosterIds)]],
    ];
    const kind = ofKind.find(([pattern]) => pattern.test(name))?.[1];
    if (kind && random.chance(0.9)) return random.pick(kind);
    return random.pick(ofKind.flatMap(([, ids]) => ids));
  }

  private object(schema: Schema, random: SeededRandom): Record<string, unknown> {
    const required = new Set(schema.required ?? []);
    return Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([name]) => required.has(name) || random.chance(0.5))
        .map(([name, property]) => [name, this.of(property, random, name)]),
    );
  }

  private text({ format, minLength }: Schema, random: SeededRandom, name: string): string {
    if (format === 'uuid') return this.id(name, random);
    if (format === 'date')
      return random.pick([this.stage.today, '2026-01-31', '2024-02-29', '2030-12-31', '1990-06-15']);
    if (format === 'date-time') return random.pick(['2026-11-01T08:00:00+08:00', '2026-11-02T00:00:00Z']);
    const known = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
    if (known) return known(random, this.stage);
    const words = random.pick([
      '经核对材料，按规定办理。',
      '窗口收件',
      '示范县人民医院',
      '无',
      '父亲',
      `见${CANARIES.account}`,
    ]);
    return words.length >= (minLength ?? 0) ? words : words.repeat(6);
  }
}

type Known = (random: SeededRandom, stage: Stage) => string;

const BY_NAME: readonly (readonly [RegExp, Known])[] = [
  [
    /identityNumber/,
    (random, { resident, applicant }) =>
      random.pick([
        CANARIES.identityNumber,
        resident.person.identityNumber,
        applicant.person.identityNumber,
        freshIdentityNumber(
          random.int(1, 999),
          `19${random.int(50, 99)}0${random.int(1, 9)}1${random.int(0, 9)}`,
        ),
      ]),
  ],
  [
    /cardNumber/,
    (random, { resident }) => random.pick([CANARIES.cardNumber, `${resident.person.identityNumber}41`]),
  ],
  [
    /^(divisionCode|to|from)$/,
    (random) => random.pick([VILLAGE, '338801002003', '338801000000', '330302001001']),
  ],
  [/itemId|^item$/, (random, { cases }) => random.pick(Object.values(cases)).itemId],
  [/phone/, (random) => random.pick([CANARIES.phone, '19900001234'])],
  [/address/, () => CANARIES.address],
  [
    /^name$/,
    (random) => random.pick(['王小明', 'aid.dibao', 'employment.status', 'care.residential', '李四']),
  ],
];
