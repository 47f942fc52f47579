import type { ActorRef } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { z } from 'zod';
import { departments, isRole, type Department, type Role } from './roles.js';

const divisionBound = z.string().regex(/^\d{12}$/);

/** What one role of a user reaches: a range of division codes, and a department where the role has one. */
export const roleGrantSchema = z.object({
  role: z
    .string()
    .refine(isRole, 'unknown role')
    .transform((role) => role as Role),
  department: z.enum(Object.keys(departments) as [Department, ...Department[]]).nullable(),
  /** First and last division code in reach, inclusive: `330302000000` to `330302999999` is a county. */
  from: divisionBound,
  to: divisionBound,
});
export type RoleGrant = z.infer<typeof roleGrantSchema>;

/** The user on whose behalf a request runs. */
export interface Actor {
  readonly id: string;
  readonly grants: readonly RoleGrant[];
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

/** Which grant of the actor covers this place in one of these roles; undefined if none does. */
export function grantFor(
  actor: Actor,
  needed: readonly Role[],
  divisionCode: string,
  department: Department | null = null,
): RoleGrant | undefined {
  return actor.grants.find(
    (grant) =>
      needed.includes(grant.role) &&
      grant.from <= divisionCode &&
      divisionCode <= grant.to &&
      (department === null || grant.role !== 'member-unit' || grant.department === department),
  );
}

/**
 * The reference that is written beside a change: who, in which role.
 * @throws NotAllowed if none of the actor's roles covers the place.
 */
export function actingAs(
  actor: Actor,
  needed: readonly Role[],
  divisionCode: string,
  department: Department | null = null,
): ActorRef {
  const grant = grantFor(actor, needed, divisionCode, department);
  if (!grant) throw new NotAllowed(needed, department);
  return { id: actor.id, role: grant.role };
}

/** The ranges of division codes that the actor may look at in any of these roles: a list query filters by them. */
export function reachOf(actor: Actor, needed: readonly Role[]): { from: string; to: string }[] {
  return actor.grants.filter((grant) => needed.includes(grant.role)).map(({ from, to }) => ({ from, to }));
}

/** The identity under which a service does its own work: reactions to facts, sweeps, clocks. */
export function serviceActor(service: string): ActorRef {
  return { id: `service:${service}`, role: 'service' };
}
