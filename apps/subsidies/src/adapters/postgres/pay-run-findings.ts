import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import { FindingNotOpen } from '../../domain/pay-run-errors.js';
import type { PayeeFinding } from './payee-checks.js';

/** What is to be looked at before persons are paid by a run. */
@Injectable()
export class PayRunFindings {
  /** Of these persons, those about whom a message waits in a consumer of this service. */
  async parkedPersons(tx: Tx, personIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ key: string }>(
      `select distinct key from parked_messages where state in ('failed', 'waiting') and key = any($1::text[])`,
      [personIds],
      'pay-run-parked',
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** Each once: found again, it stays as it is. */
  async add(tx: Tx, runNo: number, found: readonly PayeeFinding[]): Promise<void> {
    await tx.query(
      `insert into pay_run_findings (run_no, person_id, "check", account_id, reason, division_code)
       select $1, f.person_id, f."check", f.account_id, f.reason,
         (select max(b.division_code) from benefits b where b.person_id = f.person_id)
       from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[]) as f (person_id, "check", account_id, reason)
       on conflict do nothing`,
      [
        runNo,
        found.map(({ personId }) => personId),
        found.map(({ check }) => check),
        found.map(({ accountId }) => accountId),
        found.map(({ reason }) => reason),
      ],
    );
  }

  /**
   * @throws FindingNotOpen where it is none, or settled already
   */
  async settle(
    tx: Tx,
    runNo: number,
    { personId, check }: { readonly personId: string; readonly check: string },
    { outcome, note }: { readonly outcome: 'passed' | 'taken-out'; readonly note: string },
  ): Promise<void> {
    const rows = await tx.query(
      `update pay_run_findings set state = $4, note = $5, done_by = $6, done_by_role = $7, done_at = now()
       where run_no = $1 and person_id = $2 and "check" = $3 and state = 'open' returning run_no`,
      [runNo, personId, check, outcome, note, tx.actor.id, tx.actor.role],
    );
    if (rows.length === 0) throw new FindingNotOpen();
    if (outcome === 'taken-out') await this.takeOut(tx, runNo, personId);
  }

  /** What the run would have paid the person stands on its list instead, and the totals say so. */
  private async takeOut(tx: Tx, runNo: number, personId: string): Promise<void> {
    // Lines are written by the service alone; that the run and the person are in the user's reach was seen at the finding.
    await tx.asService(() =>
      tx.query(
        `with taken as (
           update pay_run_lines set state = 'left-out', reason = 'taken-out'
           where run_no = $1 and state = 'planned' and benefit_id in (select benefit_id from benefits where person_id = $2)
           returning fen - set_off as fen)
         update pay_runs set count = count - t.lines, fen = pay_runs.fen - t.fen, left_out = left_out + t.lines, version = version + 1
         from (select count(*)::int as lines, coalesce(sum(fen), 0) as fen from taken) t where run_no = $1`,
        [runNo, personId],
      ),
    );
  }
}
