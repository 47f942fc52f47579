import { Injectable } from '@nestjs/common';
import { permissions, reachOf, type Actor } from '@app/access';
import type { Tx } from '@app/platform';
import { CaseTerms } from '../adapters/postgres/case-terms.js';
import { ChainQueries, type StoredRound } from '../adapters/postgres/chain-queries.js';
import { Chains } from '../adapters/postgres/chains.js';
import { ClockOfRound } from './clock-of-round.js';
import { Look, readerOf } from './look.js';
import type { ChainView, RoundsView, RoundView } from './views.js';
import { causeInChinese } from './wording.js';

/** A person's chain, and the rounds of a place, with what holds each item and until when. */
@Injectable()
export class FindChain {
  constructor(
    private readonly look: Look,
    private readonly queries: ChainQueries,
    private readonly chains: Chains,
    private readonly terms: CaseTerms,
    private readonly clocks: ClockOfRound,
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
      const rounds = await this.queries.rounds(tx, reachOf(actor, permissions['chain:read']), page);
      return {
        rounds: await this.withItems(tx, rounds),
        next: rounds.length === page.limit ? (rounds.at(-1) as StoredRound).roundId : null,
      };
    });
  }

  private async withItems(tx: Tx, rounds: readonly StoredRound[]): Promise<RoundView[]> {
    if (rounds.length === 0) return [];
    const items = await this.queries.itemsOf(
      tx,
      rounds.map(({ roundId }) => roundId),
    );
    const open = [
      ...new Set(rounds.filter(({ status }) => status === 'open').map(({ personId }) => personId)),
    ];
    const [terms, waiting] = await Promise.all([
      this.terms.of(
        tx,
        items.flatMap(({ caseId }) => caseId ?? []),
      ),
      this.queries.waiting(tx, open),
    ]);
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
      ...this.clocks.view({
        round,
        items: items.filter(({ roundId }) => roundId === round.roundId),
        terms,
        waiting: waiting.filter(({ personId }) => round.status === 'open' && personId === round.personId),
      }),
    }));
  }
}
