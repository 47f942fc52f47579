import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { BenefitQueries } from '../adapters/postgres/benefit-queries.js';
import {
  PayRunQueries,
  type CheckCount,
  type ReasonCount,
  type ShownEntry,
  type ShownFinding,
  type ShownLine,
  type ShownStep,
} from '../adapters/postgres/pay-run-queries.js';
import { PayRunRepository } from '../adapters/postgres/pay-run-repository.js';
import type { PayRunRow } from '../adapters/postgres/pay-run-rows.js';
import { BenefitNotFound } from '../domain/errors.js';
import type { BookedMonth } from '../domain/ledger.js';
import { checkDuties, checksOf, dutyOf, type Duty, type PayCheck } from '../domain/pay-duty.js';
import { lookingAtMoney } from './money-callers.js';

/** A run as it is shown. Money in 分. */
export interface PayRunSummary {
  readonly runNo: number;
  readonly county: string;
  readonly month: string;
  readonly serial: number;
  readonly payOn: string;
  readonly state: PayRunRow['state'];
  /** To be paid, as planned. */
  readonly count: number;
  readonly fen: number;
  readonly leftOut: number;
  /** What was ordered of it: less, where something changed in between. */
  readonly orderedCount: number;
  readonly orderedFen: number;
  readonly openFindings: number;
  readonly fileSha256: string | null;
  /** Null: it can be written again. */
  readonly fileDestroyedOn: string | null;
  readonly plannedBy: string;
  readonly version: number;
}

/** Something that stands on a list, with who looks after it; null: nobody has to. */
type Owned<Thing> = Thing & { readonly [Key in keyof Duty]: Duty[Key] | null };

export interface PayRunDetail extends PayRunSummary {
  readonly reasons: readonly Owned<ReasonCount>[];
  readonly checks: readonly (CheckCount & Duty)[];
  readonly steps: readonly ShownStep[];
}

/** The books of one benefit: its entries, and each month summed up. */
export interface BenefitBooksView {
  readonly benefitId: string;
  readonly months: readonly BookedMonth[];
  readonly entries: readonly ShownEntry[];
}

/** Pay runs of the caller's county, and the books of benefits in the caller's reach. */
@Injectable()
export class FindPayRuns {
  constructor(
    private readonly repository: PayRunRepository,
    private readonly runs: PayRunQueries,
    private readonly benefits: BenefitQueries,
  ) {}

  async list(
    actor: Actor,
    query: { county?: string | undefined; before?: number | undefined; limit: number },
  ): Promise<{ readonly runs: readonly PayRunSummary[]; readonly next: number | null }> {
    const rows = await this.runs.list(lookingAtMoney(actor, 'pay-run:read'), query);
    return {
      runs: rows.map(summaryOf),
      next: rows.length === query.limit ? (rows.at(-1)?.run_no ?? null) : null,
    };
  }

  /** @throws PayRunNotFound */
  async one(actor: Actor, runNo: number): Promise<PayRunDetail> {
    const reader = lookingAtMoney(actor, 'pay-run:read');
    const row = await this.repository.one(reader, runNo);
    const [reasons, checks, steps] = await Promise.all([
      this.runs.reasons(reader, runNo),
      this.runs.checks(reader, runNo),
      this.runs.steps(reader, runNo),
    ]);
    return {
      ...summaryOf(row),
      reasons: reasons.map((each) => ({
        ...each,
        ...(dutyOf(each.state, each.reason) ?? { owner: null, todo: null }),
      })),
      checks: checks.map((each) => ({ ...each, ...checkDuties[each.check] })),
      steps,
    };
  }

  /** @throws PayRunNotFound */
  async lines(
    actor: Actor,
    runNo: number,
    query: Parameters<PayRunQueries['lines']>[2],
  ): Promise<{ readonly lines: readonly ShownLine[]; readonly next: number | null }> {
    const reader = lookingAtMoney(actor, 'pay-run:read');
    await this.repository.one(reader, runNo);
    const lines = await this.runs.lines(reader, runNo, query);
    return { lines, next: lines.length === query.limit ? (lines.at(-1)?.lineNo ?? null) : null };
  }

  /**
   * @param query `owner`: only what is theirs to look after
   * @throws PayRunNotFound
   */
  async findings(
    actor: Actor,
    runNo: number,
    {
      owner,
      check,
      ...query
    }: Omit<Parameters<PayRunQueries['findings']>[2], 'checks'> & {
      owner?: string | undefined;
      check?: PayCheck | undefined;
    },
  ): Promise<{ readonly findings: readonly (ShownFinding & Duty)[]; readonly next: string | null }> {
    const reader = lookingAtMoney(actor, 'pay-run:read');
    await this.repository.one(reader, runNo);
    const checks = owner === undefined ? undefined : checksOf(owner);
    const findings = await this.runs.findings(reader, runNo, {
      ...query,
      checks: check === undefined ? checks : [check].filter((each) => checks?.includes(each) ?? true),
    });
    const last = findings.length === query.limit ? findings.at(-1) : undefined;
    return {
      findings: findings.map((each) => ({ ...each, ...checkDuties[each.check] })),
      next: last ? `${last.personId}.${last.check}` : null,
    };
  }

  /** @throws BenefitNotFound */
  async books(actor: Actor, benefitId: string): Promise<BenefitBooksView> {
    const reader = lookingAtMoney(actor, 'benefit:read');
    if (!(await this.benefits.find(reader, benefitId))) throw new BenefitNotFound(benefitId);
    const entries = await this.runs.entries(reader, benefitId);
    return { benefitId, months: monthsOf(entries), entries };
  }
}

function summaryOf(row: PayRunRow): PayRunSummary {
  return {
    runNo: row.run_no,
    county: row.county,
    month: row.month,
    serial: row.serial,
    payOn: row.pay_on,
    state: row.state,
    count: row.count,
    fen: row.fen,
    leftOut: row.left_out,
    orderedCount: row.ordered_count,
    orderedFen: row.ordered_fen,
    openFindings: row.open_findings,
    fileSha256: row.file_sha256,
    fileDestroyedOn: row.file_destroyed_on,
    plannedBy: row.planned_by,
    version: row.version,
  };
}

function monthsOf(entries: readonly ShownEntry[]): BookedMonth[] {
  const months = new Map<string, { month: string; owed: number; paid: number }>();
  for (const { month, kind, fen } of entries) {
    const sum = months.get(month) ?? { month, owed: 0, paid: 0 };
    months.set(month, sum);
    if (kind === 'entitlement' || kind === 'correction') sum.owed += fen;
    else sum.paid += kind === 'payment' || kind === 'top-up' ? fen : -fen;
  }
  return [...months.values()];
}
