import type { Caller, Database } from '@app/platform';
import type { ColumnCipher } from '../secrets/column-cipher.js';
import type { AuditAnchor } from './anchors.js';
import { AuditChain, auditRowColumns, CHAIN_START, exactTime, type AuditRow } from './audit-chain.js';

/** Rows that are held at once. */
const PAGE_ROWS = 5_000;
/** Findings that a report names; of more it gives the number. */
const MOST_FINDINGS = 200;
/** Entries older than this should have been sealed long ago, in minutes. */
const UNSEALED_MINUTES = 10;

/** What somebody did to an audit log. */
export const auditFindingKinds = {
  /** The entry, or the time at which it was sealed, is another than when it was sealed. */
  changed: '记录被改动',
  /** The entry is gone, its seal is there. */
  deleted: '记录被删除',
  /** No seal covers it, though entries behind it are sealed. */
  inserted: '记录被插入',
  /** No seal covers it, though it is old: slipped in, or nobody seals. */
  unsealed: '记录久未封存',
  /** The seals do not follow the order in which the entries were committed. */
  'out-of-order': '顺序被调换',
  /** The hash of the seal is not the one that the next seal was made on. */
  'seal-changed': '封条被改动',
  /** Numbers are missing from the chain. */
  'seal-missing': '封条被删除',
  /** An anchor outside of the database names a seal that the chain does not reach any more. */
  truncated: '末尾被截断或数据库被回退',
  /** The chain holds another seal than the one that an anchor names: it was cut and went on from there. */
  'rolled-back': '数据库曾被回退后继续使用',
} as const;
export type AuditFindingKind = keyof typeof auditFindingKinds;

export interface AuditFinding {
  readonly kind: AuditFindingKind;
  /** Number of the seal; null where there is none. */
  readonly seq: string | null;
  /** Last number, where several seals are meant. */
  readonly toSeq?: string;
  readonly xid: string | null;
  readonly entryId: string | null;
  /** Time of the entry, of the seal or of the anchor, ISO. */
  readonly at: string | null;
}

export interface AuditReport {
  readonly service: string;
  readonly seals: number;
  readonly entriesUnsealed: number;
  /** Number and hash of the newest seal; null: nothing is sealed. */
  readonly head: { readonly seq: string; readonly hash: string } | null;
  /** Anchors that were held against the chain. */
  readonly anchors: number;
  readonly findings: readonly AuditFinding[];
  /** Findings beyond those that are named. */
  readonly moreFindings: number;
}

export interface VerifyOptions {
  /** Of any service; read before the verification begins. */
  readonly anchors?: readonly AuditAnchor[];
  readonly unsealedMinutes?: number;
  readonly pageRows?: number;
}

/**
 * Holds a service's audit log against its seals, and the seals against what was written down outside of the database. Nothing is
 * changed; a running service is not disturbed. Works in pages, so that the size of the log does not matter.
 */
export async function verifyAudit(
  database: Database,
  actor: Caller,
  cipher: ColumnCipher,
  options: VerifyOptions = {},
): Promise<AuditReport> {
  const run = new Verification(database, actor, new AuditChain(database.service, cipher), options);
  return run.report();
}

interface SealRow {
  readonly seq: string;
  readonly seal_xid: string;
  readonly seal_entry_id: string;
  readonly hash: Buffer;
  readonly sealed_at: string;
  readonly ordered: boolean;
}
/** A seal with its entry; that is null in all columns where the entry is gone. */
type Sealed = SealRow & { readonly [Column in keyof AuditRow]: AuditRow[Column] | null };

/** A seal whose hash does not follow from the one before it and its entry. */
interface Doubt {
  readonly finding: Omit<AuditFinding, 'kind'>;
  readonly recomputed: Buffer;
  reported: boolean;
}

/** Before every number. */
const LEAST_SEQ = '-9223372036854775808';

class Verification {
  private readonly findings: AuditFinding[] = [];
  private found = 0;
  private readonly anchors: ReadonlyMap<string, AuditAnchor>;
  private readonly pageRows: number;
  /** Whether the seal or the entry was changed shows the next seal, or an anchor. */
  private doubtful: Doubt | null = null;
  private rolledBack = false;

  constructor(
    private readonly database: Database,
    private readonly actor: Caller,
    private readonly chain: AuditChain,
    private readonly options: VerifyOptions,
  ) {
    const own = (options.anchors ?? []).filter(({ service }) => service === database.service);
    // Two of one number that differ are both held against the chain: one of them will not agree.
    this.anchors = new Map(own.map((anchor) => [`${anchor.seq} ${anchor.hash}`, anchor]));
    this.pageRows = options.pageRows ?? PAGE_ROWS;
  }

