import { randomUUID } from 'node:crypto';
import { toKafkaHeaders, type NewEvent } from '@app/contracts';
import { Delivery, type EventLog, type Lag, type LogMember } from '@app/messaging';

/** A fact as it lies in a log, before it is delivered. */
export interface Sent {
  readonly id: string;
  readonly event: NewEvent;
}

/**
 * Hands chosen facts to a service's consumers, in the slice that the test decides, and waits for their effects. It publishes
 * nothing: for the tests of one service, whose neighbours are played by the test. Across services the real drivers run.
 */
export class DirectEventLog implements EventLog {
  readonly name = 'postgres';
  private members: readonly LogMember[] = [];

  async start(members: readonly LogMember[]): Promise<void> {
    this.members = members;
  }
  async ready(): Promise<void> {}
  async stop(): Promise<void> {}
  async lag(): Promise<Lag[]> {
    return [];
  }
  async republish(): Promise<number> {
    return 0;
  }

  /** Delivers facts in one slice; when it resolves, each has had its effect or is parked. */
  async deliver(service: string, sent: readonly Sent[]): Promise<void> {
    await this.deliverRaw(
      service,
      sent.map(({ id, event }, place) => toDelivery(id, event, place)),
    );
  }

  async deliverRaw(service: string, deliveries: readonly Delivery[]): Promise<void> {
    const member = this.members.find((candidate) => candidate.service === service);
    if (!member) throw new Error(`${service} does not run in this test`);
    await member.consumers.handle(deliveries);
  }
}

/** Gives a new fact a message id. */
export function send(event: NewEvent, id: string = randomUUID()): Sent {
  return { id, event };
}

/** A fact as Kafka would deliver it. */
export function toDelivery(id: string, event: NewEvent, place = 0): Delivery {
  const headers = toKafkaHeaders({
    id,
    type: event.type,
    key: event.key,
    service: event.topic.split('.', 1)[0]!,
    time: new Date().toISOString(),
    headers: { actorid: 'test', actorrole: 'service', divisioncode: event.divisionCode },
  });
  return new Delivery(event.topic, `0:${place}`, event.key, headers, JSON.stringify(event.data));
}
