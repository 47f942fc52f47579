import { Injectable } from '@nestjs/common';
import type { Envelope } from '@app/contracts';
import type { Tx } from '@app/platform';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { ProposedStops } from '../adapters/postgres/proposed-stops.js';
import { holdCase } from '../domain/hold-case.js';
import type { ItemStopProposed } from './item-facts.js';

/** Persons no longer meet the conditions: what runs is held until a named person decides, what nobody took up is withdrawn. */
@Injectable()
export class HoldCases {
  constructor(
    private readonly cases: CaseRepository,
    private readonly stops: ProposedStops,
  ) {}

  async run(tx: Tx, facts: readonly Envelope<ItemStopProposed>[]): Promise<void> {
    if (facts.length === 0) return;
    const standing = await this.stops.propose(
      tx,
      facts.map(({ data }) => ({ ...data, lowersTo: data.lowers ? data.because : null })),
    );
    await this.cases.changeMany(
      tx,
      facts
        .filter((_, place) => standing.has(place))
        .map((fact) => ({
          key: fact.data,
          cause: fact,
          decide: (state) =>
            holdCase(state, {
              ...fact.data,
              factVersion: fact.data.version,
              ...(fact.data.lowers ? { lowersTo: fact.data.because } : {}),
            }),
        })),
    );
  }
}
