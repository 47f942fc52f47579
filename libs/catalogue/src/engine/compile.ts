import { dayOfAge, earlier, later, NEVER, shiftDay, addDays } from '../days.js';
import type {
  ComparedValue,
  ComponentTest,
  Condition,
  HouseholdTest,
  Operator,
} from '../schema/condition.js';
import type { FactValue } from '../subject.js';
import { ABSENT, readerOf, UNKNOWN, type FactReader, type Scope } from './facts.js';

/** Kleene's three values; `and` is the least, `or` the greatest. */
export const NO = 0;
export const MAYBE = 1;
export const YES = 2;
export type Truth = typeof NO | typeof MAYBE | typeof YES;

export interface Reason {
  readonly fact: string;
  readonly value: FactValue;
}

/** A condition compiled to closures: built once for a region, run for every person in it. */
export interface Test {
  truth(scope: Scope): Truth;
  /** No date alone can change the truth before this day. */
  changesOn(scope: Scope): string;
  /** Of a test that is MAYBE: what is not known and can still change it. */
  needs(scope: Scope, into: Set<string>): void;
  /** Of a decided test: the facts that decide it. */
  reasons(scope: Scope, into: Map<string, FactValue>): void;
}

export type ParameterValue = FactValue | readonly string[];

/** What parameters are worth in the region on the day; undefined is unset. */
export interface Parameters {
  readonly itemId: string;
  valueOf(name: string): ParameterValue | undefined;
}

/** The name under which an unset parameter is asked for. */
export function parameterNeed(itemId: string, name: string): string {
  return `param:${itemId}.${name}`;
}

export function compile(condition: Condition, parameters: Parameters): Test {
  if ('all' in condition) return every(condition.all.map((part) => compile(part, parameters)));
  if ('any' in condition) return some(condition.any.map((part) => compile(part, parameters)));
  if ('not' in condition) return not(compile(condition.not, parameters));
  if ('household' in condition) return household(condition.household, parameters);
  if ('components' in condition) return components(condition.components, parameters);
  if ('fact' in condition) return factTest(condition.fact, condition.op, condition.value, parameters);
  return parameterTest(condition.param, condition.op, condition.value, parameters);
}

export function every(parts: readonly Test[]): Test {
  return junction(parts, NO);
}

export function some(parts: readonly Test[]): Test {
  return junction(parts, YES);
}

/** `all` is decided by one NO, `any` by one YES; otherwise both are mirror images. */
function junction(parts: readonly Test[], deciding: typeof NO | typeof YES): Test {
  const otherwise: Truth = deciding === NO ? YES : NO;
  function truth(scope: Scope): Truth {
    let result: Truth = otherwise;
    for (const part of parts) {
      const value = part.truth(scope);
      if (value === deciding) return deciding;
      if (value === MAYBE) result = MAYBE;
    }
    return result;
  }
  return {
    truth,
    changesOn(scope) {
      // Decided by some part: as long as one such part stands, nothing changes. Otherwise each part may change it.
      let lastDeciding = '';
      for (const part of parts) {
        if (part.truth(scope) !== deciding) continue;
        const on = part.changesOn(scope);
        // Most people are refused an item for what no date alone will change: nothing further is worth a look.
        if (on === NEVER) return NEVER;
        lastDeciding = later(lastDeciding, on);
      }
      if (lastDeciding !== '') return lastDeciding;
      let allOfThem = NEVER;
      for (const part of parts) allOfThem = earlier(allOfThem, part.changesOn(scope));
      return allOfThem;
    },
    needs(scope, into) {
      for (const part of parts) if (part.truth(scope) === MAYBE) part.needs(scope, into);
    },
    reasons(scope, into) {
      const decided = parts.find((part) => part.truth(scope) === deciding);
      if (decided) decided.reasons(scope, into);
      else for (const part of parts) part.reasons(scope, into);
    },
  };
}

export function not(part: Test): Test {
  return {
    truth: (scope) => (YES - part.truth(scope)) as Truth,
    changesOn: (scope) => part.changesOn(scope),
    needs: (scope, into) => part.needs(scope, into),
    reasons: (scope, into) => part.reasons(scope, into),
  };
}

/** Waits for a value that the region has not set. */
function unset(need: string): Test {
  return {
    truth: () => MAYBE,
    changesOn: () => NEVER,
    needs: (_, into) => void into.add(need),
    reasons: () => undefined,
  };
}

