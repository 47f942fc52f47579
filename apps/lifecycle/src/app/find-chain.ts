import { Injectable } from '@nestjs/common';
import { reachOf, type Actor } from '@app/access';
import type { Tx } from '@app/platform';
import { ChainQueries, type StoredRound, type StoredRoundItem } from '../adapters/postgres/chain-queries.js';
import { Chains } from '../adapters/postgres/chains.js';
import { Look, readerOf } from './look.js';
import { READERS } from './readers.js';
import type { ChainView, RoundItemView, RoundsView, RoundView } from './views.js';
import { waitsFor } from './waits-for.js';
import { causeInChinese } from './wording.js';

/** A person's chain, and the rounds of a place, with what holds each item. */
@Injectable()
export class FindChain {
  constructor(
    private readonly look: Look,
    private readonly queries: ChainQueries,
    private readonly chains: Chains,
  ) {}

  ofPerson(actor: Actor, personId: string): Promise<ChainView> {
    return this.look.atPerson(actor, personId, async (tx, divisionCode) => {
      const [versions, rounds] = await Promise.all([
        this.chains.versions(tx, [personId]),
        this.queries.roundsOf(tx, personId),
      ]);
      return {
        personId,
        divisionCode,
        version: versions.get(personId) ?? 0,
        rounds: await this.withItems(tx, rounds),
      };
    });
  }

  rounds(actor: Actor, page: { open: boolean; after: string | null; limit: number }): Promise<RoundsView> {
    return this.queries.look(readerOf(actor), async (tx) => {
      const rounds = await this.queries.rounds(tx, reachOf(actor, READERS), page);
      return {
        rounds: await this.withItems(tx, rounds),
        next: rounds.length === page.limit ? (rounds.at(-1) as StoredRound).roundId : null,
      };
    });
  }

  private async withItems(tx: Tx, rounds: readonly StoredRound[]): Promise<RoundView[]> {
    if (rounds.length === 0) return [];
    const items = new Map<string, RoundItemView[]>();
    for (const item of await this.queries.itemsOf(
      tx,
      rounds.map(({ roundId }) => roundId),
    )) {
      const list = items.get(item.roundId);
      if (list) list.push(this.view(item));
      else items.set(item.roundId, [this.view(item)]);
    }
    return rounds.map((round) => ({
      roundId: round.roundId,
      personId: round.personId,
      divisionCode: round.divisionCode,
      cause: round.cause,
      zh: causeInChinese(round.cause),
      causedOn: round.causedOn,
      status: round.status,
      openedAt: round.openedAt.toISOString(),
      completedAt: round.completedAt?.toISOString() ?? null,
      by: { id: round.byId, role: round.byRole },
      items: items.get(round.roundId) ?? [],
    }));
  }

  private view(item: StoredRoundItem): RoundItemView {
    const inForce = this.look.itemOf(item.itemId, item.itemVersion, item.divisionCode);
    return {
      itemId: item.itemId,
      title: inForce?.title ?? { zh: item.itemId, en: item.itemId },
      action: item.action,
      owner: item.owner,
      mode: item.mode,
      period: item.period,
      caseId: item.caseId,
      status: item.status,
      outcome: item.outcome,
      waitsFor: item.outcome === null ? waitsFor(item.status, item.nextStep, item.owner, inForce) : null,
    };
  }
}
