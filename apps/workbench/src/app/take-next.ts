import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Database, type Caller } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { OwnerCases } from '../adapters/http/owner-cases.js';
import { WorkItems } from '../adapters/postgres/work-items.js';
import { WorkQueue, type WorkRow } from '../adapters/postgres/work-queue.js';
import { NextOutOfReach, NextTaken } from '../domain/work-errors.js';
import type { WorkFilter } from '../domain/work-view.js';
import { FindWork, type WorkLine } from './find-work.js';

/** Most cases that one request tries. */
const TRIES = 12;

/** 取下一件: the server picks, so that two who ask at once get two cases. */
@Injectable()
export class TakeNext {
  constructor(
    private readonly work: FindWork,
    private readonly queue: WorkQueue,
    private readonly items: WorkItems,
    private readonly owners: OwnerCases,
    private readonly database: Database,
    @InjectServiceActor() private readonly service: Caller,
  ) {}

  /**
   * The first case that waits for the user and nobody has, by its term; its owner is asked to claim it for them.
   * @returns null: nothing waits
   * @throws NextTaken if others were faster each time, NextOutOfReach if the owners do not answer
   */
  async run(actor: Actor, filter: WorkFilter): Promise<WorkLine | null> {
    const question = await this.work.question('pool', filter);
    const { rows } = await this.queue.page(actor, question, { sort: 'due', after: null, limit: TRIES });
    if (rows.length === 0) return null;
    const away = new Set<WorkRow['owner']>();
    for (const row of rows) {
      if (away.has(row.owner)) continue;
      const answer = await this.owners.claim(actor, row.owner, row.caseId, row.version);
      if (answer === 'away') away.add(row.owner);
      else if (answer !== 'taken') {
        const { version, claim } = answer.claimed;
        // One that was the user's already, and of which the queue has not heard yet, is not the next one.
        if (!claim || version === row.version) continue;
        return this.taken(actor, row, version, claim);
      }
    }
    if (away.size > 0) throw new NextOutOfReach([...away]);
    throw new NextTaken();
  }

  /** The fact of it is on its way; until it comes nobody else need try this one. */
  private async taken(
    actor: Actor,
    row: WorkRow,
    version: number,
    claim: { by: string; at: string },
  ): Promise<WorkLine> {
    await this.database.transaction(this.service, (tx) => this.items.claimed(tx, row.caseId, claim));
    const now = await this.queue.find(actor, row.caseId);
    const line = this.work.lineOf(
      now ?? { ...row, claim: { by: claim.by, byName: null, at: new Date(claim.at) } },
    );
    return { ...line, version };
  }
}
