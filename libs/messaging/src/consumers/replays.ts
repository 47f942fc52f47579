import { isSameHand } from '@app/access';
import { DomainError } from '@app/kernel';
import type { Caller, Database } from '@app/platform';
import type { ParkedMessages, ReplayResult } from './parked-messages.js';

/** A replay that one operator proposed: it is done when another one approves it in time. */
export interface Replay {
  readonly replayId: string;
  /** The message whose key is handled again; null: everything that is parked. */
  readonly parkedId: string | null;
  readonly reason: string;
  /** `expired`: nobody approved it in time. `approved`: at work, or cut short by the end of its process. */
  readonly state: 'proposed' | 'expired' | 'approved' | 'finished';
  /** What a dry run said when it was proposed. */
  readonly expected: readonly ReplayResult[];
  /** Null: not yet. `delivered`: what the message told has left the outbox; null where it was not handled. */
  readonly results: readonly (ReplayResult & { readonly delivered: boolean | null })[] | null;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** There is none of this number, or nobody approved it in time. */
export class ReplayNotFound extends DomainError {
  readonly slug = 'replay-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有这项待批准的重放，或它已过期。请重新试运行并提出。');
  }
}

/** The same message waits for a second person already, or a second person has approved it. */
export class ReplayUnderWay extends DomainError {
  readonly slug = 'replay-under-way';
  readonly kind = 'conflict';
  constructor() {
    super('这条消息的重放已经提出或已经批准。请查看它的重放记录。');
  }
}

/** Four eyes: who proposed a replay does not approve it. */
export class OwnReplay extends DomainError {
  readonly slug = 'own-replay';
  readonly kind = 'conflict';
  constructor() {
    super('重放由您提出，须由另一位运维人员批准。');
  }
}

const LASTS = '24 hours';

const COLUMNS = `replay_id as "replayId", parked_id::text as "parkedId", reason, expected, results, proposed_by as "proposedBy",
  proposed_at as "proposedAt", expires_at as "expiresAt", approved_by as "approvedBy", approved_at as "approvedAt",
  finished_at as "finishedAt",
  case when finished_at is not null then 'finished' when approved_at is not null then 'approved'
       when expires_at <= now() then 'expired' else 'proposed' end as state`;

type Row = Omit<Replay, 'results'> & { readonly results: readonly ReplayResult[] | null };

/** Replays that change something: proposed with a reason by one operator, approved by another, kept with what became of them. */
export class Replays {
  constructor(
    private readonly database: Database,
    private readonly self: Caller,
    private readonly parked: ParkedMessages,
    /** False: consumers read the outbox itself. */
    private readonly relayed: boolean,
  ) {}

  /** The latest first. */
  async list(): Promise<Replay[]> {
    const rows = await this.database.query<Row>(
      this.self,
      `select ${COLUMNS} from replays order by proposed_at desc limit 100`,
    );
    return Promise.all(rows.map((row) => this.withDelivery(row)));
  }

  /** @throws ReplayNotFound */
  async show(replayId: string): Promise<Replay> {
    const [row] = await this.database.query<Row>(
      this.self,
      `select ${COLUMNS} from replays where replay_id = $1`,
      [replayId],
    );
    if (!row) throw new ReplayNotFound();
    return this.withDelivery(row);
  }

  /**
   * Runs it dry and keeps what that said, for the second person.
   * @throws ParkedMessageNotFound, ReplayUnderWay
   */
  async propose(maker: Caller, parkedId: string | null, reason: string): Promise<Replay> {
    const expected = await this.parked.replay(maker, {
      dryRun: true,
      ...(parkedId === null ? {} : { id: parkedId }),
    });
    const replayId = await this.database.transaction(maker, (tx) =>
      tx.asService(async () => {
        const [row] = await tx.query<{ replayId: string }>(
          `insert into replays (parked_id, reason, expected, proposed_by, proposed_for, expires_at)
           select $1::bigint, $2, $3::jsonb, $4, $5, now() + interval '${LASTS}'
           where not exists (select from replays
             where parked_id is not distinct from $1::bigint and approved_at is null and expires_at > now())
           returning replay_id as "replayId"`,
          [parkedId, reason, JSON.stringify(expected), maker.id, maker.onBehalfOf ?? null],
        );
        if (!row) throw new ReplayUnderWay();
        tx.audit({ what: 'replay.proposed', why: reason, detail: { replayId: row.replayId, parkedId } });
        return row.replayId;
      }),
    );
    return this.show(replayId);
  }

  /**
   * Handles again what was proposed, as it stands now.
   * @throws ReplayNotFound, OwnReplay, ReplayUnderWay, ParkedMessageNotFound
   */
  async approve(checker: Caller, replayId: string): Promise<Replay> {
    const parkedId = await this.approved(checker, replayId);
    const results = await this.parked.replay(checker, {
      dryRun: false,
      ...(parkedId === null ? {} : { id: parkedId }),
    });
    await this.database.query(
      this.self,
      'update replays set results = $2::jsonb, finished_at = now() where replay_id = $1',
      [replayId, JSON.stringify(results)],
    );
    return this.show(replayId);
  }

  private approved(checker: Caller, replayId: string): Promise<string | null> {
    return this.database.transaction(checker, (tx) =>
      tx.asService(async () => {
        const [row] = await tx.query<{
          parkedId: string | null;
          proposedBy: string;
          proposedFor: string | null;
          reason: string;
          approved: boolean;
        }>(
          `select parked_id::text as "parkedId", proposed_by as "proposedBy", proposed_for as "proposedFor", reason,
                  approved_at is not null as approved
           from replays where replay_id = $1 and (approved_at is not null or expires_at > now()) for update`,
          [replayId],
        );
        if (!row) throw new ReplayNotFound();
        if (row.approved) throw new ReplayUnderWay();
        const maker = { id: row.proposedBy, role: checker.role, onBehalfOf: row.proposedFor };
        if (isSameHand(maker, checker)) throw new OwnReplay();
        if (row.parkedId !== null) await this.parked.mustBeOpen(tx, row.parkedId);
        await tx.query('update replays set approved_by = $2, approved_at = now() where replay_id = $1', [
          replayId,
          checker.id,
        ]);
        tx.audit({ what: 'replay.approved', why: row.reason, detail: { replayId, parkedId: row.parkedId } });
        return row.parkedId;
      }),
    );
  }

  private async withDelivery(row: Row): Promise<Replay> {
    if (row.results === null) return { ...row, results: null };
    const xids = row.results.flatMap(({ effect }) => (effect ? [effect.xid] : []));
    const waiting = this.relayed
      ? await this.database.query<{ xid: string }>(
          this.self,
          `select distinct m.xid::text as xid from outbox_messages m, outbox_relays r
           where m.xid = any($1::xid8[]) and (m.xid, m.id) > (r.cursor_xid, r.cursor_id)`,
          [xids],
        )
      : [];
    return {
      ...row,
      results: row.results.map((result) => ({
        ...result,
        delivered: result.effect ? !waiting.some(({ xid }) => xid === result.effect!.xid) : null,
      })),
    };
  }
}
