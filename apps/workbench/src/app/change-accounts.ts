import { Injectable } from '@nestjs/common';
import { actingAs, type Actor, lookingAs, permissions, Sensitive } from '@app/access';
import { Database } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { AccountRepository } from '../adapters/postgres/account-repository.js';
import { UnitRepository } from '../adapters/postgres/unit-repository.js';
import { lockOrUnlock, mustBeActive } from '../domain/account.js';
import { AccountDesk } from './account-desk.js';
import { EndSessions } from './end-sessions.js';
import { IssueActivation, type Activation } from './issue-activation.js';

export interface AccountChanged {
  readonly accountId: string;
  readonly version: number;
}

/** Accounts are opened, corrected, locked and unlocked; the first password comes by a code that is handed over. */
@Injectable()
export class ChangeAccounts {
  constructor(
    private readonly database: Database,
    private readonly desk: AccountDesk,
    private readonly accounts: AccountRepository,
    private readonly units: UnitRepository,
    private readonly sessions: EndSessions,
    private readonly activation: IssueActivation,
  ) {}

  /** @throws UnitNotFound, UserIdTaken, NotAllowed if the unit is not in the actor's reach */
  async open(
    actor: Actor,
    wanted: { userId: string; name: string; phone: string | null; unitId: string },
  ): Promise<AccountChanged> {
    const { divisionCode } = await this.units.see(lookingAs(actor), wanted.unitId);
    return this.database.command(actingAs(actor, permissions['account:keep'], divisionCode), async (tx) => {
      const accountId = randomUUID();
      await this.accounts.add(tx, [
        { ...wanted, accountId, divisionCode, phone: Sensitive.orNull('phone', wanted.phone) },
      ]);
      tx.audit({ what: 'account.open', detail: { accountId, unitId: wanted.unitId } });
      return { accountId, version: 1 };
    });
  }

  async correct(
    actor: Actor,
    accountId: string,
    { name, phone }: { name?: string | undefined; phone?: string | null | undefined },
  ): Promise<AccountChanged> {
    return this.desk.change(
      actor,
      accountId,
      permissions['account:keep'],
      async (tx, { account: before }) => {
        mustBeActive(before);
        const account = { ...before, name: name ?? before.name, version: before.version + 1 };
        await this.accounts.save(tx, [
          { account, phone: phone === undefined ? undefined : Sensitive.orNull('phone', phone) },
        ]);
        const fields = [...(name === undefined ? [] : ['name']), ...(phone === undefined ? [] : ['phone'])];
        tx.audit({ what: 'account.correct', detail: { accountId, fields } });
        return { accountId, version: account.version };
      },
    );
  }

  /** A locked account is signed out everywhere and cannot sign in. */
  async lock(actor: Actor, accountId: string, reason: string): Promise<AccountChanged> {
    return this.setLock(actor, accountId, 'locked', reason);
  }

  async unlock(actor: Actor, accountId: string, reason: string): Promise<AccountChanged> {
    return this.setLock(actor, accountId, 'active', reason);
  }

  /** A new code for the first, or a forgotten, password. Asked again it gives another one, so it is not kept with the request. */
  async activate(actor: Actor, accountId: string): Promise<{ activation: Activation | null }> {
    return this.desk.once(actor, accountId, permissions['account:keep'], async (tx, { account }) => {
      mustBeActive(account);
      tx.audit({ what: 'account.activate', detail: { accountId } });
      // Codes hang on the account, and are nobody's to read.
      return { activation: await tx.asService(() => this.activation.issue(tx, accountId)) };
    });
  }

  private setLock(
    actor: Actor,
    accountId: string,
    to: 'active' | 'locked',
    reason: string,
  ): Promise<AccountChanged> {
    return this.desk.change(
      actor,
      accountId,
      permissions['account:lock'],
      async (tx, { account: before }) => {
        const account = lockOrUnlock(before, to);
        await this.accounts.save(tx, [{ account }]);
        // Sessions are their user's alone.
        if (to === 'locked') await tx.asService(() => this.sessions.endAllOf(tx, [accountId], 'locked'));
        tx.audit({
          what: to === 'locked' ? 'account.lock' : 'account.unlock',
          why: reason,
          detail: { accountId },
        });
        return { accountId, version: account.version };
      },
    );
  }
}
