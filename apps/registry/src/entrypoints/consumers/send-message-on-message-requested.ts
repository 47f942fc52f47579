import { Controller } from '@nestjs/common';
import {
  messageFacts,
  owners,
  type Envelope,
  type MessageParams,
  type MessageTemplate,
} from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { DeliveryRepository } from '../../adapters/postgres/delivery-repository.js';
import { SendMessages } from '../../app/send-messages.js';

const requested = owners.map((owner) => messageFacts[owner].requested);
const withdrawn = owners.map((owner) => messageFacts[owner].withdrawn);

interface MessageFact {
  readonly personId: string;
  readonly divisionCode: string;
  readonly messageId: string;
  readonly caseId: string;
  readonly template?: MessageTemplate;
  readonly params?: MessageParams;
  readonly readers?: readonly string[];
  readonly notBefore?: string | null;
  readonly usefulUntil?: string | null;
}

/** Somebody is to be told something: it is written down, and goes out when its moment has come; or it is taken back. */
@Controller()
export class SendMessageOnMessageRequested {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly messages: SendMessages,
  ) {}

  @OnEvents({
    service: 'registry',
    name: 'send-message-on-message-requested',
    events: [...requested, ...withdrawn],
  })
  async handle(events: readonly Envelope<MessageFact>[], { tx }: Slice): Promise<void> {
    const due = await this.deliveries.add(
      tx,
      events.flatMap(({ type, data: { template, params, readers, notBefore, usefulUntil, ...message } }) =>
        template && params && readers
          ? [
              {
                messageId: message.messageId,
                owner: type.split('.')[0]!,
                caseId: message.caseId,
                personId: message.personId,
                divisionCode: message.divisionCode,
                template,
                params,
                readers,
                notBefore: notBefore ?? null,
                usefulUntil: usefulUntil ?? null,
              },
            ]
          : [],
      ),
    );
    // A request comes before what takes it back: both are facts of one person, in their order.
    await this.deliveries.withdraw(
      tx,
      events.filter(({ data }) => data.template === undefined).map(({ data }) => data.messageId),
    );
    tx.afterCommit(() => this.messages.announce(due));
  }
}
