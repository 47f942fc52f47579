import { DomainError } from '@app/kernel';
import type { Caller, ScopeGrant } from '@app/platform';
import { z } from 'zod';
import { permissions, type Permission } from './permissions.js';
import { departments, isRole, roles, type Department, type Role } from './roles.js';

const divisionBound = z.string().regex(/^\d{12}$/);

/** What one role of a user reaches: a range of division codes, a department where the role has one, a unit where it sees by placement. */
export const roleGrantSchema = z
  .object({
    role: z
      .string()
      .refine(isRole, 'unknown role')
      .transform((role) => role as Role),
    department: z.enum(Object.keys(departments) as [Department, ...Department[]]).nullable(),
    /** First and last division code in reach, inclusive: `330302000000` to `330302999999` is a county. */
    from: divisionBound,
    to: divisionBound,
    /** The organisation unit (institution, school, employer) of a role that sees only what is placed with it. */
    unit: z.uuid().nullable().default(null),
    /** The user for whom a deputy (代理) acts in this role. */
    onBehalfOf: z.string().min(1).nullable().default(null),
  })
  .refine(({ role, unit }) => (roles[role].reach === 'placement') === (unit !== null), {
    path: ['unit'],
    message: 'a role that sees by placement names its unit, the others none',
  });
export type RoleGrant = z.infer<typeof roleGrantSchema>;

/** What a user holds. No account sees both by place and by placement: an officer is not the institution that is supervised. */
export const roleGrantsSchema = z
  .array(roleGrantSchema)
  .refine(
    (grants) => new Set(grants.map(({ unit }) => unit !== null)).size <= 1,
    'roles by place and by placement together',
  );

/** The user on whose behalf a request runs. */
export interface Actor {
  readonly id: string;
  readonly grants: readonly RoleGrant[];
  /** Network address from which the user asked, as the portal's server saw it. */
  readonly address?: string | null;
}

/** No role of the user allows this here. Says which would, never whether the object exists. */
export class NotAllowed extends DomainError {
  readonly slug = 'not-allowed';
  readonly kind = 'forbidden';
  constructor(needed: readonly string[], department: string | null = null) {
    super('您的岗位或管辖区域不能办理这一事项，请联系有权办理的人员。', {
      neededRoles: needed,
      ...(department ? { department } : {}),
    });
  }
}

/** Which grant of the actor covers this place (or one of these) in one of these roles; undefined if none does. */
export function grantFor(
  actor: Actor,
  needed: readonly Role[],
  divisionCode: string | readonly string[],
  department: Department | null = null,
): RoleGrant | undefined {
  const places = typeof divisionCode === 'string' ? [divisionCode] : divisionCode;
  return actor.grants.find(
    (grant) =>
      needed.includes(grant.role) &&
      places.some((place) => grant.from <= place && place <= grant.to) &&
      (department === null || grant.role !== 'member-unit' || grant.department === department),
  );
}

/**
 * For whom a change runs: who, in which role, within which reach.
 * @param divisionCode several: what somebody has there is at all of these places (a person who moved away)
 * @throws NotAllowed if none of the actor's roles covers the place.
 */
export function actingAs(
  actor: Actor,
  needed: readonly Role[],
  divisionCode: string | readonly string[],
  department: Department | null = null,
): Caller {
  const grant = grantFor(actor, needed, divisionCode, department);
  if (!grant) throw new NotAllowed(needed, department);
  return callerOf(actor, grant);
}

/** For whom a look runs: what the actor may see is decided by row-level security, so no place need be known before. */
export function lookingAs(actor: Actor, needed: readonly Role[] = []): Caller {
  const grant = actor.grants.find(({ role }) => needed.includes(role)) ?? actor.grants[0];
  return callerOf(actor, grant);
}

/**
 * For whom a look runs that needs one of these permissions: only grants that have it count, so that a role that may not look at
 * this does not widen the reach of another one that may.
 */
export function lookingWith(actor: Actor, ...needed: readonly Permission[]): Caller {
  const grants = actor.grants.filter(({ role }) => needed.some((one) => permissions[one].includes(role)));
  return { ...callerOf(actor, grants[0]), scope: grants.map(scopeOf) };
}

/** Roles that stand over those who act in their reach, and read what these did. */
const overseers: readonly Role[] = permissions['audit:read'];

/** For whom something runs, in a role of the actor that has been chosen already. */
export function callerOf(actor: Actor, grant: RoleGrant | undefined): Caller {
  return {
    id: actor.id,
    role: grant?.role ?? 'none',
    scope: actor.grants.map(scopeOf),
    onBehalfOf: grant?.onBehalfOf ?? null,
    address: actor.address ?? null,
  };
}

function scopeOf({ role, department, from, to, unit, onBehalfOf }: RoleGrant): ScopeGrant {
  return {
    token: tokenOf(role, department),
    from,
    to,
    unit,
    oversees: overseers.includes(role),
    ...(onBehalfOf ? { onBehalfOf } : {}),
  };
}

/** A role as one word, with its department where it acts for one: `member-unit:civil-affairs`. Stored beside rows that only some roles see. */
export function tokenOf(role: Role, department: Department | null): string {
  return role === 'member-unit' && department ? `${role}:${department}` : role;
}

/** The ranges of division codes that the actor may look at in any of these roles: a list query filters by them. */
export function reachOf(actor: Actor, needed: readonly Role[]): { from: string; to: string }[] {
  return actor.grants.filter((grant) => needed.includes(grant.role)).map(({ from, to }) => ({ from, to }));
}

/** The named identity under which a service does its own work: reactions to facts, sweeps, clocks. */
export function serviceActor(service: string): Caller {
  return { id: `service:${service}`, role: 'service', scope: 'service' };
}
