import { Injectable } from '@nestjs/common';
import { handOf, type Actor } from '@app/access';
import { Jobs } from '@app/jobs';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import { v4 as uuid } from 'uuid';
import { LedgerBooks } from '../adapters/postgres/ledger-books.js';
import { PayRunFindings } from '../adapters/postgres/pay-run-findings.js';
import { PayRunRepository } from '../adapters/postgres/pay-run-repository.js';
import { monthOf, type Month } from '../domain/month.js';
import { approveRun, cancelRun, checkMonth, type PayRun } from '../domain/pay-run.js';
import { PayRunNotReady } from '../domain/pay-run-errors.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';

export const PAY_RUN_QUEUE = 'pay-runs';

/** A run as a person's step leaves it. */
export type PayRunChange = Pick<PayRun, 'runNo' | 'state' | 'count' | 'fen' | 'version'>;

/** The steps of pay runs that persons take. What the service does by itself in between is woken, and sweeps make sure of it. */
@Injectable()
export class ChangePayRuns {
  constructor(
    private readonly database: Database,
    private readonly runs: PayRunRepository,
    private readonly findings: PayRunFindings,
    private readonly books: LedgerBooks,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /**
   * A run of the county begins to plan.
   * @param form county: six digits; payOn: day on which money is to go out, for which proofs are judged
   * @throws NotAllowed, PayRunUnderWay, PayRunOfMonthNotPossible
   */
  async begin(
    actor: Actor,
    form: { readonly county: string; readonly month: Month; readonly payOn: string },
  ): Promise<PayRunChange> {
    const caller = changingMoney(actor, ['pay-run:plan'], [`${form.county}000000`]);
    const run = await this.database.command(caller, async (tx) => {
      // The books of a county are the service's own; whose county it is was asked above.
      const open = await tx.asService(() => this.books.openMonth(tx, form.county));
      checkMonth(form.month, open, monthOf(this.clock.today()));
      const row = await this.runs.begin(tx, form);
      await tx.asService(() => this.books.moveTo(tx, form.county, form.month));
      tx.audit({ what: 'pay-run.planning', detail: { runNo: row.run_no, month: form.month } });
      return { runNo: row.run_no, state: row.state, count: 0, fen: 0, version: row.version };
    });
    await this.wake();
    return run;
  }

  /**
   * A second person approves what they saw, and the money is ordered.
   * @throws PayRunNotFound, NotAllowed, and as `approveRun`
   */
  async approve(
    actor: Actor,
    runNo: number,
    seen: { readonly version: number; readonly count: number; readonly fen: number },
  ): Promise<PayRunChange> {
    const caller = await this.acting(actor, runNo, 'pay-run:approve');
    const run = await this.runs.change(
      caller,
      runNo,
      null,
      (before) => approveRun(before, { by: handOf(caller), ...seen }),
      async (tx, row) => {
        const approved = await this.runs.lock(tx, row.run_no);
        await this.runs.moveTo(tx, approved, 'ordering', null);
      },
    );
    await this.wake();
    return { ...changed(run), state: 'ordering', version: run.version + 1 };
  }

  /** @throws PayRunNotFound, NotAllowed, PayRunChanged, PayRunNotReady */
  async cancel(
    actor: Actor,
    runNo: number,
    { version, reason }: { readonly version: number; readonly reason: string },
  ): Promise<PayRunChange> {
    const caller = await this.acting(actor, runNo, 'pay-run:plan', 'pay-run:approve');
    return changed(await this.runs.change(caller, runNo, reason, (run) => cancelRun(run, version)));
  }

  /**
   * Somebody looked at a finding: the person is paid, or taken out of this run.
   * @throws PayRunNotFound, FindingNotOpen, NotAllowed, PayRunNotReady
   */
  async settleFinding(
    actor: Actor,
    runNo: number,
    of: { readonly personId: string; readonly check: string },
    how: { readonly outcome: 'passed' | 'taken-out'; readonly note: string },
  ): Promise<{ readonly openFindings: number }> {
    const caller = await this.acting(actor, runNo, 'pay-run:check');
    return this.database.command(caller, async (tx) => {
      const run = await this.runs.lock(tx, runNo);
      if (run.state !== 'planned') throw new PayRunNotReady(run.state);
      await this.findings.settle(tx, runNo, of, how);
      tx.audit({
        what: `pay-run.finding-${how.outcome}`,
        personIds: [of.personId],
        why: how.note,
        detail: { runNo, check: of.check },
      });
      return { openFindings: (await this.runs.lock(tx, runNo)).open_findings };
    });
  }

  private async acting(
    actor: Actor,
    runNo: number,
    ...needed: Parameters<typeof changingMoney>[1] extends readonly [infer First, ...unknown[]]
      ? [First, ...First[]]
      : never
  ) {
    const run = await this.runs.one(lookingAtMoney(actor, 'pay-run:read'), runNo);
    return changingMoney(actor, needed, [run.division_code]);
  }

  private async wake(): Promise<void> {
    await this.jobs.add(PAY_RUN_QUEUE, {}, { jobId: `${uuid()}-pay-run`, attempts: 1, forgetWhenDone: true });
  }
}

function changed({ runNo, state, count, fen, version }: PayRun): PayRunChange {
  return { runNo, state, count, fen, version };
}
