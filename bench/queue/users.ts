import { randomUUID } from 'node:crypto';
import type { Role } from '@app/access';
import { Argon2Passwords } from '../../apps/workbench/src/adapters/argon2-passwords.js';
import { PASSWORD, TestBrowser, type Office, type Page } from '../../apps/workbench/test/office.js';
import { COUNTY, TOWNS, VILLAGES } from './places.js';

/** Somebody at work, signed in. */
export interface QueueUser {
  readonly scope: 'county' | 'town' | 'village';
  readonly browser: TestBrowser;
}

interface Post {
  readonly scope: QueueUser['scope'];
  readonly role: Role;
  readonly division: string;
}

/** Each user sits at a network address of their own, as the proxy before the portal tells it. */
class BrowserAt extends TestBrowser {
  constructor(
    office: Pick<Office, 'url'>,
    private readonly address: string,
  ) {
    super(office);
  }

  override send(
    method: string,
    path: string,
    body?: BodyInit,
    headers?: Record<string, string>,
  ): Promise<Page> {
    return super.send(method, path, body, { ...headers, 'x-forwarded-for': this.address });
  }
}

/** 1 county, 20 town and 179 village or department scopes. */
const POSTS: readonly Post[] = [
  { scope: 'county', role: 'federation-lead', division: COUNTY },
  ...TOWNS.map((division): Post => ({ scope: 'town', role: 'township-chair', division })),
  ...VILLAGES.slice(0, 169).map((division): Post => ({
    scope: 'village',
    role: 'village-liaison',
    division,
  })),
  ...Array.from({ length: 10 }, (_, no): Post => ({
    scope: 'county',
    role: (['benefit-officer', 'rehab-officer'] as const)[no % 2]!,
    division: COUNTY,
  })),
];

/** Accounts with posts, each signed in by its password through the portal's own door. */
export async function signInUsers(office: Office): Promise<QueueUser[]> {
  const [unit] = await office.database.query<{ unit_id: string }>(
    'select unit_id from workbench.units limit 1',
  );
  // One password for all: what a sign-in costs is paid at the sign-in.
  const passwordHash = await office.get(Argon2Passwords).hash(PASSWORD);
  const users: QueueUser[] = [];
  for (const [no, { scope, role, division }] of POSTS.entries()) {
    const [userId, accountId] = [`user-${no}`, randomUUID()];
    await office.database.query(
      `insert into workbench.accounts (account_id, user_id, name, unit_id, division_code, state, version, created_by, created_role, changed_by, changed_role)
       values ($1, $2, '周敏', $3, $4, 'active', 1, 'bench', 'bench', 'bench', 'bench')`,
      [accountId, userId, unit!.unit_id, division],
    );
    await office.database.query(
      `insert into workbench.posts (post_id, account_id, unit_id, division_code, role, valid_from, created_by, created_role, changed_by, changed_role)
       values ($1, $2, $3, $4, $5, '2020-01-01', 'bench', 'bench', 'bench', 'bench')`,
      [randomUUID(), accountId, unit!.unit_id, division, role],
    );
    await office.database.query(
      'insert into workbench.credentials (account_id, password_hash, changed_at) values ($1, $2, now())',
      [accountId, passwordHash],
    );
    const browser = new BrowserAt(office, `10.1.${Math.floor(no / 250)}.${1 + (no % 250)}`);
    const { status, body } = await browser.signIn(userId);
    if (status !== 200) throw new Error(`not signed in: ${status} ${JSON.stringify(body)}`);
    users.push({ scope, browser });
  }
  return users;
}
