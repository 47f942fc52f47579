import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { CredentialRepository } from '../adapters/postgres/credential-repository.js';
import { WORKBENCH_CONFIG, type WorkbenchConfig } from '../config.js';
import { hashOfCode, newCode } from '../domain/one-time-code.js';
import { EndSessions } from './end-sessions.js';
import { IssueActivation, type Activation } from './issue-activation.js';

const GOOD_FOR_DAYS = 7;

/** Makes codes. For an account that has a password already it is a reset: the password is no good any more, and whoever is signed in is out. */
@Injectable()
export class IssueActivationCode extends IssueActivation {
  constructor(
    private readonly credentials: CredentialRepository,
    private readonly sessions: EndSessions,
    private readonly clock: Clock,
    @Inject(WORKBENCH_CONFIG) private readonly config: WorkbenchConfig,
  ) {
    super();
  }

  override async issue(tx: Tx, accountId: string): Promise<Activation | null> {
    if (!this.config.PASSWORD_SIGN_IN) return null;
    const code = newCode();
    const expiresAt = new Date(this.clock.now().getTime() + GOOD_FOR_DAYS * 24 * 60 * 60 * 1000);
    const reset = await this.credentials.replaceByActivation(
      tx,
      accountId,
      hashOfCode('activation', code),
      expiresAt,
    );
    if (reset) await this.sessions.endAllOf(tx, [accountId], 'password-reset');
    return { code, expiresAt: expiresAt.toISOString() };
  }
}
