import type { Term } from './term.js';

/**
 * Who is told: the one whose step it is (`doer`, else their deputy), who supervises them, who leads the office, or the person whose
 * case it is.
 */
export type Recipient = 'doer' | 'supervisor' | 'lead' | 'person';

/**
 * When a rung comes. In the morning, and of a working day, unless it is the end itself.
 * - `left: third`: when a third of the term or less is left, but before the last day, for terms of three units or more.
 * - `before`: so much before the last day; on a day off, on the working day before it.
 * - `on: last-day`: on the last day, or on the working day before it.
 * - `at: end`: at the instant at which the term has ended.
 * - `after`: on the n-th working day after the last day.
 */
export type RungTime =
  | { readonly left: 'third' }
  | { readonly before: number; readonly unit: 'working-day' | 'natural-day' | 'month' }
  | { readonly on: 'last-day' }
  | { readonly at: 'end' }
  | { readonly after: number; readonly unit: 'working-day' };

export interface RungRule {
  /** Kebab-case, once per plan: a rung that fired is known by it for ever. */
  readonly rung: string;
  /** 0 提醒 while the term runs; 1 and 2 督办, 3 通报, once it has ended. */
  readonly level: 0 | 1 | 2 | 3;
  readonly at: RungTime;
  readonly to: readonly Recipient[];
}

/** Who is told of a term, and when. */
export type RungPlan = readonly RungRule[];

/** Something in a plan that would not do what its author means. */
export interface PlanProblem {
  readonly rung: string;
  readonly zh: string;
  readonly en: string;
}

/** What a plan is checked against: how long its term can be. */
export type PlannedLimit = Pick<Term, 'unit' | 'value' | 'holder' | 'rollOver' | 'pauses'> & {
  /** By how much at most it may be extended, in its own unit. */
  readonly extension?: { readonly value: number } | null;
};

const officePlan = (over: 'overdue' | 'past-promise'): RungPlan => [
  { rung: 'reminder', level: 0, at: { left: 'third' }, to: ['doer'] },
  { rung: 'due', level: 0, at: { on: 'last-day' }, to: ['doer'] },
  { rung: `${over}-1`, level: 1, at: { at: 'end' }, to: ['doer', 'supervisor'] },
  { rung: `${over}-2`, level: 2, at: { after: 3, unit: 'working-day' }, to: ['doer', 'supervisor'] },
  { rung: `${over}-3`, level: 3, at: { after: 10, unit: 'working-day' }, to: ['lead'] },
];
const LIMIT_PLAN = officePlan('overdue');
const PROMISE_PLAN = officePlan('past-promise');

// Our own choice, no law: three working days are enough to write a petition and hand it in at a window, and a person who has ten days
// or less has only just got the notice that names the term.
const PERSON_PLAN: RungPlan = [
  { rung: 'reminder', level: 0, at: { before: 3, unit: 'working-day' }, to: ['person'] },
];
const NO_PLAN: RungPlan = [];
const SHORT_DAYS = 10;

/** The usual plan of a term: who is told where its item names nobody. */
export function planOf({
  holder,
  kind,
  unit,
  value,
}: Pick<Term, 'holder' | 'kind' | 'unit' | 'value'>): RungPlan {
  if (holder !== 'person') return kind === 'promised' ? PROMISE_PLAN : LIMIT_PLAN;
  const short =
    unit === 'hour'
      ? (value ?? 0) <= SHORT_DAYS * 24
      : (unit === 'natural-day' || unit === 'working-day') && (value ?? 0) <= SHORT_DAYS;
  return short ? NO_PLAN : PERSON_PLAN;
}

