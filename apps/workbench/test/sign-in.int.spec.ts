import { SignInAttempts } from '../src/adapters/postgres/sign-in-attempts.js';
import { PER_ADDRESS } from '../src/domain/slow-down.js';
import { jest } from '@jest/globals';
import { Argon2Passwords } from '../src/adapters/argon2-passwords.js';
import {
  activationOf,
  auditOf,
  enrolAtSignIn,
  hire,
  openOffice,
  pass,
  PASSWORD,
  staff,
  TestBrowser,
  type Office,
} from './office.js';

let office: Office;
beforeAll(async () => (office = await openOffice()));
afterAll(() => office.stop());

const browser = () => new TestBrowser(office);

describe('activation', () => {
  it('sets the first password with a code that is good once', async () => {
    const somebody = await hire(office, 'new.one', 'card-officer');
    const activation = await activationOf(office, somebody);
    expect(new Date(activation!.expiresAt).getTime() - office.clock.now().getTime()).toBe(7 * 86_400_000);
    const activate = (code: string) =>
      browser().post('/workbench/activate', { userId: 'new.one', code, password: PASSWORD });
    // Typed in small letters, without the groups.
    const typed = activation!.code.toLowerCase().replaceAll('-', ' ');
    expect((await activate(typed)).status).toBe(204);
    const again = await activate(activation!.code);
    expect([again.status, again.body.title]).toEqual([401, 'activation-refused']);
    expect((await browser().signIn('new.one')).body.next).toBe('enrol-second-factor');
    expect(await auditOf(office, 'new.one')).toEqual([
      'activation.done',
      'activation.refused',
      'sign-in.half',
    ]);
  });

  it('refuses a code after seven days, one that a newer one replaced, and one of an account that does not exist alike', async () => {
    const somebody = await hire(office, 'late.one', 'card-officer');
    const old = await activationOf(office, somebody);
    const newer = await activationOf(office, somebody);
    const activate = (userId: string, code: string) =>
      browser().post('/workbench/activate', { userId, code, password: PASSWORD });
    const replaced = await activate('late.one', old!.code);
    pass(office, { minutes: 7 * 24 * 60 });
    const late = await activate('late.one', newer!.code);
    const unknown = await activate('no.one', newer!.code);
    for (const answer of [replaced, late, unknown]) {
      expect(answer.status).toBe(401);
      expect({ ...answer.body, traceId: null }).toEqual({ ...replaced.body, traceId: null });
    }
  });

  it('says what is wrong with a password, and keeps the code for a better one', async () => {
    const somebody = await hire(office, 'weak.one', 'card-officer', '欧阳小云');
    const { code } = (await activationOf(office, somebody))!;
    const faults = async (password: string) => {
      const answer = await browser().post('/workbench/activate', { userId: 'weak.one', code, password });
      pass(office, { minutes: 20 });
      return answer.body.faults;
    };
    expect(await faults('tK7#v')).toEqual(['too-short']);
    expect(await faults('P@ssw0rd2026!')).toEqual(['common']);
    expect(await faults('云溪的第一棵樱花树')).toEqual(['too-short', 'holds-place-name']);
    expect(await faults('欧阳小云 tK7#vQ2m')).toEqual(['holds-name']);
    expect(await faults('weak.one tK7#vQ2m')).toEqual(['holds-user-id']);
    expect(
      (await browser().post('/workbench/activate', { userId: 'weak.one', code, password: PASSWORD })).status,
    ).toBe(204);
  });

  it('given again, takes the old password away and signs out whoever is in', async () => {
    const somebody = await staff(office, 'reset.one', 'card-officer');
    const inside = browser();
    await inside.signIn('reset.one');
    await enrolAtSignIn(office, inside);
    expect((await inside.get('/workbench/me')).status).toBe(200);
    await activationOf(office, somebody);
    expect((await inside.get('/workbench/me')).status).toBe(401);
    expect((await browser().signIn('reset.one')).status).toBe(401);
  });
});