function parameterTest(name: string, op: Operator, value: ComparedValue, parameters: Parameters): Test {
  const actual = parameters.valueOf(name);
  if (actual === undefined) return unset(parameterNeed(parameters.itemId, name));
  const holds = predicate(op, value as FactValue | readonly FactValue[]);
  const result: Truth = holds(actual as FactValue) ? YES : NO;
  return { truth: () => result, changesOn: () => NEVER, needs: () => undefined, reasons: () => undefined };
}

function factTest(
  name: string,
  op: Operator,
  value: ComparedValue | undefined,
  parameters: Parameters,
): Test {
  const reader = readerOf(name);
  if (op === 'is-known') return leaf(reader, () => true);
  if (value !== null && typeof value === 'object' && !Array.isArray(value) && 'today' in value) {
    return relativeDayTest(reader, op, value.today, parameters);
  }
  const expected = resolve(value as Exclude<ComparedValue, { today: unknown }>, parameters);
  if (expected === undefined) {
    const need = parameterNeed(parameters.itemId, (value as { param: string }).param);
    const waiting = unset(need);
    // A fact that does not exist fails whatever the parameter will be.
    return { ...waiting, truth: (scope) => (scope.read(reader) === ABSENT ? NO : MAYBE) };
  }
  const test = leaf(reader, predicate(op, expected));
  if (name !== 'person.age' || typeof expected !== 'number') return test;
  return { ...test, changesOn: (scope) => ageBound(scope, op, expected) };
}

function resolve(
  value: FactValue | readonly FactValue[] | { param: string },
  parameters: Parameters,
): FactValue | readonly FactValue[] | undefined {
  return typeof value === 'object' && 'param' in value ? parameters.valueOf(value.param) : value;
}

function predicate(op: Operator, expected: FactValue | readonly FactValue[]): (actual: FactValue) => boolean {
  if (Array.isArray(expected)) {
    const words = new Set<FactValue>(expected);
    return op === 'not-in' ? (actual) => !words.has(actual) : (actual) => words.has(actual);
  }
  return (actual) => compare(actual, op, expected as FactValue);
}

function compare(actual: FactValue, op: Operator, expected: FactValue): boolean {
  switch (op) {
    case 'eq':
    case 'in':
      return actual === expected;
    case 'ne':
    case 'not-in':
      return actual !== expected;
    case 'gt':
    case 'after':
      return actual > expected;
    case 'gte':
    case 'on-or-after':
      return actual >= expected;
    case 'lt':
    case 'before':
      return actual < expected;
    case 'lte':
    case 'on-or-before':
      return actual <= expected;
    case 'is-known':
      return true;
  }
}

function leaf(reader: FactReader, holds: (actual: FactValue, scope: Scope) => boolean): Test {
  return {
    truth(scope) {
      const actual = scope.read(reader);
      if (actual === UNKNOWN) return MAYBE;
      if (actual === ABSENT) return NO;
      return holds(actual, scope) ? YES : NO;
    },
    changesOn: (scope) => scope.changesOn(reader),
    needs: (_, into) => void into.add(reader.asks),
    reasons(scope, into) {
      const actual = scope.read(reader);
      if (typeof actual !== 'symbol') into.set(reader.name, actual);
      else if (scope.component === null) into.set('card.status', 'none');
    },
  };
}

/** Ages only rise, so a bound is crossed on one known day. */
function ageBound(scope: Scope, op: Operator, bound: number): string {
  const turns =
    op === 'gt' || op === 'lte' ? [bound + 1] : op === 'eq' || op === 'ne' ? [bound, bound + 1] : [bound];
  for (const age of turns) {
    const on = dayOfAge(scope.birthDate, age);
    if (on > scope.day) return on;
  }
  return NEVER;
}

type RelativeDay = { years?: ShiftPart; months?: ShiftPart; days?: ShiftPart };
type ShiftPart = number | { param: string } | undefined;

