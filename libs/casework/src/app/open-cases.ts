import { Injectable } from '@nestjs/common';
import type { Envelope } from '@app/contracts';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { v5 as uuidV5 } from 'uuid';
import { CaseItems } from '../adapters/case-items.js';
import { CaseRepository } from '../adapters/postgres/case-repository.js';
import { ProposedStops } from '../adapters/postgres/proposed-stops.js';
import { adoptCase, openCase, type Entitled } from '../domain/open-case.js';
import type { ItemOpened } from './item-facts.js';

const CASES = '4b0de5a3-6d1f-4d0f-8a57-2f7b6f1c9e20';

/** The same at every delivery of the same opening. */
export function caseIdOf(roundId: string, itemId: string, period: string): string {
  return uuidV5(`${roundId}/${itemId}/${period}`, CASES);
}

/** Persons are entitled to items of this service: their cases open, or the ones that run are followed by the new round. */
@Injectable()
export class OpenCases {
  constructor(
    private readonly cases: CaseRepository,
    private readonly stops: ProposedStops,
    private readonly items: CaseItems,
    private readonly clock: Clock,
  ) {}

  async run(tx: Tx, facts: readonly Envelope<ItemOpened>[]): Promise<void> {
    if (facts.length === 0) return;
    const act = { by: tx.actor, now: this.clock.now(), today: this.clock.today() };
    const overtaken = await this.stops.overtaken(
      tx,
      facts.map(({ data }) => data),
    );
    await this.cases.open(
      tx,
      facts.map((fact, place) => {
        const entitled = this.entitledBy(fact.data);
        return {
          opened: openCase(entitled, act, overtaken.get(place) ?? null),
          adopt: (live) => adoptCase(live, entitled),
          cause: fact,
        };
      }),
    );
  }

  private entitledBy(data: ItemOpened): Entitled {
    return {
      caseId: caseIdOf(data.roundId, data.itemId, data.period),
      personId: data.personId,
      divisionCode: data.divisionCode,
      item: this.items.of(data.itemId, data.itemVersion, data.divisionCode),
      period: data.period,
      mode: data.mode,
      roundId: data.roundId,
      factVersion: data.version,
      because: data.because,
      entitledOn: data.entitledOn,
    };
  }
}
