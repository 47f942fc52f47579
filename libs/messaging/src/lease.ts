import { randomUUID } from 'node:crypto';
import type { Caller, Database } from '@app/platform';

/** How long a lease lasts without renewal: what a frozen or killed holder costs the others. */
export const LEASE_SECONDS = 5;
/** The holder stops acting this long before the lease ends, by its own monotonic clock. */
const SAFETY_SECONDS = 1;
const RENEW_AFTER_MS = 1500;

/**
 * The right of one process to do a service's work that must be done by one: a row with an expiry, because a session-level
 * lock of a frozen process would stay held. The holder judges by the time at which it *asked* for the renewal.
 */
export class Lease {
  protected readonly holder = randomUUID();
  private goodUntil = 0;
  private claimedAt = 0;
  private epochHeld = '0';

  /** @param table a table with the columns name, holder, epoch, lease_until */
  constructor(
    protected readonly database: Database,
    protected readonly actor: Caller,
    protected readonly table: 'outbox_relays' | 'log_readers',
    protected readonly name: string,
  ) {}

  /** Whether this process may act now. Ask before every act, not once per loop. */
  get held(): boolean {
    return performance.now() < this.goodUntil;
  }

  /** Fencing number of the lease held: a write that carries an older one is refused. */
  get epoch(): string {
    return this.epochHeld;
  }

  /** Takes a free or expired lease, or renews the one held. @returns whether this process holds it now. */
  async claim(): Promise<boolean> {
    const asked = performance.now();
    const rows = await this.database.query<{ epoch: string }>(
      this.actor,
      `update ${this.table}
       set lease_until = clock_timestamp() + make_interval(secs => $3),
           epoch = case when holder = $2 and lease_until > clock_timestamp() then epoch else epoch + 1 end,
           holder = $2
       where name = $1 and (holder = $2 or lease_until < clock_timestamp())
       returning epoch::text`,
      [this.name, this.holder, LEASE_SECONDS],
    );
    const [row] = rows;
    if (!row) {
      this.goodUntil = 0;
      return false;
    }
    this.epochHeld = row.epoch;
    this.claimedAt = asked;
    this.goodUntil = asked + (LEASE_SECONDS - SAFETY_SECONDS) * 1000;
    return true;
  }

  /** Keeps a lease: asks the database only when enough of it has passed. @returns whether this process holds it now. */
  async renew(): Promise<boolean> {
    if (performance.now() - this.claimedAt < RENEW_AFTER_MS && this.held) return true;
    return this.claim();
  }

  /** Gives the lease back, so that another process can go on at once. */
  async release(): Promise<void> {
    this.goodUntil = 0;
    await this.database.query(
      this.actor,
      `update ${this.table} set lease_until = '-infinity' where name = $1 and holder = $2`,
      [this.name, this.holder],
    );
  }
}
