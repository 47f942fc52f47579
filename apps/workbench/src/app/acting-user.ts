import { Injectable } from '@nestjs/common';
import { callerOf, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import type { Caller } from '@app/platform';
import { GrantsOfAccount } from './grants-of-account.js';

/** The person as whom something is entered into the audit log while no token has been made yet. */
@Injectable()
export class ActingUser {
  constructor(
    private readonly grants: GrantsOfAccount,
    private readonly clock: Clock,
  ) {}

  async actor(userId: string, address: string | null): Promise<Actor> {
    return { id: userId, grants: await this.grants.grantsOf(userId, this.clock.today()), address };
  }

  /** @param userId null: of whom nothing is known; what was typed is not kept, it may be a password */
  async caller(userId: string | null, address: string | null): Promise<Caller> {
    // Asked for nobody too: the answer about an account that does not exist takes the same time.
    const actor = await this.actor(userId ?? '', address);
    if (userId === null) return { id: 'nobody', role: 'none', scope: [], address };
    return callerOf(actor, actor.grants[0]);
  }
}
