import { departments, portalRoles, roles, type Actor, type Department, type Role } from '@app/access';
import { v5 as uuidv5 } from 'uuid';

const DEMO_UNITS = '7d0f6f0e-3c1b-4f4e-9f5e-1d7d5f0a3c11';

/** The invented county that demos and tests work in. */
const COUNTY = { from: '338801000000', to: '338801999999' } as const;

/** A user of the demo county. */
export interface DemoAccount {
  readonly title: string;
  readonly actor: Actor;
  readonly role: Role;
  readonly department: Department | null;
}

/**
 * Roles of which the county has two users, since who did a step may not be who decides on it, nor who proposed what is approved; and since two
 * commissioners may visit the same home.
 */
function usersOf(role: Role): number {
  return role.endsWith('-officer') || ['member-unit', 'operator', 'commissioner'].includes(role) ? 2 : 1;
}

/** Every user of the demo county: each role once or twice, the member units in each department. */
export const demoAccounts: readonly DemoAccount[] = portalRoles.flatMap((role) =>
  departmentsOf(role).flatMap((department) =>
    Array.from({ length: usersOf(role) }, (_, index) => account(role, department, index + 1)),
  ),
);

const byId = new Map(demoAccounts.map((each) => [each.actor.id, each.actor]));

/**
 * The n-th user of the demo county in this role.
 * @throws RangeError if the county has no such user
 */
export function demoActor(role: Role, department: Department | null = null, n = 1): Actor {
  const actor = byId.get(idOf(role, department, n));
  if (actor) return actor;
  throw new RangeError(`the demo county has no user ${idOf(role, department, n)}`);
}

/** Whether an account of the demo county has this user id. */
export function isDemoUser(userId: string): boolean {
  return byId.has(userId);
}

function departmentsOf(role: Role): readonly (Department | null)[] {
  return role === 'member-unit' ? (Object.keys(departments) as Department[]) : [null];
}

function account(role: Role, department: Department | null, n: number): DemoAccount {
  return {
    title: department ? `${departments[department]}（${roles[role].title}）` : roles[role].title,
    actor: {
      id: idOf(role, department, n),
      grants: [{ role, department, ...COUNTY, unit: unitOf(role), onBehalfOf: null }],
    },
    role,
    department,
  };
}

/** The institution of the demo county that users of a role by placement work in. */
export function unitOf(role: Role): string | null {
  return roles[role].reach === 'placement' ? uuidv5(`unit of ${role}`, DEMO_UNITS) : null;
}

function idOf(role: Role, department: Department | null, n: number): string {
  return ['demo', role, department, n].filter((part) => part !== null).join(':');
}
