import { paymentRecoveredV1, type NewEvent } from '@app/contracts';
import type { Entry } from '../domain/ledger.js';
import type { Overpayment } from '../domain/overpayment.js';

/** Whose benefit it came back for. */
export interface HolderOfBenefit {
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
}

/** The fact that money of an overpayment has come back, with the entries that say so in the books. */
export function recoveredOf(
  { id, benefitId, version }: Overpayment,
  { personId, divisionCode, itemId }: HolderOfBenefit,
  entries: readonly Entry[],
): NewEvent {
  return paymentRecoveredV1.of({
    ...{ personId, divisionCode, benefitId, itemId, version },
    overpaymentId: id,
    months: entries.map(({ month, fen }) => ({ month, fen })),
    fen: entries.reduce((sum, { fen }) => sum + fen, 0),
  });
}
