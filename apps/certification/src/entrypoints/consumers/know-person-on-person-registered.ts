import { Controller } from '@nestjs/common';
import { personRegisteredV1, type Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { PersonReadModel, type Registered } from '../../adapters/postgres/person-read-model.js';

/** So that an applicant is known by the number on the form. */
@Controller()
export class KnowPersonOnPersonRegistered {
  constructor(private readonly persons: PersonReadModel) {}

  @OnEvents({
    service: 'certification',
    name: 'know-person-on-person-registered',
    events: [personRegisteredV1],
  })
  async handle(events: readonly Envelope<Registered>[], { tx }: Slice): Promise<void> {
    await this.persons.register(
      tx,
      events.map(({ data }) => data),
    );
  }
}
