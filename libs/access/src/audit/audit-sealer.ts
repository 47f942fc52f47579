import type { Caller, Database, Tx } from '@app/platform';
import type { ColumnCipher } from '../secrets/column-cipher.js';
import { appendAnchor, type AuditAnchor } from './anchors.js';
import { AuditChain, auditRowColumns, CHAIN_START, exactTime, type AuditRow } from './audit-chain.js';

/** How often a service looks for entries that are not sealed. */
const LOOK_MS = 5_000;
/** The head of the chain is written outside of the database at most this often, and when the process ends. */
const ANCHOR_MS = 60_000;
/** Rows of one short transaction: a long one would hold back every relay of the cluster. */
const ROWS_AT_ONCE = 2_000;

/** Where the chain stands behind its newest seal. */
export const BEHIND_HEAD = `
  (e.xid, e.entry_id) > (coalesce((select xid from audit_seals order by seq desc limit 1), '0'::xid8),
                         coalesce((select entry_id from audit_seals order by seq desc limit 1), 0))`;

/** Sealing as operators see it. */
export interface SealingHealth {
  /** Entries that no seal covers yet. */
  readonly unsealed: number;
  /** Age of the oldest of them; 0 if there is none. */
  readonly oldestSeconds: number;
  /** Number of the newest seal; null: nothing was sealed yet. */
  readonly sealedSeq: string | null;
}

export interface AuditSealerOptions {
  /** File to which heads are appended; null: the log alone has them. */
  readonly anchorFile: string | null;
  readonly logger: {
    log(message: AuditAnchor & { readonly message: string }): void;
    warn(message: string): void;
  };
  readonly lookMs?: number;
  readonly anchorMs?: number;
}

/**
 * Seals a service's audit log: every few seconds it appends a seal for each entry that has none, in the order of commit. Any number of
 * processes may do it for the same service: one at a time gets the lock, and the numbers of the seals are unique.
 */
export class AuditSealer {
  private readonly chain: AuditChain;
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> = Promise.resolve();
  private head: Omit<AuditAnchor, 'at' | 'service'> | null = null;
  private anchored: string | null = null;
  private lastAnchor = -Infinity;
  private warned = '';

  /** @param actor the service's own identity */
  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    cipher: ColumnCipher,
    private readonly options: AuditSealerOptions,
  ) {
    this.chain = new AuditChain(database.service, cipher);
  }

  start(): void {
    this.timer = setInterval(() => {
      this.working = this.working.then(() => this.round(false));
    }, this.options.lookMs ?? LOOK_MS);
    this.timer.unref();
  }

  /** Seals what is there and writes the head down. */
  async stop(): Promise<void> {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    await this.working;
    await this.round(true);
  }

  /** Seals all that can be sealed now. @returns how many entries */
  async seal(): Promise<number> {
    let sealed = 0;
    // Looking costs one statement and takes no lock: that is all an idle service pays.
    while (await this.waiting()) {
      const more = await this.database.transaction(this.actor, (tx) => this.sealSome(tx));
      if (more.rows === 0) break;
      this.head = more.head;
      sealed += more.rows;
      if (more.rows < ROWS_AT_ONCE) break;
    }
    return sealed;
  }

  private async round(last: boolean): Promise<void> {
    try {
      await this.seal();
      if (last || performance.now() - this.lastAnchor >= (this.options.anchorMs ?? ANCHOR_MS))
        await this.anchor();
      this.warned = '';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.warned) this.options.logger.warn(`the audit log is sealed later: ${reason}`);
      this.warned = reason;
    }
  }

  /** Writes the head down where the database's administrator does not reach, if it has moved since this process last did. */
  private async anchor(): Promise<void> {
    // A process that ended by force may have sealed more than it wrote down.
    this.head ??= await this.newestSeal();
    if (!this.head || this.head.seq === this.anchored) return;
    const anchor = { service: this.database.service, ...this.head, at: new Date().toISOString() };
    if (this.options.anchorFile !== null) await appendAnchor(this.options.anchorFile, anchor);
    this.options.logger.log({ message: 'audit sealed', ...anchor });
    this.anchored = anchor.seq;
    this.lastAnchor = performance.now();
  }

  private async newestSeal(): Promise<{ seq: string; hash: string } | null> {
    const [newest] = await this.database.query<{ seq: string; hash: string }>(
      this.actor,
      `select s.seq::text, encode(s.hash, 'hex') as hash from audit_seals s order by s.seq desc limit 1`,
    );
    return newest ?? null;
  }

  private async waiting(): Promise<boolean> {
    const rows = await this.database.query(
      this.actor,
      `select from audit_entries e where ${BEHIND_HEAD} and e.xid < pg_snapshot_xmin(pg_current_snapshot())
       order by e.xid, e.entry_id limit 1`,
    );
    return rows.length > 0;
  }

  private async sealSome(tx: Tx): Promise<{ rows: number; head: { seq: string; hash: string } | null }> {
    const [lock] = await tx.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('onething:audit-seals:' || current_schema(), 0)) as mine`,
    );
    if (!lock?.mine) return { rows: 0, head: null };
    const [newest] = await tx.query<{ seq: string; hash: Buffer; xid: string; entry_id: string }>(
      'select s.seq::text, s.hash, s.xid::text, s.entry_id::text from audit_seals s order by s.seq desc limit 1',
    );
    // Below the horizon nothing can commit any more: an entry whose transaction began earlier and ends later is never passed over.
    const found = await tx.query<AuditRow & { now: string }>(
      `select ${auditRowColumns('e')}, ${exactTime('transaction_timestamp()')} as now
       from audit_entries e
       where (e.xid, e.entry_id) > ($1::xid8, $2::bigint) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
       order by e.xid, e.entry_id limit $3`,
      [newest?.xid ?? '0', newest?.entry_id ?? '0', ROWS_AT_ONCE],
    );
    let seq = BigInt(newest?.seq ?? 0);
    let hash = newest?.hash ?? CHAIN_START;
    const hashes = found.map(({ now, ...entry }) => {
      seq += 1n;
      hash = this.chain.next(hash, { seq, sealedAt: now, entry });
      return hash.toString('hex');
    });
    if (found.length === 0) return { rows: 0, head: null };
    await tx.query(
      `insert into audit_seals (seq, xid, entry_id, hash, sealed_at)
       select $1::bigint + u.n, u.xid::xid8, u.entry_id::bigint, decode(u.hash, 'hex'), transaction_timestamp()
       from unnest($2::text[], $3::text[], $4::text[]) with ordinality as u (xid, entry_id, hash, n)`,
      [newest?.seq ?? '0', found.map(({ xid }) => xid), found.map(({ entry_id }) => entry_id), hashes],
    );
    return { rows: found.length, head: { seq: String(seq), hash: hash.toString('hex') } };
  }
}

/** How far a service's audit log is sealed. */
export async function sealingHealth(database: Database, actor: Caller): Promise<SealingHealth> {
  const [row] = await database.query<SealingHealth>(
    actor,
    `select count(*)::int as unsealed,
            coalesce(extract(epoch from clock_timestamp() - min(e.at)), 0)::float as "oldestSeconds",
            (select max(seq)::text from audit_seals) as "sealedSeq"
     from audit_entries e where ${BEHIND_HEAD}`,
  );
  return row!;
}
