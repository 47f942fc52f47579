import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { freePort } from '@app/backing';
import { serviceActor, type ActorTokenSigner, type Role } from '@app/access';
import { Database, serviceUrl, type ProcessConfig } from '@app/platform';
import { createServiceApp, migrateServices } from '@app/service-host';
import {
  createTestDatabase,
  createTestKeys,
  DirectEventLog,
  TestClock,
  testServices,
  uniquePrefix,
  type TestDatabase,
} from '@app/testing';
import { codeOfCounter, stepAt } from '../src/domain/totp.js';
import { IssueActivation } from '../src/app/issue-activation.js';
import { workbench } from '../src/migrations.js';
import { WorkbenchModule } from '../src/workbench.module.js';
import { logLevel, withEnvironment } from './config.js';

/** The portal's server of one test file, with an invented county of two divisions. */
export interface Office {
  readonly url: string;
  readonly port: number;
  readonly database: TestDatabase;
  readonly clock: TestClock;
  readonly signer: ActorTokenSigner;
  readonly config: ProcessConfig;
  get<Provided>(token: abstract new (...args: never[]) => Provided): Provided;
  /** Another process of the same installation. */
  another(config?: Partial<ProcessConfig>): Promise<Office>;
  stop(): Promise<void>;
}

export interface OfficeOptions {
  /** Modules of services beside the workbench, in the same process. */
  readonly beside?: readonly Type[];
  readonly config?: Partial<ProcessConfig>;
  readonly environment?: Readonly<Record<string, string>>;
}

const COUNTY = '11111111-1111-4111-8111-111111111111';

export async function openOffice(options: OfficeOptions = {}): Promise<Office> {
  const [database, keys, port] = await Promise.all([createTestDatabase(), createTestKeys(), freePort()]);
  const password = new URL(database.url).password || undefined;
  const { redisUrl } = testServices();
  const backend = redisUrl ? 'redis' : 'postgres';
  await migrateServices(
    [workbench],
    { DATABASE_URL: database.url, SERVICE_DATABASE_PASSWORD: password, QUEUE_BACKEND: backend } as never,
    () => undefined,
  );
  await database.query(
    `insert into workbench.units (unit_id, kind, valid_from, version, created_by, created_role, changed_by, changed_role)
     values ($1, 'county', '2020-01-01', 1, 'test', 'test', 'test', 'test')`,
    [COUNTY],
  );
  await database.query(
    `insert into workbench.unit_states (unit_id, valid_from, kind, class, name, division_code)
     values ($1, '2020-01-01', 'county', 'division', '云溪县', '338801000000')`,
    [COUNTY],
  );
  const config: ProcessConfig = {
    PORT: port,
    HOST: '127.0.0.1',
    DATABASE_URL: serviceUrl(database.url, password),
    DATABASE_POOL: 3,
    REDIS_URL: redisUrl ?? undefined,
    QUEUE_BACKEND: backend,
    QUEUE_PREFIX: uniquePrefix().replace('.', ''),
    EVENT_LOG: 'postgres',
    TOPIC_PREFIX: uniquePrefix(),
    TOPIC_PARTITIONS: 4,
    TOPIC_REPLICATION: 1,
    ACTOR_JWKS_FILE: keys.jwksFile,
    ACTOR_JWKS_URL: `http://127.0.0.1:${port}/workbench/.well-known/jwks.json`,
    DATA_KEYS_FILE: keys.dataKeysFile,
    BAD_ROWS_DAYS: 90,
    LOG_LEVEL: logLevel(),
    ...options.config,
  } as ProcessConfig;
  const clock = new TestClock(new Date());
  return start(options, { database, signer: keys.signer, clock }, config, true);
}

async function start(
  options: OfficeOptions,
  shared: Pick<Office, 'database' | 'signer' | 'clock'>,
  config: ProcessConfig,
  first: boolean,
): Promise<Office> {
  const app = await withEnvironment(options.environment ?? {}, () =>
    createServiceApp({ name: 'workbench', modules: [WorkbenchModule, ...(options.beside ?? [])] }, config, {
      clock: shared.clock,
      eventLog: new DirectEventLog(),
    }),
  );
  await app.startAllMicroservices();
  await app.listen(config.PORT, config.HOST);
  return {
    ...shared,
    config,
    port: config.PORT,
    url: `http://127.0.0.1:${config.PORT}`,
    get: (token) => app.get(token as never, { strict: false }),
    another: async (other) =>
      start({ ...options, beside: [] }, shared, { ...config, ...other, PORT: await freePort() }, false),
    stop: async () => {
      await app.close();
      if (first) await shared.database.drop();
    },
  };
}

/** Somebody with an account. */
export interface Staff {
  readonly accountId: string;
  readonly userId: string;
}

