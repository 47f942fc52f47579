import { Injectable } from '@nestjs/common';
import type { Department, Role } from '@app/access';
import { InjectServiceActor } from '@app/service-host';
import { Database, type Caller } from '@app/platform';
import type { AccountState } from '../domain/account.js';
import { reachOfPost } from '../domain/post-rules.js';

export type { AccountState };

/** What a token must carry of one post of the user on a day. */
export interface HeldGrant {
  readonly role: Role;
  readonly department: Department | null;
  /** First and last 12-digit division code in reach, inclusive. */
  readonly from: string;
  readonly to: string;
  /** The unit that placement roles are tied to; null for roles by place. */
  readonly unit: string | null;
  /** The user id (as in actor ids) for whom the holder acts as deputy; null for an own post. */
  readonly onBehalfOf: string | null;
}

interface PostToday {
  readonly role: Role;
  readonly department: Department | null;
  readonly unitId: string;
  readonly divisionCode: string;
  readonly onBehalfOf: string | null;
}

/** An account as signing in needs it. */
export interface AccountIdentity {
  /** uuid of `accounts`: what sessions and passwords hang on. */
  readonly accountId: string;
  /** The id in actor ids and at signing in. */
  readonly userId: string;
  readonly name: string;
  readonly state: AccountState;
}

/** Who an account is and what it may do on a day. Runs as the service's own work: nobody is signed in yet. */
@Injectable()
export class GrantsOfAccount {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly self: Caller,
  ) {}

  /** @returns null for a user that does not exist; locked and left accounts are returned with their state */
  async accountOf(userId: string): Promise<AccountIdentity | null> {
    const [row] = await this.database.query<AccountIdentity>(
      this.self,
      `select account_id as "accountId", user_id as "userId", name, state from accounts where user_id = $1`,
      [userId],
    );
    return row ?? null;
  }

  /**
   * What the user may do on this day: own posts in force, and those of others for which the user is deputy.
   * @param day `YYYY-MM-DD`, Asia/Shanghai
   * @returns empty for an account that is locked, has left, does not exist, or has no post in force
   */
  async grantsOf(userId: string, day: string): Promise<readonly HeldGrant[]> {
    const rows = await this.database.query<PostToday>(
      this.self,
      `with held as (
         select p.*, null::text as on_behalf_of
         from accounts a join posts p on p.account_id = a.account_id
         where a.user_id = $1 and a.state = 'active'
         union all
         select p.*, h.user_id
         from accounts a
         join deputies d on d.acting_id = a.account_id and $2::date between d.valid_from and d.valid_to
         join accounts h on h.account_id = d.holder_id and h.state = 'active'
         join posts p on p.post_id = d.post_id
         where a.user_id = $1 and a.state = 'active')
       select distinct held.role, held.department, held.unit_id as "unitId", s.division_code as "divisionCode",
              held.on_behalf_of as "onBehalfOf"
       from held
       join unit_states s on s.unit_id = held.unit_id and s.valid_from <= $2 and (s.valid_to is null or s.valid_to >= $2)
       where held.valid_from <= $2 and (held.valid_to is null or held.valid_to >= $2)
       order by held.on_behalf_of nulls first, held.role, s.division_code`,
      [userId, day],
    );
    return rows.map(({ role, department, onBehalfOf, ...unit }) => ({
      role,
      department,
      ...reachOfPost(role, unit),
      onBehalfOf,
    }));
  }
}
