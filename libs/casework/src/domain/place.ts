import { tokenOf as token, type Actor, type Role } from '@app/access';
import { besidePerson, officerOf, type CaseItem, type Doer } from './item.js';

/**
 * A role as one word, with its department where it acts for one: `member-unit:civil-affairs`. Stored beside a case, so that a list
 * can be filtered by who asks.
 */
export type DoerToken = string;

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

/** Where somebody does tasks, and as whom. An institution does those of what is placed with it, wherever the people live. */
export function reachesOf(actor: Actor): Reach[] {
  return actor.grants.map(({ role, department, from, to, unit }) => ({
    from: unit === null ? from : '000000000000',
    to: unit === null ? to : '999999999999',
    token: token(role, department),
  }));
}
