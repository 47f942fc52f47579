import { Logger } from '@nestjs/common';
import { UnreadableMessage, type Envelope, type EventDefinition } from '@app/contracts';
import { isTransient, type Caller, type Database, type Tx } from '@app/platform';
import { Attempts } from './attempts.js';
import type { ConsumerDefinition } from './consumer-definition.js';
import type { Delivery } from './delivery.js';
import { aliasLock, followsPersons, readdressed } from './person-aliases.js';
import { idOfUnreadable, park, UUID, type ToPark } from './parking.js';

/** One event for one consumer. */
interface Work {
  readonly consumer: ConsumerDefinition;
  readonly envelope: Envelope;
  readonly delivery: Delivery;
}

/** The name under which a service parks messages that are no CloudEvents. */
export function unreadableConsumerOf(service: string): string {
  return `${service}/unreadable`;
}

/** Tries of a single message before it is parked, and the pause before each further one. */
const RETRY_PAUSES_MS = [100, 400];
const TRANSIENT_PAUSE_MS = { first: 100, most: 2000 };
/** Work that fails so often for want of infrastructure, while the database answers, fails by its own fault. */
const TRANSIENT_TRIES = 5;
/** What ended a process before is delivered again soon after the start, so only then is kept book of what is in hand. */
const CAREFUL_MS = 10_000;

/** The process is stopping: the slice was not finished and will be delivered again. */
export class ConsumersStopped extends Error {
  constructor() {
    super('consumers are stopping');
    this.name = 'ConsumersStopped';
  }
}

/**
 * All consumers of one service. A slice of deliveries is one transaction: inbox rows, effects, outbox rows. A slice that
 * fails is bisected down to the message that fails, which is parked; later messages of its key wait behind it.
 */
export class ServiceConsumers {
  private readonly logger: Logger;
  private readonly byType = new Map<string, ConsumerDefinition[]>();
  private readonly definitions = new Map<string, EventDefinition>();
  private readonly stopping = new AbortController();
  private readonly attempts: Attempts;
  private carefulUntil: number | null = null;
  private waitingForDatabase = false;

  constructor(
    readonly service: string,
    private readonly database: Database,
    private readonly actor: Caller,
    readonly consumers: readonly ConsumerDefinition[],
  ) {
    this.logger = new Logger(`consumers:${service}`);
    this.attempts = new Attempts(database, actor);
    const names = new Set<string>();
    for (const consumer of consumers) {
      if (names.has(consumer.name)) throw new Error(`two consumers are named ${consumer.name}`);
      names.add(consumer.name);
      for (const event of consumer.events) {
        this.definitions.set(event.type, event);
        const list = this.byType.get(event.type);
        if (list) list.push(consumer);
        else this.byType.set(event.type, [consumer]);
      }
    }
  }

  /** Topics that at least one consumer reads. */
  get topics(): string[] {
    return [
      ...new Set(this.consumers.flatMap((consumer) => consumer.events.map((event) => event.topic))),
    ].sort();
  }

  /** Whether the slice in hand waits for a database that does not answer: no progress, and nobody's fault. */
  get waiting(): boolean {
    return this.waitingForDatabase;
  }

  /** Lets `handle` give up waiting for infrastructure; what it had not committed is delivered again later. */
  stop(): void {
    this.stopping.abort();
  }

  /**
   * Handles deliveries in their order. When it returns, each has had its effect, or is parked, or is none of this service's.
   * @throws ConsumersStopped if the process stops while the infrastructure is away
   */
  async handle(deliveries: readonly Delivery[]): Promise<void> {
    this.carefulUntil ??= performance.now() + CAREFUL_MS;
    if (performance.now() < this.carefulUntil) await this.handleCarefully(deliveries);
    else await this.handleInOrder(deliveries);
  }

  /** Keeps book of what is in hand; what was in the hands of a process that died is handled alone, and parked at last. */
  private async handleCarefully(deliveries: readonly Delivery[]): Promise<void> {
    const own = deliveries.filter((delivery) => this.definitions.has(delivery.type ?? ''));
    const suspects = await this.untilInfrastructureAnswers(() => this.attempts.suspects(idsOf(own)));
    let together: Delivery[] = [];
    for (const delivery of deliveries) {
      const suspect = suspects.get(idOf(delivery)?.toLowerCase() ?? '');
      if (!suspect) {
        together.push(delivery);
        continue;
      }
      await this.handleNoting(together, false);
      together = [];
      if (suspect.guilty) await this.parkGuilty(delivery, suspect.deaths);
      else await this.handleNoting([delivery], true);
    }
    await this.handleNoting(together, false);
  }

  private async handleNoting(deliveries: readonly Delivery[], alone: boolean): Promise<void> {
    const ids = idsOf(deliveries.filter((delivery) => this.definitions.has(delivery.type ?? '')));
    if (ids.length === 0) return this.handleInOrder(deliveries);
    await this.untilInfrastructureAnswers(() => this.attempts.taken(ids, alone));
    try {
      await this.handleInOrder(deliveries);
    } finally {
      // Not retried: a row that stays only makes the next process handle the message alone.
      await this.attempts.survived(ids).catch(() => undefined);
    }
  }

