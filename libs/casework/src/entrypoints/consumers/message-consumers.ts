import { Controller, type Type } from '@nestjs/common';
import {
  messageDeliveredV1,
  messageFailedV1,
  messageSentV1,
  type Envelope,
  type MessageChannel,
  type MessageFailure,
  type Owner,
} from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { CaseMessages } from '../../adapters/postgres/case-messages.js';
import type { MessageState } from '../../domain/message.js';

interface MessageNews {
  readonly owner: string;
  readonly messageId: string;
  readonly version: number;
  readonly channel: MessageChannel | null;
  readonly tries: number;
  readonly at: string;
  readonly reason?: MessageFailure;
}

const STATES: Readonly<Record<string, MessageState>> = {
  [messageSentV1.type]: 'sent',
  [messageDeliveredV1.type]: 'delivered',
  [messageFailedV1.type]: 'failed',
};

/** What becomes of the messages of one service's cases, as registry tells. */
export function messageConsumers(service: Owner): Type[] {
  @Controller()
  class FollowMessageOnDelivery {
    constructor(private readonly messages: CaseMessages) {}

    @OnEvents({
      service,
      name: 'follow-message-on-delivery',
      events: [messageSentV1, messageDeliveredV1, messageFailedV1],
    })
    async handle(events: readonly Envelope<MessageNews>[], { tx }: Slice): Promise<void> {
      await this.messages.follow(
        tx,
        events
          .filter(({ data }) => data.owner === service)
          .map(({ type, data: { messageId, version, channel, reason, tries, at } }) => ({
            messageId,
            version,
            state: STATES[type]!,
            channel,
            reason: reason ?? null,
            tries,
            at: new Date(at),
          })),
      );
    }
  }
  return [FollowMessageOnDelivery];
}
