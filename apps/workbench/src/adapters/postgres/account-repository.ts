import { Injectable } from '@nestjs/common';
import { ColumnCipher, Sensitive, type Department, type Role } from '@app/access';
import { Database, type Caller, type Tx } from '@app/platform';
import type { Account } from '../../domain/account.js';
import { AccountNotFound, PostNotFound, UserIdTaken } from '../../domain/organisation-errors.js';
import type { Post } from '../../domain/post-rules.js';

const PHONE_COLUMN = 'workbench.accounts.phone';

const COLUMNS = `a.account_id as "accountId", a.user_id as "userId", a.name, a.unit_id as "unitId", a.division_code as "divisionCode",
  a.state, a.left_on as "leftOn", a.successor_id as "successorId", a.version`;

/** An account with every post that it ever had. */
export interface AccountFile {
  readonly account: Account;
  readonly posts: readonly PostOfAccount[];
}

export interface PostOfAccount extends Post {
  readonly accountId: string;
  readonly divisionCode: string;
}

interface PostRow {
  postId: string;
  accountId: string;
  unitId: string;
  divisionCode: string;
  role: Role;
  department: Department | null;
  from: string;
  to: string | null;
}

export interface NewAccount {
  readonly accountId: string;
  readonly userId: string;
  readonly name: string;
  readonly phone: Sensitive | null;
  readonly unitId: string;
  readonly divisionCode: string;
}

export interface NewPost extends Post {
  readonly accountId: string;
  readonly divisionCode: string;
}

