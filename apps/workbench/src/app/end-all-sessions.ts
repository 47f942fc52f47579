import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import { HalfSignInRepository } from '../adapters/postgres/half-sign-in-repository.js';
import { SessionRepository } from '../adapters/postgres/session-repository.js';
import { EndSessions } from './end-sessions.js';

/** Ends what is open and what is half open; the act that asks for it says in the audit log why. */
@Injectable()
export class EndAllSessions extends EndSessions {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly halves: HalfSignInRepository,
  ) {
    super();
  }

  override async endAllOf(tx: Tx, accountIds: readonly string[], reason: string): Promise<void> {
    await this.halves.endAllOf(tx, accountIds);
    await this.sessions.end(tx, accountIds, 'all', reason);
  }
}
