import { Injectable } from '@nestjs/common';
import { type Actor, permissions } from '@app/access';
import { accountLeftV1 } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import { AccountRepository } from '../adapters/postgres/account-repository.js';
import { DeputyRepository } from '../adapters/postgres/deputy-repository.js';
import { endBefore, leave, openPosts } from '../domain/account.js';
import { LeavingNotPossible } from '../domain/organisation-errors.js';
import { giverOf } from '../domain/post-rules.js';
import { AccountDesk } from './account-desk.js';
import { EndSessions } from './end-sessions.js';

export interface Leaving {
  /** Account of who takes over. */
  readonly to: string;
  /** First day on which the user is not here any more. */
  readonly on: string;
  readonly reason: string;
}

export interface Left {
  readonly accountId: string;
  readonly version: number;
  readonly postsEnded: number;
  readonly deputiesEnded: number;
}

/**
 * Somebody leaves: rights, deputies and sessions end and the other services are told to whom their cases pass, in one
 * transaction. Rights themselves do not pass: who takes over has their own.
 */
@Injectable()
export class LeaveAccount {
  constructor(
    private readonly desk: AccountDesk,
    private readonly accounts: AccountRepository,
    private readonly deputies: DeputyRepository,
    private readonly sessions: EndSessions,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws AccountNotFound, OwnPosts, LeavingNotPossible, NotAllowed */
  async run(actor: Actor, accountId: string, { to, on, reason }: Leaving): Promise<Left> {
    const today = this.clock.today();
    if (to === accountId) throw new LeavingNotPossible('不能由本人接手本人的工作，请选择接手人。');
    return this.desk.change(
      actor,
      accountId,
      // Who watches over the administrators must not be sent away by the one who keeps accounts: as it is given, so it is taken.
      ({ posts }) =>
        openPosts(posts, today).some(({ role }) => giverOf(role) === 'security-admin')
          ? permissions['account:lock']
          : permissions['account:keep'],
      async (tx, { account: before, posts }, [successor]) => {
        const account = leave(before, successor!.account, on, today);
        const ended = openPosts(posts, on).map((post) => ({ ...post, period: endBefore(post.period, on) }));
        await this.accounts.save(tx, [{ account }]);
        // Posts and deputies in places that the administrator does not reach end too: nothing may be left behind.
        const deputiesEnded = await tx.asService(async () => {
          await this.accounts.endPosts(tx, ended, reason);
          await this.sessions.endAllOf(tx, [accountId], 'left');
          return this.deputies.endAll(tx, { accountId }, on);
        });
        this.outbox.append(tx, [
          accountLeftV1.of({
            accountId,
            version: account.version,
            divisionCode: account.divisionCode,
            userId: account.userId,
            successorId: successor!.account.userId,
            on,
          }),
        ]);
        tx.audit({ what: 'account.leave', why: reason, detail: { accountId, successorId: to, on } });
        return { accountId, version: account.version, postsEnded: ended.length, deputiesEnded };
      },
      [to],
    );
  }
}
