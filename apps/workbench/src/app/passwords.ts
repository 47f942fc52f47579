import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { Database, type Caller, type Tx } from '@app/platform';
import { Argon2Passwords } from '../adapters/argon2-passwords.js';
import { CommonPasswords } from '../adapters/common-passwords.js';
import { CredentialRepository, type Credentials } from '../adapters/postgres/credential-repository.js';
import { SessionRepository, type Browser } from '../adapters/postgres/session-repository.js';
import { SignInAttempts } from '../adapters/postgres/sign-in-attempts.js';
import { sameText } from '../domain/browser-secret.js';
import { hashOfCode } from '../domain/one-time-code.js';
import { faultsOfPassword } from '../domain/password-policy.js';
import type { Session } from '../domain/session-terms.js';
import {
  ActivationRefused,
  NotSignedIn,
  PasswordNotGood,
  PasswordWrong,
  WayNotOpen,
} from '../domain/sign-in-errors.js';
import { PER_ACCOUNT, PER_ADDRESS } from '../domain/slow-down.js';
import { ActingUser } from './acting-user.js';

/** Setting passwords: the first one with an activation code, later ones with the one before. */
@Injectable()
export class Passwords {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialRepository,
    private readonly hashes: Argon2Passwords,
    private readonly common: CommonPasswords,
    private readonly attempts: SignInAttempts,
    private readonly sessions: SessionRepository,
    private readonly acting: ActingUser,
    private readonly clock: Clock,
  ) {}

  /** @throws ActivationRefused for every reason alike; PasswordNotGood, TooManyAttempts */
  async activate(userId: string, code: string, password: string, browser: Browser): Promise<void> {
    await this.attempts.take(`address:${browser.address}`, PER_ADDRESS);
    await this.attempts.take(`activation:${userId}`, PER_ACCOUNT);
    const found = await this.credentials.ofUser(userId);
    const caller = await this.acting.caller(found?.userId ?? null, browser.address);
    const codeHash = hashOfCode('activation', code);
    if (!found || !this.fits(found, codeHash)) {
      await this.database.transaction(caller, async (tx) => tx.audit({ what: 'activation.refused' }));
      throw new ActivationRefused();
    }
    await this.mustBeGood(found, password);
    const hash = await this.hashes.hash(password);
    await this.database.transaction(caller, async (tx) => {
      tx.audit({ what: 'activation.done' });
      if (!(await this.credentials.useActivation(tx, found.accountId, codeHash)))
        throw new ActivationRefused();
      await this.setWithin(tx, found.accountId, hash);
      await this.sessions.end(tx, [found.accountId], 'all', 'password');
    });
    await this.attempts.forget(`activation:${userId}`, `password:${userId}`);
    await this.attempts.giveBack(`address:${browser.address}`);
  }

  /** Ends the other sessions of the account. @throws PasswordWrong, PasswordNotGood, TooManyAttempts */
  async change(caller: Caller, session: Session, current: string, wanted: string): Promise<void> {
    const found = await this.proven(caller, session.accountId, current);
    // Whoever signs in at the OpenID provider gets a first password with an activation code, not with a session somebody left open.
    if (found.passwordHash === null) throw new WayNotOpen();
    await this.mustBeGood(found, wanted);
    const hash = await this.hashes.hash(wanted);
    await this.database.transaction(caller, async (tx) => {
      tx.audit({ what: 'password.changed' });
      await this.setWithin(tx, found.accountId, hash);
      await this.sessions.end(tx, [found.accountId], { except: session.sessionId }, 'password');
    });
  }

  /**
   * Who changes what guards an account shows once more that it is the owner, and not whoever sits at the desk. An account without a
   * password signs in at the OpenID provider, and has nothing to show here.
   * @throws PasswordWrong, TooManyAttempts
   */
  async proven(caller: Caller, accountId: string, password: string): Promise<Credentials> {
    const found = await this.credentials.ofAccount(accountId);
    if (!found) throw new NotSignedIn();
    if (found.passwordHash === null) return found;
    await this.attempts.take(`password:${found.userId}`, PER_ACCOUNT);
    if (!(await this.hashes.matches(password, found.passwordHash))) {
      await this.database.transaction(caller, async (tx) => tx.audit({ what: 'password.refused' }));
      throw new PasswordWrong();
    }
    await this.attempts.forget(`password:${found.userId}`);
    return found;
  }

  private fits({ state, activationHash, activationEndsAt }: Credentials, codeHash: string): boolean {
    const good = activationHash !== null && sameText(activationHash, codeHash);
    return good && state === 'active' && activationEndsAt !== null && this.clock.now() < activationEndsAt;
  }

  private async mustBeGood({ userId, name, divisionCode }: Credentials, password: string): Promise<void> {
    const placeNames = await this.credentials.placeNames(divisionCode);
    const faults = faultsOfPassword(password, { userId, name, placeNames }, (word) => this.common.has(word));
    if (faults.length > 0) throw new PasswordNotGood(faults);
  }

  private setWithin(tx: Tx, accountId: string, hash: string): Promise<void> {
    return this.credentials.setPassword(tx, accountId, hash, this.clock.now());
  }
}
