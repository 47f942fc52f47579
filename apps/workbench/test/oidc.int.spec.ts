import { jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import Provider from 'oidc-provider';
import { uniquePrefix } from '@app/testing';
import { freePort } from '@app/backing';
import { Authenticator, auditOf, hire, openOffice, secretFile, TestBrowser, type Office } from './office.js';

const CLIENT = 'onething';
const SECRET = 'a secret of the client that is long enough';

/** A certified OpenID provider, as an office would run one; users there are whoever is named on its sign-in page. */
interface RunningProvider {
  readonly issuer: string;
  stop(): Promise<void>;
}

async function startProvider(port: number, redirectUri: string): Promise<RunningProvider> {
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    cookies: { keys: [uniquePrefix()] },
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, name: '某人' }),
    }),
  });
  const answer = provider.callback();
  const server: Server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    issuer,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

let provider: RunningProvider;
let office: Office;
let strict: Office;

const environmentOf = (port: number, more: Record<string, string> = {}) => ({
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  OIDC_ISSUER: provider.issuer,
  OIDC_CLIENT_ID: CLIENT,
  OIDC_CLIENT_SECRET_FILE: secretFile(`${SECRET}\n`),
  ...more,
});

beforeAll(async () => {
  // The provider says at every start that its quick-start settings are not for production.
  for (const level of ['warn', 'info'] as const)
    jest.spyOn(console, level).mockImplementation(() => undefined);
  const [ours, theirs] = [await freePort(), await freePort()];
  provider = await startProvider(theirs, `http://127.0.0.1:${ours}/workbench/oidc/callback`);
  office = await openOffice({
    config: { PORT: ours },
    environment: environmentOf(ours, { OIDC_SECOND_FACTOR: 'theirs' }),
  });
});
afterAll(async () => {
  await office.stop();
  await strict?.stop();
  await provider.stop();
});

/** Goes to the provider, signs in there, agrees, and stops at the address to which the provider sends the browser back. */
async function vouchedFor(ours: TestBrowser, userId: string, from = office): Promise<string> {
  const theirs = new TestBrowser({ url: provider.issuer });
  const start = await ours.get('/workbench/oidc/start');
  let location = start.headers.get('location')!;
  for (let step = 0; step < 12; step += 1) {
    if (location.startsWith(from.url)) return location;
    const absolute = new URL(location, provider.issuer).href;
    const page = await theirs.get(absolute);
    if (page.status !== 200) {
      location = page.headers.get('location')!;
      continue;
    }
    const html = String(page.body);
    const action = /<form[^>]*action="([^"]+)"/.exec(html)![1]!;
    const prompt = /name="prompt" value="(\w+)"/.exec(html)![1]!;
    const form = new URLSearchParams({
      prompt,
      ...(prompt === 'login' ? { login: userId, password: 'x' } : {}),
    });
    const sent = await theirs.send('POST', action, form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      origin: provider.issuer,
    });
    location = sent.headers.get('location')!;
  }
  throw new Error('the provider did not send the browser back');
}

it('sends the browser to the provider with state, nonce and PKCE', async () => {
  const browser = new TestBrowser(office);
  const page = await browser.get('/workbench/oidc/start');
  const address = new URL(page.headers.get('location')!);
  expect([page.status, address.origin]).toEqual([303, provider.issuer]);
  const {
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: method,
    response_type: type,
  } = Object.fromEntries(address.searchParams);
  expect([type, method]).toEqual(['code', 'S256']);
  for (const value of [state, nonce, challenge]) expect(value).toMatch(/^[\w-]{43}$/);
  expect(new Set([state, nonce, challenge, browser.cookies.get('onething-oidc')]).size).toBe(4);
  expect(page.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax$/);
});

