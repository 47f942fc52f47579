import { Logger } from '@nestjs/common';
import { schemaOf } from '@app/platform';
import { Delivery } from '../consumers/delivery.js';
import { ConsumersStopped } from '../consumers/service-consumers.js';
import type { LogMember, TopicLag } from '../event-log.js';
import { headersOf } from '../kafka/kafka-publisher.js';
import { Lease } from '../lease.js';
import { cursorAfter, OUTBOX_START, OutboxReader, type OutboxCursor } from '../outbox/outbox-reader.js';
import { WakeUp } from '../wake.js';

const PAGE_ROWS = 200;
const SAVE_MS = 1000;
const HIDDEN_MS = 2;
const WIDE_READ_MS = 60_000;

interface Source {
  readonly producer: string;
  readonly reader: OutboxReader;
  cursor: OutboxCursor;
  saved: OutboxCursor;
}

/**
 * One service's reading of the PostgreSQL event log: the producers' own outboxes, by the same reader as the relay's, with a
 * cursor per producer in this service's schema. One process per service reads, under a lease.
 */
export class PostgresLogReader {
  private readonly logger: Logger;
  private readonly wakeUp = new WakeUp();
  private readonly lease: Lease;
  private readonly sources: Source[];
  /** Those whose producer has its tables in this database; another may be installed later. */
  private present: readonly Source[] = [];
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();
  private lastWideRead = -Infinity;
  private markReady: () => void = () => undefined;
  readonly ready: Promise<void>;

  constructor(
    private readonly member: LogMember,
    private readonly sweepMs: number,
  ) {
    this.logger = new Logger(`log-reader:${member.service}`);
    this.ready = new Promise((resolve) => (this.markReady = resolve));
    this.lease = new Lease(member.database, member.actor, 'log_readers', 'reader');
    const topicsOf = new Map<string, string[]>();
    for (const topic of member.consumers.topics) {
      const producer = topic.split('.', 1)[0]!;
      topicsOf.set(producer, [...(topicsOf.get(producer) ?? []), topic]);
    }
    this.sources = [...topicsOf].map(([producer, topics]) => ({
      producer,
      reader: new OutboxReader(member.database, member.actor, { schema: schemaOf(producer), topics }),
      cursor: OUTBOX_START,
      saved: OUTBOX_START,
    }));
  }

  /** Services whose outboxes this one reads. */
  get producers(): string[] {
    return this.sources.map((source) => source.producer);
  }

  start(): void {
    this.loop = this.run();
  }

