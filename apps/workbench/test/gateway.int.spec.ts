import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Get, HttpCode, Module, Post, Req } from '@nestjs/common';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { testActor, until } from '@app/testing';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Request } from 'express';
import { z } from 'zod';
import { SigningKeys } from '../src/app/signing-keys.js';
import { freePort } from '@app/backing';
import { openOffice, pass, staff, TestBrowser, type Office } from './office.js';

/** A service behind the gateway that shows what reached it. */
@Controller('registry')
class EchoController {
  @Get('echo/:word')
  @Needs('person:read')
  look(@Req() request: Request, @CurrentActor() actor: Actor) {
    return { actor, url: request.originalUrl, headers: request.headers };
  }

  @Post('echo')
  @HttpCode(200)
  @Needs('person:read')
  take(@Body({ schema: z.unknown() }) body: unknown, @Req() request: Request) {
    return { body, headers: request.headers };
  }

  @Get('closed')
  @Needs('card:change')
  closed() {
    return {};
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

let office: Office;
let other: Server;
let seen: { url: string; method: string; headers: IncomingHttpHeaders; size: number }[] = [];
/** What the other service does next. */
let behave: 'answer' | 'late' | 'hang' | 'break' | 'stream' = 'answer';
/** Beyond the gateway's term for whatever is no file. */
const LATE_MS = 1_500;

beforeAll(async () => {
  other = createServer((request, response) => {
    const entry = { url: request.url ?? '', method: request.method ?? '', headers: request.headers, size: 0 };
    seen.push(entry);
    if (behave === 'hang') return;
    if (behave === 'break') return void request.socket.destroy();
    request.on('data', (chunk: Buffer) => (entry.size += chunk.length));
    request.on('end', () => {
      if (behave === 'late') return void setTimeout(() => response.end('done'), LATE_MS);
      response.writeHead(behave === 'stream' ? 200 : 201, {
        'content-type': 'text/plain',
        etag: '"7"',
        location: '/community/things/1',
        'set-cookie': 'stolen=1',
        server: 'somewhere',
      });
      if (behave === 'stream')
        for (let index = 0; index < 64; index += 1) response.write(Buffer.alloc(65_536));
      response.end('done');
    });
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const dead = await freePort();
  // EchoModule plays `registry`, in the workbench's own process.
  const port = await freePort();
  office = await openOffice({
    beside: [EchoModule],
    environment: {
      SECOND_FACTOR: 'optional',
      GATEWAY_TIMEOUT_SECONDS: '0.5',
      GATEWAY_FILE_TIMEOUT_SECONDS: '30',
      GATEWAY_BODY_MB: '1',
      GATEWAY_PER_MINUTE: '400',
    },
    config: {
      PORT: port,
      ACTOR_JWKS_URL: `http://127.0.0.1:${port}/workbench/.well-known/jwks.json`,
      SERVICE_ADDRESSES: {
        registry: `http://127.0.0.1:${port}`,
        community: `http://127.0.0.1:${(other.address() as AddressInfo).port}`,
        employment: `http://127.0.0.1:${dead}`,
      },
    },
  });
});
afterAll(async () => {
  await office.stop();
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
});
beforeEach(() => {
  seen = [];
  behave = 'answer';
});

let number = 0;
async function officer(role: 'data-officer' | 'card-officer' | 'security-admin' = 'data-officer') {
  const who = await staff(office, `gate.${(number += 1)}`, role);
  const browser = new TestBrowser(office);
  await browser.signIn(who.userId);
  return { who, browser };
}

describe('a request', () => {
  it('reaches the owning service with the user’s token, and nothing else that says who somebody is', async () => {
    const { who, browser } = await officer();
    const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { status, body } = await browser.get('/api/registry/echo/x?after=a%2Fb', {
      authorization: 'Bearer forged',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=10.0.0.1',
      'x-real-ip': '10.0.0.1',
      'x-user': 'admin',
      'x-actor': 'admin',
      'accept-language': 'zh-CN',
      'if-match': '"3"',
      traceparent: trace,
    });
    expect(status).toBe(200);
    expect(body.url).toBe('/registry/echo/x?after=a%2Fb');
    expect(body.actor).toMatchObject({
      id: who.userId,
      address: '127.0.0.1',
      grants: [{ role: 'data-officer' }],
    });
    expect(body.headers).toMatchObject({ 'accept-language': 'zh-CN', 'if-match': '"3"', traceparent: trace });
    for (const name of [
      'cookie',
      'x-forwarded-for',
      'forwarded',
      'x-real-ip',
      'x-user',
      'x-actor',
      'origin',
      'x-csrf-token',
    ]) {
      expect([name, body.headers[name]]).toEqual([name, undefined]);
    }
    const token = body.headers.authorization.slice('Bearer '.length);
    const { exp, iat } = decodeJwt(token);
    expect(exp! - iat!).toBe(60);
  });

  it('is given a trace where it has none', async () => {
    const { browser } = await officer();
    const { body } = await browser.get('/api/registry/echo/x');
    expect(body.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('brings its body, however it is sent, and its idempotency key', async () => {
    const { browser } = await officer();
    const json = await browser.post('/api/registry/echo', { name: '李' }, { 'idempotency-key': 'abcdefgh' });
    expect(json.body).toMatchObject({ body: { name: '李' }, headers: { 'idempotency-key': 'abcdefgh' } });
    const answer = await browser.send('POST', '/api/community/things', Buffer.alloc(300_000, 'x'), {
      'content-type': 'application/octet-stream',
      'x-file-name': '%E6%9D%8E.pdf',
    });
    expect(answer.status).toBe(201);
    expect(seen[0]).toMatchObject({ url: '/community/things', method: 'POST', size: 300_000 });
    expect(seen[0]!.headers['x-file-name']).toBe('%E6%9D%8E.pdf');
  });

  it('is answered with what the service says, but for what only the portal’s server says', async () => {
    const { browser } = await officer();
    const answer = await browser.post('/api/community/things');
    expect([answer.status, answer.headers.get('etag'), answer.headers.get('location')]).toEqual([
      201,
      '"7"',
      '/community/things/1',
    ]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get('server')).toBeNull();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    behave = 'stream';
    const large = await browser.get('/api/community/large');
    expect(large.body.length).toBe(64 * 65_536 + 4);
  });

  it('needs a session, and the service still decides what the user may', async () => {
    expect((await new TestBrowser(office).get('/api/registry/echo/x')).status).toBe(401);
    const { browser } = await officer();
    const refused = await browser.get('/api/registry/closed');
    expect([refused.status, refused.body.title]).toEqual([403, 'not-allowed']);
  });

  it('loses what was taken away at once', async () => {
    const { who, browser } = await officer();
    expect((await browser.get('/api/registry/echo/x')).status).toBe(200);
    await office.database.query(`update workbench.posts set valid_to = '2020-02-01' where account_id = $1`, [
      who.accountId,
    ]);
    expect((await browser.get('/api/registry/echo/x')).status).toBe(403);
  });

  it('has one reading only: whatever could be another path or another host is no address', async () => {
    const { browser } = await officer();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    // fetch would tidy these up; this sends them as they are.
    const raw = (path: string) =>
      new Promise<number>((resolve, reject) => {
        httpRequest({ port: office.port, host: '127.0.0.1', path, headers: { cookie } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .once('error', reject)
          .end();
      });
    expect(await raw('/api/registry/echo/x')).toBe(200);
    for (const path of [
      '/api/community/../registry/echo/x',
      '/api/community/%2e%2e/registry/echo/x',
      '/api/community//evil.example/x',
      '/api/community/a%2f..%2f..%2fops',
      '/api/unknown/x',
      '/api/__proto__/x',
      '/api/constructor/x',
      '/api/evil.example/x',
      'http://evil.example/api/community/x',
    ]) {
      expect([path, await raw(path)]).toEqual([path, 404]);
    }
    expect(seen).toEqual([]);
  });

  it('is not let through when it is too large, whether it says so or not', async () => {
    const { browser } = await officer();
    const large = Buffer.alloc(1024 * 1024 + 1);
    const said = await browser.send('POST', '/api/community/things', large, { 'content-type': 'image/png' });
    expect(said.status).toBe(413);
    expect(seen).toEqual([]);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const status = await new Promise<number>((resolve, reject) => {
      const chunked = httpRequest(
        {
          port: office.port,
          host: '127.0.0.1',
          path: '/api/community/things',
          method: 'POST',
          headers: { cookie, 'x-csrf-token': browser.csrfToken!, 'content-type': 'image/png' },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      chunked.once('error', reject);
      chunked.write(large);
      chunked.end();
    });
    expect(status).toBe(413);
  });

  it('says what to do when a service is away, breaks off, or is silent', async () => {
    const { browser } = await officer();
    const away = await browser.get('/api/employment/cases');
    expect([away.status, away.headers.get('content-type')]).toEqual([
      502,
      'application/problem+json; charset=utf-8',
    ]);
    expect(away.body.detail).toContain('请稍后再试');
    behave = 'break';
    expect((await browser.post('/api/community/things')).status).toBe(502);
    behave = 'hang';
    const silent = await browser.post('/api/community/things');
    expect(silent.status).toBe(504);
    expect(silent.body.detail).toContain('是否已办理');
  });

  it('is waited for as long as a whole county takes when it brings a file', async () => {
    const { browser } = await officer();
    behave = 'late';
    const file = await browser.send('POST', '/api/community/imports', Buffer.from('姓名'), {
      'content-type': 'text/csv',
    });
    expect(file.status).toBe(200);
    expect((await browser.post('/api/community/things')).status).toBe(504);
  });

  it('is one of so many in a minute', async () => {
    const { browser } = await officer();
    let last = 0;
    for (let index = 0; index < 401; index += 20) {
      const batch = Math.min(20, 401 - index);
      const answers = await Promise.all(Array.from({ length: batch }, () => browser.get('/api/nowhere/x')));
      last = answers.filter(({ status }) => status === 429).length;
    }
    expect(last).toBe(1);
    const refused = await browser.get('/api/nowhere/x');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Somebody else is not held up by it.
    expect((await (await officer()).browser.get('/api/registry/echo/x')).status).toBe(200);
  });
});

describe('a service behind the gateway', () => {
  const bearing = (token: string) =>
    fetch(`${office.url}/registry/echo/x`, { headers: { authorization: `Bearer ${token}` } }).then(
      ({ status }) => status,
    );
  /** A service asks for unknown keys at most every few seconds, so the first answer after a rotation may have to be waited for. */
  const tokenOf = (browser: TestBrowser): Promise<string> =>
    until('the service knows the key', async () => {
      const { status, body } = await browser.get('/api/registry/echo/x');
      return status === 200 && body.headers.authorization.slice('Bearer '.length);
    });

  it('believes no token that has ended, is forged, is not signed, is for others, or points elsewhere for its key', async () => {
    const { browser } = await officer();
    const good = await tokenOf(browser);
    expect(await bearing(good)).toBe(200);
    const { kid } = decodeProtectedHeader(good);
    const [, payload] = good.split('.');
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const claims = { grants: testActor('data-officer').grants };
    const signed = (
      header: Record<string, unknown>,
      audience = 'onething-services',
      ends: string | number = '60s',
    ) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', ...header })
        .setSubject('somebody')
        .setIssuer('onething')
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(ends)
        .sign(privateKey);
    const unsigned = (header: object) =>
      `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.`;
    const bad = [
      unsigned({ alg: 'none' }),
      unsigned({ alg: 'none', kid }),
      await signed({ kid }),
      await signed({ kid: '../../../../etc/passwd' }),
      await signed({ kid: `http://127.0.0.1:${(other.address() as AddressInfo).port}/keys` }),
      await signed({ kid: 'unknown', jku: `http://127.0.0.1:${(other.address() as AddressInfo).port}/keys` }),
      await signed({ jwk: await exportJWK(privateKey), kid: 'own' }),
      `${good.slice(0, -4)}AAAA`,
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: kid! })
        .setSubject('somebody')
        .setIssuer('onething')
        .setAudience('onething-services')
        .setExpirationTime('60s')
        .sign(new TextEncoder().encode(JSON.stringify(await office.get(SigningKeys).published()))),
    ];
    for (const token of bad) expect(await bearing(token)).toBe(401);
    expect(seen).toEqual([]);
    expect(await bearing(await office.signer.sign(testActor('data-officer'), -1))).toBe(401);
  });

  it('checks with keys that are public, and hold no private part', async () => {
    const { status, body } = await new TestBrowser(office).get('/workbench/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(body.keys.length).toBeGreaterThan(0);
    for (const key of body.keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    }
    const kept = await office.database.query<{ sealed: string }>(
      'select private_key as sealed from workbench.signing_keys where private_key is not null',
    );
    for (const { sealed } of kept) expect(sealed).toMatch(/^k1\./);
  });

  it('believes a token of the old key until it ends, and not afterwards', async () => {
    const { browser } = await officer();
    const security = await officer('security-admin');
    const old = await tokenOf(browser);
    const kidOf = (token: string) => decodeProtectedHeader(token).kid;
    const published = async () =>
      (await new TestBrowser(office).get('/workbench/.well-known/jwks.json')).body.keys.map(
        ({ kid }: { kid: string }) => kid,
      );
    const path = '/api/workbench/keys/rotations';
    expect((await browser.post(path, { reason: '例行更换密钥' })).status).toBe(403);
    const rotated = await security.browser.post(path, { reason: '例行更换密钥' });
    expect(rotated.status).toBe(200);
    // Published at once, signs later.
    expect(await published()).toEqual(expect.arrayContaining([kidOf(old), rotated.body.kid]));
    expect(kidOf(await tokenOf(browser))).toBe(kidOf(old));
    pass(office, { minutes: 2 });
    const fresh = await tokenOf(browser);
    expect(kidOf(fresh)).toBe(rotated.body.kid);
    expect([await bearing(old), await bearing(fresh)]).toEqual([200, 200]);
    pass(office, { minutes: 2 });
    expect(await published()).toEqual([rotated.body.kid]);
    const audited = await office.database.query(
      `select from workbench.audit_entries where 'signing-key.rotated' = any(what) and why = '例行更换密钥'`,
    );
    expect(audited).toHaveLength(1);
  });

  it('believes a compromised key no longer, once it has fetched the keys again', async () => {
    const { browser } = await officer();
    const security = await officer('security-admin');
    const stolen = await tokenOf(browser);
    const rotated = await security.browser.post('/api/workbench/keys/rotations', {
      reason: '密钥可能泄露',
      compromised: true,
    });
    expect(rotated.status).toBe(200);
    expect((await new TestBrowser(office).get('/workbench/.well-known/jwks.json')).body.keys).toHaveLength(1);
    // Another process of a service, which has the keys of now.
    const later = await office.another({ ACTOR_JWKS_URL: office.config.ACTOR_JWKS_URL });
    const answer = await fetch(`${later.url}/workbench/units`, {
      headers: { authorization: `Bearer ${stolen}` },
    });
    expect(answer.status).toBe(401);
    expect(decodeProtectedHeader(await tokenOf(browser)).kid).toBe(rotated.body.kid);
    await later.stop();
  });

  it('is given a new key by age, by whichever process comes first', async () => {
    const before = (await office.get(SigningKeys).published()).keys.length;
    const another = await office.another();
    pass(office, { minutes: 31 * 24 * 60 });
    await Promise.all([office, another].map((each) => each.get(SigningKeys).published()));
    const [count] = await office.database.query<{ newest: string; published: string }>(
      `select count(*) filter (where published_until is null) as newest,
              count(*) filter (where published_until is null or published_until > $1) as published from workbench.signing_keys`,
      [office.clock.now()],
    );
    expect([count!.newest, count!.published]).toEqual(['1', String(before + 1)]);
    await another.stop();
  });
});
