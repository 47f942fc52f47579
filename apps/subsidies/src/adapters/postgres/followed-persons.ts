import { Injectable } from '@nestjs/common';
import { CasePersonFollower, type SingleThing } from '@app/casework';
import type { FollowedTable, PersonMove } from '@app/messaging';
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
}
