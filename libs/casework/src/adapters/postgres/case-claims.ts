import { Injectable } from '@nestjs/common';
import type { Cause } from '@app/contracts';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { passOnClaim } from '../../domain/claim-case.js';
import { CaseRepository } from './case-repository.js';

/** Somebody left, and who takes over what they held. */
export interface Leaving {
  readonly userId: string;
  readonly successorId: string;
  readonly cause: Cause;
}

/** What leavers hold, and who gets it. */
@Injectable()
export class CaseClaims {
  constructor(
    private readonly cases: CaseRepository,
    private readonly clock: Clock,
  ) {}

  /** Everything that each of them holds passes to the successor, in their order: a successor who left too passes it on. */
  async handOn(tx: Tx, leavings: readonly Leaving[]): Promise<void> {
    const now = this.clock.now();
    for (const { userId, successorId, cause } of leavings) {
      const held = await tx.query<{ case_id: string }>('select case_id from cases where claimed_by = $1', [
        userId,
      ]);
      await this.cases.changeEach(
        tx,
        held.map((row) => row.case_id),
        cause,
        (state) => passOnClaim(state, successorId, now),
      );
    }
  }
}
