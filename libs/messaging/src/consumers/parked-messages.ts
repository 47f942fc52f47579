import { Logger } from '@nestjs/common';
import { UnreadableMessage, type ActorRef } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { isTransient, type Caller, type Database, type Tx } from '@app/platform';
import type { ConsumerDefinition } from './consumer-definition.js';
import { Delivery } from './delivery.js';
import { followsPersons, lockAliases, readdressed } from './person-aliases.js';

/** A parked message as operators see it: no payload, and of its data only ids. */
export interface ParkedMessage {
  readonly id: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly type: string | null;
  /** The person, for a fact about a person. */
  readonly key: string;
  readonly caseId: string | null;
  readonly topic: string;
  readonly position: string;
  readonly state: 'failed' | 'waiting' | 'done' | 'dismissed';
  readonly reason: string;
  readonly error: string | null;
  readonly attempts: number;
  readonly parkedAt: string;
}

export interface ReplayResult {
  readonly id: string;
  readonly messageId: string;
  readonly consumer: string;
  /** `applied`: the effect is committed. `would-apply`: dry run. */
  readonly outcome: 'applied' | 'would-apply' | 'failed' | 'still-waiting';
  readonly error: string | null;
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
  ) {
    this.logger = new Logger(`parked:${database.service}`);
  }

  /** Open ones first parked first, at most 500. */
  list(): Promise<ParkedMessage[]> {
    return this.database.query<ParkedMessage>(
      this.actor,
      `select ${COLUMNS} from parked_messages where state in ('failed', 'waiting') order by id limit 500`,
    );
  }

  /** How many are open. */
  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      this.actor,
      `select count(*)::int as count from parked_messages where state in ('failed', 'waiting')`,
    );
    return row?.count ?? 0;
  }

  /** One message with its attributes and the full error; the payload stays in the database. */
  async show(
    id: string,
  ): Promise<ParkedMessage & { headers: Record<string, string>; fullError: string | null }> {
    const [row] = await this.database.query<
      ParkedMessage & { headers: Record<string, string>; fullError: string | null }
    >(this.actor, `select ${COLUMNS}, headers, error as "fullError" from parked_messages where id = $1`, [
      id,
    ]);
    if (!row) throw new ParkedMessageNotFound();
    return row;
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
    try {
      await this.database.transaction(this.actor, async (tx) => {
        [row] = await tx.query<Row>(
          `select id::text, consumer, message_id, topic, log_position, key, headers, value, state from parked_messages
           where consumer = $1 and key = $2 and state in ('failed', 'waiting') and ($3 = false or id <> all($4::bigint[]))
           order by id limit 1 for update skip locked`,
          [consumer, key, dryRun, skip],
        );
        if (!row) return;
        await this.run(tx, row);
        await tx.query(
          `update parked_messages set state = 'done', done_at = now(), done_by = $2 where id = $1`,
          [row.id, operator.id],
        );
        if (dryRun) throw new RolledBack();
      });
    } catch (error) {
      if (!row || isTransient(error)) throw error;
      if (error instanceof RolledBack) return outcome(row, 'would-apply');
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
      return outcome(row, 'failed', message.split('\n', 1)[0] ?? null);
    }
    return row ? outcome(row, 'applied') : null;
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

function outcome(row: Row, result: ReplayResult['outcome'], error: string | null = null): ReplayResult {
  return { id: row.id, messageId: row.message_id, consumer: row.consumer, outcome: result, error };
}
