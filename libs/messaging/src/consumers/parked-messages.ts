import { Logger } from '@nestjs/common';
import { UnreadableMessage, type ActorRef } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { isTransient, type Caller, type Database, type Tx } from '@app/platform';
import type { Outbox } from '../outbox/outbox.js';
import type { ConsumerDefinition } from './consumer-definition.js';
import { Delivery } from './delivery.js';
import { maskedPayload } from './masked-payload.js';
import { UUID } from './parking.js';
import { followsPersons, lockAliases, readdressed } from './person-aliases.js';
import { effectOf, mark, type ReplayEffect } from './replay-effect.js';

/** A parked message as operators see it: no payload, and of its data only ids. */
export interface ParkedMessage {
  readonly id: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly type: string | null;
  readonly key: string;
  /** Null: it is about no person, or cannot be read. */
  readonly personId: string | null;
  readonly caseId: string | null;
  readonly topic: string;
  readonly position: string;
  readonly state: 'failed' | 'waiting' | 'done' | 'dismissed';
  readonly reason: string;
  readonly error: string | null;
  readonly attempts: number;
  readonly parkedAt: Date;
}

/** The same with all that is known of it but the values in its data. */
export interface ParkedDetail extends ParkedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly fullError: string | null;
  /** Its data with ids and versions only. Null: it is no JSON. */
  readonly payload: string | null;
  readonly doneAt: Date | null;
  readonly doneBy: string | null;
  /** Of the same key, still open and later: they are handled after it. */
  readonly behind: readonly ParkedMessage[];
}

export interface ReplayResult {
  readonly id: string;
  readonly messageId: string;
  readonly consumer: string;
  /** `applied`: the effect is committed. `would-apply`: dry run. */
  readonly outcome: 'applied' | 'would-apply' | 'failed' | 'still-waiting';
  readonly error: string | null;
  /** What handling it changed, or would change. Null where it failed. */
  readonly effect: ReplayEffect | null;
}

export class ParkedMessageNotFound extends DomainError {
  readonly slug = 'parked-message-not-found';
  readonly kind = 'not-found';
  constructor() {
    // Without the number that was asked for: what was typed in its place may be somebody's.
    super('没有这条搁置的消息，或它已经处理完毕。请用 dlq ls 查看现有的。');
  }
}

interface Row {
  id: string;
  consumer: string;
  message_id: string;
  topic: string;
  log_position: string;
  key: string;
  headers: Record<string, string>;
  value: string | null;
  state: 'failed' | 'waiting';
}

const COLUMNS = `id::text, consumer, message_id as "messageId", type, key, case_id as "caseId", topic,
  log_position as position, state, reason, split_part(error, E'\\n', 1) as error, attempts, parked_at as "parkedAt"`;

type Listed = Omit<ParkedMessage, 'personId'>;

class RolledBack extends Error {}

/**
 * The messages that a service's consumers could not handle. A replay is edit-free and in the order of the log per key, and
 * counts as done when its effect is committed.
 */
export class ParkedMessages {
  private readonly logger: Logger;

  constructor(
    private readonly database: Database,
    /** The service itself: what a replay causes is its reaction, not the operator's decision. */
    private readonly actor: Caller,
    private readonly consumers: readonly ConsumerDefinition[],
    private readonly outbox: Outbox,
  ) {
    this.logger = new Logger(`parked:${database.service}`);
  }

  /** Open ones first parked first, at most 500. */
  async list(): Promise<ParkedMessage[]> {
    const rows = await this.database.query<Listed>(
      this.actor,
      `select ${COLUMNS} from parked_messages where state in ('failed', 'waiting') order by id limit 500`,
    );
    return rows.map((row) => this.withPerson(row));
  }

