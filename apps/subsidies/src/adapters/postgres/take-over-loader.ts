import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { Clock } from '@app/kernel';
import type { Tx } from '@app/platform';
import type { Month } from '../../domain/month.js';
import type { ContentOf, TakeOverList } from '../../domain/take-over.js';
import { ACCOUNT_COLUMN } from './payee-rows.js';
import { LISTED_ACCOUNT_COLUMN } from './take-over-rows.js';

/** A row that is to be loaded, or taken back. */
export interface RowAtWork<List extends TakeOverList = TakeOverList> {
  readonly list: List;
  readonly key: string;
  readonly nth: number;
  readonly row: number;
  readonly sha256: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly content: ContentOf[List];
  /** Ciphertext. */
  readonly accountNumber: string | null;
  readonly revision: number;
  readonly state: 'staged' | 'loaded' | 'changed' | 'gone';
  readonly madeId: string | null;
}

type RowKey = Pick<RowAtWork, 'list' | 'key' | 'nth'>;

/**
 * A row may be loaded: nothing was found, or a supervisor has released what was found in its village. Asked again of what runs: a benefit that
 * was granted since the lists were compared must not go on under the case of a list.
 */
const LOADABLE = `r.state = 'staged' and r.list <> 'cards' and (r.verdict = 'clean' or (r.verdict = 'releasable' and exists (
  select from take_over_villages v
  where v.take_over_id = r.take_over_id and v.division_code = r.division_code and v.released_digest = v.digest)))
  and not (r.list = 'benefits' and exists (
    select from benefits b where b.person_id = r.person_id and b.item_id = r.content ->> 'itemId' and b.status <> 'stopped'))`;

const COLUMNS = `r.list, r.key, r.nth, r.row, r.sha256, r.person_id as "personId", r.division_code as "divisionCode", r.content,
  r.account_number as "accountNumber", r.revision, r.state, r.made_id as "madeId"`;

const KEYS = '(r.list, r.key, r.nth) in (select * from unnest($2::text[], $3::text[], $4::int[]))';

function keysOf(rows: readonly RowKey[]): unknown[] {
  return [rows.map(({ list }) => list), rows.map(({ key }) => key), rows.map(({ nth }) => nth)];
}