  async report(): Promise<AuditReport> {
    const [head] = await this.database.query<SealRow>(
      this.actor,
      `select s.seq::text, s.xid::text as seal_xid, s.entry_id::text as seal_entry_id, s.hash
       from audit_seals s order by s.seq desc limit 1`,
    );
    const seals = await this.walkSeals(head ?? null);
    const entriesUnsealed = await this.walkUnsealed(head ?? null);
    return {
      service: this.database.service,
      seals,
      entriesUnsealed,
      head: head ? { seq: head.seq, hash: head.hash.toString('hex') } : null,
      anchors: this.anchors.size,
      findings: this.findings,
      moreFindings: this.found - this.findings.length,
    };
  }

  private async walkSeals(head: SealRow | null): Promise<number> {
    const anchors = this.anchorsInOrder();
    let next = anchors.next();
    let seals = 0;
    let last: Sealed | null = null;
    for (;;) {
      const page: Sealed[] = await this.sealsAfter(last, head);
      for (const sealed of page) {
        const follows = this.checkPlace(last, sealed);
        if (follows) this.checkHash(last?.hash ?? CHAIN_START, sealed);
        else this.settleDoubt(null);
        for (; !next.done && BigInt(next.value.seq) <= BigInt(sealed.seq); next = anchors.next()) {
          this.checkAnchor(next.value, sealed);
        }
        last = sealed;
      }
      seals += page.length;
      if (page.length < this.pageRows) break;
    }
    this.settleDoubt(null);
    const beyond = next.done ? undefined : next.value;
    if (beyond) {
      const { seq, at } = beyond;
      const from = BigInt(last?.seq ?? 0) + 1n;
      const toSeq = [...anchors].at(-1)?.seq ?? seq;
      this.find({ kind: 'truncated', seq: String(from), toSeq, xid: null, entryId: null, at });
    }
    return seals;
  }

  private sealsAfter(last: Sealed | null, head: SealRow | null): Promise<Sealed[]> {
    return this.database.query<Sealed>(
      this.actor,
      `select s.seq::text, s.xid::text as seal_xid, s.entry_id::text as seal_entry_id, s.hash,
              ${exactTime('s.sealed_at')} as sealed_at,
              coalesce((s.xid, s.entry_id) > (lag(s.xid) over (order by s.seq), lag(s.entry_id) over (order by s.seq)),
                       (s.xid, s.entry_id) > ($3::xid8, $4::bigint)) as ordered,
              ${auditRowColumns('e')}
       from (select * from audit_seals where seq > $1 and seq <= $2 order by seq limit $5) s
       left join audit_entries e on e.xid = s.xid and e.entry_id = s.entry_id
       order by s.seq`,
      [
        last?.seq ?? LEAST_SEQ,
        head?.seq ?? LEAST_SEQ,
        last?.seal_xid ?? '0',
        last?.seal_entry_id ?? '-1',
        this.pageRows,
      ],
    );
  }

  /** @returns whether it stands right behind the one before it, so that its hash can be held against that */
  private checkPlace(last: Sealed | null, sealed: Sealed): boolean {
    const expected = BigInt(last?.seq ?? 0) + 1n;
    const { seq, seal_xid: xid, seal_entry_id: entryId, sealed_at: at } = sealed;
    const follows = BigInt(seq) === expected;
    if (!follows) {
      const missing = { seq: String(expected), toSeq: String(BigInt(seq) - 1n) };
      this.find({ kind: 'seal-missing', ...missing, xid: null, entryId: null, at });
    }
    if (!sealed.ordered) this.find({ kind: 'out-of-order', seq, xid, entryId, at });
    return follows;
  }

  private checkHash(before: Buffer, sealed: Sealed): void {
    const { seq, seal_xid: xid, seal_entry_id: entryId, sealed_at: sealedAt } = sealed;
    const entry = entryOf(sealed);
    if (!entry) {
      this.settleDoubt(null);
      this.find({ kind: 'deleted', seq, xid, entryId, at: sealedAt });
      return;
    }
    const follows = (hash: Buffer) => this.chain.next(hash, { seq: BigInt(seq), sealedAt, entry });
    const recomputed = follows(before);
    const good = recomputed.equals(sealed.hash);
    // What does not follow from the seal before as it stands, but does from what that seal should be: only that seal was changed.
    const onlyBefore =
      !good && this.doubtful !== null && follows(this.doubtful.recomputed).equals(sealed.hash);
    this.settleDoubt(good ? 'entry' : onlyBefore ? 'seal' : null);
    if (!good && !onlyBefore) {
      this.doubtful = { finding: { seq, xid, entryId, at: entry.at }, recomputed, reported: false };
    }
  }