  /** How many are open. */
  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      this.actor,
      `select count(*)::int as count from parked_messages where state in ('failed', 'waiting')`,
    );
    return row?.count ?? 0;
  }

  /** One message with its attributes, the full error and what waits behind it; the values in its data stay in the database. */
  async show(id: string): Promise<ParkedDetail> {
    const [row] = await this.database.query<
      Listed & Omit<ParkedDetail, 'payload'> & { value: string | null }
    >(
      this.actor,
      `select ${COLUMNS}, headers, error as "fullError", value, done_at as "doneAt", done_by as "doneBy"
       from parked_messages where id = $1`,
      [id],
    );
    if (!row) throw new ParkedMessageNotFound();
    const { value, ...shown } = row;
    const behind = await this.database.query<Listed>(
      this.actor,
      `select ${COLUMNS} from parked_messages
       where consumer = $1 and key = $2 and id > $3 and state in ('failed', 'waiting') order by id limit 500`,
      [row.consumer, row.key, id],
    );
    return {
      ...shown,
      ...this.withPerson(row),
      payload: maskedPayload(value),
      behind: behind.map((each) => this.withPerson(each)),
    };
  }

  /**
   * Handles what is parked again: one message's key, or all keys; each key from its oldest message on, until one fails.
   * @param options.dryRun does everything and rolls it back
   */
  async replay(operator: ActorRef, options: { id?: string; dryRun: boolean }): Promise<ReplayResult[]> {
    const keys = await this.database.query<{ consumer: string; key: string }>(
      this.actor,
      `select consumer, key from parked_messages
       where state in ('failed', 'waiting') and ($1::bigint is null or (consumer, key) =
         (select consumer, key from parked_messages where id = $1 and state in ('failed', 'waiting')))
       group by consumer, key order by min(id)`,
      [options.id ?? null],
    );
    if (options.id !== undefined && keys.length === 0) throw new ParkedMessageNotFound();
    const results: ReplayResult[] = [];
    for (const { consumer, key } of keys)
      results.push(...(await this.replayKey(operator, consumer, key, options.dryRun)));
    return results;
  }

  /** @throws ParkedMessageNotFound if it was handled or given up in the meantime */
  async mustBeOpen(tx: Tx, id: string): Promise<void> {
    const rows = await tx.query(
      `select from parked_messages where id = $1 and state in ('failed', 'waiting')`,
      [id],
    );
    if (rows.length === 0) throw new ParkedMessageNotFound();
  }

  /** Gives a message up, with a reason: it stays on record, and what waited behind it goes on. */
  async dismiss(operator: ActorRef, id: string, reason: string): Promise<void> {
    const [row] = await this.database.query<{ consumer: string; key: string }>(
      this.actor,
      `update parked_messages set state = 'dismissed', done_at = now(), done_by = $2, note = $3
       where id = $1 and state in ('failed', 'waiting') returning consumer, key`,
      [id, operator.id, reason],
    );
    if (!row) throw new ParkedMessageNotFound();
    await this.releaseWaiting();
  }

  /** Handles messages that wait behind nothing any more: after a dismissal, or when a replay was cut short by a crash. */
  async releaseWaiting(): Promise<void> {
    const keys = await this.database.query<{ consumer: string; key: string }>(
      this.actor,
      `select consumer, key from parked_messages p where state in ('failed', 'waiting')
       group by consumer, key having (array_agg(state order by id))[1] = 'waiting'`,
    );
    for (const { consumer, key } of keys) await this.replayKey(this.actor, consumer, key, false);
  }

  private async replayKey(
    operator: ActorRef,
    consumer: string,
    key: string,
    dryRun: boolean,
  ): Promise<ReplayResult[]> {
    const results: ReplayResult[] = [];
    const seen: string[] = [];
    for (;;) {
      const result = await this.replayOldest(operator, consumer, key, dryRun, seen);
      if (!result) return results;
      results.push(result);
      seen.push(result.id);
      if (result.outcome === 'failed') return results;
    }
  }

  /** Handles the oldest open message of a key; null when there is none, or another process is at it. */
  private async replayOldest(
    operator: ActorRef,
    consumer: string,
    key: string,
    dryRun: boolean,
    skip: readonly string[],
  ): Promise<ReplayResult | null> {
    let row: Row | undefined;
    let effect: ReplayEffect | null = null;
    try {
      await this.database.transaction(this.actor, async (tx) => {
        [row] = await tx.query<Row>(
          `select id::text, consumer, message_id, topic, log_position, key, headers, value, state from parked_messages
           where consumer = $1 and key = $2 and state in ('failed', 'waiting') and ($3 = false or id <> all($4::bigint[]))
           order by id limit 1 for update skip locked`,
          [consumer, key, dryRun, skip],
        );
        if (!row) return;
        const before = await mark(tx);
        await this.run(tx, row);
        effect = effectOf(before, await mark(tx), this.outbox.pendingIn(tx));
        await tx.query(
          `update parked_messages set state = 'done', done_at = now(), done_by = $2 where id = $1`,
          [row.id, operator.id],
        );
        if (dryRun) throw new RolledBack();
      });
    } catch (error) {
      if (!row || isTransient(error)) throw error;
      if (error instanceof RolledBack) return outcome(row, 'would-apply', { effect });
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (!dryRun) {
        await this.database.query(
          this.actor,
          `update parked_messages set state = 'failed', attempts = attempts + 1, error = $2
           where id = $1 and state in ('failed', 'waiting')`,
          [row.id, message.slice(0, 4000)],
        );
        this.logger.warn(`replay of ${row.message_id} for ${consumer} failed: ${message.split('\n', 1)[0]}`);
      }
      return outcome(row, 'failed', { error: message.split('\n', 1)[0] ?? null });
    }
    return row ? outcome(row, 'applied', { effect }) : null;
  }

  /** Whom it is about: what its contract says of its key, so that what cannot be read has its person too. */
  private withPerson(row: Listed): ParkedMessage {
    const definition = this.consumers
      .flatMap(({ events }) => events)
      .find((event) => event.type === row.type);
    return { ...row, personId: definition?.aboutPerson && UUID.test(row.key) ? row.key : null };
  }

  private async run(tx: Tx, row: Row): Promise<void> {
    const consumer = this.consumers.find((candidate) => candidate.name === row.consumer);
    const definition = consumer?.events.find((event) => event.type === row.headers['ce_type']);
    if (!consumer || !definition)
      throw new Error(`no consumer ${row.consumer} of this release reads the message`);
    const envelope = new Delivery(row.topic, row.log_position, row.key, row.headers, row.value).read(
      definition,
    );
    if (envelope instanceof UnreadableMessage) throw envelope;
    const moves = followsPersons(consumer);
    await lockAliases(tx, moves ? 'alone' : 'shared');
    await consumer.run(moves ? [envelope] : await readdressed(tx, [envelope]), { tx });
  }
}

function outcome(
  row: Row,
  result: ReplayResult['outcome'],
  { error = null, effect = null }: Partial<Pick<ReplayResult, 'error' | 'effect'>>,
): ReplayResult {
  return { id: row.id, messageId: row.message_id, consumer: row.consumer, outcome: result, error, effect };
}