  private async parkGuilty(delivery: Delivery, deaths: number): Promise<void> {
    const error = `${deaths} processes ended while they handled this message alone`;
    const messageId = idOf(delivery)!;
    await this.untilInfrastructureAnswers(() =>
      this.database.transaction(this.actor, async (tx) => {
        const handled = await tx.query<{ consumer: string }>(
          'select consumer from inbox_messages where message_id = $1',
          [messageId],
        );
        const consumers = (this.byType.get(delivery.type!) ?? []).filter(
          ({ name }) => !handled.some(({ consumer }) => consumer === name),
        );
        await park(
          tx,
          consumers.map(({ name }) => ({
            consumer: name,
            messageId,
            delivery,
            state: 'failed',
            reason: 'ended-the-process',
            error,
            attempts: deaths,
          })),
        );
        await tx.query('delete from delivery_attempts where message_id = $1', [messageId]);
      }),
    );
    this.logger.error(`parked ${delivery.type} ${messageId}: ${error}`);
  }

  private async handleInOrder(deliveries: readonly Delivery[]): Promise<void> {
    let readable: Work[] = [];
    for (const delivery of deliveries) {
      const sorted = this.sort(delivery);
      if (sorted.unreadable.length === 0) {
        readable.push(...sorted.work);
        continue;
      }
      // What came before it in the log must not wait behind it.
      await this.handleReadable(readable);
      readable = [];
      await this.parkUnreadable(sorted.unreadable);
    }
    await this.handleReadable(readable);
  }

  private async handleReadable(work: readonly Work[]): Promise<void> {
    if (work.length === 0) return;
    try {
      await this.untilInfrastructureAnswers(() => this.handleTogether(work));
    } catch (error) {
      if (error instanceof ConsumersStopped) throw error;
      for (const consumer of this.consumers) {
        const own = work.filter((item) => item.consumer === consumer);
        if (own.length > 0) await this.handleBisecting(own);
      }
    }
  }

  private async parkUnreadable(messages: readonly ToPark[]): Promise<void> {
    await this.untilInfrastructureAnswers(() =>
      this.database.transaction(this.actor, (tx) => park(tx, messages)),
    );
    for (const message of messages) {
      this.logger.error(
        `parked unreadable message ${message.messageId} of ${message.consumer}: ${message.error}`,
      );
    }
  }

  private sort(delivery: Delivery): { work: Work[]; unreadable: ToPark[] } {
    if (delivery.type === undefined) {
      // Not a CloudEvent: nobody can say whose it is, so it is kept where an operator sees it.
      return {
        work: [],
        unreadable: [this.unreadable(unreadableConsumerOf(this.service), delivery, 'no ce_type header')],
      };
    }
    const consumers = this.byType.get(delivery.type) ?? [];
    const definition = this.definitions.get(delivery.type);
    if (!definition) return { work: [], unreadable: [] };
    const envelope = delivery.read(definition);
    return envelope instanceof UnreadableMessage
      ? {
          work: [],
          unreadable: consumers.map((consumer) => this.unreadable(consumer.name, delivery, envelope.reason)),
        }
      : { work: consumers.map((consumer) => ({ consumer, envelope, delivery })), unreadable: [] };
  }

  private unreadable(consumer: string, delivery: Delivery, error: string): ToPark {
    return {
      consumer,
      messageId: idOf(delivery) ?? idOfUnreadable(delivery),
      delivery,
      state: 'failed',
      reason: 'unreadable',
      error,
      attempts: 1,
    };
  }

  private async handleTogether(work: readonly Work[]): Promise<void> {
    await this.database.transaction(this.actor, async (tx) => {
      const moves = work.some(({ consumer }) => followsPersons(consumer));
      const { fresh, blocked } = await claim(tx, work, moves ? 'alone' : 'shared');
      await park(
        tx,
        blocked.map(({ consumer, envelope, delivery }) => ({
          consumer: consumer.name,
          messageId: envelope.id,
          delivery,
          state: 'waiting',
          reason: 'behind-parked',
          error: null,
          attempts: 0,
        })),
      );
      const run = async (consumers: readonly ConsumerDefinition[], of: (item: Work) => Envelope) => {
        for (const consumer of consumers) {
          const own = fresh.filter((item) => item.consumer === consumer);
          if (own.length > 0) await consumer.run(own.map(of), { tx });
        }
      };
      // Who is whom comes first: what else the slice brings may be about somebody who was merged in it.
      await run(this.consumers.filter(followsPersons), ({ envelope }) => envelope);
      const others = fresh.filter(({ consumer }) => !followsPersons(consumer));
      const addressed = await readdressed(
        tx,
        others.map(({ envelope }) => envelope),
      );
      const now = new Map(others.map((item, place) => [item, addressed[place]!]));
      await run(
        this.consumers.filter((consumer) => !followsPersons(consumer)),
        (item) => now.get(item)!,
      );
    });
  }

