import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Envelope } from '@app/contracts';
import type { ConsumerDefinition, Slice } from '../consumers/consumer-definition.js';
import type { MessagingRuntime } from './messaging-runtime.js';
import type { OnEventsOptions } from './on-events.js';

/**
 * Lets consumers be ordinary Nest controllers, delivered in batches with inbox and parking. Nest's own Kafka server handles
 * one message at a time, hands invalid JSON on as a string and replaces errors by a general one, so it is not used.
 */
export class EventStrategy extends Server implements CustomTransportStrategy {
  // Nest must hand the handler's error on instead of logging it.
  override readonly propagatesEventHandlerErrors = true;

  constructor(private readonly runtime: MessagingRuntime) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    const consumers = [...this.messageHandlers.values()].map(toConsumer);
    this.runtime.start(consumers).then(() => callback(), callback);
  }

  close(): Promise<void> {
    return this.runtime.stop();
  }

  on(): never {
    throw new Error('the event strategy has no events to listen to');
  }

  unwrap<T>(): T {
    return this.runtime as unknown as T;
  }
}

function toConsumer(handler: MessageHandler): ConsumerDefinition {
  const options = handler.extras as OnEventsOptions | undefined;
  if (!handler.isEventHandler || !options?.events) {
    throw new Error('a message handler of this process is not declared with @OnEvents');
  }
  return {
    name: options.name,
    service: options.service,
    events: options.events,
    stopFacts: options.stopFacts ?? [],
    run: async (events: readonly Envelope[], slice: Slice) => {
      const result: unknown = await handler(events, slice);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    },
  };
}
