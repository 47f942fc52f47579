/** What subsidies has said of a benefit in money (待遇), as far as payments are held against it. */
export interface BenefitOnFile {
  readonly benefitId: string;
  readonly itemId: string;
  /** Six digits: in whose books it stands. */
  readonly county: string;
  /** First and last month that are owed, `YYYY-MM`; no last one: open. */
  readonly fromMonth: string;
  readonly toMonth: string | null;
  /** First month that is held (暂缓); null: none. */
  readonly heldFrom: string | null;
  /** Dated monthly rates in 分; null: the place has set none, or the facts do not tell which one holds. */
  readonly rates: readonly { readonly fromMonth: string; readonly fen: number }[] | null;
  /** Of one that was taken over: the last month that the old list says was paid. What came before is as found. */
  readonly paidThrough: string | null;
  /** How often it is paid; null: not told. */
  readonly cycle: 'month' | 'quarter' | null;
  /** The month in which subsidies said last that it is owed, or that more of it is. */
  readonly owedIn: string;
  readonly months: readonly MonthPaid[];
}

/** What was ordered for a month of a benefit. */
export interface MonthPaid {
  readonly month: string;
  /** 分 that were ordered and have come back neither from the bank nor from the person. */
  readonly fen: number;
  /** Some of it came back. */
  readonly failed: boolean;
}

/** A pay run (发放批次), as its payments of one item tell of it. */
export interface PayRunSeen {
  readonly county: string;
  readonly itemId: string;
  /** Month of the run: it was not planned before that month began. */
  readonly runMonth: string;
  /** The last month that it paid to anybody. */
  readonly through: string;
}

/**
 * Why a month that should be paid by now is not:
 * - `payment-failed` 退回: it was ordered, came back, and no later run has paid it;
 * - `payment-held` 暂缓: nothing is paid until a named person decides;
 * - `no-rate` 无标准: no rate is set for the place, or the facts do not tell which one holds;
 * - `not-ordered` 未列入发放: a run of the county has paid the month to others, and not to this person.
 */
export const unpaidReasons = ['payment-failed', 'payment-held', 'no-rate', 'not-ordered'] as const;
export type UnpaidReason = (typeof unpaidReasons)[number];

/** Months of one item that a person has and was not paid for (已享未付). */
export interface Unpaid {
  readonly itemId: string;
  readonly reason: UnpaidReason;
  /** In order. */
  readonly months: readonly string[];
  /** 分 that are missing, without the months of which nobody can tell; null: of none. */
  readonly fen: number | null;
  /** What the last of these months comes to, 分; null: nobody can tell. */
  readonly monthly: number | null;
}

interface UnpaidMonth {
  readonly month: string;
  readonly reason: UnpaidReason;
  readonly fen: number | null;
  readonly monthly: number | null;
}

/**
 * What a person was not paid though it should be by now, one per item. Only months are asked for that a run of the county has paid to others,
 * and only of a benefit that stood before the month of that run began: so it was there when the run was planned. Months whose payment came
 * back are asked for at once.
 */
export function unpaidOf(benefits: readonly BenefitOnFile[], runs: readonly PayRunSeen[]): Unpaid[] {
  const byItem = new Map<string, UnpaidMonth[]>();
  for (const benefit of benefits) {
    const missing = unpaidMonths(benefit, runs);
    if (missing.length === 0) continue;
    byItem.set(benefit.itemId, [...(byItem.get(benefit.itemId) ?? []), ...missing]);
  }
  return [...byItem].map(([itemId, all]) => {
    const missing = all.toSorted((a, b) => (a.month < b.month ? -1 : 1));
    const known = missing.flatMap(({ fen }) => (fen === null ? [] : [fen]));
    return {
      itemId,
      reason: unpaidReasons.find((reason) => missing.some((each) => each.reason === reason))!,
      months: [...new Set(missing.map(({ month }) => month))],
      fen: known.length > 0 ? known.reduce((sum, fen) => sum + fen, 0) : null,
      monthly: missing.at(-1)!.monthly,
    };
  });
}

function unpaidMonths(benefit: BenefitOnFile, runs: readonly PayRunSeen[]): UnpaidMonth[] {
  const paid = new Map(benefit.months.map((each) => [each.month, each]));
  const through = dueThrough(benefit, runs);
  const failed = benefit.months.filter((each) => each.failed).map(({ month }) => month);
  const last = failed.reduce<string | null>(
    (most, month) => (most === null || month > most ? month : most),
    through,
  );
  if (last === null) return [];
  const end = benefit.toMonth !== null && benefit.toMonth < last ? benefit.toMonth : last;
  const found: UnpaidMonth[] = [];
  for (let month = firstAsked(benefit); month <= end; month = monthAfter(month)) {
    const was = paid.get(month);
    if (!was?.failed && (through === null || month > through)) continue;
    const monthly = rateOf(benefit, month);
    const missing = monthly === null ? null : monthly - (was?.fen ?? 0);
    if (missing !== null && missing <= 0) continue;
    found.push({ month, reason: reasonOf(benefit, month, monthly, was), fen: missing, monthly });
  }
  return found;
}

function reasonOf(
  { heldFrom }: BenefitOnFile,
  month: string,
  monthly: number | null,
  was: MonthPaid | undefined,
): UnpaidReason {
  if (was?.failed) return 'payment-failed';
  if (heldFrom !== null && month >= heldFrom) return 'payment-held';
  return monthly === null ? 'no-rate' : 'not-ordered';
}

/** The last month that the county has paid to others with a run in which this benefit must have been; null: no such run. */
function dueThrough(
  { county, itemId, owedIn, cycle }: BenefitOnFile,
  runs: readonly PayRunSeen[],
): string | null {
  return runs
    .filter((run) => run.county === county && run.itemId === itemId && run.runMonth > owedIn)
    .map(({ runMonth, through }) => {
      const end = cycle === 'quarter' ? lastQuarterEnd(runMonth) : through;
      return end < through ? end : through;
    })
    .reduce<string | null>((most, through) => (most === null || through > most ? through : most), null);
}

/** The last month of the last quarter that has come to its end with this month. */
function lastQuarterEnd(month: string): string {
  return shifted(month, -(Number(month.slice(5)) % 3));
}

function firstAsked({ fromMonth, paidThrough }: BenefitOnFile): string {
  return paidThrough !== null && paidThrough >= fromMonth ? monthAfter(paidThrough) : fromMonth;
}

function rateOf({ rates }: BenefitOnFile, month: string): number | null {
  return rates?.findLast(({ fromMonth }) => fromMonth <= month)?.fen ?? null;
}

/** The month after one, `YYYY-MM`. */
export function monthAfter(month: string): string {
  return shifted(month, 1);
}

/** The month before one, `YYYY-MM`. */
export function monthBefore(month: string): string {
  return shifted(month, -1);
}

function shifted(month: string, by: number): string {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by;
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
}

/** The first month of which nothing is paid when a benefit is held from a day on: one that has begun before is paid whole. */
export function firstMonthHeld(heldFrom: string): string {
  const month = heldFrom.slice(0, 7);
  return heldFrom.endsWith('-01') ? month : monthAfter(month);
}
