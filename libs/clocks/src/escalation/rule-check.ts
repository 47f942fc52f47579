import { DomainError } from '@app/kernel';
import { isRole, roles } from '@app/access';
import type { LimitKind } from '../term.js';
import { covers, divisionRange, meet, type PlaceRange } from './place.js';
import { tokenOfAddressee, type RuleAddressee, type RuleMatch } from './rule.js';

/** A step of an item as it is in force in one county: what a rule there can be about. */
export interface StepInForce {
  /** Six digits. */
  readonly county: string;
  readonly item: string;
  readonly step: string;
  /** Null: the step has no clock. */
  readonly limit: { readonly kind: LimitKind } | null;
  /** The rungs of its clock; none where it is never due. */
  readonly rungs: readonly { readonly rung: string; readonly level: number }[];
  /** Roles (with department) that see its cases. */
  readonly readers: readonly string[];
}

/** Why a rule could never tell anybody anything. */
export interface RuleProblem {
  readonly field:
    | 'match.divisions'
    | 'match.items'
    | 'match.steps'
    | 'match.kinds'
    | 'match.minLevel'
    | 'match.rungs'
    | 'to';
  readonly zh: string;
  readonly en: string;
}

/** A rule that can never match, or tells somebody who sees nothing of it. */
export class RuleCanNeverMatch extends DomainError {
  readonly slug = 'rule-can-never-match';
  readonly kind = 'invalid';
  constructor(problems: readonly RuleProblem[]) {
    super(`这条规则永远不会起作用：${problems.map(({ zh }) => zh).join('；')}。请修改后再保存。`, {
      problems,
    });
  }
}

/**
 * Looks whether a rule can ever tell somebody something.
 * @param scope the reach of who writes it
 * @param inForce the service's steps in the counties of that reach
 * @throws RuleCanNeverMatch with every reason
 */
export function checkRule(
  { match, to }: { readonly match: RuleMatch; readonly to: readonly RuleAddressee[] },
  scope: PlaceRange,
  inForce: readonly StepInForce[],
): void {
  const problems: RuleProblem[] = [];
  const say = (field: RuleProblem['field'], zh: string, en: string) => problems.push({ field, zh, en });

  for (const code of match.divisions) {
    if (!covers(scope, divisionRange(code)))
      say(
        'match.divisions',
        `区划 ${code} 不在您的管辖区域内`,
        `division ${code} lies outside of your reach`,
      );
  }
  const places = match.divisions.map(divisionRange);
  const here = inForce.filter(
    ({ county }) =>
      places.length === 0 || places.some((place) => meet(place, divisionRange(`${county}000000`))),
  );
  if (here.length === 0 && problems.length === 0)
    say('match.divisions', '该区域没有本服务正在施行的事项', 'no item of this service is in force there');

  for (const item of match.items) {
    if (!here.some((step) => step.item === item))
      say(
        'match.items',
        `${item} 不是本服务在该区域施行的事项`,
        `${item} is no item of this service in force there`,
      );
  }
  const ofItems = here.filter(({ item }) => match.items.length === 0 || match.items.includes(item));
  for (const step of match.steps) {
    if (ofItems.length > 0 && !ofItems.some((each) => each.step === step))
      say('match.steps', `所选事项没有环节 ${step}`, `the items have no step ${step}`);
  }
  const steps = ofItems.filter(({ step }) => match.steps.length === 0 || match.steps.includes(step));
  if (steps.length > 0) problems.push(...neverDue(match, steps));
  for (const one of to) problems.push(...seesNothing(one, steps));
  if (problems.length > 0) throw new RuleCanNeverMatch(problems);
}

function neverDue(match: RuleMatch, steps: readonly StepInForce[]): RuleProblem[] {
  const due = steps.filter(({ rungs }) => rungs.length > 0);
  if (due.length === 0) {
    return [
      {
        field: match.steps.length > 0 ? 'match.steps' : 'match.items',
        zh: '所选环节没有期限，或期限种类为“未知”，永远不会到期',
        en: 'the steps have no limit, or one of kind unknown, which is never due',
      },
    ];
  }
  const ofKind = due.filter(
    ({ limit }) => match.kinds.length === 0 || match.kinds.some((kind) => kind === limit?.kind),
  );
  if (ofKind.length === 0) {
    return [
      { field: 'match.kinds', zh: '所选环节没有这种期限', en: 'none of the steps has a limit of this kind' },
    ];
  }
  const rungs = ofKind.flatMap((step) => step.rungs);
  const reached = Math.max(...rungs.map(({ level }) => level));
  if (reached < match.minLevel) {
    return [
      {
        field: 'match.minLevel',
        zh: `所选环节的提醒最高到第 ${reached} 级，到不了第 ${match.minLevel} 级`,
        en: `the rungs of the steps reach level ${reached}, never level ${match.minLevel}`,
      },
    ];
  }
  return match.rungs
    .filter((name) => !rungs.some(({ rung, level }) => rung === name && level >= match.minLevel))
    .map((name) => ({
      field: 'match.rungs' as const,
      zh: `所选环节没有第 ${match.minLevel} 级以上的提醒点 ${name}`,
      en: `the steps have no rung ${name} at level ${match.minLevel} or above`,
    }));
}

function seesNothing(one: RuleAddressee, steps: readonly StepInForce[]): RuleProblem[] {
  const token = tokenOfAddressee(one);
  if (!isRole(one.role) || roles[one.role].reach !== 'place') {
    return [
      {
        field: 'to',
        zh: `岗位 ${one.role} 不按区域查看事项，不能作为通知对象`,
        en: `role ${one.role} sees nothing by place`,
      },
    ];
  }
  if (steps.length > 0 && !steps.some(({ readers }) => readers.includes(token))) {
    return [{ field: 'to', zh: `岗位 ${token} 看不到所选事项`, en: `role ${token} sees none of the items` }];
  }
  return [];
}
