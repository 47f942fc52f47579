const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws Error if it is not a day of the calendar, `YYYY-MM-DD` */
export function parseDay(day: string): number {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (Number.isNaN(instant) || formatDay(instant) !== day) throw new RangeError(`not a day: ${day}`);
  return instant;
}

function formatDay(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** The day so many days later. */
export function plusDays(day: string, days: number): string {
  return formatDay(parseDay(day) + days * DAY_MS);
}

/** The same date so many months later, or the end of that month where it has no such date (民法典 §202). */
export function plusMonths(day: string, months: number): string {
  parseDay(day);
  return dayOfMonth(day, months, Number(day.slice(8)));
}

/** The given date in the month so many months later, or the end of that month. */
export function dayOfMonth(day: string, months: number, date: number): string {
  const month = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  const year = Math.floor(month / 12);
  const last = new Date(Date.UTC(year, (month % 12) + 1, 0)).getUTCDate();
  return formatDay(Date.UTC(year, month % 12, Math.min(date, last)));
}

/** 0 is Sunday. */
export function weekday(day: string): number {
  return new Date(parseDay(day)).getUTCDay();
}

/** A time of a day in Asia/Shanghai; `24:00` is its end. */
export function shanghaiInstant(day: string, time: string): Date {
  const match = /^(\d{2}):(\d{2})$/.exec(time);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
  if (!(minutes <= 24 * 60) || Number(match![2]) > 59) throw new RangeError(`not a time of day: ${time}`);
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + minutes * 60_000);
}
