import { Controller } from '@nestjs/common';
import { caseFacts, owners, type Envelope, type EventDefinition } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import {
  CaseTerms,
  type PaperNews,
  type PlacementNews,
  type TermNews,
} from '../../adapters/postgres/case-terms.js';

const terms: readonly EventDefinition[] = owners.map((owner) => caseFacts[owner].term);
const placements: readonly EventDefinition[] = owners.flatMap((owner) => [
  caseFacts[owner].placed,
  caseFacts[owner].placementEnded,
]);
const papers: readonly EventDefinition[] = owners.map((owner) => caseFacts[owner].papersAwaited);
const endsPlacement: ReadonlySet<string> = new Set(
  owners.map((owner) => caseFacts[owner].placementEnded.type),
);
const isTerm: ReadonlySet<string> = new Set(terms.map(({ type }) => type));
const isPlacement: ReadonlySet<string> = new Set(placements.map(({ type }) => type));
const isPapers: ReadonlySet<string> = new Set(papers.map(({ type }) => type));

/** Keeps until when the owners' terms run, with whom their cases are placed and for what papers they wait: the chain's clock is a view of these. */
@Controller()
export class FollowTermOnCaseTerm {
  constructor(private readonly terms: CaseTerms) {}

  @OnEvents({
    service: 'lifecycle',
    name: 'follow-term-on-case-term',
    events: [...terms, ...placements, ...papers],
  })
  async handle(facts: readonly Envelope[], { tx }: Slice): Promise<void> {
    const [told, placed, awaited] = [isTerm, isPlacement, isPapers].map((kind) =>
      facts.filter(({ type }) => kind.has(type)),
    ) as [Envelope[], Envelope[], Envelope[]];
    await this.terms.learn(
      tx,
      told.map(({ data, actor }) => ({ ...(data as Omit<TermNews, 'by'>), by: actor })),
    );
    await this.terms.learnPlacements(
      tx,
      placed.map(({ type, data, actor }) => {
        const { personId, divisionCode, caseId, unitId, version } = data as PlacementNews;
        const unit = endsPlacement.has(type) ? null : unitId;
        return { personId, divisionCode, caseId, unitId: unit, version, by: actor };
      }),
    );
    await this.terms.learnPapers(
      tx,
      awaited.map(({ data, actor }) => {
        const { personId, divisionCode, caseId, papers: named, version } = data as PaperNews;
        return { personId, divisionCode, caseId, papers: named, version, by: actor };
      }),
    );
  }
}
