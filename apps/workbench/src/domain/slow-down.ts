/** How wrong attempts slow down what follows: attackers by far, people who mistype hardly. */
export interface SlowDown {
  /** Seconds of waiting after the first, second, … attempt that was not right; the last goes on for all that follow. */
  readonly waits: readonly number[];
  /** Seconds after which earlier attempts are forgotten. */
  readonly forgottenAfter: number;
}

const MINUTE = 60;

/** The attempt after which an account is locked for a time. */
export const LOCKED_AT = 10;
const LOCK_SECONDS = 15 * MINUTE;

/** Three slips are free, then it doubles; at ten the account is locked for a quarter of an hour. */
export const PER_ACCOUNT: SlowDown = {
  waits: [0, 0, 0, 1, 2, 4, 8, 16, 32, LOCK_SECONDS],
  forgottenAfter: 60 * MINUTE,
};

/** An office has one address for all its desks: many slips are free, then it doubles up to a quarter of an hour. */
export const PER_ADDRESS: SlowDown = {
  waits: [...Array<number>(30).fill(0), 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LOCK_SECONDS],
  forgottenAfter: 15 * MINUTE,
};
