import { v5 as uuidv5 } from 'uuid';
import type { Caller, Database, Tx } from '@app/platform';
import type { FiredRung } from '../new-term.js';
import { keyOf, type Addressee } from './addressees.js';

const NAMESPACE = '0b0f7a4e-6f52-5a0e-8f0c-3f7d1b0e9a55';

/** One addressee of one rung. */
export interface NewNotice {
  readonly rung: FiredRung;
  readonly item: string | null;
  readonly to: Addressee;
  /** The rule that added the addressee; null: the ladder of the item. */
  readonly ruleId: string | null;
}

/** A row of `clock_notices` as its reader gets it. */
export interface NoticeRow {
  readonly notice_id: string;
  readonly clock_id: string;
  readonly subject_id: string;
  readonly item: string | null;
  readonly step: string;
  readonly division_code: string;
  readonly rung: string;
  readonly level: number;
  readonly due_at: Date;
  readonly to_user: string | null;
  readonly to_unit: string | null;
  readonly to_token: string | null;
  readonly rule_id: string | null;
  readonly at: Date;
  readonly read_at: Date | null;
}

export interface NoticePage {
  readonly rows: readonly NoticeRow[];
  readonly unread: number;
}

/** Notices of rungs: to whom, and who has read them. */
export class Notices {
  constructor(private readonly database: Database) {}

  /** Writes who is told, in the transaction that claims the rungs. The same rung and addressee give the same notice. */
  async write(tx: Tx, notices: readonly NewNotice[], at: Date): Promise<void> {
    if (notices.length === 0) return;
    const column = <Value>(of: (notice: NewNotice) => Value) => notices.map(of);
    const role = ({ to }: NewNotice) => ('token' in to ? to : null);
    await tx.query(
      `insert into clock_notices (notice_id, clock_id, subject_id, item, step, division_code, rung, level, due_at,
         to_user, to_unit, to_token, to_from, to_to, rule_id, at)
       select n.*, $16 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[],
         $9::timestamptz[], $10::text[], $11::uuid[], $12::text[], $13::text[], $14::text[], $15::uuid[]) as n
       on conflict (notice_id) do nothing`,
      [
        column(({ rung, to }) => uuidv5(`${rung.clockId} ${rung.rung} ${keyOf(to)}`, NAMESPACE)),
        column(({ rung }) => rung.clockId),
        column(({ rung }) => rung.subjectId),
        column(({ item }) => item),
        column(({ rung }) => rung.step),
        column(({ rung }) => rung.divisionCode),
        column(({ rung }) => rung.rung),
        column(({ rung }) => rung.level),
        column(({ rung }) => rung.dueAt),
        column(({ to }) => ('user' in to ? to.user : null)),
        column(({ to }) => ('unit' in to ? to.unit : null)),
        column((notice) => role(notice)?.token ?? null),
        column((notice) => role(notice)?.place.from ?? null),
        column((notice) => role(notice)?.place.to ?? null),
        column(({ ruleId }) => ruleId),
        at,
      ],
      'clock-notices',
    );
  }

  /**
   * What is addressed to the caller, unread first, latest first; row-level security decides which. What this statement names of the
   * caller (user, those acted for, roles, units) only finds the index.
   */
  async ofCaller(caller: Caller, limit: number): Promise<NoticePage> {
    const grants = typeof caller.scope === 'string' ? [] : caller.scope;
    const users = [caller.id, ...grants.flatMap(({ onBehalfOf }) => onBehalfOf ?? [])];
    const units = grants.flatMap(({ unit }) => unit ?? []);
    const tokens = grants.filter(({ unit }) => unit === null).map(({ token }) => token);
    const addressed = `(n.to_user = any($1::text[]) or n.to_unit = any($2::uuid[]) or n.to_token = any($3::text[]))`;
    return this.database.read(caller, async (tx) => {
      const [rows, [count]] = await Promise.all([
        tx.query<NoticeRow>(
          `select n.*, r.read_at from clock_notices n
           left join clock_notice_reads r on r.notice_id = n.notice_id and r.user_id = $4
           where ${addressed} order by r.read_at is not null, n.at desc, n.notice_id limit $5`,
          [users, units, tokens, caller.id, limit],
        ),
        tx.query<{ unread: number }>(
          `select count(*)::int as unread from clock_notices n
           where ${addressed} and not exists (select from clock_notice_reads r where r.notice_id = n.notice_id and r.user_id = $4)`,
          [users, units, tokens, caller.id],
        ),
      ]);
      return { rows, unread: count!.unread };
    });
  }

  /** The caller has read it. @returns false if there is no such notice for the caller */
  async read(tx: Tx, noticeId: string, at: Date): Promise<boolean> {
    const [notice] = await tx.query<{ subject_id: string }>(
      'select subject_id from clock_notices where notice_id = $1',
      [noticeId],
    );
    if (!notice) return false;
    await tx.query(
      `insert into clock_notice_reads (notice_id, user_id, read_at) values ($1, $2, $3) on conflict do nothing`,
      [noticeId, tx.actor.id, at],
    );
    tx.audit({ what: 'notice.read', caseIds: [notice.subject_id] });
    return true;
  }

  /** What leavers have not read passes to who takes over, as what they hold does. */
  async handOn(
    tx: Tx,
    leavings: readonly { readonly userId: string; readonly successorId: string }[],
  ): Promise<void> {
    await tx.query(
      `update clock_notices n set to_user = l.successor
       from unnest($1::text[], $2::text[]) as l (leaver, successor)
       where n.to_user = l.leaver
         and not exists (select from clock_notice_reads r where r.notice_id = n.notice_id and r.user_id = l.leaver)`,
      [leavings.map(({ userId }) => userId), leavings.map(({ successorId }) => successorId)],
    );
  }
}
