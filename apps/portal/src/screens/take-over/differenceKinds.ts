import type { DifferenceKind } from '../../api/take-overs';

/** In the order in which they are shown. */
export const differenceKinds: readonly DifferenceKind[] = [
  'missing',
  'extra',
  'amount-differs',
  'account-differs',
];
