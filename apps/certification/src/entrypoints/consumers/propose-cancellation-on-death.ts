import { Controller } from '@nestjs/common';
import { deathRecordedV1, deathWithdrawnV1, type Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { PersonReadModel } from '../../adapters/postgres/person-read-model.js';

interface Death {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly diedOn?: string;
}

/** The card of a dead person waits for a named person to cancel it; a death that is withdrawn proposes nothing any more. */
@Controller()
export class ProposeCancellationOnDeath {
  constructor(private readonly persons: PersonReadModel) {}

  @OnEvents({
    service: 'certification',
    name: 'propose-cancellation-on-death',
    events: [deathRecordedV1, deathWithdrawnV1],
    stopFacts: [deathRecordedV1],
  })
  async handle(events: readonly Envelope<Death>[], { tx }: Slice): Promise<void> {
    await this.persons.recordLife(
      tx,
      events.map(({ data: { personId, divisionCode, version, diedOn } }) => ({
        personId,
        divisionCode,
        version,
        diedOn: diedOn ?? null,
      })),
    );
  }
}
