import { Controller } from '@nestjs/common';
import { personRegisteredV1, type Envelope } from '@app/contracts';
import { Clock } from '@app/kernel';
import { OnEvents, type Slice } from '@app/messaging';
import { rememberFormer } from '../../adapters/postgres/former-identities.js';
import { PersonReadModel, type Registered } from '../../adapters/postgres/person-read-model.js';

/** So that an applicant is known by the number on the form. */
@Controller()
export class KnowPersonOnPersonRegistered {
  constructor(
    private readonly persons: PersonReadModel,
    private readonly clock: Clock,
  ) {}

  @OnEvents({
    service: 'certification',
    name: 'know-person-on-person-registered',
    events: [personRegisteredV1],
  })
  async handle(events: readonly Envelope<Registered>[], { tx }: Slice): Promise<void> {
    // Told of a file that was merged meanwhile: of who stays only the number is new, as one by which they are found.
    const ofAbsorbed = (event: Envelope<Registered>) => event.key !== event.data.personId;
    const own = events.filter((event) => !ofAbsorbed(event)).map(({ data }) => data);
    if (own.length > 0) await this.persons.register(tx, own);
    await rememberFormer(
      tx,
      events
        .filter(ofAbsorbed)
        .filter(({ data }) => !data.identityToken.startsWith('temporary:'))
        .map(({ data: { personId, divisionCode, identityToken } }) => ({
          ...{ personId, divisionCode, identityToken, version: 0 },
          ...{ because: 'merged' as const, until: this.clock.today() },
        })),
    );
  }
}
