import { Injectable } from '@nestjs/common';
import { Database, type Caller, type Tx } from '@app/platform';
import type { Post } from '../../domain/post-rules.js';
import { DeputyNotFound } from '../../domain/organisation-errors.js';

/** Who acts for the holder of a post, from day to day (inclusive). */
export interface Deputy {
  readonly deputyId: string;
  readonly postId: string;
  readonly holderId: string;
  readonly actingId: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

const COLUMNS = `deputy_id as "deputyId", post_id as "postId", holder_id as "holderId", acting_id as "actingId",
  valid_from as "from", valid_to as "to", reason`;

/** Deputies of posts. Never deleted: an end is a day. */
@Injectable()
export class DeputyRepository {
  constructor(private readonly database: Database) {}

  /** Those for whom the account acts, and those who act for it. */
  async around(caller: Caller, accountId: string): Promise<Deputy[]> {
    return this.database.query<Deputy>(
      caller,
      `select ${COLUMNS} from deputies where holder_id = $1 or acting_id = $1 order by valid_from, deputy_id`,
      [accountId],
    );
  }

  async ofPost(tx: Tx, postId: string): Promise<Deputy[]> {
    return tx.query<Deputy>(`select ${COLUMNS} from deputies where post_id = $1`, [postId]);
  }

  /** Posts of others that an account is deputy for, each in the days in which it is. */
  async postsActedFor(tx: Tx, accountId: string): Promise<Post[]> {
    const rows = await tx.query<Omit<Post, 'period'> & { from: string; to: string }>(
      `select p.post_id as "postId", p.role, p.unit_id as "unitId", p.department, d.valid_from as "from", d.valid_to as "to"
       from deputies d join posts p on p.post_id = d.post_id where d.acting_id = $1`,
      [accountId],
    );
    return rows.map(({ from, to, ...post }) => ({ ...post, period: { from, to } }));
  }

  /** @throws DeputyNotFound */
  async lock(tx: Tx, deputyId: string): Promise<Deputy> {
    return this.get(tx, deputyId, 'for update');
  }

  /** @throws DeputyNotFound */
  async get(tx: Tx, deputyId: string, lock: 'for update' | '' = ''): Promise<Deputy> {
    const [deputy] = await tx.query<Deputy>(`select ${COLUMNS} from deputies where deputy_id = $1 ${lock}`, [
      deputyId,
    ]);
    if (!deputy) throw new DeputyNotFound();
    return deputy;
  }

  async add(tx: Tx, deputy: Deputy, divisionCode: string): Promise<void> {
    await tx.query(
      `insert into deputies (deputy_id, post_id, holder_id, acting_id, division_code, valid_from, valid_to, reason,
                             created_by, created_role, changed_by, changed_role)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10)`,
      [
        deputy.deputyId,
        deputy.postId,
        deputy.holderId,
        deputy.actingId,
        divisionCode,
        deputy.from,
        deputy.to,
        deputy.reason,
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }

  async end(tx: Tx, deputyId: string, last: string): Promise<void> {
    await tx.query(
      `update deputies set valid_to = $2, changed_by = $3, changed_role = $4, changed_at = now() where deputy_id = $1`,
      [deputyId, last, tx.actor.id, tx.actor.role],
    );
  }

  /**
   * Every deputyship that goes on after this day ends, of the account and for the account; or of one post.
   * @param on first day without it
   * @returns how many
   */
  async endAll(
    tx: Tx,
    of: { readonly accountId: string } | { readonly postId: string },
    on: string,
  ): Promise<number> {
    const [column, id] =
      'accountId' in of ? ['(holder_id = $1 or acting_id = $1)', of.accountId] : ['post_id = $1', of.postId];
    const ended = await tx.query(
      `update deputies set valid_to = greatest($2::date - 1, valid_from - 1), changed_by = $3, changed_role = $4, changed_at = now()
       where ${column} and valid_to >= $2 returning 1`,
      [id, on, tx.actor.id, tx.actor.role],
    );
    return ended.length;
  }
}
