import { Injectable } from '@nestjs/common';
import { Database, type Caller } from '@app/platform';
import { SessionRepository, type OwnSession } from '../adapters/postgres/session-repository.js';
import type { Session } from '../domain/session-terms.js';
import { SessionNotFound } from '../domain/sign-in-errors.js';

/** Where somebody is signed in, and signing out: here, elsewhere, everywhere else. */
@Injectable()
export class OwnSessions {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
  ) {}

  list({ accountId }: Session): Promise<OwnSession[]> {
    return this.sessions.listOf(accountId);
  }

  async signOut(caller: Caller, { accountId, sessionId }: Session): Promise<void> {
    await this.database.transaction(caller, async (tx) => {
      tx.audit({ what: 'session.signed-out' });
      await this.sessions.end(tx, [accountId], { only: sessionId }, 'signed-out');
    });
  }

  /** @throws SessionNotFound for one that has ended, and for one of somebody else */
  async endOne(caller: Caller, { accountId }: Session, sessionId: string): Promise<void> {
    await this.database.transaction(caller, async (tx) => {
      tx.audit({ what: 'session.ended', detail: { sessionId } });
      const ended = await this.sessions.end(tx, [accountId], { only: sessionId }, 'ended-by-owner');
      if (ended === 0) throw new SessionNotFound();
    });
  }

  /** @returns how many ended */
  async endOthers(caller: Caller, { accountId, sessionId }: Session): Promise<number> {
    return this.database.transaction(caller, async (tx) => {
      const ended = await this.sessions.end(tx, [accountId], { except: sessionId }, 'ended-by-owner');
      tx.audit({ what: 'session.others-ended', detail: { ended } });
      return ended;
    });
  }
}
