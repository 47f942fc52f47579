import { shiftDay } from '../days.js';
import type { ComparedValue, Condition } from '../schema/condition.js';
import type { FactValue } from '../subject.js';
import type { ParameterValue, Parameters } from './compile.js';
import { ABSENT, readerOf, UNKNOWN, type Scope } from './facts.js';

export type Answer = 'yes' | 'no' | 'unknown';

/** One step of the reasoning, as it is shown: what was asked, of what, and what came out. */
export interface TraceNode {
  readonly kind:
    'all' | 'any' | 'not' | 'fact' | 'param' | 'household' | 'components' | 'exclusion' | 'person';
  readonly result: Answer;
  readonly fact?: string;
  readonly op?: string;
  readonly expected?: ParameterValue | null;
  /** null: not known, or no such card. */
  readonly actual?: FactValue | null;
  /** Chinese words, where the catalogue has them. */
  readonly zh?: string;
  /** Id of the source that an exclusion cites. */
  readonly source?: string;
  readonly children?: readonly TraceNode[];
}

/**
 * The reasoning of a condition, read off the condition itself. It shares no code with the compiled closures beyond the reading
 * of facts, so that each checks the other.
 */
export function explain(condition: Condition, scope: Scope, parameters: Parameters): TraceNode {
  if ('all' in condition) {
    const children = condition.all.map((part) => explain(part, scope, parameters));
    return { kind: 'all', result: allOf(children.map(({ result }) => result)), children };
  }
  if ('any' in condition) {
    const children = condition.any.map((part) => explain(part, scope, parameters));
    return { kind: 'any', result: anyOf(children.map(({ result }) => result)), children };
  }
  if ('not' in condition) {
    const child = explain(condition.not, scope, parameters);
    return { kind: 'not', result: negate(child.result), children: [child] };
  }
  if ('household' in condition) return explainHousehold(condition.household, scope, parameters);
  if ('components' in condition) {
    const { any, all } = condition.components;
    const part = (any ?? all) as Condition;
    const children = scope.components().map((component) => explain(part, component, parameters));
    const results = children.map(({ result }) => result);
    const result = scope.card === null ? 'no' : any ? anyOf(results) : allOf(results);
    return { kind: 'components', op: any ? 'any' : 'all', result, children };
  }
  if ('fact' in condition) return explainFact(condition, scope, parameters);
  const actual = parameters.valueOf(condition.param);
  return {
    kind: 'param',
    fact: condition.param,
    op: condition.op,
    expected: condition.value as ParameterValue,
    actual: (actual as FactValue | undefined) ?? null,
    result:
      actual === undefined ? 'unknown' : answer(holds(actual as FactValue, condition.op, condition.value)),
  };
}

function explainHousehold(
  spec: Extract<Condition, { household: unknown }>['household'],
  scope: Scope,
  parameters: Parameters,
): TraceNode {
  const where = (spec.any ?? spec.all ?? spec.count?.where) as Condition;
  const people = spec.of === 'everyone' ? [scope, ...scope.others()] : [...scope.others()];
  // The facts of the others are nobody's business here: only what came out for each of them is shown.
  const children = people.map((person): TraceNode => ({
    kind: 'person',
    result: explain(where, person, parameters).result,
  }));
  const missing = Math.max(0, (scope.household?.size ?? 1) - 1 - scope.others().length);
  const results: Answer[] = [
    ...children.map(({ result }) => result),
    ...Array.from({ length: missing }, (): Answer => 'unknown'),
  ];
  const op = spec.any ? 'any' : spec.all ? 'all' : `count ${spec.count?.op}`;
  const expected = spec.count?.value ?? null;
  let result: Answer;
  if (scope.household === null) result = 'unknown';
  else if (spec.any) result = anyOf(results);
  else if (spec.all) result = allOf(results);
  else {
    const sure = results.filter((each) => each === 'yes').length;
    const open = results.filter((each) => each === 'unknown').length;
    const outcomes = new Set(
      Array.from({ length: open + 1 }, (_, more) =>
        holds(sure + more, spec.count?.op as string, spec.count?.value as number),
      ),
    );
    result = outcomes.size === 2 ? 'unknown' : answer(outcomes.has(true));
  }
  return { kind: 'household', op, expected, result, children };
}

function explainFact(
  condition: Extract<Condition, { fact: string }>,
  scope: Scope,
  parameters: Parameters,
): TraceNode {
  const reading = scope.read(readerOf(condition.fact));
  const expected = condition.op === 'is-known' ? null : expectedValue(condition.value, scope, parameters);
  const base = {
    kind: 'fact' as const,
    fact: condition.fact,
    op: condition.op,
    expected: expected ?? null,
    actual: typeof reading === 'symbol' ? null : reading,
  };
  if (reading === ABSENT) return { ...base, result: 'no' };
  if (reading === UNKNOWN || expected === undefined) return { ...base, result: 'unknown' };
  return {
    ...base,
    result: condition.op === 'is-known' ? 'yes' : answer(holds(reading, condition.op, expected)),
  };
}

function expectedValue(
  value: ComparedValue | undefined,
  scope: Scope,
  parameters: Parameters,
): ParameterValue | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return value as ParameterValue | undefined;
  if ('param' in value) return parameters.valueOf(value.param);
  const parts = [value.today.years, value.today.months, value.today.days].map((part) =>
    typeof part === 'object' ? parameters.valueOf(part.param) : (part ?? 0),
  );
  if (parts.some((part) => typeof part !== 'number')) return undefined;
  const [years, months, days] = parts as [number, number, number];
  return shiftDay(scope.day, { years, months, days });
}

function holds(actual: FactValue, op: string, expected: unknown): boolean {
  if (Array.isArray(expected)) return expected.includes(actual) === (op !== 'not-in');
  const order = actual < (expected as FactValue) ? -1 : actual > (expected as FactValue) ? 1 : 0;
  if (['lt', 'before'].includes(op)) return order < 0;
  if (['lte', 'on-or-before'].includes(op)) return order <= 0;
  if (['gt', 'after'].includes(op)) return order > 0;
  if (['gte', 'on-or-after'].includes(op)) return order >= 0;
  return (actual === expected) === ['eq', 'in'].includes(op);
}

function answer(value: boolean): Answer {
  return value ? 'yes' : 'no';
}

export function negate(value: Answer): Answer {
  return value === 'unknown' ? 'unknown' : answer(value === 'no');
}

export function allOf(values: readonly Answer[]): Answer {
  return values.includes('no') ? 'no' : values.includes('unknown') ? 'unknown' : 'yes';
}

export function anyOf(values: readonly Answer[]): Answer {
  return values.includes('yes') ? 'yes' : values.includes('unknown') ? 'unknown' : 'no';
}
