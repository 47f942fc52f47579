import { z } from 'zod';

/** Text after the first character: `[` and `{` would be YAML. */
const factName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(\.[a-z][a-zA-Z0-9-]*)+$/)
  .describe('Name of a fact in the vocabulary, e.g. `aid.dibao`.');

const parameterName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/)
  .describe('Name of a parameter that this item declares.');

const parameterRef = z
  .strictObject({ param: parameterName })
  .describe('The value that the region in question has for this parameter; unset means: not known.');

const shiftPart = z.union([z.int(), parameterRef]);

const todayRef = z
  .strictObject({
    today: z
      .strictObject({
        years: shiftPart.optional().describe('Whole years, negative for the past.'),
        months: shiftPart.optional().describe('Whole months, negative for the past.'),
        days: shiftPart.optional().describe('Whole days, negative for the past.'),
      })
      .describe('How far from the day of determination.'),
  })
  .describe('A day relative to the day of determination.');

export const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const operators = [
  'eq',
  'ne',
  'in',
  'not-in',
  'gt',
  'gte',
  'lt',
  'lte',
  'before',
  'on-or-before',
  'after',
  'on-or-after',
  'is-known',
] as const;
export const operator = z
  .enum(operators)
  .describe(
    'eq, ne, in, not-in; gt, gte, lt, lte for numbers; before, on-or-before, after, on-or-after for days; is-known: true once the fact is on file, until then it asks for it.',
  );
export type Operator = (typeof operators)[number];

const comparedValue = z
  .union([scalar, z.array(scalar).min(1), parameterRef, todayRef])
  .describe(
    'What it is compared with: a value, a list (in, not-in), a parameter, or a day relative to today.',
  );
export type ComparedValue = z.infer<typeof comparedValue>;

const factTest = z
  .strictObject({ fact: factName, op: operator, value: comparedValue.optional() })
  .describe(
    'A test of one fact of the person (inside `household`: of the member; inside `components`: of the component).',
  );

const parameterTest = z
  .strictObject({ param: parameterName, op: operator, value: z.union([scalar, z.array(scalar).min(1)]) })
  .describe('A test of a local parameter: what a region has switched on or off.');

const countOperator = z.enum(['eq', 'gte', 'gt', 'lte', 'lt']);

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | z.infer<typeof factTest>
  | z.infer<typeof parameterTest>
  | { readonly household: HouseholdTest }
  | { readonly components: ComponentTest };

export interface HouseholdTest {
  readonly of: 'others' | 'everyone';
  readonly any?: Condition | undefined;
  readonly all?: Condition | undefined;
  readonly count?:
    | { readonly where: Condition; readonly op: z.infer<typeof countOperator>; readonly value: number }
    | undefined;
}

export interface ComponentTest {
  readonly any?: Condition | undefined;
  readonly all?: Condition | undefined;
}

/** One of several keys, and only one: said here once instead of by a union, so that an error names the key. */
function exactlyOne(keys: readonly string[]) {
  return (value: object) => keys.filter((key) => key in value).length === 1;
}

export const condition: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      z.strictObject({ all: z.array(condition).min(1) }).describe('Every one holds.'),
      z.strictObject({ any: z.array(condition).min(1) }).describe('At least one holds.'),
      z.strictObject({ not: condition }).describe('It does not hold.'),
      factTest,
      parameterTest,
      z.strictObject({ household: householdTest }).describe('A test over the people of the household.'),
      z
        .strictObject({ components: componentTest })
        .describe('A test over the components of the card: a 多重 card has several, any other has one.'),
    ]),
  )
  .meta({ id: 'Condition' });

const householdTest: z.ZodType<HouseholdTest> = z
  .lazy(() =>
    z
      .strictObject({
        of: z
          .enum(['others', 'everyone'])
          .describe('`others` leaves the person out, `everyone` counts them in.'),
        any: condition.optional().describe('At least one of them meets it.'),
        all: condition.optional().describe('Each of them meets it.'),
        count: z
          .strictObject({
            where: condition.describe('Who is counted.'),
            op: countOperator.describe('How the number is compared.'),
            value: z.int().nonnegative().describe('With what it is compared.'),
          })
          .optional()
          .describe('So many of them meet it.'),
      })
      .refine(exactlyOne(['any', 'all', 'count']), 'give exactly one of any, all, count'),
  )
  .meta({ id: 'HouseholdTest' });

const componentTest: z.ZodType<ComponentTest> = z
  .lazy(() =>
    z
      .strictObject({
        any: condition.optional().describe('At least one component meets it.'),
        all: condition.optional().describe('Each component meets it.'),
      })
      .refine(exactlyOne(['any', 'all']), 'give exactly one of any, all'),
  )
  .meta({ id: 'ComponentTest' });
