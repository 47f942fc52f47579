import { isSameHand, type Hand } from '@app/access';
import type { Month } from './month.js';
import {
  FindingsOpen,
  PayRunChanged,
  PayRunFourEyes,
  PayRunNotReady,
  PayRunOfMonthNotPossible,
} from './pay-run-errors.js';
import type { PayRunState } from './pay-run-state.js';

export interface PayRun {
  readonly runNo: number;
  /** Six digits. */
  readonly county: string;
  readonly month: Month;
  /** 1 for the first run of the month; the next ones pay what was returned or came late. */
  readonly serial: number;
  readonly state: PayRunState;
  readonly plannedBy: Hand;
  /** Lines that are to be paid, and their sum in 分. */
  readonly count: number;
  readonly fen: number;
  readonly openFindings: number;
  readonly version: number;
}

/** What somebody saw and means by their approval. */
export interface Approval {
  readonly by: Hand;
  readonly version: number;
  readonly count: number;
  readonly fen: number;
}

/**
 * A run is of a month that has begun; never of one before the month that is open in the county's books.
 * @param open the month that the books of the county stand in; null: no run was ever made
 * @throws PayRunOfMonthNotPossible
 */
export function checkMonth(month: Month, open: Month | null, current: Month): void {
  if (month > current) throw new PayRunOfMonthNotPossible(`${month}尚未开始，请在当月或之后生成发放批次。`);
  if (open !== null && month < open) {
    throw new PayRunOfMonthNotPossible(
      `${month}的账已经结转，迟到的变动会计入${open}，请生成${open}的批次。`,
    );
  }
}

/** @throws PayRunChanged, PayRunNotReady, FindingsOpen, PayRunFourEyes */
export function approveRun(run: PayRun, { by, version, count, fen }: Approval): PayRun {
  if (run.version !== version || run.count !== count || run.fen !== fen) throw new PayRunChanged(run.version);
  if (run.state !== 'planned') throw new PayRunNotReady(run.state);
  if (run.openFindings > 0) throw new FindingsOpen(run.openFindings);
  if (isSameHand(run.plannedBy, by)) throw new PayRunFourEyes();
  return { ...run, state: 'approved', version: version + 1 };
}

/** Nothing of it is in the books, but what is owed. @throws PayRunChanged, PayRunNotReady */
export function cancelRun(run: PayRun, version: number): PayRun {
  if (run.version !== version) throw new PayRunChanged(run.version);
  if (run.state !== 'planning' && run.state !== 'planned' && run.state !== 'approved') {
    throw new PayRunNotReady(run.state);
  }
  return { ...run, state: 'cancelled', version: version + 1 };
}
