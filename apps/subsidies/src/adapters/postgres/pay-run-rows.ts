import type { PayRun } from '../../domain/pay-run.js';
import type { PayRunState } from '../../domain/pay-run-state.js';

export interface PayRunRow {
  readonly run_no: number;
  readonly county: string;
  readonly division_code: string;
  readonly month: string;
  readonly serial: number;
  readonly pay_on: string;
  readonly state: PayRunState;
  readonly count: number;
  readonly fen: number;
  readonly left_out: number;
  readonly ordered_count: number;
  readonly ordered_fen: number;
  readonly since: Date | null;
  readonly at_division: string;
  readonly at_benefit: string;
  readonly at_line: number;
  readonly next_line: number;
  readonly format: unknown;
  readonly file_sha256: string | null;
  readonly file_destroyed_on: string | null;
  readonly planned_by: string;
  readonly planned_by_role: string;
  readonly planned_on_behalf_of: string | null;
  readonly version: number;
  readonly open_findings: number;
  readonly created_at: Date;
  readonly changed_at: Date;
}

// Sums of a county's run are far below what a double holds exactly.
export const payRunColumns = `r.run_no::float8 as run_no, r.county, r.division_code, r.month, r.serial, r.pay_on, r.state, r.count,
  r.fen::float8 as fen, r.left_out, r.ordered_count, r.ordered_fen::float8 as ordered_fen, r.since, r.at_division, r.at_benefit, r.at_line,
  r.next_line, r.format, r.file_sha256, r.file_destroyed_on, r.planned_by, r.planned_by_role, r.planned_on_behalf_of, r.version, r.created_at, r.changed_at,
  (select count(*)::int from pay_run_findings f where f.run_no = r.run_no and f.state = 'open') as open_findings`;

export function toPayRun(row: PayRunRow): PayRun {
  return {
    runNo: row.run_no,
    county: row.county,
    month: row.month,
    serial: row.serial,
    state: row.state,
    plannedBy: { id: row.planned_by, role: row.planned_by_role, onBehalfOf: row.planned_on_behalf_of },
    count: row.count,
    fen: row.fen,
    openFindings: row.open_findings,
    version: row.version,
  };
}
