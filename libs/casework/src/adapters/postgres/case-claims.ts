import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';

/** What leavers hold, and who gets it. */
@Injectable()
export class CaseClaims {
  /** Everything that these users hold passes to their successors, in one statement. A successor who left too passes it on. */
  async handOn(
    tx: Tx,
    leavings: readonly { readonly userId: string; readonly successorId: string }[],
  ): Promise<void> {
    const successors = new Map<string, string>();
    for (const { userId, successorId } of leavings) {
      for (const [leaver, successor] of successors) {
        if (successor === userId) successors.set(leaver, successorId);
      }
      successors.set(userId, successorId);
    }
    await tx.query(
      `update cases c set claimed_by = n.successor, claimed_at = now(), changed_by = $3, changed_by_role = $4
       from unnest($1::text[], $2::text[]) as n (leaver, successor) where c.claimed_by = n.leaver`,
      [[...successors.keys()], [...successors.values()], tx.actor.id, tx.actor.role],
    );
  }
}
