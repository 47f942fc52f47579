import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { type Caller, Database, type Tx } from '@app/platform';
import { PayRunNotFound, PayRunUnderWay } from '../../domain/pay-run-errors.js';
import type { PayRun } from '../../domain/pay-run.js';
import type { PayRunState } from '../../domain/pay-run-state.js';
import type { Month } from '../../domain/month.js';
import { payRunColumns, toPayRun, type PayRunRow } from './pay-run-rows.js';

export interface NewPayRun {
  readonly county: string;
  readonly month: Month;
  readonly payOn: string;
}

/** Pay runs, as commands and the service's own work change them: under the lock of the run's row. */
@Injectable()
export class PayRunRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** A new run begins to plan. @throws PayRunUnderWay */
  async begin(tx: Tx, { county, month, payOn }: NewPayRun): Promise<PayRunRow> {
    const [other] = await tx.query<{ run_no: number }>(
      `select run_no::float8 as run_no from pay_runs where county = $1 and state in ('planning', 'planned', 'approved', 'ordering')`,
      [county],
    );
    if (other) throw new PayRunUnderWay(other.run_no);
    const [row] = await tx.query<PayRunRow>(
      `insert into pay_runs as r (county, division_code, month, serial, pay_on, state, since, planned_by, planned_by_role, planned_on_behalf_of,
         created_at)
       select $1::text, $1::text || '000000', $2::text, coalesce(max(serial) filter (where month = $2::text), 0) + 1, $3::date, 'planning',
         max(created_at) filter (where state <> 'cancelled'), $4, $5, $6, $7
       from pay_runs where county = $1::text
       on conflict do nothing returning ${payRunColumns}`,
      [county, month, payOn, tx.actor.id, tx.actor.role, tx.actor.onBehalfOf ?? null, this.clock.now()],
    );
    // Somebody else began one in the same moment.
    if (!row) throw new PayRunUnderWay(0);
    await this.remember(tx, row, null);
    return row;
  }

  /** @throws PayRunNotFound */
  async lock(tx: Tx, runNo: number): Promise<PayRunRow> {
    const [row] = await tx.query<PayRunRow>(
      `select ${payRunColumns} from pay_runs r where run_no = $1 for update`,
      [runNo],
    );
    if (!row) throw new PayRunNotFound();
    return row;
  }

  /** The run, if nobody else works on it at this moment. */
  async take(tx: Tx, runNo: number): Promise<PayRunRow | null> {
    const [row] = await tx.query<PayRunRow>(
      `select ${payRunColumns} from pay_runs r where run_no = $1 for update skip locked`,
      [runNo],
      'pay-run-take',
    );
    return row ?? null;
  }

  /** A person's step. @throws PayRunNotFound */
  async change(
    caller: Caller,
    runNo: number,
    note: string | null,
    decide: (run: PayRun, row: PayRunRow) => PayRun,
    more: (tx: Tx, row: PayRunRow) => Promise<void> = () => Promise.resolve(),
  ): Promise<PayRun> {
    return this.database.command(caller, async (tx) => {
      const row = await this.lock(tx, runNo);
      const next = decide(toPayRun(row), row);
      await this.moveTo(tx, row, next.state, note);
      await more(tx, row);
      tx.audit({ what: `pay-run.${next.state}`, why: note, detail: { runNo } });
      return next;
    });
  }

  /** The run comes to another state, by whoever runs the transaction. */
  async moveTo(tx: Tx, row: PayRunRow, state: PayRunState, note: string | null): Promise<void> {
    await tx.query(
      'update pay_runs set state = $2, version = version + 1, changed_at = now() where run_no = $1',
      [row.run_no, state],
    );
    await this.remember(tx, { ...row, state, version: row.version + 1 }, note);
  }

  async remember(tx: Tx, row: PayRunRow, note: string | null): Promise<void> {
    await tx.query(
      `insert into pay_run_steps (run_no, version, division_code, state, count, fen, note, done_by, done_by_role, on_behalf_of)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        row.run_no,
        row.version,
        row.division_code,
        row.state,
        row.count,
        row.fen,
        note,
        tx.actor.id,
        tx.actor.role,
        tx.actor.onBehalfOf ?? null,
      ],
    );
  }

  /** The run as it is now. @throws PayRunNotFound also where it is out of reach */
  async one(reader: Caller, runNo: number): Promise<PayRunRow> {
    const [row] = await this.database.query<PayRunRow>(
      reader,
      `select ${payRunColumns} from pay_runs r where run_no = $1`,
      [runNo],
    );
    if (!row) throw new PayRunNotFound();
    return row;
  }

  /** Runs with work of the service's own before them, the oldest first. */
  async atWork(caller: Caller): Promise<readonly { runNo: number; state: PayRunState }[]> {
    const rows = await this.database.query<{ run_no: number; state: PayRunState }>(
      caller,
      `select run_no::float8 as run_no, state from pay_runs where state in ('planning', 'ordering') order by pay_runs.run_no`,
    );
    return rows.map(({ run_no: runNo, state }) => ({ runNo, state }));
  }
}
