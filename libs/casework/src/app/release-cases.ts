import { Injectable } from '@nestjs/common';
import type { Envelope } from '@app/contracts';
import type { Tx } from '@app/platform';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { ProposedStops } from '../adapters/postgres/proposed-stops.js';
import { liftHold } from '../domain/hold-case.js';
import type { ItemStopWithdrawn } from './item-facts.js';

/** The cause of proposed stops is gone: their holds are lifted, also of what had been stopped for exactly this. */
@Injectable()
export class ReleaseCases {
  constructor(
    private readonly cases: CaseRepository,
    private readonly stops: ProposedStops,
  ) {}

  async run(tx: Tx, facts: readonly Envelope<ItemStopWithdrawn>[]): Promise<void> {
    if (facts.length === 0) return;
    await this.stops.withdraw(
      tx,
      facts.map(({ data }) => data),
    );
    await this.cases.changeMany(
      tx,
      facts.map((fact) => ({
        key: fact.data,
        cause: fact,
        decide: (state) => liftHold(state, { ...fact.data, factVersion: fact.data.version }),
      })),
      { alsoStopped: true },
    );
  }
}