function relativeDayTest(reader: FactReader, op: Operator, today: RelativeDay, parameters: Parameters): Test {
  function part(value: ShiftPart): number | undefined {
    if (value === undefined) return 0;
    if (typeof value === 'number') return value;
    const set = parameters.valueOf(value.param);
    return typeof set === 'number' ? set : undefined;
  }
  const years = part(today.years);
  const months = part(today.months);
  const days = part(today.days);
  if (years === undefined || months === undefined || days === undefined) {
    const missing = [today.years, today.months, today.days].find(
      (value) => typeof value === 'object' && parameters.valueOf(value.param) === undefined,
    ) as { param: string };
    const waiting = unset(parameterNeed(parameters.itemId, missing.param));
    return { ...waiting, truth: (scope) => (scope.read(reader) === ABSENT ? NO : MAYBE) };
  }
  const shift = { years, months, days };
  const holds = (actual: FactValue, day: string) => compare(actual, op, shiftDay(day, shift));
  return {
    ...leaf(reader, (actual, scope) => holds(actual, scope.day)),
    changesOn(scope) {
      const actual = scope.read(reader);
      if (typeof actual !== 'string') return scope.changesOn(reader);
      const now = holds(actual, scope.day);
      // Month ends make the way back inexact by a few days: start early and walk.
      let candidate = later(
        addDays(scope.day, 1),
        addDays(shiftDay(actual, { years: -years, months: -months, days: -days }), -4),
      );
      for (let tries = 0; tries < 10; tries += 1) {
        if (holds(actual, candidate) !== now) return earlier(candidate, scope.changesOn(reader));
        candidate = addDays(candidate, 1);
      }
      return scope.changesOn(reader);
    },
  };
}

const HOUSEHOLD_NEED = 'household.members';

function household(spec: HouseholdTest, parameters: Parameters): Test {
  const where = compile((spec.any ?? spec.all ?? spec.count?.where) as Condition, parameters);
  const decide = householdDecision(spec);

  function people(scope: Scope): readonly Scope[] {
    return spec.of === 'everyone' ? [scope, ...scope.others()] : scope.others();
  }
  /** How many surely meet it, and how many may: members of whom something is missing, or who are not on file at all. */
  function tally(scope: Scope): { met: number; open: number; total: number } {
    let met = 0;
    let open = 0;
    for (const person of people(scope)) {
      const value = where.truth(person);
      if (value === YES) met += 1;
      else if (value === MAYBE) open += 1;
    }
    const size = scope.household?.size ?? 1;
    const missing = Math.max(0, size - 1 - scope.others().length);
    const total = (spec.of === 'everyone' ? 1 : 0) + scope.others().length + missing;
    return { met, open: open + missing, total };
  }
  return {
    truth(scope) {
      if (scope.household === null) return MAYBE;
      const { met, open, total } = tally(scope);
      return decide(met, open, total);
    },
    changesOn: (scope) =>
      people(scope).reduce((soonest, person) => earlier(soonest, where.changesOn(person)), NEVER),
    needs(scope, into) {
      if (scope.household === null || scope.others().length < scope.household.size - 1) {
        into.add(HOUSEHOLD_NEED);
        return;
      }
      // A parameter or a fact of the person is asked for by its name, whatever is missing of the others as one question.
      for (const person of people(scope)) {
        if (where.truth(person) !== MAYBE) continue;
        const missing = new Set<string>();
        where.needs(person, missing);
        for (const need of missing)
          into.add(person === scope || need.startsWith('param:') ? need : HOUSEHOLD_NEED);
      }
    },
    // A number, never the facts of the others.
    reasons: (scope, into) => void into.set(HOUSEHOLD_NEED, tally(scope).met),
  };
}

function householdDecision(spec: HouseholdTest): (met: number, open: number, total: number) => Truth {
  if (spec.any) return (met, open) => (met > 0 ? YES : open > 0 ? MAYBE : NO);
  if (spec.all) return (met, open, total) => (met + open < total ? NO : open > 0 ? MAYBE : YES);
  const { op, value } = spec.count as NonNullable<HouseholdTest['count']>;
  return (met, open) => {
    let held = 0;
    for (let count = met; count <= met + open; count += 1) if (compare(count, op, value)) held += 1;
    return held === open + 1 ? YES : held === 0 ? NO : MAYBE;
  };
}

function components(spec: ComponentTest, parameters: Parameters): Test {
  const where = compile((spec.any ?? spec.all) as Condition, parameters);
  return {
    truth(scope) {
      if (scope.card === null) return NO;
      const values = scope.components().map((component) => where.truth(component));
      return (spec.any ? Math.max(NO, ...values) : Math.min(YES, ...values)) as Truth;
    },
    changesOn: (scope) =>
      scope.components().reduce((soonest, component) => earlier(soonest, where.changesOn(component)), NEVER),
    needs(scope, into) {
      for (const component of scope.components()) {
        if (where.truth(component) === MAYBE) where.needs(component, into);
      }
    },
    reasons(scope, into) {
      if (scope.card === null) into.set('card.status', 'none');
      else {
        into.set('card.category', scope.card.category);
        into.set('card.grade', scope.card.grade);
      }
    },
  };
}
