import type { Hand } from '@app/access';

/** Who acts, and when. */
export interface Act {
  readonly by: Hand;
  readonly now: Date;
  readonly today: string;
}
