import type { Provider } from '@nestjs/common';
import { PROCESS_CONFIG, type ProcessConfig } from '@app/platform';
import { MessageGateway } from './adapters/http-clients/message-gateway.js';
import { MessagePort, NoGateway } from './adapters/message-port.js';
import { ContactPreferences } from './adapters/postgres/contact-preferences.js';
import { DeliveryRepository } from './adapters/postgres/delivery-repository.js';
import { MessageQueries } from './adapters/postgres/message-queries.js';
import { DeliverLetters } from './app/deliver-letters.js';
import { SendingRules, SendMessages } from './app/send-messages.js';
import { MessageSweeper } from './entrypoints/jobs/message-sweeper.js';
import { TellsOfSending } from './entrypoints/jobs/tells-of-sending.js';

/** How people are told something. */
export const messageProviders: Provider[] = [
  {
    provide: MessagePort,
    inject: [PROCESS_CONFIG],
    useFactory: ({ MESSAGES_GATEWAY_URL, MESSAGES_GATEWAY_KEY }: ProcessConfig): MessagePort =>
      MESSAGES_GATEWAY_URL && MESSAGES_GATEWAY_KEY
        ? new MessageGateway(MESSAGES_GATEWAY_URL, MESSAGES_GATEWAY_KEY)
        : new NoGateway(),
  },
  {
    provide: SendingRules,
    inject: [PROCESS_CONFIG],
    useFactory: (config: ProcessConfig): SendingRules => ({
      paperAfterTries: config.MESSAGES_PAPER_AFTER_TRIES ?? null,
    }),
  },
  ContactPreferences,
  DeliveryRepository,
  MessageQueries,
  SendMessages,
  DeliverLetters,
  MessageSweeper,
  TellsOfSending,
];
