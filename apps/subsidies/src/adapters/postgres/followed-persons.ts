import { Injectable } from '@nestjs/common';
import { CasePersonFollower, type SingleThing } from '@app/casework';
import type { FollowedTable, PersonMove, PersonPart } from '@app/messaging';
import type { Tx } from '@app/platform';

/**
 * Benefits and accounts follow their persons, beside the cases. What is booked stays under the id that it was booked under: entries and
 * lines are of a benefit, and whose that is now, the benefit says.
 */
@Injectable()
export class FollowedPersons extends CasePersonFollower {
  protected override readonly tables: readonly FollowedTable[] = [
    { table: 'benefits', ids: ['benefit_id', 'case_id'] },
    { table: 'payee_accounts', ids: ['account_id'] },
    { table: 'suspected_deaths', ids: [] },
  ];
  protected override readonly single: readonly SingleThing[] = [
    { table: 'benefits', id: 'benefit_id', by: ['item_id'], lives: `t.status <> 'stopped'`, ofCase: true },
  ];

  /**
   * One account is paid: that of the surviving file, which two persons confirmed for this person. The other's is replaced by it, with the
   * reason in its history; if it was another account, money goes elsewhere than before, and waits one cycle. Of two that wait to be
   * confirmed the absorbed file's is withdrawn and has to be entered again.
   */
  protected override async beforeMerge(tx: Tx, { from, to }: PersonMove): Promise<void> {
    const month = this.clock.today().slice(0, 7);
    await tx.query(
      `with clash as (
         select a.account_id, b.account_id as stays, a.account_token <> b.account_token as elsewhere
         from payee_accounts a join payee_accounts b on b.status = a.status
         where a.person_id = $1 and b.person_id = $2 and a.status in ('confirmed', 'pending')
         for update of a, b),
       ended as (
         update payee_accounts a set status = case a.status when 'confirmed' then 'replaced' else 'withdrawn' end,
           version = a.version + 1, changed_by = $4, changed_by_role = $5, changed_at = now()
         from clash c where a.account_id = c.account_id
         returning a.account_id, a.version, a.status, a.held_until_month, c.stays, c.elsewhere),
       waits as (
         update payee_accounts s set held_until_month = greatest(s.held_until_month, $3), version = s.version + 1,
           changed_by = $4, changed_by_role = $5, changed_at = now()
         from ended e where s.account_id = e.stays and s.status = 'confirmed' and e.elsewhere
         returning s.account_id, s.version, s.status, s.held_until_month)
       insert into payee_account_history (account_id, version, status, held_until_month, reason, day, changed_by, changed_by_role)
       select account_id, version, status, held_until_month, '合并档案：每人只保留一个发放账户', $6::date, $4, $5 from ended
       union all
       select account_id, version, status, held_until_month, '合并档案：另一账户的资金改付本账户，暂缓一期', $6::date, $4, $5 from waits`,
      [from, to, month, tx.actor.id, tx.actor.role, this.clock.today()],
    );
  }

  /** Registry tells of who stays; of the absorbed file it tells no more. */
  protected override async afterMerge(tx: Tx, { from, to }: PersonMove): Promise<void> {
    await moveListedRows(tx, 'r.person_id = $2', [to, from]);
    await tx.query(
      `with found as (delete from take_over_findings where person_id = $1 returning *)
       insert into take_over_findings (take_over_id, list, row, kind, place, "column", reason, person_id, division_code)
       select take_over_id, list, row, kind, place, "column", reason, $2, division_code from found`,
      [from, to],
    );
    await tx.query('delete from payment_persons where person_id = $1', [from]);
  }

  /** A row of an old list goes where what it made goes. */
  override async split(tx: Tx, part: PersonPart): Promise<void> {
    await super.split(tx, part);
    await moveListedRows(tx, 'r.made_id = any($2::uuid[]) and r.person_id <> $1', [part.to, part.subjects]);
    // Of a file that comes out again, what was said of that file.
    await tx.query(
      `update suspected_deaths s set person_id = $2 from person_aliases a
       where a.subject_id = s.subject_id and a.person_id = $2 and s.person_id = $1`,
      [part.from, part.to],
    );
  }
}

/** Rows of the lists of a take-over become rows about `$1`: what they are about is in their key, so that a corrected file means them. */
async function moveListedRows(
  tx: Tx,
  which: string,
  params: readonly [to: string, ...unknown[]],
): Promise<void> {
  await tx.query(
    `update take_over_rows r set person_id = $1, key = replace(r.key, r.person_id::text, $1::uuid::text),
       nth = r.nth + coalesce((select max(o.nth) from take_over_rows o where o.take_over_id = r.take_over_id and o.list = r.list
         and o.key = replace(r.key, r.person_id::text, $1::uuid::text)), 0)
     where ${which}`,
    params,
  );
}