/** What rows make, and what is taken back of it, in the service's own transactions. */
@Injectable()
export class TakeOverLoader {
  constructor(
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  /** The next rows of a list that may be loaded. */
  async loadable(tx: Tx, takeOverId: string, list: TakeOverList, limit: number): Promise<RowAtWork[]> {
    return tx.query<RowAtWork>(
      `select ${COLUMNS} from take_over_rows r where r.take_over_id = $1 and r.list = $2 and ${LOADABLE}
       order by r.division_code, r.key, r.nth limit $3 for update`,
      [takeOverId, list, limit],
    );
  }

  async left(tx: Tx, takeOverId: string): Promise<number> {
    const [row] = await tx.query<{ left: number }>(
      `select count(*)::int as left from take_over_rows r where r.take_over_id = $1 and ${LOADABLE}`,
      [takeOverId],
    );
    return row!.left;
  }

  /** The next rows whose work is to be taken back, in these states, after a row; in the reverse order of loading. */
  async made(
    tx: Tx,
    takeOverId: string,
    states: readonly RowAtWork['state'][],
    after: RowKey | null,
    limit: number,
  ): Promise<RowAtWork[]> {
    return tx.query<RowAtWork>(
      `select ${COLUMNS} from take_over_rows r
       where r.take_over_id = $1 and r.state = any($2::text[]) and r.made_id is not null
         and ($3::text is null or (r.list, r.key, r.nth) < ($3, $4, $5::int))
       order by r.list desc, r.key desc, r.nth desc limit $6 for update`,
      [takeOverId, states, after?.list ?? null, after?.key ?? null, after?.nth ?? null, limit],
    );
  }

  async loaded(
    tx: Tx,
    takeOverId: string,
    rows: readonly (RowKey & { readonly madeId: string })[],
  ): Promise<void> {
    await tx.query(
      `update take_over_rows r set state = 'loaded', made_id = n.made_id
       from unnest($2::text[], $3::text[], $4::int[], $5::uuid[]) as n (list, key, nth, made_id)
       where r.take_over_id = $1 and r.list = n.list and r.key = n.key and r.nth = n.nth`,
      [takeOverId, ...keysOf(rows), rows.map(({ madeId }) => madeId)],
    );
  }

  /** Something came in between: the next comparison says what. */
  async notLoaded(tx: Tx, takeOverId: string, rows: readonly RowKey[]): Promise<void> {
    await tx.query(`update take_over_rows r set verdict = 'blocked' where r.take_over_id = $1 and ${KEYS}`, [
      takeOverId,
      ...keysOf(rows),
    ]);
  }

  /** What these rows made is taken back: a corrected row is to be loaded anew, one that is gone is gone. */
  async takenBack(tx: Tx, takeOverId: string, rows: readonly RowKey[], isUndone: boolean): Promise<void> {
    await tx.query(
      `update take_over_rows r set made_id = null, revision = r.revision + 1,
         state = case when $5 or r.state = 'gone' then 'void' else 'staged' end
       where r.take_over_id = $1 and ${KEYS}`,
      [takeOverId, ...keysOf(rows), isUndone],
    );
  }

  /** Nothing of these benefits is in entries up to the last month paid: it was taken over as it stood. */
  async openBooks(
    tx: Tx,
    books: readonly { readonly caseId: string; readonly from: Month; readonly through: Month }[],
  ): Promise<void> {
    await tx.query(
      `insert into benefit_books (benefit_id, books_from, through, version, owed, paid, even)
       select b.benefit_id, n.books_from, n.through, b.version, 0, 0, true
       from unnest($1::uuid[], $2::text[], $3::text[]) as n (case_id, books_from, through) join benefits b using (case_id)
       on conflict (benefit_id) do nothing`,
      [books.map(({ caseId }) => caseId), books.map(({ from }) => from), books.map(({ through }) => through)],
    );
  }

  /** Of these cases, those whose benefit has been paid since. */
  async paidSince(tx: Tx, caseIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ case_id: string }>(
      `select b.case_id from benefits b join benefit_books k using (benefit_id) where b.case_id = any($1::uuid[]) and k.paid <> 0`,
      [caseIds],
    );
    return new Set(rows.map(({ case_id }) => case_id));
  }

