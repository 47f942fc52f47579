import { Injectable } from '@nestjs/common';
import { actingAs, lookingAs, NotAllowed, type Actor, type Role } from '@app/access';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { randomUUID } from 'node:crypto';
import { AccountRepository, type AccountFile } from '../adapters/postgres/account-repository.js';
import { DeputyRepository } from '../adapters/postgres/deputy-repository.js';
import { UnitRepository } from '../adapters/postgres/unit-repository.js';
import { endBefore, mustBeActive } from '../domain/account.js';
import { PostNotFound } from '../domain/organisation-errors.js';
import { addPost, giverOf, inForce, type Period } from '../domain/post-rules.js';
import { AccountDesk } from './account-desk.js';

export interface PostWanted {
  readonly role: Role;
  readonly unitId: string;
  readonly period: Period;
}

/** Posts are given and taken: each role by who may give it, never one's own. */
@Injectable()
export class ChangePosts {
  constructor(
    private readonly database: Database,
    private readonly desk: AccountDesk,
    private readonly accounts: AccountRepository,
    private readonly deputies: DeputyRepository,
    private readonly units: UnitRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws PostNotPossible, NotAllowed if another administrator gives this role, or gives it there */
  async give(
    actor: Actor,
    accountId: string,
    { role, unitId, period }: PostWanted,
  ): Promise<{ postId: string }> {
    const givers = giversOf(role);
    const { divisionCode } = await this.units.see(lookingAs(actor), unitId);
    // Of the place where the post is, beside the place where the account is.
    actingAs(actor, givers, divisionCode);
    return this.desk.change(actor, accountId, givers, async (tx, { account, posts }) => {
      mustBeActive(account);
      const unit = await this.units.get(tx, unitId);
      // For whomever somebody acts, and wherever: duties that are separated must not meet in one account.
      const actedFor = await tx.asService(() => this.deputies.postsActedFor(tx, accountId));
      const post = addPost(posts, actedFor, unit, { postId: randomUUID(), role, period });
      await this.accounts.addPosts(tx, [{ ...post, accountId, divisionCode: unit.divisionCode }]);
      tx.audit({ what: 'post.give', detail: { accountId, postId: post.postId, role, unitId, ...period } });
      return { postId: post.postId };
    });
  }

  /** @param on first day without it; who acts for the holder ends with it */
  async end(
    actor: Actor,
    postId: string,
    { on, reason }: { on: string; reason: string },
  ): Promise<{ postId: string }> {
    const accountId = await this.database.read(lookingAs(actor), (tx) => this.accounts.holderOf(tx, postId));
    const first = on < this.clock.today() ? this.clock.today() : on;
    return this.desk.change(
      actor,
      accountId,
      (file) => giversOf(postIn(file, postId).role),
      async (tx, file) => {
        const post = postIn(file, postId);
        // Of the place where the post is, beside the place where the account is.
        actingAs(actor, giversOf(post.role), post.divisionCode);
        const period = endBefore(post.period, first);
        await this.accounts.endPosts(tx, [{ ...post, period }], reason);
        await this.deputies.endAll(tx, { postId }, first);
        tx.audit({
          what: 'post.end',
          why: reason,
          detail: { accountId, postId, role: post.role, on: first },
        });
        return { postId };
      },
    );
  }

  /** What somebody may do now, for themselves. */
  async own(actor: Actor) {
    const today = this.clock.today();
    return this.database.read(lookingAs(actor), (tx) =>
      // One's own posts are for oneself, whatever one's role may look at.
      tx.asService(async () => {
        const { posts } = await this.accounts.ofUser(tx, actor.id);
        return posts.filter(({ period }) => inForce(period, today));
      }),
    );
  }
}

function giversOf(role: Role): Role[] {
  const giver = giverOf(role);
  if (!giver) throw new NotAllowed([]);
  return [giver];
}

function postIn({ posts }: AccountFile, postId: string) {
  const post = posts.find((each) => each.postId === postId);
  if (!post) throw new PostNotFound();
  return post;
}
