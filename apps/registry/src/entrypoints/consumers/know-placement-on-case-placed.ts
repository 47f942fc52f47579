import { Controller } from '@nestjs/common';
import { caseFacts, owners, type Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { Placements } from '../../adapters/postgres/placements.js';

const placed = owners.map((owner) => caseFacts[owner].placed);
const ended = owners.map((owner) => caseFacts[owner].placementEnded);

interface PlacedCase {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly caseId: string;
  readonly unitId: string;
  readonly since?: string;
  readonly endedOn?: string;
}

/** So that an institution sees the file of who is placed with it, and does not any more when it has no more to do with them. */
@Controller()
export class KnowPlacementOnCasePlaced {
  constructor(private readonly placements: Placements) {}

  @OnEvents({
    service: 'registry',
    name: 'know-placement-on-case-placed',
    events: [...placed, ...ended],
    stopFacts: ended,
  })
  async handle(events: readonly Envelope<PlacedCase>[], { tx }: Slice): Promise<void> {
    await this.placements.follow(
      tx,
      events.map(({ type, data }) => ({
        owner: type.split('.')[0]!,
        caseId: data.caseId,
        personId: data.personId,
        divisionCode: data.divisionCode,
        unitId: data.unitId,
        version: data.version,
        on: (data.since ?? data.endedOn)!,
        ended: data.endedOn !== undefined,
      })),
    );
  }
}
