import { Logger } from '@nestjs/common';
import type { Caller, Database } from '@app/platform';
import type { Lease } from '../lease.js';
import { WakeUp } from '../wake.js';
import {
  cursorAfter,
  OUTBOX_START,
  type OutboxCursor,
  type OutboxReader,
  type OutboxRow,
} from './outbox-reader.js';

/** Where a relay publishes: resolves when the log has acknowledged all of them, in this order per key. */
export interface Publisher {
  publish(service: string, rows: readonly OutboxRow[], stillMine: () => boolean): Promise<void>;
}

/** Raised by a publisher that was told to stop, or whose relay lost its lease, before the log acknowledged. */
export class PublishGivenUp extends Error {
  constructor() {
    super('given up before the log acknowledged');
    this.name = 'PublishGivenUp';
  }
}

export interface RelayTimes {
  /** Looks again even if nobody woke it. */
  readonly sweepMs: number;
  /** Looks again when rows were hidden by an open transaction: at first after this long, then twice as long each time. */
  readonly hiddenMs: number;
  /** Waits this long after a wake-up, so that what comes together is sent together. */
  readonly lingerMs: number;
  /** Saves cursor and lease this often; a crash publishes at most this much again, which the inboxes absorb. */
  readonly saveMs: number;
}

export const RELAY_TIMES: RelayTimes = { sweepMs: 1000, hiddenMs: 2, lingerMs: 0, saveMs: 1000 };

const PAGE_ROWS = 500;
/** Rows that stay hidden are looked for at least this often. */
const HIDDEN_MOST_MS = 32;
/** How long a stopping relay waits for the log to acknowledge what is in flight. */
const STOP_GRACE_MS = 5_000;
const WIDE_READ_MS = 60_000;
const PARTITIONS_MS = { usual: 60 * 60 * 1000, afterFailure: 60 * 1000 };

/**
 * Publishes one service's outbox, in order, one send in flight. Any number of processes may run one for the same outbox: the
 * lease lets one act. A row is published at least once; what is published twice is absorbed by the inboxes.
 */
export class Relay {
  private readonly logger: Logger;
  private readonly wakeUp = new WakeUp();
  private cursor: OutboxCursor = OUTBOX_START;
  private savedCursor: OutboxCursor = OUTBOX_START;
  private stopping = false;
  private gaveUp = false;
  private loop: Promise<void> = Promise.resolve();
  private lastWideRead = -Infinity;
  private nextHousekeeping = 0;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly reader: OutboxReader,
    private readonly publisher: Publisher,
    private readonly lease: Lease,
    private readonly times: RelayTimes = RELAY_TIMES,
  ) {
    this.logger = new Logger(`relay:${database.service}`);
  }

  start(): void {
    this.loop = this.run();
  }

  /** Looks for new rows now. */
  wake(): void {
    this.wakeUp.wake();
  }

  /** Whether this process is the one that publishes. */
  get active(): boolean {
    return this.lease.held;
  }

  /** Finishes the send in flight if the log still answers, saves the cursor and gives the lease back. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wakeUp.wake();
    const patience = setTimeout(() => (this.gaveUp = true), STOP_GRACE_MS);
    await this.loop;
    clearTimeout(patience);
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        if (!(await this.lease.claim())) {
          await this.wakeUp.sleep(1000);
          continue;
        }
        await this.loadCursor();
        this.logger.log(
          `publishing from (${this.cursor.xid}, ${this.cursor.id}), lease epoch ${this.lease.epoch}`,
        );
        await this.publishWhileHeld();
      } catch (error) {
        if (error instanceof PublishGivenUp) continue;
        this.logger.warn(
          `interrupted, going on in 1 s: ${error instanceof Error ? error.message : String(error)}`,
        );
        if (!this.stopping) await this.wakeUp.sleep(1000);
      }
    }
    await this.leave();
  }

  private async publishWhileHeld(): Promise<void> {
    const renewal = setInterval(() => void this.save().catch(() => undefined), this.times.saveMs);
    let hiddenMs = this.times.hiddenMs;
    try {
      while (!this.stopping && this.lease.held) {
        await this.housekeeping();
        const wide = performance.now() - this.lastWideRead > WIDE_READ_MS;
        if (wide) this.lastWideRead = performance.now();
        const page = await this.reader.read(this.cursor, PAGE_ROWS, wide);
        const last = page.rows.at(-1);
        if (last) {
          await this.publisher.publish(
            this.database.service,
            page.rows,
            () => this.lease.held && !this.gaveUp,
          );
          this.cursor = cursorAfter(last);
        }
        if (last) hiddenMs = this.times.hiddenMs;
        if (page.full) continue;
        if (page.hidden) {
          await pause(hiddenMs);
          hiddenMs = Math.min(hiddenMs * 2, HIDDEN_MOST_MS);
        } else {
          hiddenMs = this.times.hiddenMs;
          await this.wakeUp.sleep(this.times.sweepMs);
          if (this.times.lingerMs > 0 && !this.stopping) await pause(this.times.lingerMs);
        }
      }
    } finally {
      clearInterval(renewal);
    }
  }

  private async loadCursor(): Promise<void> {
    const [row] = await this.database.query<OutboxCursor>(
      this.actor,
      `select cursor_xid::text as xid, cursor_id::text as id,
              case when isfinite(cursor_at) then to_char(cursor_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                   else '-infinity' end as at
       from outbox_relays where name = 'relay'`,
    );
    this.cursor = row ?? OUTBOX_START;
    this.savedCursor = this.cursor;
    this.lastWideRead = -Infinity;
  }

  /** Renews the lease when it is due, and saves the cursor if it moved; only the present holder's cursor counts. */
  private async save(): Promise<void> {
    if (!(await this.lease.renew())) return;
    const cursor = this.cursor;
    if (cursor === this.savedCursor) return;
    await this.database.query(
      this.actor,
      `update outbox_relays set cursor_xid = $1, cursor_id = $2, cursor_at = $3
       where name = 'relay' and epoch = $4 and (cursor_xid, cursor_id) < ($1, $2)`,
      [cursor.xid, cursor.id, cursor.at, this.lease.epoch],
    );
    this.savedCursor = cursor;
  }

  /** Makes and drops partitions. It waits for nobody's lock, and there are days left to do it, so a failure stops nothing. */
  private async housekeeping(): Promise<void> {
    if (performance.now() < this.nextHousekeeping) return;
    this.nextHousekeeping = performance.now() + PARTITIONS_MS.usual;
    try {
      await this.database.transaction(this.actor, async (tx) => {
        await tx.query(`set local lock_timeout = '300ms'`);
        await tx.query(`select keep_outbox_partitions(interval '14 days', interval '7 days')`);
      });
    } catch (error) {
      this.nextHousekeeping = performance.now() + PARTITIONS_MS.afterFailure;
      this.logger.warn(
        `partitions are kept later: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
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
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