it('signs in the account that the provider names', async () => {
  await hire(office, 'oidc.one', 'card-officer');
  const browser = new TestBrowser(office);
  const back = await browser.get(await vouchedFor(browser, 'oidc.one'));
  expect([back.status, back.headers.get('location')]).toEqual([303, '/']);
  expect((await browser.get('/workbench/me')).body).toMatchObject({ userId: 'oidc.one' });
  expect(browser.cookies.has('onething-oidc')).toBe(false);
  expect((await browser.get('/workbench/sessions')).body[0]).toMatchObject({ method: 'oidc' });
  expect(await auditOf(office, 'oidc.one')).toEqual(['sign-in.done']);
});

it('makes no account for somebody whom only the provider knows, and lets in none that is locked', async () => {
  const somebody = await hire(office, 'oidc.locked', 'card-officer');
  await office.database.query(`update workbench.accounts set state = 'locked' where account_id = $1`, [
    somebody.accountId,
  ]);
  const accounts = () => office.database.query('select from workbench.accounts');
  const before = (await accounts()).length;
  for (const userId of ['oidc.stranger', 'oidc.locked']) {
    const browser = new TestBrowser(office);
    const back = await browser.get(await vouchedFor(browser, userId));
    expect(back.headers.get('location')).toBe('/sign-in?refused=no-account');
    expect(browser.cookies.size).toBe(0);
  }
  expect((await accounts()).length).toBe(before);
});

it('takes an answer once, in the browser that asked, unchanged', async () => {
  await hire(office, 'oidc.two', 'card-officer');
  const browser = new TestBrowser(office);
  const address = await vouchedFor(browser, 'oidc.two');
  const cookie = browser.cookies.get('onething-oidc')!;
  // Somebody else's browser: with no sign-in under way, and with one of its own.
  const stranger = new TestBrowser(office);
  expect((await stranger.get(address)).headers.get('location')).toBe('/sign-in?refused=not-begun');
  await stranger.get('/workbench/oidc/start');
  expect((await stranger.get(address)).headers.get('location')).toBe('/sign-in?refused=provider');
  const changed = address.replace(/code=[^&]+/, 'code=guessed');
  browser.cookies.set('onething-oidc', cookie);
  expect((await browser.get(changed)).headers.get('location')).toBe('/sign-in?refused=provider');
  browser.cookies.set('onething-oidc', cookie);
  expect((await browser.get(address)).headers.get('location')).toBe('/');
  browser.cookies.set('onething-oidc', cookie);
  expect((await browser.get(address)).headers.get('location')).toBe('/sign-in?refused=provider');
});

it('asks for our second factor too, unless the provider is trusted with it', async () => {
  const [ours, theirs] = [await freePort(), await freePort()];
  await provider.stop();
  provider = await startProvider(theirs, `http://127.0.0.1:${ours}/workbench/oidc/callback`);
  strict = await openOffice({
    config: { PORT: ours },
    environment: environmentOf(ours, { PASSWORD_SIGN_IN: 'off' }),
  });
  await hire(strict, 'oidc.three', 'card-officer');
  const browser = new TestBrowser(strict);
  const back = await browser.get(await vouchedFor(browser, 'oidc.three', strict));
  expect(back.headers.get('location')).toBe('/sign-in?next=enrol-second-factor');
  expect((await browser.get('/workbench/me')).status).toBe(401);
  const { secret } = (await browser.post('/workbench/sign-in/enrolment')).body;
  const done = await browser.post('/workbench/sign-in/enrolment/confirmation', {
    code: new Authenticator(secret).codeAt(strict.clock.now()),
  });
  expect(done.body.next).toBe('done');
  expect((await browser.get('/workbench/me')).body.userId).toBe('oidc.three');
  // Where passwords are off, none opens anything.
  expect((await browser.signIn('oidc.three')).body.title).toBe('way-not-open');
});

it('says so when the provider is away', async () => {
  await provider.stop();
  const [ours] = [await freePort()];
  const lonely = await openOffice({ config: { PORT: ours }, environment: environmentOf(ours) });
  try {
    const page = await new TestBrowser(lonely).get('/workbench/oidc/start');
    expect([page.status, page.headers.get('location')]).toEqual([303, '/sign-in?refused=provider-away']);
  } finally {
    await lonely.stop();
  }
});
