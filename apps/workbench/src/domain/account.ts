import { AccountNotActive, LeavingNotPossible, OwnPosts } from './organisation-errors.js';
import { dayBefore, type Period, type Post } from './post-rules.js';

/** `locked` by an administrator, until taken back; `left` for good. */
export type AccountState = 'active' | 'locked' | 'left';

/** Who works here, without what must not be shown. */
export interface Account {
  readonly accountId: string;
  /** The id in actors of facts and at signing in. */
  readonly userId: string;
  readonly name: string;
  readonly unitId: string;
  readonly divisionCode: string;
  readonly state: AccountState;
  readonly leftOn: string | null;
  readonly successorId: string | null;
  readonly version: number;
}

/** @throws OwnPosts */
export function notOwn(account: Pick<Account, 'userId'>, actorId: string): void {
  if (account.userId === actorId) throw new OwnPosts();
}

/** @throws AccountNotActive */
export function mustBeActive({ state }: Pick<Account, 'state'>): void {
  if (state === 'left') throw new AccountNotActive('此人已经离任，账号不能再变更。');
  if (state === 'locked') throw new AccountNotActive('账号已被锁定，请先由安全管理员解锁。');
}

/** @throws AccountNotActive if there is nothing to lock or unlock */
export function lockOrUnlock(account: Account, to: 'active' | 'locked'): Account {
  if (account.state === 'left') throw new AccountNotActive('此人已经离任，账号已经停用。');
  return account.state === to ? account : { ...account, state: to, version: account.version + 1 };
}

/**
 * Somebody leaves, and somebody else takes over.
 * @param on first day on which the user is not here any more
 * @throws LeavingNotPossible with what to do instead
 */
export function leave(account: Account, successor: Account, on: string, today: string): Account {
  if (account.state === 'left') throw new LeavingNotPossible('此人已经办理离任。');
  if (account.accountId === successor.accountId) {
    throw new LeavingNotPossible('不能由本人接手本人的工作，请选择接手人。');
  }
  if (successor.state !== 'active') throw new LeavingNotPossible('接手人的账号已停用或锁定，请另选接手人。');
  if (on > today) throw new LeavingNotPossible('离任日晚于今天，请在离任当日办理。');
  return {
    ...account,
    state: 'left',
    leftOn: on,
    successorId: successor.accountId,
    version: account.version + 1,
  };
}

/** A period that ends so that this is the first day without it; one that had not begun ends before its first day. */
export function endBefore<P extends Period>(period: P, on: string): P & { readonly to: string } {
  const last = dayBefore(on < period.from ? period.from : on);
  return { ...period, to: period.to !== null && period.to < last ? period.to : last };
}

/** Posts that are not over on this day. */
export function openPosts(posts: readonly Post[], day: string): Post[] {
  return posts.filter(({ period }) => period.to === null || period.to >= day);
}
