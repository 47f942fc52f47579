import { serviceActor } from '@app/access';
import { Database } from '@app/platform';
import { Redis } from 'ioredis';
import { until } from '@app/testing';
import { SessionCache } from '../src/adapters/redis/session-cache.js';
import { WorkbenchRedis } from '../src/adapters/redis/workbench-redis.js';
import { EndSessions } from '../src/app/end-sessions.js';
import { hashOfSecret } from '../src/domain/browser-secret.js';
import {
  auditOf,
  openOffice,
  pass,
  PASSWORD,
  staff,
  TestBrowser,
  type Office,
  type Staff,
} from './office.js';

const ME = '/workbench/me';
let office: Office;
let number = 0;

beforeAll(async () => {
  office = await openOffice({ environment: { SECOND_FACTOR: 'optional' } });
  if (office.config.REDIS_URL) await cacheInUse(office);
});
afterAll(() => office.stop());

const keyOf = (browser: TestBrowser) =>
  `${office.config.QUEUE_PREFIX}:workbench:session:${hashOfSecret(browser.cookies.get('onething-session')!)}`;

async function cacheInUse(at: Office): Promise<void> {
  await until('the cache is in use', async () => (await at.get(SessionCache).look('probe')).era);
}

/** Somebody new, signed in with as many browsers. */
async function signedIn(browsers = 1): Promise<{ who: Staff; all: TestBrowser[]; first: TestBrowser }> {
  const who = await staff(office, `user.${(number += 1)}`, 'card-officer');
  const all: TestBrowser[] = [];
  for (let index = 0; index < browsers; index += 1) {
    const browser = new TestBrowser(office);
    const page = await browser.signIn(who.userId);
    if (page.body.next !== 'done') throw new Error('not signed in');
    all.push(browser);
  }
  return { who, all, first: all[0]! };
}

