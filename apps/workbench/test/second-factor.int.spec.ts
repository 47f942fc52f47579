import { serviceActor } from '@app/access';
import { Database } from '@app/platform';
import { testActor } from '@app/testing';
import { SecondFactorRepository } from '../src/adapters/postgres/second-factor-repository.js';
import { stepAt } from '../src/domain/totp.js';
import {
  auditOf,
  Authenticator,
  enrolAtSignIn,
  openOffice,
  pass,
  PASSWORD,
  staff,
  TestBrowser,
  type Office,
} from './office.js';

const ME = '/workbench/me';
let office: Office;
let optional: Office;
beforeAll(async () => {
  // One after the other: each is started with an environment of its own.
  office = await openOffice({ environment: { SECOND_FACTOR: 'required' } });
  optional = await openOffice({ environment: { SECOND_FACTOR: 'optional' } });
});
afterAll(() => Promise.all([office.stop(), optional.stop()]));

/** Somebody with an authenticator, outside. */
async function enrolled(userId: string) {
  const who = await staff(office, userId, 'card-officer');
  const browser = new TestBrowser(office);
  await browser.signIn(userId);
  return { who, browser, ...(await enrolAtSignIn(office, browser)) };
}

const next = (): void => pass(office, { seconds: 30 });

it('is registered at the first sign-in, and there is no session before', async () => {
  await staff(office, 'first.one', 'card-officer');
  const browser = new TestBrowser(office);
  expect((await browser.signIn('first.one')).body).toEqual({ next: 'enrol-second-factor', csrfToken: null });
  expect((await browser.get(ME)).status).toBe(401);
  // The value of the half is no session either.
  browser.cookies.set('onething-session', browser.cookies.get('onething-half')!);
  expect((await browser.get(ME)).status).toBe(401);
  const { page, recoveryCodes } = await enrolAtSignIn(office, browser);
  expect([page.status, page.body.next, recoveryCodes.length]).toEqual([200, 'done', 10]);
  expect((await browser.get(ME)).body.secondFactor).toBe(true);
  expect(await auditOf(office, 'first.one')).toEqual([
    'activation.done',
    'sign-in.half',
    'second-factor.enrolled',
    'second-factor.confirmed',
    'sign-in.done',
  ]);
});

it('is asked for at every later sign-in, and the session has another value than the half', async () => {
  const { authenticator } = await enrolled('later.one');
  next();
  const browser = new TestBrowser(office);
  expect((await browser.signIn('later.one')).body.next).toBe('second-factor');
  const half = browser.cookies.get('onething-half');
  expect((await browser.post('/workbench/sign-in/enrolment')).body.title).toBe('sign-in-not-begun');
  const code = authenticator.codeAt(office.clock.now());
  expect((await browser.post('/workbench/sign-in/second-factor', { code })).body.next).toBe('done');
  expect(browser.cookies.get('onething-session')).not.toBe(half);
  expect(browser.cookies.has('onething-half')).toBe(false);
  // The half is used up.
  const again = new TestBrowser(office);
  again.cookies.set('onething-half', half!);
  next();
  const late = await again.post('/workbench/sign-in/second-factor', {
    code: authenticator.codeAt(office.clock.now()),
  });
  expect([late.status, late.body.title]).toEqual([401, 'sign-in-not-begun']);
});

it('takes each code once, in whichever browser', async () => {
  const { authenticator } = await enrolled('replay.one');
  next();
  const code = authenticator.codeAt(office.clock.now());
  const [one, two] = [new TestBrowser(office), new TestBrowser(office)];
  await one.signIn('replay.one');
  await two.signIn('replay.one');
  const answers = await Promise.all(
    [one, two].map((browser) => browser.post('/workbench/sign-in/second-factor', { code })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  const refused = answers.find(({ status }) => status === 401);
  expect(refused!.body.title).toBe('code-refused');
  expect(await auditOf(office, 'replay.one')).toContain('second-factor.refused');
});

it('takes a step once also of two that looked at the same moment', async () => {
  const { who } = await enrolled('race.one');
  const factors = office.get(SecondFactorRepository);
  const step = stepAt(office.clock.now()) + 1;
  const take = () =>
    office
      .get(Database)
      .transaction(serviceActor('workbench'), (tx) => factors.takeStep(tx, who.accountId, step));
  expect([await take(), await take()]).toEqual([true, false]);
});

it('is not guessed: wrong codes slow down and lock', async () => {
  const { authenticator } = await enrolled('guess.one');
  next();
  const browser = new TestBrowser(office);
  await browser.signIn('guess.one');
  const guess = (code: string) => browser.post('/workbench/sign-in/second-factor', { code });
  const wrong = (Number(authenticator.codeAt(office.clock.now())) + 1).toString().padStart(6, '0').slice(-6);
  for (let index = 0; index < 4; index += 1) expect((await guess(wrong)).status).toBe(401);
  const slowed = await guess(authenticator.codeAt(office.clock.now()));
  expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, '1']);
  next();
  expect((await guess(authenticator.codeAt(office.clock.now()))).status).toBe(200);
});

