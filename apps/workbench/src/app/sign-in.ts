import { Inject, Injectable } from '@nestjs/common';
import { Database, type Tx } from '@app/platform';
import { Argon2Passwords } from '../adapters/argon2-passwords.js';
import { CredentialRepository, type Credentials } from '../adapters/postgres/credential-repository.js';
import { HalfSignInRepository, type SignInMethod } from '../adapters/postgres/half-sign-in-repository.js';
import { SessionRepository, type Browser } from '../adapters/postgres/session-repository.js';
import { SignInAttempts } from '../adapters/postgres/sign-in-attempts.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../config.js';
import { LOCKED_AT, PER_ACCOUNT, PER_ADDRESS } from '../domain/slow-down.js';
import { SignInRefused, TooManyAttempts, WayNotOpen } from '../domain/sign-in-errors.js';
import { ActingUser } from './acting-user.js';

/** How far a sign-in has come. */
export type SignInStep =
  | { readonly next: 'done'; readonly session: string }
  | { readonly next: 'second-factor' | 'enrol-second-factor'; readonly half: string };

/** First step of a sign-in: who it is, by password or by what an OpenID provider says. */
@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialRepository,
    private readonly passwords: Argon2Passwords,
    private readonly attempts: SignInAttempts,
    private readonly halves: HalfSignInRepository,
    private readonly sessions: SessionRepository,
    private readonly acting: ActingUser,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {}

  /**
   * The same steps for an account that does not exist, that is locked, and for a wrong password: neither the answer nor its time says which.
   * @throws SignInRefused, TooManyAttempts
   */
  async byPassword(userId: string, password: string, browser: Browser): Promise<SignInStep> {
    if (!this.config.PASSWORD_SIGN_IN) throw new WayNotOpen();
    const subjects = { account: `password:${userId}`, address: `address:${browser.address}` };
    const failures = await this.take(subjects, userId, browser);
    const found = await this.credentials.ofUser(userId);
    const right = await this.passwords.matches(password, found?.passwordHash ?? null);
    if (!found || !right || found.state !== 'active') {
      await this.refuse(found, browser, failures);
      throw new SignInRefused();
    }
    await Promise.all([this.attempts.forget(subjects.account), this.attempts.giveBack(subjects.address)]);
    return this.proceed(found, 'password', browser, this.config.SECOND_FACTOR === 'required', async (tx) => {
      const kept = found.passwordHash;
      if (!kept || !this.passwords.isOutdated(kept)) return;
      await this.credentials.renewHash(tx, found.accountId, kept, await this.passwords.hash(password));
    });
  }

  /** Somebody whom the OpenID provider has named. @throws SignInRefused where that is no account of ours: none is made */
  async byProvider(userId: string, browser: Browser): Promise<SignInStep> {
    const found = await this.credentials.ofUser(userId);
    if (found?.state !== 'active') {
      await this.refuse(found, browser, 0);
      throw new SignInRefused();
    }
    if (this.config.OIDC_SECOND_FACTOR === 'theirs') return this.openSession(found, 'oidc', browser);
    return this.proceed(found, 'oidc', browser, this.config.SECOND_FACTOR === 'required');
  }

  /** Counts the attempt. @returns how many failed before it, with it */
  private async take(
    subjects: { account: string; address: string },
    userId: string,
    browser: Browser,
  ): Promise<number> {
    try {
      await this.attempts.take(subjects.address, PER_ADDRESS);
      return await this.attempts.take(subjects.account, PER_ACCOUNT);
    } catch (error) {
      if (error instanceof TooManyAttempts) {
        const found = await this.credentials.ofUser(userId);
        await this.record(found, browser, 'sign-in.slowed-down');
      }
      throw error;
    }
  }

  private async refuse(found: Credentials | null, browser: Browser, failures: number): Promise<void> {
    await this.record(found, browser, 'sign-in.refused', failures >= LOCKED_AT);
  }

  private async record(
    found: Credentials | null,
    { address }: Browser,
    what: string,
    locked = false,
  ): Promise<void> {
    const caller = await this.acting.caller(found?.userId ?? null, address);
    await this.database.transaction(caller, async (tx) => {
      tx.audit({ what });
      if (locked) tx.audit({ what: 'sign-in.locked' });
    });
  }

  private async proceed(
    found: Credentials,
    method: SignInMethod,
    browser: Browser,
    required: boolean,
    also: (tx: Tx) => Promise<void> = async () => undefined,
  ): Promise<SignInStep> {
    if (!found.secondFactorSince && !required) return this.openSession(found, method, browser, also);
    const step = found.secondFactorSince ? 'second-factor' : 'enrol';
    const caller = await this.acting.caller(found.userId, browser.address);
    const half = await this.database.transaction(caller, async (tx) => {
      tx.audit({ what: 'sign-in.half', detail: { method, step } });
      await also(tx);
      return this.halves.begin(tx, { accountId: found.accountId, step, method });
    });
    return { next: step === 'enrol' ? 'enrol-second-factor' : step, half };
  }

  private async openSession(
    found: Credentials,
    method: SignInMethod,
    browser: Browser,
    also: (tx: Tx) => Promise<void> = async () => undefined,
  ): Promise<SignInStep> {
    const caller = await this.acting.caller(found.userId, browser.address);
    const session = await this.database.transaction(caller, async (tx) => {
      tx.audit({ what: 'sign-in.done', detail: { method } });
      await also(tx);
      return this.sessions.open(tx, found.accountId, method, browser);
    });
    return { next: 'done', session };
  }
}
