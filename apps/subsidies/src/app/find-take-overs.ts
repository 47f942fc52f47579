import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { TakeOverQueries, type ShownFinding } from '../adapters/postgres/take-over-queries.js';
import { TakeOverRepository, type TakeOver } from '../adapters/postgres/take-over-repository.js';
import { lookingAtMoney } from './money-callers.js';

/** Take-overs of the caller's county, with what was found. */
@Injectable()
export class FindTakeOvers {
  constructor(
    private readonly takeOvers: TakeOverRepository,
    private readonly queries: TakeOverQueries,
  ) {}

  list(actor: Actor, county: string | null): Promise<TakeOver[]> {
    return this.takeOvers.list(lookingAtMoney(actor, 'take-over:read'), county);
  }

  /** @throws TakeOverNotFound */
  async one(actor: Actor, takeOverId: string) {
    const reader = lookingAtMoney(actor, 'take-over:read');
    const takeOver = await this.takeOvers.find(reader, takeOverId);
    return {
      ...takeOver,
      lists: await this.queries.lists(reader, takeOverId),
      findings: await this.queries.kinds(reader, takeOverId),
      villages: await this.queries.villages(reader, takeOverId),
      firstRun: await this.queries.firstRun(reader, takeOverId),
    };
  }

  /** @throws TakeOverNotFound */
  async findings(
    actor: Actor,
    takeOverId: string,
    query: Parameters<TakeOverQueries['findings']>[2],
  ): Promise<{ readonly findings: readonly ShownFinding[]; readonly next: number | null }> {
    const reader = lookingAtMoney(actor, 'take-over:read');
    await this.takeOvers.find(reader, takeOverId);
    const findings = await this.queries.findings(reader, takeOverId, query);
    return { findings, next: findings.length === query.limit ? (findings.at(-1)?.place ?? null) : null };
  }
}
