import { departments, roles, type Actor, type Department, type Role } from '@app/access';
import { v5 as uuidv5 } from 'uuid';
import type { RunningSystem } from '../installation/running-system.js';
import { SignedInSystem } from '../installation/signed-in-system.js';
import { demoAccounts, isDemoUser, unitOf, type DemoAccount } from './accounts.js';
import { DEMO_COUNTY, demoVillages } from './people.js';

/** Namespace of the demo county's units: the same ids on every machine, so that tokens can name them. */
const UNITS = '0b8c1a54-6f4c-4d39-9d3b-2f3c6c1e7a90';
const SINCE = '2020-01-01';
const COUNTY_CODE = `${DEMO_COUNTY}000000`;

/** A unit of the demo county. */
export interface DemoUnit {
  readonly unitId: string;
  readonly kind: string;
  readonly name: string;
  readonly parentId: string | null;
  /** Of divisions; what hangs on one has its code. */
  readonly divisionCode: string | null;
  readonly department: Department | null;
}

/** Which institution of the county does what a role by placement does. */
const INSTITUTIONS: Readonly<Partial<Record<Role, readonly [kind: string, name: string]>>> = {
  assessor: ['hospital', '示范县人民医院'],
  'rehab-provider': ['rehab-institution', '示范县康复中心'],
  'care-provider': ['care-institution', '示范县残疾人之家'],
  'home-service-provider': ['home-service', '示范县居家服务中心'],
  'family-doctor': ['clinic', '示范县社区卫生服务中心'],
  'device-point': ['device-station', '示范县辅具供应站'],
  school: ['school', '示范县特殊教育学校'],
  employer: ['employer', '示范县纺织有限公司'],
  'employment-counsellor': ['employment-service', '示范县残疾人就业服务所'],
  'training-provider': ['training-provider', '示范县职业培训学校'],
  'legal-provider': ['law-firm', '示范县法律救助站'],
  mediator: ['mediation-centre', '示范县矛盾纠纷调处化解中心'],
  evaluator: ['evaluator', '示范县第三方评估中心'],
  'volunteer-station': ['volunteer-station', '示范县助残志愿者联络站'],
  volunteer: ['volunteer-station', '示范县助残志愿者服务队'],
  'social-organisation': ['social-organisation', '示范县家长互助协会'],
  'special-association': ['special-association', '示范县肢残人协会'],
  insurer: ['insurer', '示范县保险支公司'],
  'interpreter-desk': ['interpreter-desk', '示范县手语翻译服务站'],
  charity: ['charity', '示范县慈善总会'],
};

/** Roles of the line below the county: their demo users work in every township, so that every story has them. */
const TOWN_ROLES: readonly Role[] = [
  'township-chair',
  'commissioner',
  'village-liaison',
  'rehab-coordinator',
];

/** Given by the administrator of security, never by a file. */
const GIVEN_BY_SECURITY: readonly Role[] = [
  'federation-lead',
  'data-officer',
  'finance-officer',
  'system-admin',
  'security-admin',
  'auditor',
  'operator',
];

const unitId = (name: string) => uuidv5(name, UNITS);
const division = (divisionCode: string, kind: string, name: string, parentId: string | null): DemoUnit => ({
  ...{ unitId: unitId(divisionCode), kind, name, parentId, divisionCode, department: null },
});
const hanging = (id: string, kind: string, name: string, department: Department | null = null): DemoUnit => ({
  ...{ unitId: id, kind, name, parentId: unitId(COUNTY_CODE), divisionCode: null, department },
});
const townOf = (village: string) => `${village.slice(0, 9)}000`;
const towns = [...new Set(demoVillages.map(townOf))];

/** Every unit of the demo county, each after the one that it hangs on. */
export const demoUnits: readonly DemoUnit[] = [
  division(COUNTY_CODE, 'county', '示范县', null),
  ...towns.map((code) => division(code, 'town', `示范县${code.slice(6, 9)}镇`, unitId(COUNTY_CODE))),
  ...demoVillages.map((code) => division(code, 'village', `${code.slice(9)}村`, unitId(townOf(code)))),
  hanging(unitId('federation'), 'federation', '示范县残疾人联合会'),
  ...(Object.keys(departments) as Department[]).map((department) =>
    hanging(unitId(department), 'department', `示范县${departments[department]}部门`, department),
  ),
  ...(Object.entries(INSTITUTIONS) as [Role, readonly [string, string]][]).map(([role, [kind, name]]) =>
    hanging(unitOf(role)!, kind, name),
  ),
];

/** The units in which a demo user holds the role; the account belongs to the first. */
export function unitsOf({ role, department }: DemoAccount): readonly string[] {
  if (roles[role].reach === 'placement') return [unitOf(role)!];
  if (department) return [unitId(department)];
  return TOWN_ROLES.includes(role) ? towns.map(unitId) : [unitId('federation')];
}

/** What `seedOrganisation` did. */
export interface SeededOrganisation {
  readonly units: number;
  readonly accounts: number;
  readonly posts: number;
}

/**
 * Makes the demo county's units, accounts and posts over public HTTP, and gives each new account the password. What is there already changes
 * nothing.
 * The first administrators of an installation have no account that could make theirs: a token of the installation's own key acts.
 * @throws ServiceRefused, ServiceSilent
 */
