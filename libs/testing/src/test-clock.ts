import { Clock } from '@app/kernel';

/** A clock that stands still until it is set. */
export class TestClock extends Clock {
  constructor(private instant: Date) {
    super();
  }

  now(): Date {
    return this.instant;
  }

  /** @param instant ISO 8601; a day alone is nine in the morning in Asia/Shanghai */
  set(instant: string): void {
    this.instant = new Date(instant.length === 10 ? `${instant}T09:00:00+08:00` : instant);
  }
}