  /** @param where the next seal shows that it was; null: it does not tell */
  private settleDoubt(where: 'entry' | 'seal' | null): void {
    if (this.doubtful) this.tell(this.doubtful, where);
    this.doubtful = null;
  }

  private tell(doubt: Doubt, where: 'entry' | 'seal' | null): void {
    if (!doubt.reported) this.find({ kind: where === 'seal' ? 'seal-changed' : 'changed', ...doubt.finding });
    doubt.reported = true;
  }

  private checkAnchor(anchor: AuditAnchor, sealed: Sealed): void {
    // One whose number is not in the chain: the missing seals have been found already.
    if (anchor.seq !== sealed.seq) return;
    const agrees = anchor.hash === sealed.hash.toString('hex');
    const doubt = this.doubtful?.finding.seq === anchor.seq ? this.doubtful : null;
    if (doubt && agrees) return this.tell(doubt, 'entry');
    if (doubt && anchor.hash === doubt.recomputed.toString('hex')) return this.tell(doubt, 'seal');
    // From there on every anchor of that time differs: the first one says where.
    if (agrees || this.rolledBack) return;
    this.rolledBack = true;
    const { seal_xid: xid, seal_entry_id: entryId } = sealed;
    this.find({ kind: 'rolled-back', seq: anchor.seq, xid, entryId, at: anchor.at });
  }

  private *anchorsInOrder(): Generator<AuditAnchor, undefined> {
    const bySeq = (a: AuditAnchor, b: AuditAnchor) => Number(BigInt(a.seq) - BigInt(b.seq));
    yield* [...this.anchors.values()].sort(bySeq);
  }

  private async walkUnsealed(head: SealRow | null): Promise<number> {
    let after: readonly [xid: string, entryId: string] = ['0', '-1'];
    let unsealed = 0;
    for (;;) {
      const [page] = await this.database.query<{ rows: number; xid: string; entry_id: string }>(
        this.actor,
        `select p.xid::text, p.entry_id::text, (count(*) over ())::int as rows
         from (select xid, entry_id from audit_entries where (xid, entry_id) > ($1::xid8, $2::bigint)
               order by xid, entry_id limit $3) p
         order by p.xid desc, p.entry_id desc limit 1`,
        [...after, this.pageRows],
      );
      if (!page) return unsealed;
      const { rows, xid, entry_id } = page;
      const found = await this.database.query<{
        xid: string;
        entryId: string;
        at: string;
        inside: boolean;
        old: boolean;
      }>(
        this.actor,
        `select e.xid::text, e.entry_id::text as "entryId", ${exactTime('e.at')} as at,
                (e.xid, e.entry_id) <= ($5::xid8, $6::bigint) as inside,
                e.at < clock_timestamp() - make_interval(mins => $7) as old
         from audit_entries e
         left join audit_seals s on s.xid = e.xid and s.entry_id = e.entry_id
           and (s.xid, s.entry_id) > ($1::xid8, $2::bigint) and (s.xid, s.entry_id) <= ($3::xid8, $4::bigint)
         where s.seq is null and (e.xid, e.entry_id) > ($1::xid8, $2::bigint) and (e.xid, e.entry_id) <= ($3::xid8, $4::bigint)
         order by e.xid, e.entry_id`,
        [
          ...after,
          xid,
          entry_id,
          head?.seal_xid ?? '0',
          head?.seal_entry_id ?? '-1',
          this.options.unsealedMinutes ?? UNSEALED_MINUTES,
        ],
      );
      for (const { inside, old, ...entry } of found) {
        if (inside) this.find({ kind: 'inserted', seq: null, ...entry });
        else if (old) this.find({ kind: 'unsealed', seq: null, ...entry });
      }
      unsealed += found.length;
      if (rows < this.pageRows) return unsealed;
      after = [xid, entry_id];
    }
  }

  private find(finding: AuditFinding): void {
    this.found += 1;
    if (this.findings.length < MOST_FINDINGS) this.findings.push(finding);
  }
}

function entryOf(sealed: Sealed): AuditRow | null {
  return sealed.xid === null ? null : (sealed as AuditRow);
}
