import { Injectable } from '@nestjs/common';
import { lookingAs, permissions, type Actor } from '@app/access';
import type { ToldCases } from '@app/casework';
import type { Owner } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Database, type Caller } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { OwnerCases } from '../adapters/http/owner-cases.js';
import { WorkItems } from '../adapters/postgres/work-items.js';
import { driftOf, nearestDue, type Drift } from '../domain/work-drift.js';

/** Pages of one request: it answers within seconds, and says where to go on. */
const PAGES = 10;
/** Differences that are named one by one. */
const SHOWN = 100;

export interface WorkCheck {
  readonly owner: Owner;
  /** Cases of the owner that were looked at. */
  readonly compared: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  readonly repaired: number;
  readonly drift: readonly Drift[];
  /** To be given as `after`; null: every case was compared. */
  readonly next: string | null;
}

/**
 * Whether the queue says what the owner of the cases says, page by page; and, if asked to, the owner's word taken in place of the queue's: that
 * is how it is made anew, while facts go on coming. What is only on its way from the owner shows as a difference too, so ask twice.
 */
@Injectable()
export class CheckWork {
  constructor(
    private readonly owners: OwnerCases,
    private readonly items: WorkItems,
    private readonly database: Database,
    private readonly clock: Clock,
    @InjectServiceActor() private readonly service: Caller,
  ) {}

  /** @throws OwnerAway */
  async run(actor: Actor, owner: Owner, from: string | null, repair: boolean): Promise<WorkCheck> {
    const found: Drift[] = [];
    let [after, compared, repaired] = [from, 0, 0];
    for (let page = 0; page < PAGES; page += 1) {
      const before = this.clock.now();
      const told = await this.owners.told(owner, after);
      const drift = await this.compare(owner, after, told);
      if (repair && drift.length > 0) {
        repaired += await this.repair(actor, owner, told, drift, before);
      }
      found.push(...drift);
      compared += told.cases.length;
      after = told.next;
      if (after === null) break;
    }
    const of = (kind: Drift['kind']) => found.filter((each) => each.kind === kind).length;
    return {
      owner,
      compared,
      missing: of('missing'),
      extra: of('extra'),
      different: of('different'),
      repaired,
      drift: found.slice(0, SHOWN),
      next: after,
    };
  }

  private async compare(owner: Owner, after: string | null, { cases, next }: ToldCases): Promise<Drift[]> {
    const copies = await this.database.transaction(this.service, (tx) =>
      this.items.between(tx, owner, after, next),
    );
    return driftOf(
      cases.map(({ caseId, version, status, terms }) => ({
        caseId,
        version,
        status,
        dueAt: nearestDue(terms),
      })),
      copies,
    );
  }

  /** What the queue heard since the owner was asked is newer than the owner's answer, and stays. */
  private async repair(
    actor: Actor,
    owner: Owner,
    { cases }: ToldCases,
    drift: readonly Drift[],
    before: Date,
  ): Promise<number> {
    const kinds = new Map(drift.map(({ caseId, kind }) => [caseId, kind]));
    const right = cases.filter(({ caseId }) => kinds.has(caseId));
    const extra = drift.filter(({ kind }) => kind === 'extra').map(({ caseId }) => caseId);
    const operator = lookingAs(actor, permissions['delivery:operate']);
    return this.database.transaction(operator, async (tx) => {
      // An operator sees no case; the queue is the service's own copy, and nothing in it is decided here.
      const forgotten = await tx.asService(async () => {
        const extras = await this.items.forget(tx, right, extra, before);
        await this.items.learn(
          tx,
          right.map(({ changedAt, ...told }) => ({ ...told, owner, at: changedAt })),
          right.flatMap(({ caseId, version, terms }) =>
            terms.map((term) => ({ ...term, caseId, version, ended: false })),
          ),
        );
        return extras;
      });
      tx.audit({ what: 'work-queue.repair', detail: { owner, cases: right.length, forgotten } });
      return forgotten + right.length;
    });
  }
}
