import { Controller } from '@nestjs/common';
import { movedAwayV1, movedInV1, type Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { PersonReadModel } from '../../adapters/postgres/person-read-model.js';

interface Move {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly to: string;
  readonly movedOn: string;
}

/** Cards follow a move inside the region; after a move away the transfer of the card is proposed. */
@Controller()
export class FollowMoveOnMoved {
  constructor(private readonly persons: PersonReadModel) {}

  @OnEvents({
    service: 'certification',
    name: 'follow-move-on-moved',
    events: [movedAwayV1, movedInV1],
    stopFacts: [movedAwayV1],
  })
  async handle(events: readonly Envelope<Move>[], { tx }: Slice): Promise<void> {
    await this.persons.recordPlace(
      tx,
      events.map(({ type, data: { personId, divisionCode, version, to, movedOn } }) => {
        const away = type === movedAwayV1.type;
        return {
          personId,
          divisionCode,
          version,
          movedAwayTo: away ? to : null,
          movedAwayOn: away ? movedOn : null,
        };
      }),
    );
  }
}
