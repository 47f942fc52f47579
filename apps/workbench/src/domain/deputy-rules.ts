import { roles } from '@app/access';
import { DeputyNotPossible } from './organisation-errors.js';
import { overlap, whyNotTogether, type Period, type Post, type PostUnit } from './post-rules.js';
import { inLine } from './unit-reach.js';

/** A post is done by somebody else for some days. Longer than a year is no absence: it is a post of their own. */
const LONGEST_DAYS = 366;

export interface DeputyCandidate {
  readonly accountId: string;
  readonly unit: PostUnit;
  readonly posts: readonly Post[];
}

/**
 * Whether the candidate may act for the holder of a post in these days.
 * @param others other deputyships of the same post
 * @throws DeputyNotPossible with what to do instead
 */
export function checkDeputy(
  holder: { readonly accountId: string; readonly post: Post; readonly unit: PostUnit },
  candidate: DeputyCandidate,
  period: Period & { readonly to: string },
  others: readonly Period[],
): void {
  const { post, unit } = holder;
  if (candidate.accountId === holder.accountId)
    throw new DeputyNotPossible('不能由本人代理本人的岗位，请另选人员。');
  if (period.to < period.from) throw new DeputyNotPossible('代理的结束日早于开始日，请核对日期。');
  if ((Date.parse(period.to) - Date.parse(period.from)) / 86_400_000 >= LONGEST_DAYS) {
    throw new DeputyNotPossible('代理不能超过一年。长期由他人承担的，请为其设立岗位。');
  }
  if (period.from < post.period.from || (post.period.to !== null && period.to > post.period.to)) {
    throw new DeputyNotPossible('代理日期超出岗位的有效期，请核对日期。');
  }
  if (others.some((other) => overlap(other, period))) {
    throw new DeputyNotPossible('这个岗位在这些日期已有代理人，请先结束原代理或调整日期。');
  }
  if (!sameLine(post, unit, candidate.unit)) {
    throw new DeputyNotPossible('代理人应是同一部门、同一单位或其上下级的人员，请另选人员。');
  }
  for (const own of candidate.posts.filter((own) => overlap(own.period, period))) {
    const why = whyNotTogether(own.role, post.role);
    if (why) throw new DeputyNotPossible(why, { held: own.role, wanted: post.role });
  }
}

/** The same department on the same line of divisions; for an institution the institution itself. */
function sameLine(post: Post, at: PostUnit, candidate: PostUnit): boolean {
  if (roles[post.role].reach === 'placement') return at.unitId === candidate.unitId;
  return at.department === candidate.department && inLine(at.divisionCode, candidate.divisionCode);
}