export async function seedOrganisation(system: RunningSystem, password: string): Promise<SeededOrganisation> {
  const units = await addUnits(system);
  const opened = await openAccounts(system);
  const posts = await givePosts(system);
  await someAtATime([...opened.values()], (account) => givePassword(system, account, password));
  return { units, accounts: opened.size, posts };
}

/** The demo county's users at work; makes the county's offices first where they are not there yet. */
export async function staffed(system: RunningSystem, password: string): Promise<SignedInSystem> {
  const users = atWork(system, password);
  if (!(await users.admits(demoAccounts.at(-1)!.actor.id))) await seedOrganisation(system, password);
  return users;
}

/** The demo county's users at work: each signs in and calls as users do; an account without its password (seeding was cut short) gets it. */
export function atWork(system: RunningSystem, password: string): SignedInSystem {
  return new SignedInSystem(
    system,
    (userId) => (isDemoUser(userId) ? password : null),
    async (userId) => {
      const account = (await seenAccounts(system)).find((each) => each.userId === userId);
      if (account) await givePassword(system, account, password);
    },
  );
}

async function givePassword(
  system: RunningSystem,
  { accountId, userId }: SeenAccount,
  password: string,
): Promise<void> {
  const { activation } = await system.call<{ activation: { code: string } | null }>(
    'workbench',
    'POST',
    `/workbench/accounts/${accountId}/activation`,
    { actor: setup('system-admin'), body: {} },
  );
  if (!activation) return;
  await system.call('workbench', 'POST', '/workbench/activate', {
    actor: setup('system-admin'),
    body: { userId, code: activation.code, password },
  });
}

/** Signed by the installation's own key; not a user, so that no demo user gives themselves a right. */
function setup(role: 'system-admin' | 'security-admin'): Actor {
  const grant = {
    from: COUNTY_CODE,
    to: `${DEMO_COUNTY}999999`,
    department: null,
    unit: null,
    onBehalfOf: null,
  };
  return { id: `setup:${role}`, grants: [{ role, ...grant }] };
}

async function addUnits(system: RunningSystem): Promise<number> {
  const actor = setup('system-admin');
  const known = new Set(
    (await all<{ unitId: string }>(system, actor, `/workbench/units?within=${COUNTY_CODE}`, 'units')).map(
      (unit) => unit.unitId,
    ),
  );
  const missing = demoUnits.filter((unit) => !known.has(unit.unitId));
  for (const unit of missing) {
    await system.call('workbench', 'POST', '/workbench/units', {
      actor,
      body: { ...unit, validFrom: SINCE },
    });
  }
  return missing.length;
}

interface SeenAccount {
  readonly accountId: string;
  readonly userId: string;
}

async function openAccounts(system: RunningSystem) {
  const actor = setup('system-admin');
  const known = new Set((await seenAccounts(system)).map(({ userId }) => userId));
  const opened = new Map<string, SeenAccount>();
  const missing = demoAccounts.filter(({ actor: { id } }) => !known.has(id));
  await someAtATime(missing, async (account) => {
    const userId = account.actor.id;
    const { accountId } = await system.call<SeenAccount>('workbench', 'POST', '/workbench/accounts', {
      actor,
      body: { userId, name: nameOf(account), unitId: unitsOf(account)[0] },
    });
    opened.set(userId, { accountId, userId });
  });
  return opened;
}

async function givePosts(system: RunningSystem): Promise<number> {
  const idOf = new Map((await seenAccounts(system)).map(({ userId, accountId }) => [userId, accountId]));
  let given = 0;
  await someAtATime(demoAccounts, async (account) => {
    const path = `/workbench/accounts/${idOf.get(account.actor.id)!}`;
    const actor = setup(GIVEN_BY_SECURITY.includes(account.role) ? 'security-admin' : 'system-admin');
    const { posts } = await system.call<{
      posts: { role: Role; unitId: string; period: { to: string | null } }[];
    }>('workbench', 'GET', path, { actor });
    const held = posts.filter(({ role, period }) => role === account.role && period.to === null);
    for (const unit of unitsOf(account).filter((id) => !held.some((post) => post.unitId === id))) {
      const body = { role: account.role, unitId: unit, from: SINCE };
      await system.call('workbench', 'POST', `${path}/posts`, { actor, body });
      given += 1;
    }
  });
  return given;
}

function nameOf({ title, actor: { id } }: DemoAccount): string {
  return `演示${title}${id.split(':').at(-1)!}`.slice(0, 50);
}

function seenAccounts(system: RunningSystem): Promise<SeenAccount[]> {
  return all<SeenAccount>(system, setup('system-admin'), '/workbench/accounts?state=active', 'accounts');
}

/** In order, some at once: a later one is not done before an earlier one has begun. */
async function someAtATime<Each>(list: readonly Each[], work: (each: Each) => Promise<void>): Promise<void> {
  for (let at = 0; at < list.length; at += 8) await Promise.all(list.slice(at, at + 8).map(work));
}

/** Every page of a list. */
async function all<Each>(system: RunningSystem, actor: Actor, path: string, key: string): Promise<Each[]> {
  const found: Each[] = [];
  for (let after: string | null = ''; after !== null;) {
    const query: string = after === '' ? 'limit=200' : `limit=200&after=${after}`;
    const page: Record<string, unknown> = await system.call(
      'workbench',
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}${query}`,
      { actor },
    );
    found.push(...(page[key] as Each[]));
    after = page['next'] as string | null;
  }
  return found;
}
