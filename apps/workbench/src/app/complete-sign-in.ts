import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@app/platform';
import { CredentialRepository, type Credentials } from '../adapters/postgres/credential-repository.js';
import {
  HalfSignInRepository,
  type HalfSignIn,
  type HalfStep,
} from '../adapters/postgres/half-sign-in-repository.js';
import { SessionRepository, type Browser } from '../adapters/postgres/session-repository.js';
import { CodeRefused, SignInNotBegun, SignInRefused } from '../domain/sign-in-errors.js';
import { ActingUser } from './acting-user.js';
import { SecondFactors, type Enrolment, type FactorProof } from './second-factors.js';

/** Second step of a sign-in: a code of the authenticator, or registering one. Only now there is a session, under a value of its own. */
@Injectable()
export class CompleteSignIn {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialRepository,
    private readonly halves: HalfSignInRepository,
    private readonly factors: SecondFactors,
    private readonly sessions: SessionRepository,
    private readonly acting: ActingUser,
  ) {}

  /** @returns the value of the session. @throws SignInNotBegun, CodeRefused, TooManyAttempts */
  async byCode(half: string | null, proof: FactorProof, browser: Browser): Promise<string> {
    const { account, method } = await this.begun(half, 'second-factor');
    return this.openSession(half, account, method, browser, (tx) =>
      this.factors.prove(tx, account.accountId, proof),
    );
  }

  /** @throws SignInNotBegun */
  async enrol(half: string | null, browser: Browser): Promise<Enrolment> {
    const { account } = await this.begun(half, 'enrol');
    const caller = await this.acting.caller(account.userId, browser.address);
    return this.factors.enrol(caller, account.accountId, account.userId);
  }

  /** @returns the value of the session and the recovery codes, which are shown once. @throws SignInNotBegun, CodeRefused */
  async confirm(
    half: string | null,
    code: string,
    browser: Browser,
  ): Promise<{ session: string; recoveryCodes: string[] }> {
    const { account, method } = await this.begun(half, 'enrol');
    let recoveryCodes: string[] = [];
    const session = await this.openSession(half, account, method, browser, async (tx) => {
      recoveryCodes = await this.factors.confirmWithin(tx, account.accountId, code);
    });
    return { session, recoveryCodes };
  }

  private async begun(
    half: string | null,
    step: HalfStep,
  ): Promise<{ account: Credentials; method: HalfSignIn['method'] }> {
    const found = half ? await this.halves.find(half) : null;
    if (found?.step !== step) throw new SignInNotBegun();
    const account = await this.credentials.ofAccount(found.accountId);
    if (account?.state !== 'active') throw new SignInRefused();
    return { account, method: found.method };
  }

  private async openSession(
    half: string | null,
    account: Credentials,
    method: HalfSignIn['method'],
    browser: Browser,
    prove: (tx: Tx) => Promise<void>,
  ): Promise<string> {
    await this.factors.takeAttempt(account.accountId);
    const caller = await this.acting.caller(account.userId, browser.address);
    try {
      const session = await this.database.transaction(caller, async (tx) => {
        await prove(tx);
        if (!half || !(await this.halves.end(tx, half))) throw new SignInNotBegun();
        tx.audit({ what: 'sign-in.done', detail: { method } });
        return this.sessions.open(tx, account.accountId, method, browser);
      });
      await this.factors.forgetAttempts(account.accountId);
      return session;
    } catch (error) {
      if (error instanceof CodeRefused) {
        await this.database.transaction(caller, async (tx) => tx.audit({ what: 'second-factor.refused' }));
      }
      throw error;
    }
  }
}