export interface AccountFilter {
  readonly unitId?: string | undefined;
  readonly state?: Account['state'] | undefined;
  readonly userId?: string | undefined;
  /** User id after which the page begins. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Accounts and their posts. Row-level security shows them to the administrators of their place. */
@Injectable()
export class AccountRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
  ) {}

  async list(caller: Caller, { unitId, state, userId, after, limit }: AccountFilter): Promise<Account[]> {
    return this.database.query<Account>(
      caller,
      `select ${COLUMNS} from accounts a
       where ($1::uuid is null or a.unit_id = $1) and ($2::text is null or a.state = $2)
         and ($3::text is null or a.user_id = $3) and ($4::text is null or a.user_id > $4)
       order by a.user_id limit $5`,
      [unitId ?? null, state ?? null, userId ?? null, after ?? null, limit],
    );
  }

  /** @throws AccountNotFound if there is none in reach */
  async see(caller: Caller, accountId: string): Promise<AccountFile & { readonly phone: Sensitive | null }> {
    return this.database.read(caller, async (tx) => {
      const [row] = await tx.query<Account & { phone: string | null }>(
        `select ${COLUMNS}, a.phone from accounts a where a.account_id = $1`,
        [accountId],
      );
      if (!row) throw new AccountNotFound();
      const { phone, ...account } = row;
      const posts = await this.postsOf(tx, [accountId]);
      return { account, posts, phone: this.open(phone) };
    });
  }

  /** Accounts under their row lock, in one order, in the order of the ids that are given. @throws AccountNotFound */
  async lock(tx: Tx, accountIds: readonly string[]): Promise<AccountFile[]> {
    const accounts = await tx.query<Account>(
      `select ${COLUMNS} from accounts a where a.account_id = any($1::uuid[]) order by a.account_id for update`,
      [accountIds],
    );
    return this.withPosts(tx, accounts, accountIds);
  }

  /** The account of a user, without a lock. @throws AccountNotFound */
  async ofUser(tx: Tx, userId: string): Promise<AccountFile> {
    const accounts = await tx.query<Account>(`select ${COLUMNS} from accounts a where a.user_id = $1`, [
      userId,
    ]);
    const [file] = await this.withPosts(tx, accounts, [accounts[0]?.accountId ?? '']);
    return file!;
  }

  /** Accounts by user id, wherever they are, under their lock, with their phones opened: for an import to compare with. */
  async lockUsers(
    tx: Tx,
    userIds: readonly string[],
  ): Promise<Map<string, AccountFile & { phone: string | null }>> {
    const rows = await tx.query<Account & { phone: string | null }>(
      `select ${COLUMNS}, a.phone from accounts a where a.user_id = any($1::text[]) order by a.account_id for update`,
      [userIds],
    );
    const posts = await this.postsOf(
      tx,
      rows.map(({ accountId }) => accountId),
    );
    return new Map(
      rows.map(({ phone, ...account }) => [
        account.userId,
        {
          account,
          posts: posts.filter(({ accountId }) => accountId === account.accountId),
          phone: this.open(phone)?.reveal() ?? null,
        },
      ]),
    );
  }

  /** @throws UserIdTaken */
  async add(tx: Tx, accounts: readonly NewAccount[]): Promise<void> {
    if (accounts.length === 0) return;
    const rows = accounts.map((account) => ({ ...account, phone: this.seal(account.phone) }));
    try {
      await tx.query(
        `insert into accounts (account_id, user_id, name, unit_id, division_code, phone, state, version,
                               created_by, created_role, changed_by, changed_role)
         select "accountId", "userId", name, "unitId", "divisionCode", phone, 'active', 1, $2, $3, $2, $3
         from json_to_recordset($1::json)
           as n ("accountId" uuid, "userId" text, name text, "unitId" uuid, "divisionCode" text, phone text)`,
        [JSON.stringify(rows), tx.actor.id, tx.actor.role],
      );
    } catch (error) {
      throw (error as { code?: string }).code === '23505' ? new UserIdTaken() : error;
    }
  }

  /** Saves what a decision made of accounts; their phones stay, unless one is given. */
  async save(
    tx: Tx,
    accounts: readonly { readonly account: Account; readonly phone?: Sensitive | null | undefined }[],
  ): Promise<void> {
    if (accounts.length === 0) return;
    const rows = accounts.map(({ account, phone }) => ({
      ...account,
      setPhone: phone !== undefined,
      phone: this.seal(phone ?? null),
    }));
    await tx.query(
      `update accounts a set name = n.name, unit_id = n."unitId", division_code = n."divisionCode", state = n.state,
              left_on = n."leftOn", successor_id = n."successorId", version = n.version,
              phone = case when n."setPhone" then n.phone else a.phone end,
              changed_by = $2, changed_role = $3, changed_at = now()
       from json_to_recordset($1::json)
         as n ("accountId" uuid, name text, "unitId" uuid, "divisionCode" text, state text, "leftOn" date, "successorId" uuid,
               version integer, "setPhone" boolean, phone text)
       where a.account_id = n."accountId"`,
      [JSON.stringify(rows), tx.actor.id, tx.actor.role],
    );
  }

  /** A post that is not over, with the account that holds it. @throws PostNotFound */
  async holderOf(tx: Tx, postId: string): Promise<string> {
    const [row] = await tx.query<{ account_id: string }>('select account_id from posts where post_id = $1', [
      postId,
    ]);
    if (!row) throw new PostNotFound();
    return row.account_id;
  }

  async addPosts(tx: Tx, posts: readonly NewPost[]): Promise<void> {
    if (posts.length === 0) return;
    await tx.query(
      `insert into posts (post_id, account_id, unit_id, division_code, role, department, valid_from, valid_to,
                          created_by, created_role, changed_by, changed_role)
       select "postId", "accountId", "unitId", "divisionCode", role, department, "from", "to", $2, $3, $2, $3
       from json_to_recordset($1::json)
         as n ("postId" uuid, "accountId" uuid, "unitId" uuid, "divisionCode" text, role text, department text, "from" date, "to" date)`,
      [JSON.stringify(posts.map((post) => ({ ...post, ...post.period }))), tx.actor.id, tx.actor.role],
    );
  }

  /** Posts get their last day. */
  async endPosts(tx: Tx, posts: readonly Post[], reason: string): Promise<void> {
    if (posts.length === 0) return;
    await tx.query(
      `update posts p set valid_to = n.last, end_reason = $3, changed_by = $4, changed_role = $5, changed_at = now()
       from unnest($1::uuid[], $2::date[]) as n (post_id, last) where p.post_id = n.post_id`,
      [
        posts.map(({ postId }) => postId),
        posts.map(({ period }) => period.to),
        reason,
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }

  /** Accounts and posts go where their unit went. @returns how many accounts */
  async moveWithUnits(
    tx: Tx,
    moves: readonly { readonly from: string; readonly unitId: string; readonly divisionCode: string }[],
  ): Promise<number> {
    if (moves.length === 0) return 0;
    const params = [
      moves.map(({ from }) => from),
      moves.map(({ unitId }) => unitId),
      moves.map(({ divisionCode }) => divisionCode),
      tx.actor.id,
      tx.actor.role,
    ];
    const moved = (table: string, also = '') => `update ${table} t
      set unit_id = m.to_unit, division_code = m.code, ${also}changed_by = $4, changed_role = $5, changed_at = now()
      from unnest($1::uuid[], $2::uuid[], $3::text[]) as m (from_unit, to_unit, code) where t.unit_id = m.from_unit`;
    const accounts = await tx.query(`${moved('accounts', 'version = version + 1, ')} returning 1`, params);
    await tx.query(moved('posts'), params);
    await tx.query(
      `update deputies d set division_code = p.division_code from posts p
       where d.post_id = p.post_id and d.division_code <> p.division_code`,
    );
    return accounts.length;
  }

  /** How many accounts still stand at these units. */
  async countAt(tx: Tx, unitIds: readonly string[]): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      `select count(*)::int as count from accounts where unit_id = any($1::uuid[]) and state <> 'left'`,
      [unitIds],
    );
    return row!.count;
  }

  private async withPosts(
    tx: Tx,
    accounts: readonly Account[],
    order: readonly string[],
  ): Promise<AccountFile[]> {
    const posts = await this.postsOf(
      tx,
      accounts.map(({ accountId }) => accountId),
    );
    return order.map((id) => {
      const account = accounts.find(({ accountId }) => accountId === id);
      if (!account) throw new AccountNotFound();
      return { account, posts: posts.filter(({ accountId }) => accountId === id) };
    });
  }

  private async postsOf(tx: Tx, accountIds: readonly string[]): Promise<PostOfAccount[]> {
    // Who may see an account sees all its posts, wherever they are: duties that are separated must not meet in one account.
    const rows = await tx.asService(() =>
      tx.query<PostRow>(
        `select post_id as "postId", account_id as "accountId", unit_id as "unitId", division_code as "divisionCode", role,
                department, valid_from as "from", valid_to as "to"
         from posts where account_id = any($1::uuid[]) order by valid_from, post_id`,
        [accountIds],
      ),
    );
    return rows.map(({ from, to, ...post }) => ({ ...post, period: { from, to } }));
  }

  private seal(phone: Sensitive | null): string | null {
    return phone && this.cipher.encrypt(PHONE_COLUMN, phone.reveal());
  }

  private open(phone: string | null): Sensitive | null {
    return phone === null ? null : new Sensitive('phone', this.cipher.decrypt(PHONE_COLUMN, phone));
  }
}
