import { Injectable } from '@nestjs/common';
import type { NewEvent } from '@app/contracts';
import { Clock } from '@app/kernel';
import { Outbox } from '@app/messaging';
import type { Tx } from '@app/platform';
import { Chains, type ChainChange } from '../adapters/postgres/chains.js';
import { PersonFiles } from '../adapters/postgres/person-files.js';
import { follow, type CaseNews } from '../domain/follow.js';

/** Takes over what the owners say about their cases, and closes the rounds that have nothing left to wait for. */
@Injectable()
export class FollowCases {
  constructor(
    private readonly files: PersonFiles,
    private readonly chains: Chains,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async run(tx: Tx, news: readonly CaseNews[]): Promise<void> {
    const byPerson = new Map<string, CaseNews[]>();
    for (const one of news) {
      const list = byPerson.get(one.personId);
      if (list) list.push(one);
      else byPerson.set(one.personId, [one]);
    }
    const decisions = await this.files.lockOnly(
      tx,
      [...byPerson].map(([personId, [first]]) => ({
        personId,
        divisionCode: (first as CaseNews).divisionCode,
      })),
    );
    await this.chains.setAside(
      tx,
      news.flatMap(({ twinId, caseId }) => (twinId ? { twinId, keptId: caseId } : [])),
    );
    const ids = [...byPerson.keys()];
    const [versions, holdings, open, takenOver] = await Promise.all([
      this.chains.versions(tx, ids),
      this.chains.holdings(tx, ids),
      this.chains.openRounds(tx, ids),
      this.chains.takenOver(tx, maybeFromBefore(news)),
    ]);
    const events: NewEvent[] = [];
    const changes: ChainChange[] = [];
    for (const [personId, own] of byPerson) {
      const followed = follow(
        {
          personId,
          chainVersion: versions.get(personId) ?? 0,
          decision: decisions.get(personId) ?? 0,
          holdings: holdings.get(personId) ?? [],
          rounds: open.rounds.get(personId) ?? [],
          items: open.items.get(personId) ?? [],
          isTakenOver: takenOver.has(personId),
        },
        own,
      );
      events.push(...followed.events);
      const last = own.at(-1) as CaseNews;
      changes.push({
        personId,
        divisionCode: last.divisionCode,
        version: followed.events.length > 0 ? followed.chainVersion : null,
        by: last.by,
        rounds: followed.completed,
        items: followed.items,
        holdings: followed.holdings,
      });
    }
    await this.chains.save(tx, changes);
    // Stopped because less is due: they are decided again, so that the item is opened at the rate that is.
    const due = changes.filter(({ holdings: changed }) =>
      changed.some(
        ({ status, stops }) => status === 'stopped' && stops.some(({ ground }) => ground === 'rate'),
      ),
    );
    if (due.length > 0) {
      await this.files.makeDue(
        tx,
        due.map(({ personId }) => personId),
        this.clock.today(),
      );
    }
    this.outbox.append(tx, events);
  }
}

/** Persons of whom something is told first as granted, as only what is taken over is; and those of whom that may be taken back. */
function maybeFromBefore(news: readonly CaseNews[]): string[] {
  return news.flatMap(({ kind, status, personId }) =>
    (kind === 'opened' && status === 'granted') || status === 'withdrawn' ? [personId] : [],
  );
}
