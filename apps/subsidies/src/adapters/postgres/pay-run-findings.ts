import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { PayFinding } from '../../domain/pay-duty.js';
import { FindingNotOpen } from '../../domain/pay-run-errors.js';

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

  /**
   * Each once: found again, it stays as it is. What somebody decided to pay in an earlier run counts here too while it rests on the same; not to
   * pay was for that run alone, and is asked again.
   */
  async add(tx: Tx, runNo: number, found: readonly PayFinding[]): Promise<void> {
    await tx.query(
      `insert into pay_run_findings (run_no, person_id, "check", account_id, reason, since, basis, division_code, fen,
         state, note, done_by, done_by_role, done_at, carried_from)
       select $1, f.person_id, f."check", f.account_id, f.reason, f.since, f.basis, touched.place, touched.fen,
         coalesce(before.state, 'open'), before.note, before.done_by, before.done_by_role, before.done_at, before.run_no
       from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::date[], $7::text[])
         as f (person_id, "check", account_id, reason, since, basis)
       cross join lateral (
         select max(l.division_code) as place, sum(l.fen - l.set_off) as fen
         from benefits b join pay_run_lines l on l.run_no = $1 and l.benefit_id = b.benefit_id and l.state = 'planned'
         where b.person_id = f.person_id) touched
       left join lateral (
         select p.* from (
           select coalesce(carried_from, run_no) as run_no, state, basis, note, done_by, done_by_role, done_at
           from pay_run_findings p
           where p.person_id = f.person_id and p."check" = f."check" and p.run_no < $1 and p.state <> 'open'
           order by p.run_no desc limit 1) p
         where p.state = 'passed' and p.basis = f.basis) before on true
       where touched.place is not null
       on conflict do nothing`,
      [
        runNo,
        found.map(({ personId }) => personId),
        found.map(({ check }) => check),
        found.map(({ accountId }) => accountId),
        found.map(({ reason }) => reason),
        found.map(({ since }) => since),
        found.map(({ basis }) => basis),
      ],
      'pay-run-add-findings',
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
