import type { Actor, Department, Role, RoleGrant } from '@app/access';
import type { Case } from './case.js';
import { besidePerson, officerOf, type CaseItem, type Doer } from './item.js';

/**
 * A role as one word, with its department where it acts for one: `member-unit:civil-affairs`. Stored beside a case, so that a list
 * can be filtered by who asks.
 */
export type DoerToken = string;

function token(role: Role, department: Department | null): DoerToken {
  return role === 'member-unit' && department ? `${role}:${department}` : role;
}

export function tokensOf({ roles, department }: Doer): DoerToken[] {
  return roles.map((role) => token(role, department));
}

/** Who sees every case of a service in their place, beside those who have a step in it. */
const overseers: readonly Role[] = ['federation-lead', 'data-officer'];

const known = new WeakMap<CaseItem, readonly DoerToken[]>();

/** Everybody who may look at a case of this item in the place where they act. */
export function readersOf(item: CaseItem): readonly DoerToken[] {
  let readers = known.get(item);
  if (!readers) known.set(item, (readers = findReaders(item)));
  return readers;
}

function findReaders(item: CaseItem): DoerToken[] {
  const doers = item.steps.map((step) => token(step.role, step.department ?? item.department));
  const department = item.department ? [token('member-unit', item.department)] : [];
  return [...new Set([...besidePerson, officerOf[item.owner], ...overseers, ...department, ...doers])].sort();
}

/** A range of division codes, and as whom somebody acts there. */
export interface Reach {
  readonly from: string;
  readonly to: string;
  readonly token: DoerToken;
}

export function reachesOf(actor: Actor): Reach[] {
  return actor.grants.map((grant: RoleGrant) => ({
    from: grant.from,
    to: grant.to,
    token: token(grant.role, grant.department),
  }));
}

/** Whether the actor may know that the case exists. */
export function sees(actor: Actor, { divisionCode, item }: Case): boolean {
  const readers = readersOf(item);
  return reachesOf(actor).some(
    ({ from, to, token: own }) => from <= divisionCode && divisionCode <= to && readers.includes(own),
  );
}
