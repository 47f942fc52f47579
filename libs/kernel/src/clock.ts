/** The time, as an argument: decisions get it passed in, so that a test or a replay can choose it. */
export abstract class Clock {
  abstract now(): Date;

  /** The calendar day in Asia/Shanghai, `YYYY-MM-DD`: the day that the law and the office mean by "today". */
  today(): string {
    return shanghaiDay(this.now());
  }
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

// China has one zone and no summer time since 1991; a fixed offset is exact for every instant this system meets.
const SHANGHAI_OFFSET_MS = 8 * 60 * 60 * 1000;

/** The Asia/Shanghai calendar day of an instant, `YYYY-MM-DD`. */
export function shanghaiDay(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}
