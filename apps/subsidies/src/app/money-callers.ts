import {
  actingAs,
  grantFor,
  lookingWith,
  NotAllowed,
  permissions,
  type Actor,
  type Department,
  type Permission,
  type RoleGrant,
} from '@app/access';
import type { Caller } from '@app/platform';

/** Of the member units, those that decide and pay. */
const departments: readonly (Department | null)[] = ['civil-affairs', 'finance'];

/** @throws NotAllowed to a member unit that neither decides nor pays: row-level security would show it an empty list, without a word */
export function lookingAtMoney(actor: Actor, permission: Permission): Caller {
  return lookingWith(concerned(actor, permission), permission);
}

/**
 * @param needed permissions any of which will do; the first that the actor has in one of the places is the one that they act with
 * @throws NotAllowed if none of the actor's roles may do it in one of these places
 */
export function changingMoney(
  actor: Actor,
  needed: readonly [Permission, ...Permission[]],
  places: readonly string[],
): Caller {
  const able = needed.find((permission) => mayChangeMoney(actor, permission, places)) ?? needed[0];
  return actingAs(concerned(actor, able), permissions[able], places);
}

export function mayChangeMoney(actor: Actor, permission: Permission, places: readonly string[]): boolean {
  return (
    grantFor({ ...actor, grants: grantsWith(actor, permission) }, permissions[permission], places) !==
    undefined
  );
}

function concerned(actor: Actor, permission: Permission): Actor {
  const grants = grantsWith(actor, permission);
  if (grants.length === 0) throw new NotAllowed(permissions[permission]);
  return { ...actor, grants };
}

/** Of an actor's grants those with which money is looked at or changed: of the member units only those that decide and pay. */
export function grantsWith(actor: Actor, permission: Permission): RoleGrant[] {
  return actor.grants.filter(
    ({ role, department }) =>
      permissions[permission].includes(role) && (role !== 'member-unit' || departments.includes(department)),
  );
}