describe('a session', () => {
  it('lives in a cookie that no script reads and no other site brings, and says who is there', async () => {
    const { who } = await signedIn();
    const browser = new TestBrowser(office);
    const page = await browser.signIn(who.userId);
    const cookie = page.headers.getSetCookie().find((each) => each.startsWith('onething-session='));
    expect(cookie).toMatch(/^onething-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const me = await browser.get(ME);
    expect(me.body).toMatchObject({
      userId: who.userId,
      name: '周敏',
      posts: [{ role: 'card-officer', title: '残疾人证办理', from: '338801000000', to: '338801999999' }],
      secondFactor: false,
      csrfToken: page.body.csrfToken,
    });
    expect(me.body.permissions).toContain('card:change');
    const [kept] = await office.database.query<{ found: boolean }>(
      'select exists (select from workbench.sessions s where s::text like $1) as found',
      [`%${browser.cookies.get('onething-session')}%`],
    );
    expect(kept!.found).toBe(false);
    expect(await auditOf(office, who.userId)).toEqual(['activation.done', 'sign-in.done', 'sign-in.done']);
  });

  it('is called __Host- and Secure where the portal has TLS', async () => {
    const tls = await openOffice({
      environment: { SECOND_FACTOR: 'optional', PUBLIC_URL: 'https://portal.example/' },
    });
    try {
      const somebody = await staff(tls, 'secure.one', 'card-officer', PASSWORD, 'https://portal.example');
      const answer = await new TestBrowser(tls).post(
        '/workbench/sign-in',
        { userId: somebody.userId, password: PASSWORD },
        { origin: 'https://portal.example' },
      );
      expect(answer.headers.getSetCookie()[1]).toMatch(
        /^__Host-onething-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains');
    } finally {
      await tls.stop();
    }
  });

  it('has a value of its own: what the browser carried before is not taken over', async () => {
    const { who, first } = await signedIn();
    const before = first.cookies.get('onething-session')!;
    const planted = 'A'.repeat(43);
    const browser = new TestBrowser(office);
    browser.cookies.set('onething-session', planted);
    browser.cookies.set('onething-half', planted);
    await browser.signIn(who.userId);
    const after = browser.cookies.get('onething-session')!;
    expect(after).not.toBe(planted);
    expect(after).not.toBe(before);
    browser.cookies.set('onething-session', planted);
    expect((await browser.get(ME)).status).toBe(401);
  });

  it('ends when nothing was asked for half an hour, and lives on while something is', async () => {
    const { first } = await signedIn();
    for (let minutes = 0; minutes < 60; minutes += 20) {
      pass(office, { minutes: 20 });
      expect((await first.get(ME)).status).toBe(200);
    }
    pass(office, { minutes: 30 });
    const ended = await first.get(ME);
    expect([ended.status, ended.body.title]).toEqual([401, 'not-signed-in']);
    expect(first.cookies.has('onething-session')).toBe(false);
  });

  it('ends after twelve hours whatever happens', async () => {
    const { first } = await signedIn();
    for (let minutes = 25; minutes < 12 * 60; minutes += 25) {
      pass(office, { minutes: 25 });
      expect([minutes, (await first.get(ME)).status]).toEqual([minutes, 200]);
    }
    pass(office, { minutes: 20 });
    expect((await first.get(ME)).status).toBe(401);
  });

  it('is written down as seen at most once a minute', async () => {
    const { who, first } = await signedIn();
    const seen = async () =>
      (
        await office.database.query<{ at: Date }>(
          'select last_seen_at as at from workbench.sessions where account_id = $1',
          [who.accountId],
        )
      )[0]!.at.getTime();
    const begun = await seen();
    pass(office, { seconds: 59 });
    await first.get(ME);
    expect(await seen()).toBe(begun);
    pass(office, { seconds: 1 });
    await first.get(ME);
    expect(await seen()).toBe(begun + 60_000);
  });
});

describe('own sessions', () => {
  it('are listed, and end one by one or all others at once', async () => {
    const { who, all, first } = await signedIn(4);
    const list = await first.get('/workbench/sessions');
    expect(list.body).toHaveLength(4);
    expect(list.body.filter((each: { current: boolean }) => each.current)).toHaveLength(1);
    expect(list.body[0]).toMatchObject({ method: 'password', address: '127.0.0.1', browser: 'node' });
    const second = (await all[1]!.get(ME)).body.session.sessionId;
    expect((await first.delete(`/workbench/sessions/${second}`)).status).toBe(204);
    expect((await all[1]!.get(ME)).status).toBe(401);
    expect((await first.delete(`/workbench/sessions/${second}`)).status).toBe(404);
    expect((await first.delete('/workbench/sessions')).body).toEqual({ ended: 2 });
    for (const other of all.slice(1)) expect((await other.get(ME)).status).toBe(401);
    expect((await first.post('/workbench/sign-out')).status).toBe(204);
    expect(first.cookies.size).toBe(0);
    expect(await auditOf(office, who.userId)).toEqual(
      expect.arrayContaining(['session.ended', 'session.others-ended', 'session.signed-out']),
    );
  });

  it('of somebody else are not there', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    const { sessionId } = (await other.first.get(ME)).body.session;
    expect((await one.first.delete(`/workbench/sessions/${sessionId}`)).status).toBe(404);
    expect((await other.first.get(ME)).status).toBe(200);
    expect((await one.first.get('/workbench/sessions')).body).toHaveLength(1);
  });

  it('a sign-out cannot be used again, even with the old cookie', async () => {
    const { first } = await signedIn();
    const cookie = first.cookies.get('onething-session')!;
    await first.post('/workbench/sign-out');
    first.cookies.set('onething-session', cookie);
    expect((await first.get(ME)).status).toBe(401);
  });

  it('end when the password changes, but for the one that changed it', async () => {
    const { who, all, first } = await signedIn(3);
    const changed = '另一个 很长的 密码 92';
    const wrong = await first.post('/workbench/password', { current: '不是这个密码啊啊', password: changed });
    expect([wrong.status, wrong.body.title]).toEqual([403, 'password-wrong']);
    const weak = await first.post('/workbench/password', { current: PASSWORD, password: 'Password2026!' });
    expect([weak.status, weak.body.faults]).toEqual([422, ['common']]);
    for (const each of all) expect((await each.get(ME)).status).toBe(200);
    const done = await first.post('/workbench/password', { current: PASSWORD, password: changed });
    expect(done.status).toBe(204);
    expect((await first.get(ME)).status).toBe(200);
    for (const other of all.slice(1)) expect((await other.get(ME)).status).toBe(401);
    expect((await new TestBrowser(office).signIn(who.userId)).status).toBe(401);
    expect((await new TestBrowser(office).signIn(who.userId, changed)).status).toBe(200);
    expect(await auditOf(office, who.userId)).toEqual(
      expect.arrayContaining(['password.refused', 'password.changed']),
    );
  });

  it('end at once when the account is locked or has left', async () => {
    const { who, all } = await signedIn(2);
    for (const each of all) expect((await each.get(ME)).status).toBe(200);
    const ends = office.get(EndSessions);
    await office
      .get(Database)
      .transaction(serviceActor('workbench'), (tx) => ends.endAllOf(tx, [who.accountId], 'left'));
    for (const each of all) expect((await each.get(ME)).status).toBe(401);
  });

  it('are no good for an account that is not active, whatever the table of sessions says', async () => {
    const { who, first } = await signedIn();
    await office.database.query(`update workbench.accounts set state = 'locked' where account_id = $1`, [
      who.accountId,
    ]);
    expect((await first.get(ME)).status).toBe(401);
  });
});

describe('a change', () => {
  it('is refused without the token of the session, with that of another, and from a foreign page', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    const attempts: Record<string, string>[] = [
      { 'x-csrf-token': '' },
      { 'x-csrf-token': other.first.csrfToken! },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `https://127.0.0.1:${office.port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of attempts) {
      for (const answer of [
        await one.first.post('/workbench/sign-out', {}, headers),
        await one.first.delete('/workbench/sessions', headers),
        await one.first.post('/api/workbench/units', {}, headers),
      ]) {
        expect([headers, answer.status, answer.body.title]).toEqual([headers, 403, 'foreign-request']);
      }
    }
    expect((await one.first.get(ME)).status).toBe(200);
    expect((await one.first.post('/workbench/sign-out')).status).toBe(204);
  });

  it('at the door is refused from a foreign page', async () => {
    const { who } = await signedIn();
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const answer = await new TestBrowser(office).post(
        '/workbench/sign-in',
        { userId: who.userId, password: PASSWORD },
        headers,
      );
      expect(answer.status).toBe(403);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    // A form of another site can post text, but no JSON.
    const form = await new TestBrowser(office).send(
      'POST',
      '/workbench/sign-in',
      JSON.stringify({ userId: who.userId, password: PASSWORD }),
      { 'content-type': 'text/plain' },
    );
    expect(form.status).toBe(400);
  });

  it('answers carry what keeps browsers from misusing them', async () => {
    for (const path of [ME, '/workbench/.well-known/jwks.json', '/api/registry/persons']) {
      const { headers } = await new TestBrowser(office).get(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });
});

const withRedis = process.env['ONETHING_TEST_REDIS'] ? describe : describe.skip;

withRedis('copies in Redis', () => {
  let redis: Redis;
  beforeAll(() => (redis = new Redis(office.config.REDIS_URL!)));
  afterAll(() => redis.disconnect());

  it('are made, and emptying Redis signs nobody out', async () => {
    const { first } = await signedIn();
    await until('a copy', async () => {
      await first.get(ME);
      return redis.get(keyOf(first));
    });
    const mine = await redis.keys(`${office.config.QUEUE_PREFIX}:workbench:session*`);
    await redis.del(...mine);
    expect((await first.get(ME)).status).toBe(200);
  });

  it('hold no value that opens a session', async () => {
    const { first } = await signedIn();
    const copy = await until('a copy', async () => {
      await first.get(ME);
      return redis.get(keyOf(first));
    });
    expect(copy).not.toContain(first.cookies.get('onething-session'));
  });

  it('do not keep an ended session alive: at once, in every process, also with a copy read before', async () => {
    const { first } = await signedIn();
    const other = await office.another();
    await cacheInUse(other);
    const cookie = first.cookies.get('onething-session')!;
    expect((await first.at(other).get(ME)).status).toBe(200);
    const cache = office.get(SessionCache);
    const { era, session } = await cache.look(hashOfSecret(cookie));
    expect(session).not.toBeNull();
    expect((await first.at(office).post('/workbench/sign-out')).status).toBe(204);
    // A reader that saw it open before writes its copy only now.
    await cache.keep(hashOfSecret(cookie), era!, session!);
    first.cookies.set('onething-session', cookie);
    expect((await first.at(other).get(ME)).status).toBe(401);
    expect((await first.at(office).get(ME)).status).toBe(401);
    await other.stop();
  });

  it('of a time before Redis was emptied are worthless', async () => {
    const { who, first } = await signedIn();
    const cache = office.get(SessionCache);
    const hash = hashOfSecret(first.cookies.get('onething-session')!);
    const { era, session } = await until('a copy', async () => {
      await first.get(ME);
      const look = await cache.look(hash);
      return look.session && look;
    });
    await office
      .get(Database)
      .transaction(serviceActor('workbench'), (tx) =>
        office.get(EndSessions).endAllOf(tx, [who.accountId], 'left'),
      );
    await redis.del(...(await redis.keys(`${office.config.QUEUE_PREFIX}:workbench:session*`)));
    await cache.keep(hash, era!, session!);
    expect((await first.get(ME)).status).toBe(401);
  });

  it('of a process that was cut off are not believed afterwards: it may owe the news of an end', async () => {
    const { who, first } = await signedIn();
    await until('a copy', async () => {
      await first.get(ME);
      return redis.get(keyOf(first));
    });
    const [cookie, key] = [first.cookies.get('onething-session')!, keyOf(first)];
    const connection = office.get(WorkbenchRedis).client!;
    connection.disconnect();
    await until('Redis is away', () => connection.status === 'end');
    // While it is away PostgreSQL answers, and sessions end as ever.
    expect((await first.get(ME)).status).toBe(200);
    await office
      .get(Database)
      .transaction(serviceActor('workbench'), (tx) =>
        office.get(EndSessions).endAllOf(tx, [who.accountId], 'left'),
      );
    expect((await first.get(ME)).status).toBe(401);
    // The copy is still there when Redis comes back.
    expect(await redis.get(key)).toContain(who.userId);
    await connection.connect();
    await cacheInUse(office);
    first.cookies.set('onething-session', cookie);
    expect((await first.get(ME)).status).toBe(401);
  });
});

it('signs in, lists and signs out in an installation whose Redis never answers', async () => {
  const alone = await openOffice({
    environment: { SECOND_FACTOR: 'optional' },
    config: { REDIS_URL: 'redis://127.0.0.1:9' },
  });
  try {
    const who = await staff(alone, 'alone.one', 'card-officer');
    const browser = new TestBrowser(alone);
    expect((await browser.signIn(who.userId)).body.next).toBe('done');
    expect((await browser.get('/workbench/sessions')).body).toHaveLength(1);
    expect((await browser.post('/workbench/sign-out')).status).toBe(204);
  } finally {
    await alone.stop();
  }
});

it('lets no more requests to the door than it should, from one address', async () => {
  const strict = await openOffice({ environment: { SIGN_IN_PER_MINUTE: '5' } });
  try {
    // Each as somebody else, so that it is the number of requests that counts.
    const titles: string[] = [];
    let last = null;
    for (let index = 0; index < 6; index += 1) {
      last = await new TestBrowser(strict).post('/workbench/activate', {
        userId: `somebody.${index}`,
        code: 'no code',
        password: PASSWORD,
      });
      titles.push(last.body.title);
    }
    expect(titles).toEqual([...Array<string>(5).fill('activation-refused'), 'too-many-requests']);
    expect(last!.status).toBe(429);
    expect(Number(last!.headers.get('retry-after'))).toBeGreaterThan(0);
  } finally {
    await strict.stop();
  }
});
