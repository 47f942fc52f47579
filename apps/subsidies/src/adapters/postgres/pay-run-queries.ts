import { Injectable } from '@nestjs/common';
import { type Caller, Database } from '@app/platform';
import type { EntryKind } from '../../domain/ledger.js';
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
  readonly divisionCode: string;
  readonly itemId: string;
  readonly months: readonly { readonly month: string; readonly fen: number }[];
  readonly fen: number;
  /** 分 kept for an overpayment; the bank is given the rest. */
  readonly setOff: number;
  readonly state: 'planned' | 'left-out' | 'ordered' | 'paid' | 'failed';
  readonly reason: string | null;
}

export interface ShownFinding {
  readonly personId: string;
  readonly check: string;
  readonly divisionCode: string;
  readonly accountId: string | null;
  readonly reason: string;
  readonly state: 'open' | 'passed' | 'taken-out';
  readonly note: string | null;
  readonly by: string | null;
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
    const rows = await this.database.query<Omit<ShownLine, 'months'> & { months: string[]; fens: string[] }>(
      reader,
      `select line_no as "lineNo", benefit_id as "benefitId", person_id as "personId", division_code as "divisionCode",
         item_id as "itemId", months, fens, fen::float8 as fen, set_off::float8 as "setOff", state, reason
       from pay_run_lines
       where run_no = $1 and line_no > $2 and ($3::text is null or state = $3) and ($4::text is null or reason = $4)
         and ($5::text is null or division_code >= $5) and ($6::text is null or division_code <= $6)
       order by line_no limit $7`,
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
    return rows.map(({ months, fens, ...line }) => ({
      ...line,
      months: months.map((month, place) => ({ month, fen: Number(fens[place]) })),
    }));
  }

  findings(
    reader: Caller,
    runNo: number,
    query: {
      state?: string | undefined;
      after?: { personId: string; check: string } | undefined;
      limit: number;
    },
  ): Promise<ShownFinding[]> {
    return this.database.query<ShownFinding>(
      reader,
      `select person_id as "personId", "check", division_code as "divisionCode", account_id as "accountId", reason, state, note,
         done_by as by
       from pay_run_findings
       where run_no = $1 and ($2::text is null or state = $2) and ($3::uuid is null or (person_id, "check") > ($3, $4))
       order by person_id, "check" limit $5`,
      [runNo, query.state ?? null, query.after?.personId ?? null, query.after?.check ?? null, query.limit],
    );
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