/** What is wrong with a plan, for terms of a limit if one is given; nothing if it can be used. */
export function checkPlan(plan: RungPlan, limit?: PlannedLimit): PlanProblem[] {
  const problems: PlanProblem[] = [];
  plan.forEach((rule, place) => {
    const say = (zh: string, en: string) => problems.push({ rung: rule.rung, zh, en });
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(rule.rung) || rule.rung.length > 40) {
      say(
        '名称须为小写字母、数字和连字符，不超过 40 个字符',
        'its name must be kebab-case, at most 40 characters',
      );
    }
    if (plan.findIndex(({ rung }) => rung === rule.rung) < place) {
      say('名称重复', 'its name is there twice');
    }
    if (rule.to.length === 0) say('没有写明通知谁', 'it tells nobody');
    if (new Set(rule.to).size < rule.to.length) say('同一对象写了两次', 'it names somebody twice');
    checkTime(rule, say);
    checkLevel(rule, plan, limit, say);
    if (limit && neverComes(rule.at, limit)) {
      say('按该期限的长度，这一级永远不会触发', 'it can never come: the term is not that long');
    }
  });
  return problems;
}

type Say = (zh: string, en: string) => void;

function checkTime({ at }: RungRule, say: Say): void {
  const number = 'before' in at ? at.before : 'after' in at ? at.after : 1;
  if (!Number.isInteger(number) || number < 1 || number > 5000) {
    say(`“${number}”须为 1 至 5000 的整数`, `${number} must be a whole number from 1 to 5000`);
  }
}

function checkLevel(rule: RungRule, plan: RungPlan, limit: PlannedLimit | undefined, say: Say): void {
  const place = placeAfterEnd(rule.at);
  if (rule.level > 0 && limit?.holder === 'person') {
    say(
      '本人行使权利的期限届满不是任何人的延误，不得督办',
      'nobody is late when a term of the person ends: only level 0',
    );
  }
  if (place === null) {
    if (rule.level > 0) say('期限届满之前只能是提醒（0 级）', 'before the end there is only level 0');
    return;
  }
  if (rule.level === 0 && place > 0) {
    say('期限届满之后须为督办或通报（1 级以上）', 'after the end the level must be 1 or more');
  }
  const lower = plan.find((other) => {
    const earlier = placeAfterEnd(other.at);
    return other.level > 0 && other.level < rule.level && earlier !== null && earlier >= place;
  });
  if (lower) {
    say(
      `须晚于较低一级的“${lower.rung}”`,
      `it must come later than ${lower.rung}, which is of a lower level`,
    );
  }
}

/** Working days after the end; null before it. */
function placeAfterEnd(at: RungTime): number | null {
  if ('after' in at) return at.after;
  return 'at' in at ? 0 : null;
}

/** More days off in a row than any notice has given: what a working day, or an end that moves, can be late by. A guess on the safe side. */
const DAYS_OFF = 14;

/** Whether a rung would have to come before its term begins, however long the term turns out. What may stand still may last. */
function neverComes(at: RungTime, limit: PlannedLimit): boolean {
  if (limit.unit !== 'yearly-window' && limit.value === null) return true;
  const value = (limit.value ?? 0) + (limit.extension?.value ?? 0);
  const moved = limit.rollOver ? DAYS_OFF : 0;
  const days = longestDays(limit.unit, value) + moved;
  const maySuspend = (limit.pauses?.length ?? 0) > 0;
  if ('left' in at) return (limit.unit === 'month' ? days : unitsOf(limit.unit, value)) < 3;
  if ('on' in at) return days < 1;
  if (!('before' in at) || maySuspend) return false;
  if (at.unit === 'working-day') return at.before >= (limit.unit === 'working-day' ? value : days);
  if (at.unit === 'natural-day') return at.before >= days;
  // The shortest month has 28 days.
  return limit.unit === 'month' && !moved ? at.before >= value : at.before * 28 >= days;
}

/** More natural days than a term of so many units can have, or as many. */
function longestDays(unit: Term['unit'], value: number): number {
  switch (unit) {
    case 'hour':
      return Math.ceil(value / 24);
    case 'working-day':
      return value === 0 ? 0 : value * 2 + DAYS_OFF;
    case 'natural-day':
      return value;
    case 'month':
      return value * 31;
    case 'day-of-next-month':
      return 30 + value;
    case 'yearly-window':
      return 366;
  }
}

/** In what a term is counted, for the third that is left. */
function unitsOf(unit: Term['unit'], value: number): number {
  return unit === 'day-of-next-month' || unit === 'yearly-window' ? Infinity : value;
}