  wake(): void {
    this.wakeUp.wake();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.member.consumers.stop();
    this.wakeUp.wake();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        if (!(await this.lease.claim())) {
          await this.wakeUp.sleep(1000);
          continue;
        }
        await this.loadCursors();
        this.markReady();
        await this.readWhileHeld();
      } catch (error) {
        if (error instanceof ConsumersStopped) break;
        this.logger.warn(
          `interrupted, going on in 1 s: ${error instanceof Error ? error.message : String(error)}`,
        );
        if (!this.stopping) await this.wakeUp.sleep(1000);
      }
    }
    await this.leave();
  }

  private async readWhileHeld(): Promise<void> {
    const saving = setInterval(() => void this.save().catch(() => undefined), SAVE_MS);
    try {
      while (!this.stopping && this.lease.held) {
        const wide = performance.now() - this.lastWideRead > WIDE_READ_MS;
        if (wide) {
          this.lastWideRead = performance.now();
          await this.findProducers();
        }
        const pages = await Promise.all(
          this.present.map(async (source) => ({
            source,
            page: await source.reader.read(source.cursor, PAGE_ROWS, wide),
          })),
        );
        for (const { source, page } of pages) {
          const last = page.rows.at(-1);
          if (!last) continue;
          await this.member.consumers.handle(
            page.rows.map(
              (row) =>
                new Delivery(
                  row.topic,
                  `${row.xid}:${row.id}`,
                  row.key,
                  headersOf(source.producer, row),
                  row.payload,
                ),
            ),
          );
          source.cursor = cursorAfter(last);
        }
        if (pages.some(({ page }) => page.full)) continue;
        if (pages.some(({ page }) => page.hidden))
          await new Promise((resolve) => setTimeout(resolve, HIDDEN_MS));
        else await this.wakeUp.sleep(this.sweepMs);
      }
    } finally {
      clearInterval(saving);
    }
  }

  private async findProducers(): Promise<void> {
    const rows = await this.member.database.query<{ schema: string }>(
      this.member.actor,
      `select schema from unnest($1::text[]) as schema where to_regclass(schema || '.outbox_messages') is not null`,
      [this.producers.map(schemaOf)],
    );
    const schemas = new Set(rows.map(({ schema }) => schema));
    this.present = this.sources.filter(({ producer }) => schemas.has(schemaOf(producer)));
  }

  private async loadCursors(): Promise<void> {
    const rows = await this.member.database.query<OutboxCursor & { source: string }>(
      this.member.actor,
      `select source, cursor_xid::text as xid, cursor_id::text as id,
              case when isfinite(cursor_at) then to_char(cursor_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                   else '-infinity' end as at
       from log_cursors`,
    );
    for (const source of this.sources) {
      const row = rows.find((candidate) => candidate.source === source.producer);
      source.cursor = source.saved = row ? { xid: row.xid, id: row.id, at: row.at } : OUTBOX_START;
    }
    this.lastWideRead = -Infinity;
  }

  private async save(): Promise<void> {
    if (!(await this.lease.renew())) return;
    const moved = this.sources.filter((source) => source.cursor !== source.saved);
    if (moved.length === 0) return;
    const cursors = moved.map((source) => source.cursor);
    await this.member.database.query(
      this.member.actor,
      `insert into log_cursors (source, cursor_xid, cursor_id, cursor_at)
       select * from unnest($1::text[], $2::xid8[], $3::bigint[], $4::timestamptz[])
       on conflict (source) do update
       set cursor_xid = excluded.cursor_xid, cursor_id = excluded.cursor_id, cursor_at = excluded.cursor_at
       where (log_cursors.cursor_xid, log_cursors.cursor_id) < (excluded.cursor_xid, excluded.cursor_id)`,
      [
        moved.map((source) => source.producer),
        cursors.map((cursor) => cursor.xid),
        cursors.map((cursor) => cursor.id),
        cursors.map((cursor) => cursor.at),
      ],
    );
    moved.forEach((source, index) => (source.saved = cursors[index]!));
  }

  private async leave(): Promise<void> {
    try {
      if (!this.lease.held) return;
      await this.save();
      await this.lease.release();
    } catch (error) {
      this.logger.warn(
        `could not give the lease back: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** Rows of the producers' outboxes behind the saved cursors. */
  async lags(): Promise<TopicLag[]> {
    // Where another process reads, this one has not looked yet.
    if (this.present.length === 0) await this.findProducers();
    const lags: TopicLag[] = [];
    const rows = await this.member.database.query<{ source: string; xid: string; id: string }>(
      this.member.actor,
      'select source, cursor_xid::text as xid, cursor_id::text as id from log_cursors',
    );
    for (const { producer } of this.present) {
      const cursor = rows.find((row) => row.source === producer) ?? OUTBOX_START;
      const topics = this.member.consumers.topics.filter((topic) => topic.startsWith(`${producer}.`));
      lags.push(
        ...(await this.member.database.query<TopicLag>(
          this.member.actor,
          `select read.topic, count(m.topic)::int as messages
           from unnest($3::text[]) as read (topic)
           left join ${schemaOf(producer)}.outbox_messages m
             on m.topic = read.topic and (m.xid, m.id) > ($1::xid8, $2::bigint)
           group by read.topic order by read.topic`,
          [cursor.xid, cursor.id, topics],
        )),
      );
    }
    return lags;
  }
}
