import { Injectable } from '@nestjs/common';
import { actingAs, type Actor, lookingAs, permissions } from '@app/access';
import { Clock } from '@app/kernel';
import { Database, type Caller, type Tx } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { AccountRepository } from '../adapters/postgres/account-repository.js';
import { DeputyRepository } from '../adapters/postgres/deputy-repository.js';
import { UnitRepository } from '../adapters/postgres/unit-repository.js';
import { endBefore, mustBeActive, notOwn } from '../domain/account.js';
import { checkDeputy } from '../domain/deputy-rules.js';
import {
  AccountNotFound,
  DeputyNotFound,
  DeputyNotPossible,
  PostNotFound,
} from '../domain/organisation-errors.js';

export interface DeputyWanted {
  /** User id of who is to act. */
  readonly deputy: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Deputies: the holder of a post names who acts for them, or the administrator of security does it where the holder cannot. */
@Injectable()
export class ChangeDeputies {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly deputies: DeputyRepository,
    private readonly units: UnitRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws PostNotFound if the post is not the actor's own */
  async nameOwn(actor: Actor, postId: string, wanted: DeputyWanted): Promise<{ deputyId: string }> {
    return this.database.command(lookingAs(actor), (tx) =>
      // Accounts are for their administrators; a holder may name a deputy for a post of their own, and reads nothing by it.
      tx.asService(async () => {
        const { account } = await this.accounts.ofUser(tx, actor.id);
        if ((await this.accounts.holderOf(tx, postId)) !== account.accountId) throw new PostNotFound();
        return this.name(tx, postId, wanted);
      }),
    );
  }

  /** @throws PostNotFound if the post is not in reach, OwnPosts, NotAllowed */
  async nameFor(actor: Actor, postId: string, wanted: DeputyWanted): Promise<{ deputyId: string }> {
    const caller = await this.callerFor(actor, async (tx) => this.accounts.holderOf(tx, postId));
    // The deputy may work in another place of the same line: the rules say whether that will do.
    return this.database.command(caller, (tx) => tx.asService(() => this.name(tx, postId, wanted, actor.id)));
  }

  /** @param on first day without the deputy */
  async endOwn(actor: Actor, deputyId: string, on: string): Promise<{ deputyId: string }> {
    return this.database.command(lookingAs(actor), (tx) =>
      // As with naming: of one's own posts only.
      tx.asService(async () => {
        const { account } = await this.accounts.ofUser(tx, actor.id);
        const { holderId } = await this.deputies.lock(tx, deputyId);
        if (holderId !== account.accountId) throw new DeputyNotFound();
        return this.end(tx, deputyId, on);
      }),
    );
  }

  async endFor(actor: Actor, deputyId: string, on: string): Promise<{ deputyId: string }> {
    const caller = await this.callerFor(
      actor,
      async (tx) => (await this.deputies.get(tx, deputyId)).holderId,
    );
    return this.database.command(caller, (tx) => this.end(tx, deputyId, on));
  }

  private async callerFor(actor: Actor, holderOf: (tx: Tx) => Promise<string>): Promise<Caller> {
    const looking = lookingAs(actor, permissions['deputy:name']);
    const holderId = await this.database.read(looking, holderOf);
    const { account } = await this.accounts.see(looking, holderId);
    const caller = actingAs(actor, permissions['deputy:name'], account.divisionCode);
    notOwn(account, actor.id);
    return caller;
  }

  /** @param notDeputy user id of who names, and may not give themselves the post */
  private async name(
    tx: Tx,
    postId: string,
    wanted: DeputyWanted,
    notDeputy?: string,
  ): Promise<{ deputyId: string }> {
    if (wanted.deputy === notDeputy)
      throw new DeputyNotPossible('不能指定本人代理他人的岗位，请由另一位管理员办理。');
    if (wanted.from < this.clock.today())
      throw new DeputyNotPossible('代理不能从过去的日期开始，请从今天或以后开始。');
    const holderId = await this.accounts.holderOf(tx, postId);
    const actingId = await this.actingId(tx, wanted.deputy);
    // Both under lock, in one order: nobody gives them other posts meanwhile.
    const files = await this.accounts.lock(tx, [...new Set([holderId, actingId])].sort());
    const fileOf = (id: string) => files.find(({ account }) => account.accountId === id)!;
    const [holder, acting] = [fileOf(holderId), fileOf(actingId)];
    mustBeActive(holder.account);
    mustBeActive(acting.account);
    const post = holder.posts.find((each) => each.postId === postId)!;
    const [unit, actingUnit] = [
      await this.units.get(tx, post.unitId),
      await this.units.get(tx, acting.account.unitId),
    ];
    const period = { from: wanted.from, to: wanted.to };
    checkDeputy(
      { accountId: holderId, post, unit },
      {
        accountId: actingId,
        unit: actingUnit,
        posts: [...acting.posts, ...(await this.deputies.postsActedFor(tx, actingId))],
      },
      period,
      await this.deputies.ofPost(tx, postId),
    );
    const deputyId = randomUUID();
    await this.deputies.add(
      tx,
      { ...period, deputyId, postId, holderId, actingId, reason: wanted.reason },
      unit.divisionCode,
    );
    tx.audit({
      what: 'deputy.name',
      why: wanted.reason,
      detail: { deputyId, postId, holderId, actingId, ...period },
    });
    return { deputyId };
  }

  private async actingId(tx: Tx, userId: string): Promise<string> {
    try {
      return (await this.accounts.ofUser(tx, userId)).account.accountId;
    } catch (error) {
      if (!(error instanceof AccountNotFound)) throw error;
      throw new DeputyNotPossible('没有找到代理人的账号，请核对代理人的登录名。');
    }
  }

  private async end(tx: Tx, deputyId: string, on: string): Promise<{ deputyId: string }> {
    const deputy = await this.deputies.lock(tx, deputyId);
    const today = this.clock.today();
    const { to } = endBefore({ from: deputy.from, to: deputy.to }, on < today ? today : on);
    await this.deputies.end(tx, deputyId, to);
    tx.audit({ what: 'deputy.end', detail: { deputyId, postId: deputy.postId } });
    return { deputyId };
  }
}
