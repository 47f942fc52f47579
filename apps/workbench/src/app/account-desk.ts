import { Injectable } from '@nestjs/common';
import { actingAs, lookingAs, type Actor, type Role } from '@app/access';
import { Database, type Caller, type Tx } from '@app/platform';
import { AccountRepository, type AccountFile } from '../adapters/postgres/account-repository.js';
import { notOwn } from '../domain/account.js';

/** How an administrator changes an account: seen in reach, somebody else's, locked, then changed in one transaction. */
@Injectable()
export class AccountDesk {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
  ) {}

  /**
   * @param needed which roles may do it, read off the account as it stands
   * @param others accounts that the work needs too, under their locks
   * @throws AccountNotFound if none is in reach, OwnPosts, NotAllowed
   */
  async change<Result>(
    actor: Actor,
    accountId: string,
    needed: readonly Role[] | ((file: AccountFile) => readonly Role[]),
    work: (tx: Tx, file: AccountFile, others: readonly AccountFile[]) => Promise<Result>,
    others: readonly string[] = [],
  ): Promise<Result> {
    const seen = await this.accounts.see(lookingAs(actor), accountId);
    const roles = typeof needed === 'function' ? needed(seen) : needed;
    const caller = this.callerFor(actor, roles, seen);
    return this.database.command(caller, async (tx) => {
      const [file, ...beside] = await this.accounts.lock(tx, [accountId, ...others]);
      return work(tx, file!, beside);
    });
  }

  /** The same without an idempotency key: for answers that must not be kept. */
  async once<Result>(
    actor: Actor,
    accountId: string,
    needed: readonly Role[],
    work: (tx: Tx, file: AccountFile) => Promise<Result>,
  ): Promise<Result> {
    const caller = this.callerFor(actor, needed, await this.accounts.see(lookingAs(actor), accountId));
    return this.database.transaction(caller, async (tx) => {
      const [file] = await this.accounts.lock(tx, [accountId]);
      return work(tx, file!);
    });
  }

  private callerFor(actor: Actor, needed: readonly Role[], { account }: AccountFile): Caller {
    const caller = actingAs(actor, needed, account.divisionCode);
    notOwn(account, actor.id);
    return caller;
  }
}
