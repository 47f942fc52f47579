import { isSameHand, type Hand } from '@app/access';
import type { Entry, MonthSum } from './ledger.js';
import {
  NothingToRecover,
  OverpaymentChanged,
  OverpaymentOver,
  RecoveredTooMuch,
  WaiverFourEyes,
} from './overpayment-errors.js';

/**
 * What becomes of money that was paid and is not owed (多发). `open`: found, nobody has decided; `agreed`: the person pays it back, by
 * instalments that are received or set off; `waiver-asked`: somebody proposes to let it be, a second person decides; `waived` 免于追回: it
 * stays on the list as the difference that it is; `settled`: all of it came back, or it turned out to be owed.
 */
export type OverpaymentState = 'open' | 'agreed' | 'waiver-asked' | 'waived' | 'settled';

/** How it comes back: the person brings it, or it is kept from what is paid. */
export type RecoveryMethod = 'repay' | 'set-off';

/** An overpayment of a benefit, as its months stand now. Money in 分. */
export interface Overpayment {
  readonly id: string;
  readonly benefitId: string;
  readonly state: OverpaymentState;
  /** What is still to come back, month by month, in order. */
  readonly months: readonly MonthSum[];
  readonly method: RecoveryMethod | null;
  /** 分 of one instalment; with a set-off the most that is kept from one run. */
  readonly instalment: number | null;
  readonly waiverAskedBy: Hand | null;
  readonly version: number;
}

export function openFen({ months }: Pick<Overpayment, 'months'>): number {
  return months.reduce((sum, { fen }) => sum + fen, 0);
}

/** How it comes back is agreed with the person, or agreed anew. @throws OverpaymentChanged, OverpaymentOver */
export function agreeRecovery(
  before: Overpayment,
  { version, method, instalment }: { version: number; method: RecoveryMethod; instalment: number },
): Overpayment {
  check(before, version, 'open', 'agreed', 'waiver-asked');
  return { ...before, state: 'agreed', method, instalment, waiverAskedBy: null, version: version + 1 };
}

/** @throws OverpaymentChanged, OverpaymentOver */
export function askWaiver(before: Overpayment, version: number, by: Hand): Overpayment {
  check(before, version, 'open', 'agreed');
  return { ...before, state: 'waiver-asked', waiverAskedBy: by, version: version + 1 };
}

/** A second person lets it be, or does not. @throws OverpaymentChanged, OverpaymentOver, WaiverFourEyes */
export function decideWaiver(
  before: Overpayment,
  { version, by, grants }: { version: number; by: Hand; grants: boolean },
): Overpayment {
  check(before, version, 'waiver-asked');
  if (before.waiverAskedBy && isSameHand(before.waiverAskedBy, by)) throw new WaiverFourEyes();
  return {
    ...before,
    state: grants ? 'waived' : before.method ? 'agreed' : 'open',
    waiverAskedBy: null,
    version: version + 1,
  };
}

/** @throws OverpaymentChanged if it is not as somebody saw it */
export function checkSeen(before: Overpayment, version: number): Overpayment {
  if (before.version !== version) throw new OverpaymentChanged(before.version);
  return before;
}

/**
 * Money came back, the oldest month first.
 * @param cause of the entries: once per receipt or run
 * @throws OverpaymentOver, NothingToRecover, RecoveredTooMuch
 */
export function recover(
  before: Overpayment,
  fen: number,
  cause: string,
): { readonly state: Overpayment; readonly entries: readonly Entry[] } {
  if (before.state === 'settled' || before.state === 'waived') throw new OverpaymentOver();
  const open = openFen(before);
  if (open === 0) throw new NothingToRecover();
  if (fen > open) throw new RecoveredTooMuch(open);
  const taken = oldestFirst(before.months, fen);
  const months = before.months
    .map(({ month, fen: of }) => ({ month, fen: of - (taken.find((t) => t.month === month)?.fen ?? 0) }))
    .filter((month) => month.fen > 0);
  return {
    state: {
      ...before,
      months,
      state: months.length === 0 ? 'settled' : before.state,
      version: before.version + 1,
    },
    entries: taken.map(({ month, fen: of }) => ({
      benefitId: before.benefitId,
      month,
      kind: 'recovery',
      cause,
      fen: of,
    })),
  };
}

/** So much of these months, beginning with the oldest. */
export function oldestFirst(months: readonly MonthSum[], fen: number): MonthSum[] {
  let left = fen;
  return months.flatMap(({ month, fen: of }) => {
    const take = Math.min(of, left);
    left -= take;
    return take > 0 ? [{ month, fen: take }] : [];
  });
}

function check(before: Overpayment, version: number, ...states: readonly OverpaymentState[]): void {
  checkSeen(before, version);
  if (!states.includes(before.state)) throw new OverpaymentOver();
}
