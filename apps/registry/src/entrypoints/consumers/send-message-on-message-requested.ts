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
const destroyed = owners.map((owner) => messageFacts[owner].destroyed);
const isDestroyed = ({ type }: Envelope) => destroyed.some((each) => each.type === type);

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

/** Somebody is to be told something: it is written down, and goes out when its moment has come; or it is taken back; or its time is over. */
@Controller()
export class SendMessageOnMessageRequested {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly messages: SendMessages,
  ) {}

  @OnEvents({
    service: 'registry',
    name: 'send-message-on-message-requested',
    events: [...requested, ...withdrawn, ...destroyed],
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
      events
        .filter((event) => event.data.template === undefined && !isDestroyed(event))
        .map(({ data }) => data.messageId),
    );
    await this.deliveries.destroy(
      tx,
      events.filter(isDestroyed).map(({ data }) => data.messageId),
    );
    tx.afterCommit(() => this.messages.announce(due));
  }
}