  /** Handles one consumer's events; halves them at an error, until the event that fails is alone. */
  private async handleBisecting(work: readonly Work[]): Promise<void> {
    if (work.length === 1) return this.handleAlone(work[0]!);
    const middle = Math.ceil(work.length / 2);
    for (const half of [work.slice(0, middle), work.slice(middle)]) {
      try {
        await this.untilInfrastructureAnswers(() => this.handleTogether(half));
      } catch (error) {
        if (error instanceof ConsumersStopped) throw error;
        await this.handleBisecting(half);
      }
    }
  }

  private async handleAlone(item: Work): Promise<void> {
    let failure: unknown;
    for (const pauseMs of [0, ...RETRY_PAUSES_MS]) {
      if (pauseMs > 0) await this.pause(pauseMs);
      try {
        return await this.untilInfrastructureAnswers(() => this.handleTogether([item]));
      } catch (error) {
        if (error instanceof ConsumersStopped) throw error;
        failure = error;
      }
    }
    const { consumer, envelope, delivery } = item;
    const error = describe(failure);
    await this.untilInfrastructureAnswers(() =>
      this.database.transaction(this.actor, (tx) =>
        park(tx, [
          {
            consumer: consumer.name,
            messageId: envelope.id,
            delivery,
            state: 'failed',
            reason: 'handler-failed',
            error,
            attempts: 1 + RETRY_PAUSES_MS.length,
          },
        ]),
      ),
    );
    this.logger.error(
      `parked ${envelope.type} ${envelope.id} of ${consumer.name}: ${error.split('\n', 1)[0]}`,
    );
  }

  /** Runs the work again for as long as only the infrastructure is in the way: for ever, while the database is away. */
  private async untilInfrastructureAnswers<Result>(work: () => Promise<Result>): Promise<Result> {
    let tries = 0;
    for (let pauseMs = TRANSIENT_PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, TRANSIENT_PAUSE_MS.most)) {
      if (this.stopping.signal.aborted) throw new ConsumersStopped();
      try {
        return await work();
      } catch (error) {
        if (!isTransient(error) || (tries += 1) > TRANSIENT_TRIES) throw error;
        this.logger.warn(
          `infrastructure does not answer, trying again: ${describe(error).split('\n', 1)[0]}`,
        );
        await this.pause(pauseMs);
        await this.untilDatabaseAnswers();
      }
    }
  }

  private async untilDatabaseAnswers(): Promise<void> {
    try {
      while (!this.stopping.signal.aborted) {
        try {
          await this.database.query(this.actor, 'select 1');
          return;
        } catch {
          this.waitingForDatabase = true;
          await this.pause(TRANSIENT_PAUSE_MS.most / 4);
        }
      }
    } finally {
      this.waitingForDatabase = false;
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds);
      const { signal } = this.stopping;
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }
}

/** Writes the inbox rows of what is new and not behind a parked message of its key; stop facts overtake. */
/** Takes what is new, under the lock of the aliases (`lockAliases`): in one statement, since every slice pays for it. */
async function claim(
  tx: Tx,
  work: readonly Work[],
  aliases: 'shared' | 'alone',
): Promise<{ fresh: Work[]; blocked: Work[] }> {
  const rows = await tx.query<{ place: number; fresh: boolean }>(
    `with input as (
       select i.* from (select ${aliasLock(aliases)}) as held,
         unnest($1::text[], $2::uuid[], $3::text[], $4::bool[]) with ordinality as i (consumer, message_id, key, overtakes, place)),
     blocked as (
       select i.* from input i
       where not i.overtakes
         and exists (select from parked_messages p where p.consumer = i.consumer and p.key = i.key and p.state in ('failed', 'waiting'))
         and not exists (select from inbox_messages m where m.consumer = i.consumer and m.message_id = i.message_id)),
     fresh as (
       insert into inbox_messages (consumer, message_id)
       select distinct i.consumer, i.message_id from input i
       where not exists (select from blocked b where b.place = i.place)
       on conflict do nothing
       returning consumer, message_id)
     select min(i.place)::int as place, true as fresh
     from fresh f join input i using (consumer, message_id) group by f.consumer, f.message_id
     union all select place::int, false from blocked`,
    [
      work.map((item) => item.consumer.name),
      work.map((item) => item.envelope.id),
      work.map((item) => item.envelope.key),
      work.map((item) => item.consumer.stopFacts.some((stop) => stop.type === item.envelope.type)),
    ],
    `claim-slice-${aliases}`,
  );
  const inOrder = rows.sort((a, b) => a.place - b.place);
  const pick = (fresh: boolean) =>
    inOrder.filter((row) => row.fresh === fresh).map((row) => work[row.place - 1]!);
  return { fresh: pick(true), blocked: pick(false) };
}

function idOf(delivery: Delivery): string | undefined {
  const id = delivery.headers['ce_id'];
  return id !== undefined && UUID.test(id) ? id : undefined;
}

function idsOf(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(idOf).filter((id) => id !== undefined);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
