import { roles, type Department, type Role } from '@app/access';
import { PostNotPossible } from './organisation-errors.js';
import { kindOf, type UnitKind } from './unit-kind.js';
import { countyReachOf, reachOfDivision, type Reach } from './unit-reach.js';

/** Days on which something holds, inclusive; `to` null: until further notice. */
export interface Period {
  readonly from: string;
  readonly to: string | null;
}

/** What somebody may do, and where. */
export interface Post {
  readonly postId: string;
  readonly role: Role;
  readonly unitId: string;
  readonly department: Department | null;
  readonly period: Period;
}

/** A unit as a rule about posts needs it. */
export interface PostUnit {
  readonly unitId: string;
  readonly kind: UnitKind;
  readonly department: Department | null;
  readonly divisionCode: string;
}

/** The three administrators whose duties are separated: who keeps accounts, who gives rights, who watches both. */
export const administrators: readonly Role[] = ['system-admin', 'security-admin', 'auditor'];

/**
 * Roles with which much can be seen, decided, paid or hidden: the administrator of security gives them. All others are given by
 * who keeps the accounts. A role of reach `own` is given by nobody.
 */
export const sensitiveRoles: readonly Role[] = [
  'federation-lead',
  'data-officer',
  'finance-officer',
  'system-admin',
  'security-admin',
  'auditor',
  'operator',
];

/** Who may give and take this role; null: nobody. */
export function giverOf(role: Role): Role | null {
  if (roles[role].reach === 'own') return null;
  return sensitiveRoles.includes(role) ? 'security-admin' : 'system-admin';
}

export function overlap(one: Period, other: Period): boolean {
  return (other.to === null || one.from <= other.to) && (one.to === null || other.from <= one.to);
}

export function inForce({ from, to }: Period, day: string): boolean {
  return from <= day && (to === null || day <= to);
}

/**
 * Whether these two roles may be held by one account at the same time; null, or why not.
 * Separation of duties: none of the three administrators is another of them or does the offices' business; and an officer is not the
 * institution that officers supervise.
 */
export function whyNotTogether(one: Role, other: Role): string | null {
  if (one === other) return null;
  if (administrators.includes(one) || administrators.includes(other)) {
    return '系统管理员、安全管理员、审计员不能兼任其他岗位，请为其另设账号或由其他人员担任。';
  }
  if ((roles[one].reach === 'placement') !== (roles[other].reach === 'placement')) {
    return '机构人员不能同时担任管理岗位，请由不同人员担任。';
  }
  return null;
}

/**
 * A new post beside those that the account has.
 * @param actedFor posts of others that the account is deputy for, in the days in which it is
 * @throws PostNotPossible with what to do instead
 */
export function addPost(
  held: readonly Post[],
  actedFor: readonly Post[],
  unit: PostUnit,
  wanted: Pick<Post, 'postId' | 'role' | 'period'>,
): Post {
  const { role, period } = wanted;
  if (period.to !== null && period.to < period.from) {
    throw new PostNotPossible('岗位的结束日早于开始日，请核对日期。');
  }
  if (!kindOf(unit.kind).roles.includes(role)) {
    throw new PostNotPossible(
      `“${kindOf(unit.kind).title}”没有“${roles[role].title}”岗位，请选择设有这一岗位的单位。`,
      { role, kind: unit.kind },
    );
  }
  const sameTime = held.filter((post) => overlap(post.period, period));
  for (const post of [...sameTime, ...actedFor.filter((post) => overlap(post.period, period))]) {
    const why = whyNotTogether(post.role, role);
    if (why) throw new PostNotPossible(why, { held: post.role, wanted: role });
  }
  if (sameTime.some((post) => post.role === role && post.unitId === unit.unitId)) {
    throw new PostNotPossible('此人在该单位已有同一岗位，请先结束原岗位或调整日期。', { role });
  }
  return { ...wanted, unitId: unit.unitId, department: unit.department };
}

/** How far a post at this unit reaches today. */
export function reachOfPost(
  role: Role,
  unit: Pick<PostUnit, 'unitId' | 'divisionCode'>,
): Reach & { unit: string | null } {
  return roles[role].reach === 'placement'
    ? { ...countyReachOf(unit.divisionCode), unit: unit.unitId }
    : { ...reachOfDivision(unit.divisionCode), unit: null };
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
