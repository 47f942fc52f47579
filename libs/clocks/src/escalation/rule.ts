import { departments, isRole, roles, tokenOf, type Department, type Role } from '@app/access';
import { z } from 'zod';
import type { LimitKind } from '../term.js';
import { contains, divisionRange, placeLevels, type PlaceRange } from './place.js';

const kebab = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, '应为小写字母、数字和连字符');

/** Which rungs a rule is about. An empty list leaves nothing out. */
export const ruleMatch = z
  .object({
    items: z
      .array(
        z
          .string()
          .max(200)
          .regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/, '应为事项编号，例如 subsidies/living-subsidy'),
      )
      .max(50)
      .default([])
      .describe('Items of this service.'),
    steps: z.array(kebab).max(50).default([]).describe('Steps of these items.'),
    kinds: z
      .array(z.enum(['statutory', 'local_rule', 'promised']))
      .max(3)
      .default([])
      .describe('法定、地方规定、承诺. A limit of kind unknown is never due.'),
    divisions: z
      .array(z.string().regex(/^\d{12}$/, '应为 12 位统计用区划代码'))
      .max(50)
      .default([])
      .describe('Each with everything below it.'),
    minLevel: z
      .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
      .default(1)
      .describe('From which level on: 0 提醒, 1 and 2 督办, 3 通报.'),
    rungs: z.array(kebab).max(20).default([]).describe('Names of rungs.'),
  })
  .meta({ id: 'EscalationRuleMatch' });
export type RuleMatch = z.infer<typeof ruleMatch>;

/** Who else is told: a role, at the level of the township, county or city in which the case is. */
export const ruleAddressee = z
  .object({
    role: z
      .string()
      .refine(isRole, '没有这个岗位')
      .transform((role) => role as Role)
      .meta({ enum: Object.keys(roles) }),
    department: z
      .enum(Object.keys(departments) as [Department, ...Department[]])
      .nullable()
      .default(null)
      .describe('Of role member-unit.'),
    level: z.enum(placeLevels),
  })
  .refine(({ role, department }) => (role === 'member-unit') === (department !== null), {
    path: ['department'],
    message: '成员单位要写明部门，其他岗位不写',
  })
  .meta({ id: 'EscalationAddressee' });
export type RuleAddressee = z.infer<typeof ruleAddressee>;

/** A rule as it is evaluated. */
export interface EscalationRule {
  readonly ruleId: string;
  readonly match: RuleMatch;
  readonly to: readonly RuleAddressee[];
  /** The reach of who wrote it: beyond it the rule says nothing. */
  readonly scope: PlaceRange;
}

/** What a rule looks at in a rung that fires, or has fired, or is to come. */
export interface RungFacts {
  /** Null: the clock is of no case of an item. */
  readonly item: string | null;
  readonly step: string;
  readonly kind: LimitKind;
  readonly divisionCode: string;
  readonly rung: string;
  readonly level: number;
}

/** Whether a rule is about this rung. */
export function matches({ match, scope }: Pick<EscalationRule, 'match' | 'scope'>, rung: RungFacts): boolean {
  const { items, steps, kinds, divisions, minLevel, rungs } = match;
  return (
    rung.level >= minLevel &&
    contains(scope, rung.divisionCode) &&
    (items.length === 0 || (rung.item !== null && items.includes(rung.item))) &&
    (steps.length === 0 || steps.includes(rung.step)) &&
    (kinds.length === 0 || kinds.some((kind) => kind === rung.kind)) &&
    (rungs.length === 0 || rungs.includes(rung.rung)) &&
    (divisions.length === 0 || divisions.some((code) => contains(divisionRange(code), rung.divisionCode)))
  );
}

/** `member-unit:civil-affairs`. */
export function tokenOfAddressee({ role, department }: RuleAddressee): string {
  return tokenOf(role, department);
}
