import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Catalogue, type RegionCatalogue, type Subject } from '@app/catalogue';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import { ChainQueries } from '../adapters/postgres/chain-queries.js';
import { Chains } from '../adapters/postgres/chains.js';
import { PersonFiles, type LoadedPerson } from '../adapters/postgres/person-files.js';
import { PersonNotDetermined } from '../domain/errors.js';
import type { Holding } from '../domain/holding.js';
import { cardStanding } from '../domain/person-file.js';
import { subjectOf } from '../domain/subject-of.js';
import { Look } from './look.js';
import type { DecisionsView, ExplanationView, HoldingView, PersonMissingView, TableView } from './views.js';
import { waitsFor } from './waits-for.js';
import { missingInChinese, reasonInChinese, sentence, traceInChinese } from './wording.js';

interface Found {
  readonly person: LoadedPerson;
  readonly subject: Subject;
  readonly region: RegionCatalogue;
  readonly day: string;
}

const words = { e: 'entitled', n: 'not-entitled', f: 'needs-fact' } as const;

/** The precise service table of a person, and why it says what it says: worked out anew from the facts on file. */
@Injectable()
export class FindTable {
  constructor(
    private readonly look: Look,
    private readonly files: PersonFiles,
    private readonly chains: Chains,
    private readonly queries: ChainQueries,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  /** @throws PersonNotFound, PersonNotDetermined */
  table(actor: Actor, personId: string): Promise<TableView> {
    return this.look.atPerson(actor, personId, async (tx, divisionCode) => {
      const { person, subject, region, day } = await this.found(tx, personId);
      const held = (await this.chains.holdings(tx, [personId])).get(personId) ?? [];
      const determined = new Map(region.determine(subject, day).map((found) => [found.itemId, found]));
      const known = new Set(region.items.map(({ id }) => id));
      return {
        personId,
        divisionCode,
        day,
        region: { code: region.region.code, name: region.region.name },
        fingerprint: region.fingerprint,
        card: cardStanding(person.file),
        items: region.items.map((item) => {
          const found = determined.get(item.id)!;
          return {
            itemId: item.id,
            itemVersion: item.version,
            title: item.title,
            domain: item.domain,
            owner: item.owner,
            mode: item.mode,
            outcome: found.outcome,
            zh: sentence(found),
            reasons: found.reasons.map(reasonInChinese),
            missing: found.needs.filter((need) => !need.startsWith('param:')).map(missingInChinese),
            unsetParameters: found.needs
              .filter((need) => need.startsWith('param:'))
              .map((need) => need.slice('param:'.length)),
            takenOver: person.outcomes[item.id]?.takenOver ?? false,
            has: held.filter(({ itemId }) => itemId === item.id).map((holding) => this.holding(holding)),
          };
        }),
        others: held
          .filter(({ itemId }) => !known.has(itemId))
          .map((holding) => ({ itemId: holding.itemId, ...this.holding(holding) })),
      };
    });
  }

  /** @throws PersonNotFound, PersonNotDetermined */
  missing(actor: Actor, personId: string): Promise<PersonMissingView> {
    return this.look.atPerson(actor, personId, async (tx, divisionCode) => {
      const { person, subject, region, day } = await this.found(tx, personId);
      const waiting = new Map<string, PersonMissingView['facts'][number]['items']>();
      // Without a valid card nothing is opened, so nothing is asked.
      const determined = cardStanding(person.file) === 'valid' ? region.determine(subject, day) : [];
      for (const { itemId, needs } of determined) {
        const { title } = region.items.find(({ id }) => id === itemId)!;
        for (const need of needs) {
          if (need.startsWith('param:')) continue;
          const items = waiting.get(need);
          if (items) items.push({ itemId, title });
          else waiting.set(need, [{ itemId, title }]);
        }
      }
      return {
        personId,
        divisionCode,
        facts: [...waiting]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([fact, items]) => ({ ...missingInChinese(fact), items })),
      };
    });
  }

  /** @throws PersonNotFound, PersonNotDetermined, UnknownItem */
  explain(actor: Actor, personId: string, itemId: string): Promise<ExplanationView> {
    return this.look.atPerson(actor, personId, async (tx) => {
      const { subject, region, day } = await this.found(tx, personId);
      const trace = region.explain(itemId, subject, day);
      const item = region.items.find(({ id }) => id === itemId)!;
      return {
        personId,
        itemId,
        itemVersion: trace.itemVersion,
        title: item.title,
        region: trace.region,
        day,
        outcome: trace.outcome,
        sources: [...item.sources],
        trace: traceInChinese(trace.root),
      };
    });
  }

  /** @throws PersonNotFound */
  decisions(actor: Actor, personId: string): Promise<DecisionsView> {
    return this.look.atPerson(actor, personId, async (tx) => ({
      personId,
      decisions: (await this.queries.decisionsOf(tx, personId)).map((stored) => ({
        ...stored,
        decidedAt: stored.decidedAt.toISOString(),
        changes: Object.entries(stored.changes).map(([itemId, [before, after, itemVersion, needs = []]]) => ({
          itemId,
          before: before && words[before],
          after: after && words[after],
          itemVersion,
          needs,
        })),
      })),
    }));
  }

  private async found(tx: Tx, personId: string): Promise<Found> {
    const files = await this.files.read(tx, personId);
    const person = files.get(personId)!;
    const day = this.clock.today();
    const household = [...files.values()].map(({ file }) => file);
    const subject = subjectOf(person.file, household, day);
    const county = person.file.divisionCode.slice(0, 6);
    if (!subject || !this.catalogue.regions.some(({ code }) => code === county)) {
      throw new PersonNotDetermined(personId);
    }
    return { person, subject, region: this.catalogue.region(person.file.divisionCode, day), day };
  }

  private holding(holding: Holding): HoldingView {
    const item = this.look.itemOf(holding.itemId, holding.itemVersion, holding.divisionCode);
    return {
      period: holding.period,
      status: holding.status,
      caseId: holding.caseId,
      itemVersion: holding.itemVersion,
      waitsFor: waitsFor(holding.status, holding.nextStep, holding.owner, item),
      stops: holding.stops.map(({ cause, roundId, effectiveOn }) => ({ cause, roundId, effectiveOn })),
    };
  }
}
