import { Injectable } from '@nestjs/common';
import { callerOf, type Actor, permissions } from '@app/access';
import { Database } from '@app/platform';
import { SecondFactorRepository } from '../adapters/postgres/second-factor-repository.js';
import { AccountUnknown, SecondFactorMissing } from '../domain/sign-in-errors.js';
import { EndSessions } from './end-sessions.js';

/** For somebody who has lost the authenticator and the recovery codes: at the next sign-in another one is registered. */
@Injectable()
export class ResetSecondFactor {
  constructor(
    private readonly database: Database,
    private readonly factors: SecondFactorRepository,
    private readonly sessions: EndSessions,
  ) {}

  /** @throws AccountUnknown outside of the administrator's reach too, SecondFactorMissing */
  async run(actor: Actor, accountId: string, reason: string): Promise<void> {
    const grant = actor.grants.find(({ role }) => permissions['second-factor:reset'].includes(role));
    await this.database.transaction(callerOf(actor, grant), async (tx) => {
      // As the administrator, so that row-level security says whether this account is in reach.
      const [account] = await tx.query<{ user: string }>(
        'select user_id as "user" from accounts where account_id = $1',
        [accountId],
      );
      if (!account) throw new AccountUnknown();
      if (!(await this.factors.remove(tx, accountId))) throw new SecondFactorMissing();
      await this.sessions.endAllOf(tx, [accountId], 'second-factor-reset');
      tx.audit({ what: 'second-factor.reset', why: reason, detail: { userId: account.user } });
    });
  }
}