describe('the password', () => {
  it('is kept as argon2id with the parameters that OWASP asks for, and made anew when they have changed', async () => {
    const { accountId } = await staff(office, 'hash.one', 'card-officer');
    const kept = async () =>
      (
        await office.database.query<{ hash: string }>(
          'select password_hash as hash from workbench.credentials where account_id = $1',
          [accountId],
        )
      )[0]!.hash;
    expect(await kept()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const { hash } = await import('@node-rs/argon2');
    const weak = await hash(PASSWORD.normalize('NFKC'), { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await office.database.query('update workbench.credentials set password_hash = $2 where account_id = $1', [
      accountId,
      weak,
    ]);
    expect((await browser().signIn('hash.one')).status).toBe(200);
    expect(await kept()).toMatch(/m=19456,t=2,p=1/);
    expect((await browser().signIn('hash.one')).status).toBe(200);
  });

  it('is the same from any keyboard', async () => {
    await staff(office, 'wide.one', 'card-officer', 'Ｔｋ7#vQ2mZx9! é');
    expect((await browser().signIn('WIDE.one', 'Tk7#vQ2mZx9! e\u0301')).status).toBe(200);
  });

  it('wrong, of a locked account, or of nobody: one answer, after the same work', async () => {
    const locked = await staff(office, 'locked.one', 'card-officer');
    await staff(office, 'right.one', 'card-officer');
    await office.database.query(`update workbench.accounts set state = 'locked' where account_id = $1`, [
      locked.accountId,
    ]);
    await hire(office, 'inactive.one', 'card-officer');
    const compared = jest.spyOn(office.get(Argon2Passwords), 'matches');
    const answers = [];
    for (const [userId, password] of [
      ['right.one', '错误的密码 错误的密码'],
      ['locked.one', PASSWORD],
      ['inactive.one', PASSWORD],
      ['nobody.at.all', PASSWORD],
    ] as const) {
      compared.mockClear();
      const answer = await browser().signIn(userId, password);
      expect([userId, answer.status, compared.mock.calls.length]).toEqual([userId, 401, 1]);
      expect(answer.headers.getSetCookie()).toEqual([]);
      answers.push({ ...answer.body, traceId: null });
    }
    compared.mockRestore();
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await auditOf(office, 'right.one')).toContain('sign-in.refused');
    expect(await auditOf(office, 'locked.one')).toContain('sign-in.refused');
    // What was typed as a user may be somebody's password: it is written nowhere.
    const [typed] = await office.database.query<{ found: boolean }>(
      `select exists (select from workbench.audit_entries e where e::text like '%nobody.at.all%')
           or exists (select from workbench.sign_in_attempts a where a::text like '%nobody.at.all%') as found`,
    );
    expect(typed!.found).toBe(false);
  });
});

describe('wrong attempts', () => {
  it.each(['slow.one', 'nobody.slow'])(
    'slow down what follows, and lock for a time, for %s alike',
    async (userId) => {
      if (userId === 'slow.one') await staff(office, userId, 'card-officer');
      const attempt = (password = '错误的密码 错误的密码') => browser().signIn(userId, password);
      for (let free = 1; free <= 3; free += 1) expect((await attempt()).status).toBe(401);
      expect((await attempt()).status).toBe(401);
      const waits: number[] = [];
      for (let failed = 5; failed <= 10; failed += 1) {
        // The right password has to wait as well.
        const slowed = await attempt(PASSWORD);
        expect(slowed.status).toBe(429);
        expect(slowed.body.retryable).toBe(false);
        const wait = Number(slowed.headers.get('retry-after'));
        waits.push(wait);
        pass(office, { seconds: wait });
        expect((await attempt()).status).toBe(401);
      }
      expect(waits).toEqual([1, 2, 4, 8, 16, 32]);
      const locked = await attempt(PASSWORD);
      expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, '900']);
      pass(office, { minutes: 15 });
      expect((await attempt(PASSWORD)).status).toBe(userId === 'slow.one' ? 200 : 401);
      if (userId === 'slow.one') {
        expect(await auditOf(office, userId)).toEqual(
          expect.arrayContaining(['sign-in.slowed-down', 'sign-in.locked']),
        );
      }
      pass(office, { minutes: 61 });
    },
  );

  it('count before they are looked at: many at once are not more than a few', async () => {
    await staff(office, 'many.one', 'card-officer');
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => browser().signIn('many.one', '错误的密码 错误的密码')),
    );
    const looked = answers.filter(({ status }) => status === 401).length;
    expect(looked).toBe(4);
    pass(office, { minutes: 61 });
  });

  it('keep nobody waiting who has not slipped, whichever of two at once was a moment earlier', async () => {
    const attempts = office.get(SignInAttempts);
    await attempts.take('address:10.0.0.1', PER_ADDRESS);
    await attempts.giveBack('address:10.0.0.1');
    await attempts.take('address:10.0.0.1', PER_ADDRESS);
    pass(office, { seconds: -1 });
    expect(await attempts.take('address:10.0.0.1', PER_ADDRESS)).toBe(2);
    pass(office, { seconds: 1 });
  });

  it('from one address on many accounts slow that address down', async () => {
    let slowed = 0;
    for (let index = 0; index < 34 && slowed === 0; index += 1) {
      const answer = await browser().signIn(`sprayed.${index}`, '错误的密码 错误的密码');
      if (answer.status === 429) slowed = index;
    }
    expect(slowed).toBe(31);
    pass(office, { minutes: 61 });
  });
});
