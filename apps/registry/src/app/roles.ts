import { grantFor, NotAllowed, type Actor, type Department, type Role } from '@app/access';
import type { ActorRef } from '@app/contracts';
import type { DomainError } from '@app/kernel';

/** Who may look at files, with masked names. */
export const READERS: readonly Role[] = [
  'federation-lead',
  'card-officer',
  'benefit-officer',
  'rehab-officer',
  'care-officer',
  'employment-officer',
  'education-officer',
  'rights-officer',
  'accessibility-officer',
  'data-officer',
  'township-chair',
  'commissioner',
  'village-liaison',
];

/** Who registers people, households and guardians, and reports deaths: the line from the village to the county counter. */
export const REGISTRARS: readonly Role[] = [
  'card-officer',
  'data-officer',
  'township-chair',
  'commissioner',
  'village-liaison',
];

/** Who states facts: the registrars, and the officers whose work brings them to light. */
export const FACT_RECORDERS: readonly Role[] = [
  ...REGISTRARS,
  'benefit-officer',
  'rehab-officer',
  'care-officer',
  'employment-officer',
  'education-officer',
  'rights-officer',
  'accessibility-officer',
];

/** Who takes back what is on file: not the village, whose statements these often are. */
export const CORRECTORS: readonly Role[] = [
  'card-officer',
  'data-officer',
  'benefit-officer',
  'township-chair',
];

/** Who records that a household registration moved. */
export const MOVERS: readonly Role[] = ['card-officer', 'data-officer', 'township-chair', 'commissioner'];

/** Who sends whole rosters; a member unit only those of its own department. */
export const IMPORTERS: readonly Role[] = ['data-officer', 'card-officer', 'member-unit'];

/**
 * The reference that is written beside a change, from the first place that one of the roles covers.
 * @param hidden what to answer to somebody who may not even see that the object is there; absent: NotAllowed
 */
export function mayAct(
  actor: Actor,
  needed: readonly Role[],
  places: readonly string[],
  hidden?: () => DomainError,
  department: Department | null = null,
): ActorRef {
  for (const place of places) {
    const grant = grantFor(actor, needed, place, department);
    if (grant) return { id: actor.id, role: grant.role };
  }
  if (hidden && !places.some((place) => seesPlace(actor, place))) throw hidden();
  throw new NotAllowed(needed, department);
}

/** Whether the actor may look at what is in this place. */
export function seesPlace(actor: Actor, divisionCode: string): boolean {
  return grantFor(actor, READERS, divisionCode) !== undefined;
}
