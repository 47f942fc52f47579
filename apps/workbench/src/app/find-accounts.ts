import { Injectable } from '@nestjs/common';
import { type Actor, lookingAs, permissions, type Sensitive } from '@app/access';
import {
  AccountRepository,
  type AccountFilter,
  type PostOfAccount,
} from '../adapters/postgres/account-repository.js';
import { DeputyRepository, type Deputy } from '../adapters/postgres/deputy-repository.js';
import type { Account } from '../domain/account.js';

export interface AccountPage {
  readonly accounts: readonly Account[];
  /** Give it as `after` for the next page; null: this was the last one. */
  readonly next: string | null;
}

export interface AccountView extends Account {
  readonly phone: Sensitive | null;
  readonly posts: readonly PostOfAccount[];
  readonly deputies: readonly Deputy[];
}

/** Accounts as their administrators see them. */
@Injectable()
export class FindAccounts {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly deputies: DeputyRepository,
  ) {}

  async list(actor: Actor, filter: AccountFilter): Promise<AccountPage> {
    const found = await this.accounts.list(lookingAs(actor, permissions['account:read']), {
      ...filter,
      limit: filter.limit + 1,
    });
    const accounts = found.slice(0, filter.limit);
    return { accounts, next: found.length > filter.limit ? accounts.at(-1)!.userId : null };
  }

  /** @throws AccountNotFound if there is none in reach */
  async view(actor: Actor, accountId: string): Promise<AccountView> {
    const caller = lookingAs(actor, permissions['account:read']);
    const { account, posts, phone } = await this.accounts.see(caller, accountId);
    return { ...account, phone, posts, deputies: await this.deputies.around(caller, accountId) };
  }
}
