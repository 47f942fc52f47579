import { monthBefore, type Month } from './month.js';
import type { Account, MonthSum } from './ledger.js';

/**
 * Why a benefit with money due is not paid by a run. Each stands on the run's list with its reason; what is owed stays owed, and the next
 * run looks at it again.
 */
export const leftOutReasons = [
  /** Held (暂缓): a named person decides first. */
  'held',
  /** Held because the person died, and nothing of it is decided yet. */
  'died',
  /** Held because their registration moved out of the region. */
  'moved-away',
  /** Held because the card was frozen or cancelled, or has run out. */
  'card-stopped',
  /** The region has set no rate, or the facts do not tell which one holds. */
  'no-rate',
  /** No source says how often the item is paid. */
  'no-cycle',
  /** A message about the person waits (搁置): what it says is not known here yet. */
  'parked',
  /** No confirmed account. */
  'no-account',
  /** The account was changed, and is held for this cycle. */
  'account-held',
  /** The proof of the guardian or agent has ended. */
  'proof-ended',
  /** Taken out by a person who looked at a finding. */
  'taken-out',
  /** The benefit or its account changed after the run was planned. */
  'changed',
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

/** The causes of holds that have a reason of their own, the weightiest first. */
const heldReasons = [
  ['death', 'died'],
  ['moved-away', 'moved-away'],
  ['card-stopped', 'card-stopped'],
] as const;
export type HeldReason = 'held' | (typeof heldReasons)[number][1];

/** @param causes of the rounds that proposed to stop what is held; empty: not known */
export function heldReason(causes: readonly string[]): HeldReason {
  return heldReasons.find(([cause]) => causes.includes(cause))?.[1] ?? 'held';
}

/** How often an item is paid (发放周期). */
export type Cycle = 'month' | 'quarter' | 'unknown';

/** @param said by the item; absent: no source says */
export function cycleSaid(said: string | undefined): Cycle {
  return said === 'month' || said === 'quarter' ? said : 'unknown';
}

/** What one benefit gets in a run, or why it gets nothing. */
export interface PayLine {
  readonly months: readonly MonthSum[];
  /** 分: the sum of the months; what would be due where it is left out. */
  readonly fen: number;
  readonly accountId: string | null;
  readonly leftOut: LeftOutReason | null;
  /** 分 that are kept for what the person had too much; the bank is given the rest. */
  readonly setOff: number;
}

/** Where a person's money goes, as far as a run asks. */
export interface AccountOfPerson {
  readonly accountId: string;
  /** Last day on which the proof of a guardian or agent counts; null: the person's own account. */
  readonly validUntil: string | null;
  readonly heldUntilMonth: Month | null;
  /** It was changed after the run before this one was made: held for one run, whatever the month. */
  readonly changedSinceLastRun: boolean;
}

export interface LineQuestion {
  /** Month of the run. */
  readonly month: Month;
  /** Day on which money is to go out. */
  readonly on: string;
  readonly cycle: Cycle;
  readonly account: AccountOfPerson | null;
  readonly isParked: boolean;
  /** Why it is held, if it is. */
  readonly heldFor: HeldReason;
  /** 分 that are to be kept from a line by agreement; 0: none. */
  readonly setOff: number;
}

/** The last month that a run of this month pays for: a quarter is paid when it has come to its last month. */
export function paidThrough(cycle: Cycle, month: Month): Month {
  if (cycle !== 'quarter') return month;
  const beyond = Number(month.slice(5)) % 3;
  return beyond === 0 ? month : monthBefore(beyond === 1 ? month : monthBefore(month));
}

/** @returns null where nothing is due, nor would be */
export function lineOf(account: Account, question: LineQuestion): PayLine | null {
  const months = account.payable;
  const fen = months.reduce((sum, month) => sum + month.fen, 0);
  const leftOut = (reason: LeftOutReason): PayLine => ({
    months,
    fen: reason === question.heldFor && fen === 0 ? account.held : fen,
    accountId: question.account?.accountId ?? null,
    leftOut: reason,
    setOff: 0,
  });
  if (fen === 0) {
    if (account.held > 0) return leftOut(question.heldFor);
    return account.unrated > 0 ? leftOut('no-rate') : null;
  }
  if (question.cycle === 'unknown') return leftOut('no-cycle');
  if (question.isParked) return leftOut('parked');
  const to = question.account;
  if (!to) return leftOut('no-account');
  if (to.validUntil !== null && to.validUntil < question.on) return leftOut('proof-ended');
  if (to.heldUntilMonth !== null && (to.heldUntilMonth >= question.month || to.changedSinceLastRun)) {
    return leftOut('account-held');
  }
  // An instalment that would leave nothing waits for a line that is large enough, or to be agreed anew.
  const setOff = question.setOff < fen ? question.setOff : 0;
  return { months, fen, accountId: to.accountId, leftOut: null, setOff };
}
