import { Controller } from '@nestjs/common';
import { personNumberChangedV1, type Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { rememberFormer } from '../../adapters/postgres/former-identities.js';

interface NumberChanged {
  readonly personId: string;
  readonly divisionCode: string;
  readonly version: number;
  readonly formerToken: string;
  readonly because: 'changed' | 'mistaken';
  readonly since: string;
}

/** So that a person, and their card, are found by a number that is no longer theirs, and the card is known to need its new one. */
@Controller()
export class KnowFormerNumberOnNumberChanged {
  @OnEvents({
    service: 'certification',
    name: 'know-former-number-on-number-changed',
    events: [personNumberChangedV1],
  })
  async handle(events: readonly Envelope<NumberChanged>[], { tx }: Slice): Promise<void> {
    await rememberFormer(
      tx,
      events.map(({ data: { formerToken, since, ...fact } }) => ({
        ...fact,
        identityToken: formerToken,
        until: since,
      })),
    );
  }
}