/** An account in the county with a post, as the organisation keeps it. */
export async function hire(office: Office, userId: string, role: Role, name = '周敏'): Promise<Staff> {
  const accountId = randomUUID();
  await office.database.query(
    `insert into workbench.accounts (account_id, user_id, name, unit_id, division_code, state, version,
       created_by, created_role, changed_by, changed_role)
     values ($1, $2, $3, $4, '338801000000', 'active', 1, 'test', 'test', 'test', 'test')`,
    [accountId, userId, name, COUNTY],
  );
  await office.database.query(
    `insert into workbench.posts (post_id, account_id, unit_id, division_code, role, valid_from,
       created_by, created_role, changed_by, changed_role)
     values ($1, $2, $3, '338801000000', $4, '2020-01-01', 'test', 'test', 'test', 'test')`,
    [randomUUID(), accountId, COUNTY, role],
  );
  return { accountId, userId };
}

export const PASSWORD = '马 电池 订书钉 正确 1';

/** An activation code, as an administrator or the import of accounts asks for it. */
export async function activationOf(office: Office, { accountId }: Staff) {
  const issue = office.get(IssueActivation);
  return office.get(Database).transaction(serviceActor('workbench'), (tx) => issue.issue(tx, accountId));
}

/** An account that has set its password. */
export async function staff(
  office: Office,
  userId: string,
  role: Role,
  password = PASSWORD,
  origin = office.url,
): Promise<Staff> {
  const hired = await hire(office, userId, role);
  const activation = await activationOf(office, hired);
  const answer = await new TestBrowser(office).post(
    '/workbench/activate',
    { userId, code: activation!.code, password },
    { origin },
  );
  if (answer.status !== 204) throw new Error(`not activated: ${JSON.stringify(answer.body)}`);
  return hired;
}

export interface Page {
  readonly status: number;
  // Tests look into bodies by path; what is not there fails the expectation.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
  readonly headers: Headers;
}

/** A browser: keeps cookies, says where its page comes from, brings the token that the page was given. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  csrfToken: string | null = null;

  constructor(private office: Pick<Office, 'url'>) {}

  /** The same browser, now at another process. */
  at(office: Pick<Office, 'url'>): this {
    this.office = office;
    return this;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Page> {
    return this.send('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  delete(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.send('DELETE', path, undefined, headers);
  }

  async signIn(userId: string, password = PASSWORD): Promise<Page> {
    return this.post('/workbench/sign-in', { userId, password });
  }

  async send(
    method: string,
    path: string,
    body: BodyInit | undefined,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const response = await fetch(path.startsWith('http') ? path : this.office.url + path, {
      method,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
      headers: {
        ...(this.cookies.size > 0
          ? { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
          : {}),
        ...(method === 'GET' ? {} : { origin: this.office.url, 'sec-fetch-site': 'same-origin' }),
        ...(this.csrfToken ? { 'x-csrf-token': this.csrfToken } : {}),
        ...headers,
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]!.split(/=(.*)/s);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const json = /json/.test(response.headers.get('content-type') ?? '');
    const answer = json ? await response.json() : Buffer.from(await response.arrayBuffer());
    if (json && typeof answer.csrfToken === 'string') this.csrfToken = answer.csrfToken;
    return { status: response.status, headers: response.headers, body: answer };
  }
}

/** An authenticator app. */
export class Authenticator {
  constructor(private readonly base32: string) {}

  codeAt(now: Date): string {
    const bits = [...this.base32]
      .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
      .join('');
    const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
    return codeOfCounter(Buffer.from(bytes), stepAt(now));
  }
}

/** Registers an authenticator in the second step of a sign-in, and so ends it. */
export async function enrolAtSignIn(
  office: Office,
  browser: TestBrowser,
): Promise<{ authenticator: Authenticator; recoveryCodes: string[]; page: Page }> {
  const enrolment = await browser.post('/workbench/sign-in/enrolment');
  const authenticator = new Authenticator(enrolment.body.secret);
  const page = await browser.post('/workbench/sign-in/enrolment/confirmation', {
    code: authenticator.codeAt(office.clock.now()),
  });
  return { authenticator, recoveryCodes: page.body.recoveryCodes, page };
}

/** Moves the clock on. */
export function pass(office: Pick<Office, 'clock'>, { minutes = 0, seconds = 0 }): void {
  const now = office.clock.now().getTime() + minutes * 60_000 + seconds * 1000;
  office.clock.set(new Date(now).toISOString());
}

export function secretFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'onething-secret-')), 'secret');
  writeFileSync(path, text);
  return path;
}

/** What the audit log says of a user, in order. */
export async function auditOf(office: Office, userId: string): Promise<string[]> {
  const rows = await office.database.query<{ what: string[] }>(
    'select what from workbench.audit_entries where actor_id = $1 order by xid, entry_id',
    [userId],
  );
  return rows.flatMap(({ what }) => what);
}
