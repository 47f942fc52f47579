import { Injectable } from '@nestjs/common';
import { Sensitive } from '@app/access';
import { type Caller, Database } from '@app/platform';
import type { EntryKind } from '../../domain/ledger.js';
import type { PayCheck } from '../../domain/pay-duty.js';
import type { PayRunState } from '../../domain/pay-run-state.js';
import { payRunColumns, type PayRunRow } from './pay-run-rows.js';

export interface ShownStep {
  readonly version: number;
  readonly state: PayRunState;
  readonly count: number;
  readonly fen: number;
  readonly note: string | null;
  readonly by: string;
  readonly role: string;
  readonly at: string;
}

export interface ShownLine {
  readonly lineNo: number;
  readonly benefitId: string;
  readonly personId: string;
  /** Name on the account of the line, or on the person's, which leaves masked; null: they have none. */
  readonly payeeName: Sensitive | null;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly months: readonly { readonly month: string; readonly fen: number }[];
  readonly fen: number;
  /** 分 kept for an overpayment; the bank is given the rest. */
  readonly setOff: number;
  readonly state: 'planned' | 'left-out' | 'ordered' | 'paid' | 'failed';
  readonly reason: string | null;
  /** Of what came back: where a later run has it; null: nothing came back, or no run has it yet. */
  readonly again: LaterLine | null;
}

/** The newest line of a later run that pays what came back, or says why it does not. */
export interface LaterLine {
  readonly runNo: number;
  readonly month: string;
  readonly serial: number;
  readonly state: ShownLine['state'];
  readonly reason: string | null;
}

export interface ShownFinding {
  readonly personId: string;
  /** Name on the person's account, which leaves masked; null: they have none. */
  readonly payeeName: Sensitive | null;
  readonly check: PayCheck;
  readonly divisionCode: string;
  readonly accountId: string | null;
  readonly reason: string;
  /** Day since when; null: nothing says. */
  readonly since: string | null;
  /** 分 that the run had planned for the person. */
  readonly fen: number;
  readonly state: 'open' | 'passed' | 'taken-out';
  readonly note: string | null;
  readonly by: string | null;
  readonly at: string | null;
  /** The earlier run in which it was decided. */
  readonly carriedFrom: number | null;
}

/** Findings of one kind in one state. */
export interface CheckCount {
  readonly check: PayCheck;
  readonly state: ShownFinding['state'];
  readonly findings: number;
  readonly fen: number;
}

export interface ReasonCount {
  readonly state: ShownLine['state'];
  readonly reason: string | null;
  readonly lines: number;
  readonly fen: number;
}

export interface ShownEntry {
  readonly month: string;
  readonly kind: EntryKind;
  readonly cause: string;
  readonly fen: number;
  readonly bookedIn: string;
  readonly runNo: number | null;
  readonly by: string;
  readonly at: string;
}

const instant = (column: string) =>
  `to_char(${column} at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')`;

/** Pay runs and books, as they are looked at: row-level security shows what is in reach. */
@Injectable()
export class PayRunQueries {
  constructor(private readonly database: Database) {}

  list(
    reader: Caller,
    query: { county?: string | undefined; before?: number | undefined; limit: number },
  ): Promise<PayRunRow[]> {
    return this.database.query<PayRunRow>(
      reader,
      `select ${payRunColumns} from pay_runs r
       where ($1::text is null or county = $1) and ($2::bigint is null or run_no < $2) order by r.run_no desc limit $3`,
      [query.county ?? null, query.before ?? null, query.limit],
    );
  }

  steps(reader: Caller, runNo: number): Promise<ShownStep[]> {
    return this.database.query<ShownStep>(
      reader,
      `select version, state, count, fen::float8 as fen, note, done_by as by, done_by_role as role, ${instant('done_at')} as at
       from pay_run_steps where run_no = $1 order by version`,
      [runNo],
    );
  }

  /** How many lines stand where, and why. */
  reasons(reader: Caller, runNo: number): Promise<ReasonCount[]> {
    return this.database.query<ReasonCount>(
      reader,
      `select state, case state when 'left-out' then reason end as reason, count(*)::int as lines, sum(fen)::float8 as fen
       from pay_run_lines where run_no = $1 group by 1, 2 order by 1, 2`,
      [runNo],
    );
  }

