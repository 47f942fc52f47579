import { actingAs, grantFor, type Actor, type Role } from '@app/access';
import type { ActorRef } from '@app/contracts';
import type { DomainError } from '@app/kernel';

/** Who may look at cards and applications of the places in their reach. */
export const readers: readonly Role[] = ['card-officer', 'federation-lead', 'assessor'];

/** The reference for a look that is not yet about an object. */
export function lookingAs(actor: Actor, roles: readonly Role[] = readers): ActorRef {
  const grant = actor.grants.find(({ role }) => roles.includes(role));
  return { id: actor.id, role: grant?.role ?? 'none' };
}

/**
 * In which role the actor acts on an object of this place.
 * @throws `notFound` if the object is out of the actor's reach: like one that does not exist
 * @throws NotAllowed if it is in reach, but for other roles
 */
export function actingOn(
  actor: Actor,
  needed: readonly Role[],
  object: { readonly divisionCode: string } | null,
  notFound: () => DomainError,
): ActorRef {
  if (!object || !grantFor(actor, [...readers, ...needed], object.divisionCode)) throw notFound();
  return actingAs(actor, needed, object.divisionCode);
}