it('ends a half sign-in after ten minutes', async () => {
  const { authenticator } = await enrolled('half.one');
  const browser = new TestBrowser(office);
  await browser.signIn('half.one');
  pass(office, { minutes: 10 });
  const late = await browser.post('/workbench/sign-in/second-factor', {
    code: authenticator.codeAt(office.clock.now()),
  });
  expect(late.body.title).toBe('sign-in-not-begun');
});

it('that is lost is made up for by a recovery code, once, and nothing of it is kept in clear', async () => {
  const { who, recoveryCodes } = await enrolled('lost.one');
  const enter = async (recoveryCode: string) => {
    const browser = new TestBrowser(office);
    await browser.signIn('lost.one');
    return browser.post('/workbench/sign-in/second-factor', { recoveryCode });
  };
  expect((await enter(recoveryCodes[3]!.toLowerCase())).status).toBe(200);
  expect((await enter(recoveryCodes[3]!)).status).toBe(401);
  expect((await enter(recoveryCodes[4]!)).status).toBe(200);
  expect(await auditOf(office, 'lost.one')).toContain('second-factor.recovery-code-used');
  const [kept] = await office.database.query<{ secret: string; codes: string[] }>(
    `select f.secret, array(select code_hash from workbench.recovery_codes r where r.account_id = f.account_id) as codes
     from workbench.second_factors f where f.account_id = $1`,
    [who.accountId],
  );
  expect(kept!.secret).toMatch(/^k1\./);
  expect(kept!.codes).toHaveLength(8);
  expect(kept!.codes.join()).not.toContain(recoveryCodes[5]!.slice(0, 4));
});

it('is taken away by the security administrator, with a reason, and registered anew', async () => {
  const { who, browser } = await enrolled('reset.factor');
  const path = `/workbench/accounts/${who.accountId}/second-factor/reset`;
  const token = async (role: 'security-admin' | 'system-admin', reach = {}) => ({
    authorization: `Bearer ${await office.signer.sign(testActor(role, reach))}`,
  });
  const reset = (headers: Record<string, string>) =>
    new TestBrowser(office).post(path, { reason: '手机遗失，已当面核实' }, headers);
  expect((await reset(await token('system-admin'))).status).toBe(403);
  const elsewhere = await token('security-admin', { from: '338802000000', to: '338802999999' });
  expect((await reset(elsewhere)).status).toBe(404);
  expect((await browser.get(ME)).status).toBe(200);
  expect((await reset(await token('security-admin'))).status).toBe(204);
  expect((await browser.get(ME)).status).toBe(401);
  expect((await browser.signIn('reset.factor')).body.next).toBe('enrol-second-factor');
  expect(await auditOf(office, 'security-admin')).toContain('second-factor.reset');
});

it('cannot be given up where it is required', async () => {
  const { browser, authenticator } = await enrolled('keep.one');
  next();
  const removal = await browser.post('/workbench/second-factor/removal', {
    password: PASSWORD,
    proof: { code: authenticator.codeAt(office.clock.now()) },
  });
  expect([removal.status, removal.body.title]).toEqual([403, 'second-factor-required']);
});

it('is everybody’s own choice where it is optional', async () => {
  await staff(optional, 'choice.one', 'card-officer');
  const browser = new TestBrowser(optional);
  expect((await browser.signIn('choice.one')).body.next).toBe('done');
  const stranger = await browser.post('/workbench/second-factor', { password: '不是这个密码 啊啊啊' });
  expect([stranger.status, stranger.body.title]).toEqual([403, 'password-wrong']);
  const enrolment = await browser.post('/workbench/second-factor', { password: PASSWORD });
  // It counts only once a code of it has been confirmed.
  expect((await new TestBrowser(optional).signIn('choice.one')).body.next).toBe('done');
  const authenticator = new Authenticator(enrolment.body.secret);
  const code = () => authenticator.codeAt(optional.clock.now());
  const confirmed = await browser.post('/workbench/second-factor/confirmation', { code: code() });
  expect(confirmed.body.recoveryCodes).toHaveLength(10);
  const held = await browser.post('/workbench/second-factor', { password: PASSWORD });
  expect([held.status, held.body.title]).toEqual([409, 'second-factor-held']);
  expect((await new TestBrowser(optional).signIn('choice.one')).body.next).toBe('second-factor');
  const remove = () =>
    browser.post('/workbench/second-factor/removal', { password: PASSWORD, proof: { code: code() } });
  expect((await remove()).body.title).toBe('code-refused');
  pass(optional, { seconds: 30 });
  expect((await remove()).status).toBe(204);
  expect((await new TestBrowser(optional).signIn('choice.one')).body.next).toBe('done');
  expect(await auditOf(optional, 'choice.one')).toEqual(
    expect.arrayContaining(['second-factor.enrolled', 'second-factor.confirmed', 'second-factor.disabled']),
  );
});