  async lines(
    reader: Caller,
    runNo: number,
    query: {
      state?: string | undefined;
      reason?: string | undefined;
      from?: string | undefined;
      to?: string | undefined;
      after: number;
      limit: number;
    },
  ): Promise<ShownLine[]> {
    const rows = await this.database.query<
      Omit<ShownLine, 'months' | 'payeeName'> & { months: string[]; fens: string[]; payeeName: string | null }
    >(
      reader,
      `select l.line_no as "lineNo", l.benefit_id as "benefitId", l.person_id as "personId", l.division_code as "divisionCode",
         l.item_id as "itemId", l.months, l.fens, l.fen::float8 as fen, l.set_off::float8 as "setOff", l.state, l.reason,
         coalesce((select a.holder_name from payee_accounts a where a.account_id = l.account_id),
           (select a.holder_name from payee_accounts a where a.person_id = l.person_id and a.status = 'confirmed')) as "payeeName",
         case l.state when 'failed' then (
           select json_build_object('runNo', r.run_no, 'month', r.month, 'serial', r.serial, 'state', n.state, 'reason', n.reason)
           from pay_runs own join pay_runs r on r.county = own.county and r.run_no > own.run_no and r.state <> 'cancelled'
           join pay_run_lines n on n.run_no = r.run_no and n.benefit_id = l.benefit_id and n.months && l.months
           where own.run_no = l.run_no order by r.run_no desc limit 1) end as again
       from pay_run_lines l
       where l.run_no = $1 and l.line_no > $2 and ($3::text is null or l.state = $3) and ($4::text is null or l.reason = $4)
         and ($5::text is null or l.division_code >= $5) and ($6::text is null or l.division_code <= $6)
       order by l.line_no limit $7`,
      [
        runNo,
        query.after,
        query.state ?? null,
        query.reason ?? null,
        query.from ?? null,
        query.to ?? null,
        query.limit,
      ],
    );
    return rows.map(({ months, fens, payeeName, ...line }) => ({
      ...line,
      payeeName: Sensitive.orNull('name', payeeName),
      months: months.map((month, place) => ({ month, fen: Number(fens[place]) })),
    }));
  }

  /** How many findings of each kind there are, and what became of them. */
  checks(reader: Caller, runNo: number): Promise<CheckCount[]> {
    return this.database.query<CheckCount>(
      reader,
      `select "check", state, count(*)::int as findings, sum(fen)::float8 as fen
       from pay_run_findings where run_no = $1 group by 1, 2 order by 1, 2`,
      [runNo],
    );
  }

  async findings(
    reader: Caller,
    runNo: number,
    query: {
      state?: string | undefined;
      /** Only of these kinds; absent: all. */
      checks?: readonly string[] | undefined;
      after?: { personId: string; check: string } | undefined;
      limit: number;
    },
  ): Promise<ShownFinding[]> {
    const rows = await this.database.query<Omit<ShownFinding, 'payeeName'> & { payeeName: string | null }>(
      reader,
      `select f.person_id as "personId", f."check", f.division_code as "divisionCode", f.account_id as "accountId", f.reason, f.since,
         f.fen::float8 as fen, f.state, f.note, f.done_by as by, ${instant('f.done_at')} as at, f.carried_from::float8 as "carriedFrom",
         (select a.holder_name from payee_accounts a where a.person_id = f.person_id and a.status = 'confirmed') as "payeeName"
       from pay_run_findings f
       where f.run_no = $1 and ($2::text is null or f.state = $2) and ($3::uuid is null or (f.person_id, f."check") > ($3, $4))
         and ($6::text[] is null or f."check" = any($6))
       order by f.person_id, f."check" limit $5`,
      [
        runNo,
        query.state ?? null,
        query.after?.personId ?? null,
        query.after?.check ?? null,
        query.limit,
        query.checks ?? null,
      ],
    );
    return rows.map(({ payeeName, ...finding }) => ({
      ...finding,
      payeeName: Sensitive.orNull('name', payeeName),
    }));
  }

  entries(reader: Caller, benefitId: string): Promise<ShownEntry[]> {
    return this.database.query<ShownEntry>(
      reader,
      `select month, kind, cause, fen::float8 as fen, booked_in as "bookedIn", run_no::float8 as "runNo", booked_by as by,
         ${instant('booked_at')} as at
       from benefit_entries where benefit_id = $1 order by month, booked_at, kind, cause`,
      [benefitId],
    );
  }
}