  /**
   * Accounts as the list has them, confirmed by it.
   * @param proof the list, as the history of the account names it
   * @returns ids of those that came in: not where the person has one by now
   */
  async addAccounts(
    tx: Tx,
    accounts: readonly { readonly accountId: string; readonly row: RowAtWork<'payees'> }[],
    proof: (row: RowAtWork) => string,
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ account_id: string }>(
      `insert into payee_accounts (account_id, person_id, holder, holder_name, relation, proof_reference, valid_until, bank, account_number,
         account_token, status, confirmed_at, version, entered_by, entered_by_role, changed_by, changed_by_role)
       select n.*, 'confirmed', $11, 1, $12, $13, $12, $13
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[], $9::text[], $10::text[]) as n
       on conflict (person_id) where status = 'confirmed' do nothing returning account_id`,
      [
        accounts.map(({ accountId }) => accountId),
        accounts.map(({ row }) => row.personId),
        accounts.map(({ row }) => row.content.holder),
        accounts.map(({ row }) => row.content.holderName),
        accounts.map(({ row: { content } }) => (content.holder === 'self' ? null : content.relation)),
        accounts.map(({ row: { content } }) => (content.holder === 'self' ? null : content.proof)),
        accounts.map(({ row: { content } }) => (content.holder === 'self' ? null : content.validUntil)),
        accounts.map(({ row }) => row.content.bank),
        accounts.map(({ row }) =>
          this.cipher.encrypt(ACCOUNT_COLUMN, this.cipher.decrypt(LISTED_ACCOUNT_COLUMN, row.accountNumber!)),
        ),
        accounts.map(({ row }) => row.content.token),
        this.clock.now(),
        tx.actor.id,
        tx.actor.role,
      ],
    );
    const added = new Set(rows.map(({ account_id }) => account_id));
    const those = accounts.filter(({ accountId }) => added.has(accountId));
    await tx.query(
      `insert into payee_account_history (account_id, version, status, reason, day, changed_by, changed_by_role)
       select n.account_id, 1, 'confirmed', n.reason, $3::date, $4, $5 from unnest($1::uuid[], $2::text[]) as n (account_id, reason)`,
      [
        those.map(({ accountId }) => accountId),
        those.map(({ row }) => proof(row)),
        this.clock.today(),
        tx.actor.id,
        tx.actor.role,
      ],
    );
    return added;
  }

  /** Withdraws accounts that are as they were loaded. @returns their ids */
  async withdrawAccounts(
    tx: Tx,
    accountIds: readonly string[],
    reason: string,
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ account_id: string }>(
      `with ended as (
         update payee_accounts set status = 'withdrawn', version = version + 1, changed_by = $4, changed_by_role = $5, changed_at = now()
         where account_id = any($1::uuid[]) and status = 'confirmed' and version = 1
         returning account_id, version, status, held_until_month),
       told as (
         insert into payee_account_history (account_id, version, status, held_until_month, reason, day, changed_by, changed_by_role)
         select account_id, version, status, held_until_month, $2, $3::date, $4, $5 from ended)
       select account_id from ended`,
      [accountIds, reason, this.clock.today(), tx.actor.id, tx.actor.role],
    );
    return new Set(rows.map(({ account_id }) => account_id));
  }

  /** What stands against undoing it as a whole; null: nothing was decided on it. */
  async decidedOn(tx: Tx, takeOverId: string, county: string): Promise<'pay-run' | 'case' | null> {
    const runs = await tx.query(
      `select 1 from pay_runs r join take_overs t on t.take_over_id = $1
       where r.county = $2 and r.state <> 'cancelled' and r.created_at >= t.created_at limit 1`,
      [takeOverId, county],
    );
    if (runs.length > 0) return 'pay-run';
    const cases = await tx.query(
      `select 1 from take_over_rows r join cases c on c.case_id = r.made_id
       where r.take_over_id = $1 and r.list in ('benefits', 'cases') and r.made_id is not null
         and (c.changed_by_role <> 'service' or c.status not in ('listed', 'open', 'deciding', 'granted', 'held')
           or exists (select from case_steps s where s.case_id = c.case_id)) limit 1`,
      [takeOverId],
    );
    if (cases.length > 0) return 'case';
    const accounts = await tx.query(
      `select 1 from take_over_rows r join payee_accounts a on a.account_id = r.made_id
       where r.take_over_id = $1 and r.list = 'payees' and r.made_id is not null and (a.status <> 'confirmed' or a.version <> 1) limit 1`,
      [takeOverId],
    );
    return accounts.length > 0 ? 'case' : null;
  }

  /** The case of a row of open cases that was loaded, of a take-over that still stands; null: there is none such. */
  async openCaseOf(
    tx: Tx,
    takeOverId: string,
    caseId: string,
  ): Promise<{ personId: string; divisionCode: string } | null> {
    const [row] = await tx.query<{ personId: string; divisionCode: string }>(
      `select person_id as "personId", division_code as "divisionCode" from take_over_rows
       where take_over_id = $1 and list = 'cases' and made_id = $2 and state = 'loaded'`,
      [takeOverId, caseId],
    );
    return row ?? null;
  }
}
