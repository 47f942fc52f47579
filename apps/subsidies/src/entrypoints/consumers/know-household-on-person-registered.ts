import { Controller } from '@nestjs/common';
import { personRegisteredV1, type Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { PaymentPersons, type RegisteredPerson } from '../../adapters/postgres/payment-persons.js';

/** So that a pay run can hold those whom it pays against the list of staff and relatives, and against each other. */
@Controller()
export class KnowHouseholdOnPersonRegistered {
  constructor(private readonly persons: PaymentPersons) {}

  @OnEvents({
    service: 'subsidies',
    name: 'know-household-on-person-registered',
    events: [personRegisteredV1],
  })
  async handle(events: readonly Envelope<RegisteredPerson>[], { tx }: Slice): Promise<void> {
    // What was told of a file before it was merged into another says nothing of that other one.
    const own = events.filter(({ key, data }) => key === data.personId);
    await this.persons.know(
      tx,
      own.map(({ data }) => data),
    );
  }
}
